#pragma once

#include "core/base/change.h"

#include <QString>

#include <string_view>

namespace descent::ui {

/// "lr", "clip", "batch size": what may be changed while training, in a word or two.
QString changeWord(std::string_view path);
/// "lr 0.05", "no clip", "whole set".
QString changeLabel(const Change& change);

} // namespace descent::ui
