#include "core/tasks/text_corpus.h"

#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/text/feature_hash.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>
#include <unordered_map>
#include <unordered_set>

namespace descent {

namespace {

constexpr std::size_t kBlock = 1 << 20;      // tokens
constexpr std::size_t kMostSamples = 20'000; // texts held to be looked at
constexpr std::size_t kSampleBytes = 2'000;  // of one
constexpr std::size_t kMostClasses = 1'000;
constexpr std::int64_t kMostNumbers = std::int64_t{4} << 30; // words and padding of a side: 16 GiB

std::uint64_t text_hash(std::string_view text) {
    return std::uint64_t{murmur3_32(text, 1)} << 32 | murmur3_32(text, 2);
}

/// Its first bytes, no character cut through.
std::string beginning(std::string_view text) {
    if (text.size() <= kSampleBytes) return std::string(text);
    auto end = kSampleBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return std::string(text.substr(0, end)) + "…";
}

std::optional<double> as_number(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

void sort_labels(std::vector<std::string>& labels) {
    std::ranges::sort(labels);
    if (std::ranges::all_of(labels, [](const auto& label) { return as_number(label).has_value(); }))
        std::ranges::stable_sort(labels, {}, [](const auto& label) { return *as_number(label); });
}

std::string listed(const std::vector<std::string>& labels) {
    constexpr std::size_t kMost = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(labels.size(), kMost); ++i) text += (i > 0 ? ", " : "") + labels[i];
    return labels.size() > kMost ? text + ", …" : text;
}

} // namespace

TextCorpus::TextCorpus(std::unique_ptr<Tokenizer> tokenizer, std::int64_t longest, bool keep_samples)
    : tokenizer_(std::move(tokenizer))
    , longest_(static_cast<std::size_t>(longest))
    , keep_samples_(keep_samples) {
    vocabulary_.close(0, 1); // so that words are numbered as they come
}

TextReadFacts TextCorpus::read(const std::filesystem::path& place, const TextLayout& layout, bool for_test,
                               const Loading& loading) {
    const auto name = place.has_filename() ? place.filename() : place.parent_path().filename();
    const TextReading how{loading.stop,
                          [&](double share) { loading.report(share, "reading " + name.string()); }};
    return read_texts(
        place, layout, [&](LabelledText&& text) { add(text.text, label_number(text, for_test), for_test); },
        how);
}

void TextCorpus::take(const MadeTexts& texts) {
    for (const auto& item : texts.items)
        add(item.text,
            label_number(
                {.text = {}, .label = texts.classes[static_cast<std::size_t>(item.label)], .file = {}},
                false),
            false);
}

std::int32_t TextCorpus::label_number(const LabelledText& text, bool for_test) {
    const auto found = by_label_.find(text.label);
    if (found != by_label_.end()) return found->second;
    const auto number = static_cast<std::int32_t>(labels_.size());
    labels_.push_back(text.label);
    by_label_.emplace(text.label, number);
    if (for_test) only_test_[number] = text.file + ", line " + std::to_string(text.line);
    return number;
}

void TextCorpus::add(std::string_view text, std::int32_t label, bool for_test) {
    if (blocks_.empty() || blocks_.back().size() + longest_ > blocks_.back().capacity()) {
        blocks_.emplace_back();
        blocks_.back().reserve(std::max(kBlock, longest_));
    }
    auto& block = blocks_.back();
    Row row{.label = label, .hash = text_hash(text), .from_test_source = for_test};
    tokenizer_->split(text, [&](std::string_view word) {
        ++row.tokens;
        if (row.kept == longest_) return;
        ++row.kept;
        block.push_back(vocabulary_.id(word));
    });
    if (row.kept == 0) {
        block.push_back(Vocabulary::unknown);
        row.kept = 1;
    }
    if (keep_samples_ && rows_.size() % stride_ == 0) {
        kept_.emplace_back(rows_.size(), beginning(text));
        if (kept_.size() > kMostSamples) {
            stride_ *= 2;
            std::erase_if(kept_, [&](const auto& sample) { return sample.first % stride_ != 0; });
        }
    }
    rows_.push_back(row);
}

void TextCorpus::name_classes(const std::string& source, const std::map<std::string, std::string>& names) {
    for (std::size_t i = 0; i < labels_.size(); ++i)
        if (!only_test_.contains(static_cast<std::int32_t>(i))) classes_.push_back(labels_[i]);
    sort_labels(classes_);
    if (classes_.size() < 2)
        throw InputError(source + ": " +
                         (classes_.empty() ? std::string("no texts in it")
                                           : "all its texts have the label '" + classes_.front() + "'") +
                         "; expected at least two classes");
    if (classes_.size() > kMostClasses)
        throw InputError(source + ": " + format_count(std::ssize(classes_)) + " different labels, such as '" +
                         classes_.front() + "'; expected at most " +
                         format_count(static_cast<std::int64_t>(kMostClasses)) +
                         " classes: is task.label_column the right one?");
    if (!only_test_.empty()) {
        const auto& [number, where] = *only_test_.begin();
        throw InputError(where + ": class '" + labels_[static_cast<std::size_t>(number)] +
                         "' is not among those of the training texts (" + listed(classes_) + ")");
    }
    std::vector<std::int32_t> place(labels_.size());
    for (std::size_t i = 0; i < labels_.size(); ++i)
        place[i] = static_cast<std::int32_t>(std::ranges::find(classes_, labels_[i]) - classes_.begin());
    for (auto& row : rows_) row.label = place[static_cast<std::size_t>(row.label)];
    if (std::ranges::all_of(classes_, [&](const auto& label) { return names.contains(label); }))
        for (auto& label : classes_) label = names.at(label);
}

void TextCorpus::split(double validation_share, double test_share, std::uint64_t seed) {
    // Sorted by hash within the class of its first row: what is drawn does not depend on the order of texts.
    std::vector<std::map<std::uint64_t, std::int8_t>> of_class(classes_.size());
    std::unordered_map<std::uint64_t, std::int32_t> home;
    for (const auto& row : rows_)
        if (!row.from_test_source && home.try_emplace(row.hash, row.label).second)
            of_class[static_cast<std::size_t>(row.label)].emplace(row.hash, 0);
    for (std::size_t label = 0; label < of_class.size(); ++label) {
        std::vector<std::int8_t*> sides;
        for (auto& [hash, side] : of_class[label]) sides.push_back(&side);
        // A stream a class: adding a class leaves the others' split as it was.
        RandomStream stream(seed, "split/" + classes_[label]);
        stream.shuffle(std::span(sides));
        const auto total = static_cast<double>(sides.size());
        const auto validation = static_cast<std::size_t>(std::llround(validation_share * total));
        const auto test = static_cast<std::size_t>(std::llround(test_share * total));
        for (std::size_t i = 0; i + 1 < sides.size() && i < validation + test; ++i) // the last one trains
            *sides[i] = i < validation ? 1 : 2;
    }
    for (auto& row : rows_)
        row.side =
            row.from_test_source ? 2 : of_class[static_cast<std::size_t>(home.at(row.hash))].at(row.hash);
}

template<class Work>
void TextCorpus::each_text(Work work) const {
    auto block = blocks_.begin();
    std::size_t at = 0;
    for (const auto& row : rows_) {
        if (at == block->size()) {
            ++block;
            at = 0;
        }
        work(row, std::span(*block).subspan(at, row.kept));
        at += row.kept;
    }
}

void TextCorpus::number(std::int64_t most, std::int64_t least) {
    std::vector<std::int64_t> times(static_cast<std::size_t>(vocabulary_.size()), 0);
    each_text([&](const Row& row, std::span<const std::int32_t> tokens) {
        if (row.side == 0)
            for (const auto id : tokens) ++times[static_cast<std::size_t>(id)];
    });
    Vocabulary counted;
    for (std::size_t id = 2; id < times.size(); ++id)
        if (times[id] > 0) counted.count(vocabulary_.word(static_cast<std::int32_t>(id)), times[id]);
    counted.close(most, least);
    std::vector<std::int32_t> place(times.size());
    for (std::size_t id = 0; id < times.size(); ++id)
        place[id] = id < 2 ? static_cast<std::int32_t>(id)
                           : counted.id(vocabulary_.word(static_cast<std::int32_t>(id)));
    vocabulary_ = std::move(counted);
    for (auto& block : blocks_)
        for (auto& id : block) id = place[static_cast<std::size_t>(id)];
}

std::int64_t TextCorpus::longest() const {
    std::uint32_t most = 1;
    for (const auto& row : rows_) most = std::max(most, row.kept);
    return most;
}

Examples TextCorpus::examples(int side) const {
    std::int64_t n = 0, width = 1;
    for (const auto& row : rows_) {
        if (row.side != side) continue;
        ++n;
        width = std::max<std::int64_t>(width, row.kept);
    }
    if (n * width > kMostNumbers)
        throw InputError("task.max_length: " + format_count(n) + " texts of up to " + format_count(width) +
                         " words would not fit into memory; expected a smaller one");
    Examples all{.inputs = at::zeros({n, width}, at::kInt),
                 .lengths = at::empty({n}, at::kLong),
                 .labels = at::empty({n}, at::kLong)};
    auto* word = all.inputs.data_ptr<std::int32_t>();
    auto* length = all.lengths.data_ptr<std::int64_t>();
    auto* label = all.labels.data_ptr<std::int64_t>();
    each_text([&](const Row& row, std::span<const std::int32_t> tokens) {
        if (row.side != side) return;
        std::ranges::copy(tokens, word);
        word += width;
        *length++ = row.kept;
        *label++ = row.label;
    });
    return all;
}

std::int64_t TextCorpus::repeated() const {
    std::array<std::unordered_set<std::uint64_t>, 2> seen;
    std::int64_t count = 0;
    for (const auto& row : rows_) count += seen[row.from_test_source ? 1 : 0].insert(row.hash).second ? 0 : 1;
    return count;
}

std::int64_t TextCorpus::leaked() const {
    std::unordered_set<std::uint64_t> seen;
    for (const auto& row : rows_)
        if (!row.from_test_source) seen.insert(row.hash);
    return std::ranges::count_if(
        rows_, [&](const Row& row) { return row.from_test_source && seen.contains(row.hash); });
}

std::pair<std::int64_t, std::int64_t> TextCorpus::known(int side) const {
    std::int64_t known = 0, all = 0;
    each_text([&](const Row& row, std::span<const std::int32_t> tokens) {
        if (row.side != side || row.tokens == 0) return;
        all += std::ssize(tokens);
        known += std::ranges::count_if(tokens, [&](std::int32_t id) { return id < vocabulary_.known(); });
    });
    return {all, known};
}

std::vector<DataSample> TextCorpus::samples() const {
    std::vector<DataSample> all;
    for (const auto& [row, text] : kept_) all.push_back({rows_[row].side, rows_[row].label, text, {}});
    return all;
}

std::string TextCorpus::hash() const {
    Sha256 hash;
    for (const auto& name : classes_) hash.add(name + "\n");
    for (std::int32_t id = 2; id < vocabulary_.known(); ++id) hash.add(vocabulary_.word(id) + "\n");
    each_text([&](const Row& row, std::span<const std::int32_t> tokens) {
        const std::array<std::int32_t, 2> facts{row.label, row.side};
        hash.add({reinterpret_cast<const char*>(facts.data()), sizeof facts});
        hash.add({reinterpret_cast<const char*>(tokens.data()), tokens.size_bytes()});
        hash.add({reinterpret_cast<const char*>(&row.hash), sizeof row.hash});
    });
    return hash.hex();
}

} // namespace descent
