#include "tests/fuzz/fuzzing.h"

#include "tests/base/small_catalog.h"

#include <utf8proc.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace descent::fuzzing {

namespace fs = std::filesystem;

std::uint8_t Input::byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
}

std::uint32_t Input::number() {
    const std::uint32_t low = byte();
    return low | std::uint32_t{byte()} << 8;
}

std::string_view Input::take(std::size_t most) {
    const auto taken = rest_.substr(0, most);
    rest_.remove_prefix(taken.size());
    return taken;
}

std::string_view Input::until(char separator) {
    const auto at = rest_.find(separator);
    const auto part = rest_.substr(0, at);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + 1);
    return part;
}

std::vector<std::string_view> Input::parts(char separator) {
    std::vector<std::string_view> all;
    while (!rest_.empty()) all.push_back(until(separator));
    return all;
}

std::string_view Input::rest() {
    return take(rest_.size());
}

void hold(bool it_does, const char* what) {
    if (it_does) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

void check_message(std::string_view message) {
    constexpr std::size_t longest = 2'000;
    bool fit = !message.empty() && message.size() <= longest;
    for (std::size_t at = 0; fit && at < message.size();) {
        utf8proc_int32_t code = 0;
        const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(message.data() + at),
                                            static_cast<utf8proc_ssize_t>(message.size() - at), &code);
        fit = bytes > 0 && utf8proc_category(code) != UTF8PROC_CATEGORY_CC;
        at += static_cast<std::size_t>(bytes);
    }
    hold(fit, ("a message is one line of text: " + std::string(message)).c_str());
}

const fs::path& folder() {
    static const struct Folder {
        fs::path path;
        Folder() {
            std::string name = fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path().string();
            name += "/descent-fuzz-XXXXXX";
            if (!mkdtemp(name.data())) std::abort();
            path = name;
        }
        ~Folder() {
            std::error_code ignored;
            fs::remove_all(path, ignored);
        }
    } made;
    return made.path;
}

fs::path file(const std::string& name, std::string_view bytes) {
    fs::path path = folder() / name;
    const int out = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0) std::abort();
    while (!bytes.empty()) {
        const ssize_t written = write(out, bytes.data(), bytes.size());
        if (written <= 0) std::abort();
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    close(out);
    return path;
}

fs::path empty_folder(const std::string& name) {
    fs::path path = folder() / name;
    fs::remove_all(path);
    fs::create_directory(path);
    return path;
}

const Catalog& catalog() {
    static const Catalog made = testing::small_catalog();
    return made;
}

} // namespace descent::fuzzing
