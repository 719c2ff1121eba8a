#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace descent {

/// Cuts a text into tokens. Immutable. Thread: any.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;
    /// Calls `take` for each token, in order; the view is valid during the call only. `text` must be UTF-8.
    virtual void split(std::string_view text, const std::function<void(std::string_view)>& take) const = 0;
    std::vector<std::string> tokens(std::string_view text) const;
};

/// The kinds, for a parameter's choices:
/// "whitespace": what stands between blanks (Unicode White_Space).
/// "word": runs of letters, marks and digits, with apostrophes inside a word ("don't"), and each other
/// visible
///   character for itself; by utf8proc's categories.
/// "alphanumeric": runs of two or more letters, digits and underscores, scikit-learn's default (?u)\b\w\w+\b.
const std::vector<std::string>& tokenizer_names();
/// Throws InputError for a name that is none. `lower`: Unicode case folding to lower case first (utf8proc).
std::unique_ptr<Tokenizer> make_tokenizer(std::string_view name, bool lower);

/// BERT's tokenizer (Devlin et al. 2019; the published basic + WordPiece algorithm): clean up, blanks around
/// CJK characters, lower case and accents stripped (`lower`), cut at blanks and punctuation, then the longest
/// pieces of the vocabulary first, "##" before what continues a word; a word of which a part is not there, or
/// of over 200 characters, is [UNK].
class WordPiece : public Tokenizer {
public:
    /// A vocab.txt: a piece a line, its id the line's number from 0. Throws InputError: not UTF-8, no [UNK],
    /// [CLS], [SEP] or [PAD], a piece twice (naming the lines).
    WordPiece(const std::filesystem::path& vocabulary, bool lower);
    WordPiece(std::vector<std::string> pieces, bool lower);
    ~WordPiece() override;

    void split(std::string_view text, const std::function<void(std::string_view)>& take) const override;
    /// [CLS] pieces [SEP], cut to `longest` ids in all ([SEP] stays).
    std::vector<std::int32_t> ids(std::string_view text, std::size_t longest) const;
    std::int32_t id(std::string_view piece) const; ///< of [UNK] where it is none
    const std::vector<std::string>& pieces() const;

private:
    struct Table;
    std::unique_ptr<const Table> table_;
};

} // namespace descent
