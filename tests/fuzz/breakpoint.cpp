#include "core/analysis/breakpoint.h"
#include "tests/fuzz/fuzzing.h"

#include <array>
#include <limits>

using namespace descent;
using namespace descent::fuzzing;

namespace {

constexpr std::array kValues{0.0,
                             -1.5,
                             2e300,
                             7.0,
                             std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::denorm_min()};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const std::uint8_t first = input.byte();
    const std::string text(input.rest());
    auto read = Breakpoint::parse(text);
    if (!succeeded(read)) return 0;
    auto again = Breakpoint::parse(read->text());
    hold(again && again->metrics() == read->metrics(), "a breakpoint is the same once written and read");
    for (std::uint8_t i = 0; i < 8; ++i) {
        const auto reading = [&](const std::string& metric) -> std::optional<Breakpoint::Reading> {
            const double value = kValues[(first + i * metric.size()) % kValues.size()];
            if (value == 7) return std::nullopt;
            return Breakpoint::Reading{value, i + 1};
        };
        const auto why = read->fires(reading);
        if (why) check_message(*why);
        hold(again->fires(reading) == why, "the same breakpoint fires for the same reason");
    }
    return 0;
}
