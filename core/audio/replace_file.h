#pragma once

#include "core/base/units.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string_view>
#include <system_error>

namespace descent {

/// Puts a file in place whole or not at all: written under a temporary name beside it, then renamed. Not
/// synced to the disk, since what is written here can be made again (core/store/file_replacement.h syncs).
/// Thread: any.
inline std::error_code replace_file(const std::filesystem::path& file,
                                    std::initializer_list<std::string_view> parts) {
    auto temporary = file;
    temporary += "." + RunId::random().uuid.substr(0, 8) + ".tmp";
    std::error_code error, ignored;
    errno = 0;
    {
        std::ofstream out(temporary, std::ios::binary);
        for (const auto part : parts) out.write(part.data(), static_cast<std::streamsize>(part.size()));
        out.close();
        if (!out) error.assign(errno != 0 ? errno : EIO, std::generic_category());
    }
    if (!error) std::filesystem::rename(temporary, file, error);
    if (error) std::filesystem::remove(temporary, ignored);
    return error;
}

inline std::error_code replace_file(const std::filesystem::path& file, std::string_view bytes) {
    return replace_file(file, {bytes});
}

} // namespace descent
