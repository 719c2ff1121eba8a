#pragma once

// Precompiled: half of a file's compile time is Qt's headers. Every file still includes what it uses.

#include <QtWidgets/QtWidgets>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>
