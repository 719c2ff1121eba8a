#pragma once

#include "core/base/units.h"

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QString>
#include <Qt>

#include <optional>

class QApplication;
class QWidget;

/// Colours, fonts and icons: the one place that knows them. 8-pixel grid; two weights; tabular figures.
/// The style sheet also listens to the dynamic property "role" (set it before the widget is first shown):
///   QFrame: card, bar, hairline · QLabel: title, heading, caption, muted, error, mono · QPushButton:
///   primary, danger · QToolButton: nav, segment, menu · QLineEdit etc.: set "invalid" to true and call
///   theme::repolish().
namespace descent::ui::theme {

inline constexpr int kGrid = 8;

enum class Mode { system, light, dark };
/// Sets palette and style sheet; may be called again at any time. Remembered in QSettings by the caller.
void apply(QApplication& app, Mode mode);
Mode mode();
bool isDark();

/// While it lives, painting finds the colours of another mode and, with `font_pt`, fonts of another size
/// (ticks and keys in it, titles one larger), laid out without hinting: for pictures that leave the window,
/// which itself is not restyled. Scopes may be nested. Thread: GUI.
class Scoped {
public:
    explicit Scoped(Mode mode, double font_pt = 0);
    ~Scoped();
    Scoped(const Scoped&) = delete;
    Scoped& operator=(const Scoped&) = delete;

private:
    bool dark_;
    double font_pt_;
};

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
inline constexpr int kColours = 7; ///< of series(), before they come again
QString colourName(int i);         ///< "blue"
/// The index in series() that a run keeps everywhere: the one that a person chose (RunRecord::colour), else
/// its own.
int seriesOf(const RunId& run, std::optional<int> chosen = std::nullopt);
QColor runColor(const RunId& run, std::optional<int> chosen = std::nullopt);

/// resources/icons/<name>.svg, tinted with the text colour of the mode in force when it is painted, sharp at
/// any scale.
QIcon icon(const QString& name);
QIcon icon(const QString& name, QColor (*tint)()); ///< tinted with another of this header's colours
QFont numberFont();                                ///< tabular figures
QFont titleFont();                                 ///< the heavier weight
QFont labelFont();                                 ///< of ticks and keys in plots: a little smaller
/// The colour of a state's dot, and of nothing else: the word beside it is the first cue.
QColor stateColor(RunState state);
/// Applies the style sheet anew after a dynamic property of `widget` changed.
void repolish(QWidget* widget);

} // namespace descent::ui::theme
