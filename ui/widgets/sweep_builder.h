#pragma once

#include "core/store/sweeps.h"

#include <QTimer>
#include <QWidget>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QScrollArea;
class QSpinBox;
class QDoubleSpinBox;
class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace descent::ui {

class ElidedLabel;
class EngineHost;
class Fold;
class RequestForm;
class SweepAxisEdit;
class SweepCost;
class SweepSpecView;

/// What a sweep is to train: what all its runs share, what is varied, seeds, and how it is trained; from
/// scratch, from a preset, from a file, or from a stored sweep that gets more. Says how many runs that makes
/// and, measured, how long that takes before anything starts. Thread: GUI; cells are made off it.
class SweepBuilder : public QWidget {
    Q_OBJECT
public:
    /// Asks for a file to read; "" = cancelled. Replaced in tests.
    using AskForFile = std::function<QString(QWidget* parent)>;
    using Presets = std::vector<std::pair<std::string, SweepPlan>>;

    explicit SweepBuilder(EngineHost& engine, QWidget* parent = nullptr);
    ~SweepBuilder() override;

    void begin(const Request& base); ///< a new sweep around a request
    void setPlan(const SweepPlan& plan, const QString& name = {});
    void extend(const SweepRecord& sweep); ///< more levels or seeds for a stored one
    void setAskForFile(AskForFile ask) { ask_for_file_ = std::move(ask); }

    /// The plan as it stands; none while something entered cannot be, and problem() says what.
    std::optional<SweepPlan> plan() const;
    QString problem() const;
    int jobs() const;
    const Presets& presets() const { return presets_; } ///< empty until presetsReady()
    void focusFirst();
    void start(); ///< as the button: startWanted(), once its cells are made

Q_SIGNALS:
    void presetsReady();
    /// With keys; without id where it is a new one.
    void startWanted(const descent::SweepRecord& sweep, int jobs);
    void cancelled();

protected:
    bool event(QEvent* event) override; ///< Ctrl+Enter within it starts the sweep, not the Train page's run
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Check;
    QWidget* makeHead();
    QWidget* makeSettings();
    QWidget* makeSeeds();
    QWidget* makeMore();
    QWidget* makeFoot();
    void engineReady();
    SweepAxisEdit* addAxis();
    void removeAxis(SweepAxisEdit* axis);
    void arrangeAxes();
    void clear();
    void fill(const SweepPlan& plan);
    void openFile();
    void baseChanged();
    void changed(); ///< anything: the plan may be another one
    void check();
    void sayCost();
    QString timeWords() const;
    std::optional<SweepPlan> make(QString& problem) const;
    QStringList overs() const;

    EngineHost& engine_;
    AskForFile ask_for_file_;
    Presets presets_;
    std::optional<SweepPlan> origin_; ///< preset, file or stored sweep that it began with
    std::optional<SweepRecord> extended_;
    std::vector<SweepAxisEdit*> axes_;
    int made_axes_ = 0;
    bool filling_ = false;
    std::vector<std::uint64_t> listed_seeds_; ///< those of a file that are no run of numbers; else empty
    std::shared_ptr<const Check> checked_; ///< what became of the newest check; null while it is on its way
    std::optional<SweepPlan> checking_;
    bool start_when_checked_ = false;
    QTimer settle_;
    SweepCost* time_;

    ElidedLabel* title_;
    QToolButton* preset_;
    QMenu* preset_menu_;
    QPushButton* file_;
    QPushButton* spec_button_;
    QStackedWidget* stack_;
    RequestForm* form_;
    QStackedWidget* right_;
    QScrollArea* scroll_;
    QVBoxLayout* axes_box_;
    QPushButton* add_axis_;
    QSpinBox *seeds_, *first_seed_;
    QLabel* seeds_note_;
    QCheckBox* draw_data_;
    Fold* more_;
    QCheckBox* active_;
    QComboBox *active_axis_, *active_metric_;
    QSpinBox *active_add_, *active_round_;
    QDoubleSpinBox* threshold_;
    QSpinBox* jobs_;
    QLineEdit* name_;
    SweepSpecView* spec_view_;
    QLabel* problem_;
    QLabel* cost_;
    QPushButton *start_, *cancel_;
};

} // namespace descent::ui
