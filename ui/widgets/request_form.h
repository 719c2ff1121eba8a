#pragma once

#include "core/base/catalog.h"

#include <QWidget>

#include <array>
#include <memory>
#include <optional>

class QComboBox;
class QLabel;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace descent::ui {

class Fold;
class ParamField;
class PartSection;
class SchedulePreview;
struct SchedulePlan;

/// What to run: a Request being edited against a catalog. Choosing an entry brings its presets; what is
/// edited after is marked and can be taken back. Thread: GUI.
class RequestForm : public QWidget {
    Q_OBJECT
public:
    explicit RequestForm(QWidget* parent = nullptr);

    void setCatalog(const Catalog& catalog); ///< must outlive the form
    void setRequest(const Request& request);
    const Request& request() const { return request_; }
    /// Takes the task and its settings alone from `wanted`; what else is set stays where the task can have
    /// it.
    void setData(const Request& wanted);
    int replicates() const;
    int threads() const;
    /// The spec that would run; none while something typed cannot be.
    const std::optional<RunSpec>& spec() const { return spec_; }
    /// Brings the first thing that cannot be into view and focuses it; false where all is well.
    bool showFirstInvalid();

    void setDataLine(const QString& text);
    void setModelLine(const QString& text);
    /// Beneath the part and the field that `reason` begins with, beneath the task where it names none; ""
    /// where all is well.
    void setRefusal(const QString& reason);
    void setCost(const QString& text, const QString& tool_tip = {});
    void setTrainText(const QString& text);
    /// Beneath the step size: what it is in other units.
    void setStepNote(const QString& text);
    void setPlan(const SchedulePlan& plan);
    /// Folded away in the part about the run, or beneath the regime. Owned.
    void addToRun(QWidget* widget);
    void addToRegime(QWidget* widget);
    void addToTop(QWidget* widget); ///< above the task. Owned
    void reveal(QWidget& part);     ///< scrolls it into view
    /// Only what a sweep's runs share: without seeds, threads, and the button.
    void setShared();
    const Catalog* catalog() const { return catalog_; }

Q_SIGNALS:
    void changed(); ///< spec() may be another one
    void trainClicked();

private:
    void buildRun(QWidget* parent);
    QWidget* makeDetail();
    void choose(Group group, const std::string& id);
    void edit(const QString& path, const QString& text);
    void reset(const QString& path);
    void resetRegime();
    void refresh();
    void resolve();
    void showCustom();
    void readLength(const QString& text);
    void showPreview();
    PartSection& section(Group group) { return *sections_[std::size_t(group)]; }

    const Catalog* catalog_ = nullptr;
    Request request_;
    std::optional<RunSpec> spec_, preset_;
    std::array<PartSection*, 4> sections_{};
    QScrollArea* scroll_;
    QComboBox* length_unit_ = nullptr;
    ParamField* length_ = nullptr;
    ParamField* seed_ = nullptr;
    ParamField* replicates_ = nullptr;
    ParamField* threads_ = nullptr;
    Fold* more_ = nullptr;
    QVBoxLayout *run_ = nullptr, *parts_ = nullptr;
    QWidget* seeds_ = nullptr; ///< seed and replicates
    QWidget* foot_ = nullptr;
    bool shared_ = false;
    SchedulePreview* preview_ = nullptr;
    QLabel* problem_;
    QLabel* cost_;
    QPushButton* train_;
};

} // namespace descent::ui
