#pragma once

#include <QString>

namespace descent::ui::theme {

/// The program's style sheet in the colours of the mode in force (theme.h lists the roles it knows).
QString styleSheet();

} // namespace descent::ui::theme
