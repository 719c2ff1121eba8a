#pragma once

namespace descent::studio {

/// "descent-studio --export …": draws what it asks for into a file, without a display. The exit status: 0, 2
/// where the input is bad (one line on the error output), 4 for everything else.
int export_figure(int argc, char** argv);

} // namespace descent::studio
