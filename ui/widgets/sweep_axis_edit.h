#pragma once

#include "core/analysis/sweep.h"
#include "core/base/catalog.h"

#include <QFrame>
#include <QTimer>

#include <optional>
#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace descent::ui {

/// What one axis of a sweep varies, and which levels that gives: a parameter of any part, which part, or how
/// long; from, to and steps, or a list. What it cannot be is told beneath, with the reason. Thread: GUI.
class SweepAxisEdit : public QFrame {
    Q_OBJECT
public:
    /// `number`: 0 for the first; part of the object names ("sweepAxis0Path").
    explicit SweepAxisEdit(int number, QWidget* parent = nullptr);

    void setCatalog(const Catalog& catalog); ///< must outlive the editor
    /// What is not varied; decides which parameters there are.
    void setBase(const Request& base);
    /// An axis as a plan has it; variants with names are shown and kept, not edited.
    void setAxis(const SweepAxis& axis);
    void setPath(const QString& path); ///< as if picked: with levels that suggest themselves
    void setCaption(const QString& caption);

    /// None while it is incomplete or cannot be.
    const std::optional<SweepAxis>& axis() const { return axis_; }
    /// What follows --over: "model.hidden=1:256:log20"; "" for variants.
    QString text() const;
    QString problem() const;
    void focusFirst();

Q_SIGNALS:
    void changed();
    void removeWanted();

private:
    enum class How { even, log, doubling, list };
    struct Choice { ///< something that can be varied
        std::string path;
        const ParamSpec* spec = nullptr; ///< null for task, model, …, epochs, updates
        QString help;
    };
    QWidget* makeLevels();
    void listChoices();
    const Choice* choice() const;
    void suggest();
    void placeFields();
    void fieldsChanged();
    void resolve();
    void showAbout();
    How how() const;
    void setHow(How how);

    const QString name_;
    const Catalog* catalog_ = nullptr;
    Request base_;
    std::vector<Choice> choices_;
    std::optional<SweepAxis> axis_, given_; ///< given_: as setAxis had it, until something is edited
    bool variants_ = false;
    QTimer settle_;
    QLabel* caption_;
    QComboBox* path_;
    QToolButton* remove_;
    QLabel* about_;
    QWidget* levels_;
    QComboBox* how_;
    QLineEdit *from_, *to_, *steps_, *list_;
    QLabel *to_word_, *steps_word_;
    QLabel* preview_;
    QLabel* problem_;
};

} // namespace descent::ui
