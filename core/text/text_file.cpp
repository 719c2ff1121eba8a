#include "core/text/text_file.h"

#include "core/base/result.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <utility>

namespace descent {

namespace {

constexpr std::size_t kBlock = 1 << 20, kSmallBlock = 1 << 10;

} // namespace

TextFile::TextFile(const std::filesystem::path& file, std::function<void(std::string_view)> blocks)
    : file_(file)
    , in_(file, std::ios::binary)
    , blocks_(std::move(blocks)) {
    std::error_code error;
    size_ = std::filesystem::file_size(file, error);
    if (!in_ || error) throw InputError("cannot read '" + file.string() + "'");
    if (fill() && buffer_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

bool TextFile::fill() {
    read_ += buffer_.size();
    // Many texts are small: a block as large as what is left, and one byte more to see that it has grown.
    const std::uintmax_t left = size_ > read_ ? size_ - read_ : 0;
    buffer_.resize(static_cast<std::size_t>(std::clamp<std::uintmax_t>(left + 1, kSmallBlock, kBlock)));
    in_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.resize(static_cast<std::size_t>(in_.gcount()));
    at_ = 0;
    if (in_.bad()) throw InputError("cannot read '" + file_.string() + "'");
    if (blocks_ && !buffer_.empty()) blocks_(buffer_);
    return !buffer_.empty();
}

bool TextFile::line(std::string& text, std::size_t most) {
    text.clear();
    if (at_ == buffer_.size() && !fill()) return false;
    for (bool ended = false; !ended && text.size() <= most;) {
        const std::string_view rest = ahead().substr(0, most + 1 - text.size());
        const std::size_t end = rest.find('\n');
        ended = end != std::string_view::npos;
        text += rest.substr(0, end);
        at_ += ended ? end + 1 : rest.size();
        if (!ended && at_ == buffer_.size() && !fill()) break;
    }
    if (text.ends_with('\r')) text.pop_back();
    return true;
}

double TextFile::fraction() const {
    return size_ > 0 ? std::min(static_cast<double>(read_ + at_) / static_cast<double>(size_), 1.0) : 1;
}

} // namespace descent
