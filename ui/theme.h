#pragma once

#include "core/base/units.h"

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QString>
#include <Qt>

class QApplication;
class QWidget;

/// Colours, fonts and icons: the one place that knows them. 8-pixel grid; two weights; tabular figures.
/// The style sheet also listens to the dynamic property "role" (set it before the widget is first shown):
///   QFrame: card, bar, hairline · QLabel: title, heading, caption, muted, error, mono · QPushButton:
///   primary, danger · QToolButton: nav, segment · QLineEdit etc.: set "invalid" to true and call
///   theme::repolish().
namespace descent::ui::theme {

inline constexpr int kGrid = 8;

enum class Mode { system, light, dark };
/// Sets palette and style sheet; may be called again at any time. Remembered in QSettings by the caller.
void apply(QApplication& app, Mode mode);
Mode mode();
bool isDark();

QColor window();  ///< page background
QColor surface(); ///< cards, charts
QColor border();  ///< hairlines, grid
QColor text();
QColor mutedText();
QColor accent();     ///< primary button, selection, focus
QColor accentText(); ///< on accent
QColor hover();      ///< behind what the pointer is on
QColor warning();
QColor error();
QColor good();

/// Okabe–Ito, adjusted for contrast on the surface of the mode in force; `i` wraps. Second cue: dash(i).
QColor series(int i);
Qt::PenStyle dash(int i);
/// The colour a run keeps everywhere.
QColor runColor(const RunId& run);

/// resources/icons/<name>.svg, tinted with the text colour of the mode in force when it is painted, sharp at
/// any scale.
QIcon icon(const QString& name);
QIcon icon(const QString& name, QColor (*tint)()); ///< tinted with another of this header's colours
QFont numberFont();                                ///< tabular figures
QFont titleFont();                                 ///< the heavier weight
/// The colour of a state's dot, and of nothing else: the word beside it is the first cue.
QColor stateColor(RunState state);
/// Applies the style sheet anew after a dynamic property of `widget` changed.
void repolish(QWidget* widget);

} // namespace descent::ui::theme
