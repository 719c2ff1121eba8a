#pragma once

#include "core/base/catalog.h"
#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// What the fuzz targets share. A target is a program that libFuzzer calls with one input after another; it
/// dies of a crash, of what a sanitizer sees, of an exception that is no InputError, and where `hold` says
/// so.
namespace descent::fuzzing {

/// An input, read from its front.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

    bool empty() const { return rest_.empty(); }
    std::uint8_t byte();                     ///< 0 at the end
    std::uint32_t number();                  ///< two bytes, little-endian
    std::string_view take(std::size_t most); ///< so many bytes, fewer at the end
    std::string_view until(char separator);  ///< up to the separator, which is skipped, or the end
    std::vector<std::string_view> parts(char separator);
    std::string_view rest(); ///< all that is left

private:
    std::string_view rest_;
};

/// Ends the program with `what` where it does not.
void hold(bool it_does, const char* what);

/// A message for a person: one line of UTF-8 without control characters, not empty and not endless.
void check_message(std::string_view message);

/// Whether `read` took its input. What it refuses it has to refuse with an InputError that is fit to be read.
template<class F>
bool accepted(F&& read) {
    try {
        read();
        return true;
    } catch (const InputError& e) {
        check_message(e.what());
        return false;
    }
}

/// The same of what comes as a Result: the error has to be the input's, not the program's.
template<class T>
bool succeeded(const Result<T>& result) {
    if (result) return true;
    check_message(result.error().message);
    hold(result.error().kind == Error::Kind::input, result.error().message.c_str());
    return false;
}

/// The same where a damaged disk may be the reason, too.
template<class T>
bool succeeded_or_internal(const Result<T>& result) {
    if (!result) check_message(result.error().message);
    return result.has_value();
}

/// testing::small_catalog(), made once.
const Catalog& catalog();

/// A folder of this process in memory (/dev/shm) or among temporary files, removed at its end.
const std::filesystem::path& folder();
/// A file there with these bytes.
std::filesystem::path file(const std::string& name, std::string_view bytes);
/// An empty folder in it.
std::filesystem::path empty_folder(const std::string& name);

} // namespace descent::fuzzing
