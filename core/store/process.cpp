#include "core/store/process.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>

#include <signal.h>
#include <unistd.h>

namespace descent {
namespace {

struct ProcessStat {
    char state = '?';
    std::int64_t started = 0;
};

// proc(5): the second field is the program's name in brackets and may hold anything, so count from the last
// bracket.
std::optional<ProcessStat> process_stat(std::int64_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    if (!std::getline(file, line)) return std::nullopt;
    const std::size_t bracket = line.rfind(')');
    if (bracket == std::string::npos) return std::nullopt;
    std::istringstream fields(line.substr(bracket + 1));
    ProcessStat stat;
    fields >> stat.state;
    std::string skipped;
    for (int field = 4; field < 22; ++field) fields >> skipped;
    fields >> stat.started;
    return fields ? std::optional(stat) : std::nullopt;
}

std::string this_host() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0) return "";
    return name.data();
}

} // namespace

ProcessMark ProcessMark::of(std::int64_t pid) {
    const auto stat = process_stat(pid);
    return {pid, stat ? stat->started : 0, this_host()};
}

bool ProcessMark::is_gone() const {
    if (pid <= 0) return true;
    if (host != this_host()) return false;
    if (kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH) return true;
    const auto stat = process_stat(pid);
    if (!stat) return false;
    // A zombie trains nothing; another start is another process under the same number.
    return stat->state == 'Z' || stat->state == 'X' || (started != 0 && stat->started != started);
}

bool ProcessMark::is_this_process() const {
    return pid == getpid() && host == this_host() && !is_gone();
}

} // namespace descent
