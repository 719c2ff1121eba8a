#include "tests/bench/report.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace descent::bench {

void Comparison::round(double our_time, double their_time) {
    ours = std::min(ours, our_time);
    theirs = std::min(theirs, their_time);
    ratios.push_back(their_time / our_time);
}

bool tell(const Comparison& found) {
    const bool compared = std::isfinite(found.theirs);
    std::printf("%-34s %10.4g %s", found.what.c_str(), found.ours, found.unit.c_str());
    nlohmann::json line{{"what", found.what}, {"unit", found.unit}, {"ours", found.ours}};
    if (compared) {
        std::printf(", peer %10.4g: %6.3g times as fast", found.theirs, found.ratio());
        line.update({{"peer", found.theirs}, {"ratio", found.ratio()}});
        if (!found.ratios.empty()) {
            const auto [least, most] = std::ranges::minmax(found.ratios);
            std::printf(" (rounds: %.3g to %.3g)", least, most);
            line.update({{"ratio_least", least}, {"ratio_most", most}});
        }
        if (found.wanted > 0) {
            std::printf("; wanted: %g", found.wanted);
            line["wanted"] = found.wanted;
        }
    } else {
        std::printf("; the peer does not run");
    }
    if (std::isfinite(found.floor)) {
        std::printf("; floor %.3g", found.floor);
        line["floor"] = found.floor;
    }
    if (!found.remark.empty()) {
        std::printf("; %s", found.remark.c_str());
        line["remark"] = found.remark;
    }
    std::printf("\n");
    std::fflush(stdout);
    if (const char* file = std::getenv("DESCENT_BENCH_JSON"))
        std::ofstream(file, std::ios::app) << line.dump() << '\n';
    return !compared || found.ratio() >= found.wanted;
}

} // namespace descent::bench
