#pragma once

#include "core/base/param.h"

#include <QObject>
#include <QPointer>
#include <QString>
#include <QWidget>

#include <array>
#include <optional>

class QComboBox;
class QCheckBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QToolButton;

namespace descent::ui {

/// How far the dot of a changed field reaches into the right margin.
inline constexpr int kDotWidth = 14;

/// One parameter in a form, made from its declaration: a label, an editor that fits the type, unit, range and
/// help in the tooltip, a dot where it differs from the preset, and the reason beneath where what was typed
/// cannot be. Thread: GUI.
class ParamField : public QObject {
    Q_OBJECT
public:
    /// Adds itself to `grid`, the layout of `parent`, as rows `row` and `row` + 1. `path` is "optimizer.lr".
    /// `suffix` stands where the unit would.
    static constexpr int kRows = 2;
    ParamField(const ParamSpec& spec, QString path, QGridLayout* grid, int row, QWidget* parent,
               QWidget* suffix = nullptr);
    ~ParamField() override;

    const QString& path() const { return path_; }
    /// Shows the preset's value, or what was typed instead.
    void show(const Value& preset, const std::optional<QString>& typed);
    bool valid() const { return valid_; }
    bool changed() const { return changed_; } ///< valid and unlike the preset, or not valid
    void focus();
    QString text() const;
    /// One line beneath, while what was typed can be: what the value means here. "" for none.
    void setHint(const QString& hint);
    /// Why what was typed cannot be, where only reading the data showed it: the engine's message, shown
    /// beneath without the place. "" for none. Until something else is typed.
    void setRefusal(const std::string& message);

Q_SIGNALS:
    void edited(const QString& text); ///< by the person; also where it is not valid
    void reset();                     ///< back to the preset

private:
    QWidget* makeEditor(QWidget* parent);
    void check(const QString& text);
    void showReason(const QString& why);
    void setText(const QString& text);
    void showMenu(const QPoint& at);

    const ParamSpec spec_;
    const QString path_;
    Value preset_;
    bool valid_ = true, changed_ = false;
    std::array<QPointer<QWidget>, 5> placed_; ///< in the grid, owned by its widget, taken away with the field
    QLabel* label_ = nullptr;
    QWidget* row_ = nullptr;
    QWidget* editor_ = nullptr;
    QLineEdit* line_ = nullptr;
    QComboBox* combo_ = nullptr;
    QCheckBox* check_ = nullptr;
    QToolButton* dot_ = nullptr;
    QLabel* error_ = nullptr;
    QLabel* hint_ = nullptr;
};

} // namespace descent::ui
