#pragma once

// Precompiled: most of a test's compile time is these headers. Every file still includes what it uses.

#include "ui/precompiled.h"

#include <QtTest/QtTest>
