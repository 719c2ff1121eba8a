#pragma once

#include <functional>
#include <optional>

class QMenu;

namespace descent::ui {

/// Fills a menu with the colours that runs can have, and "own colour" to go back. `now`: the one they all
/// have; none of the menu is marked where they differ (`same` false).
void fillColourMenu(QMenu& menu, bool same, std::optional<int> now,
                    std::function<void(std::optional<int>)> chosen);

} // namespace descent::ui
