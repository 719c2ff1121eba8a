#include "app/cli/output.h"

#include "core/base/format.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <unistd.h>

namespace descent::cli {

namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr int kWideEnough = 10'000;

/// Marks U+0300–U+036F, the only combining ones that names and help texts here contain.
bool combining(std::string_view text, std::size_t at) {
    if (at + 1 >= text.size()) return false;
    const auto lead = static_cast<unsigned char>(text[at]), next = static_cast<unsigned char>(text[at + 1]);
    return lead == 0xCC || (lead == 0xCD && next < 0xB0);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines(1);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string_view word = text.substr(at, end - at);
        std::string& line = lines.back();
        if (line.empty()) {
            line = word;
        } else if (display_width(line) + 1 + display_width(word) <= width) {
            line.append(" ").append(word);
        } else {
            lines.emplace_back(word);
        }
        at = end + 1;
    }
    return lines;
}

} // namespace

Output::Output() : terminal_(isatty(STDOUT_FILENO) == 1) {
    const char* colours = std::getenv("NO_COLOR");
    const char* kind = std::getenv("TERM");
    styled_ = terminal_ && !(colours && *colours) && kind && std::strcmp(kind, "dumb") != 0;
}

Output::~Output() {
    try {
        flush();
    } catch (...) { // whoever cared has flushed before
    }
}

int Output::width() const {
    winsize size{};
    if (!terminal_ || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kWideEnough;
    return size.ws_col;
}

Output& Output::operator<<(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kBufferBytes) flush();
    return *this;
}

void Output::flush() {
    std::string_view rest = buffer_;
    while (!rest.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) { // somebody else has made the pipe non-blocking
            pollfd wait{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
            poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            const int why = errno;
            buffer_.clear();
            if (why == EPIPE) throw BrokenPipe{};
            throw std::runtime_error(std::string("cannot write to standard output: ") + std::strerror(why));
        }
    }
    buffer_.clear();
}

std::string Output::bold(std::string_view text) const {
    return styled_ ? "\033[1m" + std::string(text) + "\033[0m" : std::string(text);
}

std::string Output::faint(std::string_view text) const {
    return styled_ ? "\033[2m" + std::string(text) + "\033[0m" : std::string(text);
}

std::size_t display_width(std::string_view text) {
    std::size_t columns = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && !combining(text, i)) ++columns;
    return columns;
}

Table::Table(std::vector<std::string> headings, std::vector<Align> alignment)
    : headings_(std::move(headings))
    , alignment_(std::move(alignment)) {
    alignment_.resize(headings_.size(), Align::left);
}

Table::Table(const TextTable& cells) : Table(cells.headings) {
    for (std::size_t i = 0; i < std::min(cells.right.size(), alignment_.size()); ++i)
        if (cells.right[i]) alignment_[i] = Align::right;
    for (const auto& row : cells.rows) add(row);
}

void Table::add(std::vector<std::string> row) {
    row.resize(headings_.size());
    rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::column_widths() const {
    std::vector<std::size_t> widths;
    for (const auto& heading : headings_) widths.push_back(display_width(heading));
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
    return widths;
}

std::size_t Table::width() const {
    std::size_t columns = 2 * (headings_.size() - 1);
    for (const auto width : column_widths()) columns += width;
    return columns;
}

void Table::drop(std::string_view heading) {
    const auto at = std::ranges::find(headings_, heading) - headings_.begin();
    if (at == std::ssize(headings_)) return;
    headings_.erase(headings_.begin() + at);
    alignment_.erase(alignment_.begin() + at);
    for (auto& row : rows_) row.erase(row.begin() + at);
}

void Table::print(Output& out, std::string_view indent) const {
    const auto widths = column_widths();
    const std::size_t last = headings_.size() - 1;
    std::size_t before_last = indent.size();
    for (std::size_t i = 0; i < last; ++i) before_last += widths[i] + 2;
    const auto columns = static_cast<std::size_t>(out.width());
    const std::size_t last_width =
        std::max<std::size_t>(columns > before_last ? columns - before_last : 0, 24);

    const auto line = [&](const std::vector<std::string>& row, bool heading) {
        std::string text(indent);
        for (std::size_t i = 0; i < last; ++i) {
            const std::string gap(widths[i] - display_width(row[i]), ' ');
            text += alignment_[i] == Align::right ? gap + row[i] : row[i] + gap;
            text += "  ";
        }
        const auto pieces = wrapped(row[last], last_width);
        text += pieces.front();
        for (std::size_t i = 1; i < pieces.size(); ++i)
            text += "\n" + std::string(before_last, ' ') + pieces[i];
        while (text.ends_with(' ')) text.pop_back();
        out << (heading ? out.faint(text) : text) << "\n";
    };
    line(headings_, true);
    for (const auto& row : rows_) line(row, false);
}

std::string dump(const nlohmann::json& json, int indent) {
    return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string dump(const nlohmann::ordered_json& json, int indent) {
    return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string one_line(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    std::string line;
    for (const char c : text) {
        if (c == '\n') {
            line += "; ";
        } else if (c != '\r') {
            line += c;
        }
    }
    return line;
}

std::string shell_quoted(const std::string& word) {
    const auto plain = [](unsigned char c) {
        return std::isalnum(c) || c >= 0x80 || std::strchr("_-./:=+,@%", c);
    };
    if (!word.empty() && std::ranges::all_of(word, plain)) return word;
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

} // namespace descent::cli
