#include "core/models/piece_table.h"

#include <algorithm>

namespace descent {

PieceTable::PieceTable(const WordPiece& pieces, const Vocabulary& words, std::int64_t longest)
    : size_(std::ssize(pieces.pieces()))
    , longest_(longest)
    , begin_(pieces.id("[CLS]"))
    , end_(pieces.id("[SEP]")) {
    begins_ = {0, 0}; // padding has none
    pieces_.push_back(pieces.id("[UNK]"));
    begins_.push_back(1);
    for (std::int32_t id = 2; id < words.size(); ++id) {
        pieces.split(words.word(id), [&](std::string_view piece) { pieces_.push_back(pieces.id(piece)); });
        begins_.push_back(pieces_.size());
    }
}

PieceTable::PieceTable(std::int64_t known, std::int64_t longest)
    : known_(known)
    , size_(known + 2)
    , longest_(longest)
    , begin_(known)
    , end_(known + 1) {}

template<class Take>
void PieceTable::pieces_of(std::int32_t word, Take take) const {
    if (begins_.empty()) return take(word < known_ ? word : Vocabulary::unknown);
    const auto at = static_cast<std::size_t>(word);
    for (auto i = begins_[at]; i < begins_[at + 1]; ++i) take(pieces_[i]);
}

PieceTable::Pieces PieceTable::cut(const Tensor& inputs, const Tensor& lengths) const {
    const auto n = inputs.size(0), width = inputs.size(1);
    const auto words = inputs.contiguous();
    Pieces all{{}, at::empty({n}, at::kLong)};
    std::vector<std::vector<std::int64_t>> rows(static_cast<std::size_t>(n));
    std::size_t longest = 2;
    for (std::int64_t i = 0; i < n; ++i) {
        auto& row = rows[static_cast<std::size_t>(i)];
        row.push_back(begin_);
        const auto* word = words.data_ptr<std::int32_t>() + i * width;
        const auto* last = word + lengths.data_ptr<std::int64_t>()[i];
        for (; word < last && std::ssize(row) + 1 < longest_; ++word)
            pieces_of(*word, [&](std::int32_t piece) {
                if (std::ssize(row) + 1 < longest_) row.push_back(piece);
            });
        row.push_back(end_);
        all.lengths.data_ptr<std::int64_t>()[i] = std::ssize(row);
        longest = std::max(longest, row.size());
    }
    all.ids = at::zeros({n, static_cast<std::int64_t>(longest)}, at::kLong);
    auto* to = all.ids.data_ptr<std::int64_t>();
    for (const auto& row : rows) {
        std::ranges::copy(row, to);
        to += longest;
    }
    return all;
}

} // namespace descent
