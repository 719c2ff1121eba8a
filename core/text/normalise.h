#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace descent {

/// The symbols of the names task: a–z, A–Z, space . , ; ' (57).
inline constexpr std::string_view kNameAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .,;'";

/// NFD, marks (category Mn) dropped, what is not in kNameAlphabet dropped and counted in `dropped` by
/// character. Throws InputError where `utf8` is not UTF-8, with the byte's offset.
std::string normalise_name(std::string_view utf8, std::map<std::string, std::int64_t>& dropped);

} // namespace descent
