#pragma once

#include "core/engine/examples.h"
#include "core/text/made_texts.h"
#include "core/text/text_reader.h"
#include "core/text/tokenizer.h"
#include "core/text/vocabulary.h"

#include <array>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace descent {

/// Labelled texts as a task takes them in: once, each cut into words that are numbered as they come, the text
/// itself let go. Then split, and numbered anew by the vocabulary of the training texts. Thread: one.
class TextCorpus {
public:
    /// What is kept of each text.
    struct Row {
        std::int32_t label = 0;   ///< index into labels as they were met, then into classes
        std::uint32_t kept = 0;   ///< tokens, at least 1
        std::uint32_t tokens = 0; ///< before the cut; 0 of an empty text
        std::uint64_t hash = 0;   ///< of its bytes
        std::int8_t side = 0;     ///< 0 train, 1 validation, 2 test
        bool from_test_source = false;
    };

    TextCorpus(std::unique_ptr<Tokenizer> tokenizer, std::int64_t longest, bool keep_samples);

    /// Reads a file or folder. Throws InputError as read_texts does.
    TextReadFacts read(const std::filesystem::path& place, const TextLayout& layout, bool for_test,
                       const Loading& loading);
    void take(const MadeTexts& texts);

    /// Names the classes by the labels of all but the test source, in order, numbers by size; `names` says
    /// what labels are called where it knows them all. Throws InputError: a label that only the test source
    /// has, fewer than two classes or more than 1,000.
    void name_classes(const std::string& source, const std::map<std::string, std::string>& names);
    /// Equal texts on one side; shares kept within each class (of the text's first label); drawn from `seed`.
    void split(double validation_share, double test_share, std::uint64_t seed);
    /// The vocabulary of the training texts, and all words numbered by it. `most`, `least`: as
    /// Vocabulary::close.
    void number(std::int64_t most, std::int64_t least);

    /// The texts of a side. Throws InputError where they would take over 16 GiB.
    Examples examples(int side) const;

    const std::vector<Row>& rows() const { return rows_; }
    const std::vector<std::string>& classes() const { return classes_; }
    const Vocabulary& vocabulary() const { return vocabulary_; }
    Vocabulary take_vocabulary() && { return std::move(vocabulary_); }
    std::int64_t longest() const; ///< tokens of the longest, after the cut
    /// Equal to an earlier one of the same source, and of the test source that also stand in the other.
    std::int64_t repeated() const;
    std::int64_t leaked() const;
    /// Tokens of a side after the cut, and those of them that the vocabulary knows.
    std::pair<std::int64_t, std::int64_t> known(int side) const;
    /// Up to 20,000 texts, evenly spread over the set, long ones cut; empty unless they were asked for.
    std::vector<DataSample> samples() const;
    /// SHA-256 of all that became of the texts.
    std::string hash() const;

private:
    void add(std::string_view text, std::int32_t label, bool for_test);
    std::int32_t label_number(const LabelledText& text, bool for_test);
    template<class Work>
    void each_text(Work work) const; ///< work(row, tokens)

    std::unique_ptr<Tokenizer> tokenizer_;
    std::size_t longest_;
    bool keep_samples_;
    std::vector<Row> rows_;
    std::deque<std::vector<std::int32_t>> blocks_; ///< tokens, text by text; none across blocks
    Vocabulary vocabulary_;
    std::vector<std::string> labels_, classes_; ///< as met; as named
    std::map<std::string, std::int32_t, std::less<>> by_label_;
    std::map<std::int32_t, std::string> only_test_; ///< labels met in the test source first: where
    std::size_t stride_ = 1;
    std::vector<std::pair<std::size_t, std::string>> kept_; ///< row, text: every stride-th
};

} // namespace descent
