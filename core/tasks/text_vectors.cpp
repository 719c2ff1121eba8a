#include "core/tasks/text_vectors.h"

#include "core/audio/feature_cache.h"
#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/tasks/word_cooccurrence.h"
#include "core/text/word_vectors.h"

#include <cstring>
#include <sstream>

namespace descent {

namespace {

// Enough to tell what stands beside what, and it bounds time and memory whatever the set's size.
constexpr std::int64_t kMostCounted = 4'000'000;

/// The words of training texts evenly spread over the set, a 0 after each text.
std::vector<std::int32_t> words_of(const Examples& train) {
    const auto n = train.size(), width = train.inputs.size(1);
    const auto* word = train.inputs.data_ptr<std::int32_t>();
    const auto* length = train.lengths.data_ptr<std::int64_t>();
    const auto all = train.lengths.sum().item<std::int64_t>();
    const auto texts = all > kMostCounted ? std::max<std::int64_t>(1, n * kMostCounted / all) : n;
    std::vector<std::int32_t> words;
    words.reserve(static_cast<std::size_t>(std::min(all, kMostCounted * 11 / 10) + texts));
    for (std::int64_t k = 0; k < texts; ++k) {
        const auto i = k * n / texts;
        words.insert(words.end(), word + i * width, word + i * width + length[i]);
        words.push_back(0);
    }
    return words;
}

std::string from_file(const ParamSet& p, const Vocabulary& vocabulary, const Loading& loading,
                      TextShape& shape, std::string& file_hash) {
    const std::filesystem::path file = p.text("vectors");
    if (file.empty())
        throw InputError("task.vector_kind = file: expected a file of word vectors in task.vectors");
    std::vector<std::string> words;
    for (std::int32_t id = 2; id < shape.known; ++id) words.push_back(vocabulary.word(id));
    auto read = read_word_vectors(
        file, words,
        {loading.stop, [&](double share) { loading.report(share, "reading " + file.filename().string()); }});
    const auto d = read.dimension;
    std::int64_t found = 0;
    shape.vectors = at::zeros({shape.known, d}, at::kFloat);
    shape.in_file = at::zeros({shape.known}, at::kBool);
    std::memcpy(shape.vectors.data_ptr<float>() + 2 * d, read.values.data(),
                read.values.size() * sizeof(float));
    for (std::size_t i = 0; i < words.size(); ++i) {
        shape.in_file.data_ptr<bool>()[i + 2] = read.found[i] != 0;
        found += read.found[i] != 0 ? 1 : 0;
    }
    if (found == 0)
        throw InputError(file.string() + ": none of the " + format_count(std::ssize(words)) +
                         " words of the vocabulary is in it; expected vectors of words cut and cased like "
                         "these, such as '" +
                         (words.empty() ? "" : words.front()) + "'");
    file_hash = read.hash;
    return "word vectors: " + format_count(d) + " numbers each, from " + file.filename().string() + "; " +
           format_count(found) + " of " + format_count(std::ssize(words)) + " words are in it";
}

std::string from_texts(const ParamSet& p, const Examples& train, const Loading& loading, TextShape& shape) {
    const WordCooccurrence how{.dimension = p.integer("vector_dimension"),
                               .window = p.integer("vector_window"),
                               .shift = p.real("vector_shift")};
    const auto words = words_of(train);
    const auto d = std::min(how.dimension, shape.known);
    Sha256 hash;
    std::ostringstream recipe;
    recipe << std::hexfloat << "ppmi 1 " << shape.known << ' ' << d << ' ' << how.window << ' ' << how.shift
           << ' ' << how.scale << '\n';
    hash.add(recipe.str());
    hash.add({reinterpret_cast<const char*>(words.data()), words.size() * sizeof(std::int32_t)});
    const auto key = hash.hex();
    const FeatureCache cache;
    const auto numbers = static_cast<std::size_t>(shape.known * d);
    if (const auto kept = cache.find(key, numbers)) {
        shape.vectors = at::empty({shape.known, d}, at::kFloat);
        std::memcpy(shape.vectors.data_ptr<float>(), kept->data(), numbers * sizeof(float));
    } else {
        shape.vectors = how.vectors(words, shape.known, loading);
        cache.keep(key, {shape.vectors.data_ptr<float>(), numbers});
    }
    shape.in_file = shape.vectors.abs().amax(1).gt(0);
    return "word vectors: " + format_count(d) + " numbers each, from what stands within " +
           format_count(how.window) + " words of each other in the training texts";
}

} // namespace

ParamTable vector_params(const std::string& kind) {
    return {
        choice(
            "vector_kind", kind, {"none", "file", "ppmi"},
            "Word vectors that models may begin with: none, those of a file, or made from the training texts "
            "(positive pointwise mutual information and a truncated SVD)")
            .under("Word vectors"),
        path("vectors", "",
             "File of word vectors, in GloVe's or word2vec's text format; empty unless vector_kind is file")
            .under("Word vectors"),
        integer("vector_dimension", 100, "Numbers a word, of vectors made from the texts")
            .at_least(1)
            .at_most(1000)
            .under("Word vectors"),
        integer("vector_window", 5, "Words to either side that count as a word's company")
            .at_least(1)
            .at_most(100)
            .in("words")
            .under("Word vectors"),
        real("vector_shift", 1, "Negative samples k that the shift by ln k stands for; 1 shifts nothing")
            .at_least(1)
            .under("Word vectors"),
    };
}

std::string add_vectors(const ParamSet& p, const Vocabulary& vocabulary, const Examples& train,
                        const Loading& loading, TextShape& shape, std::string& file_hash) {
    const auto& kind = p.text("vector_kind");
    if (kind != "file" && !p.text("vectors").empty())
        throw InputError("task.vectors = " + p.text("vectors") + " is not read while task.vector_kind is " +
                         kind + "; expected task.vector_kind = file");
    if (kind == "file") return from_file(p, vocabulary, loading, shape, file_hash);
    if (kind == "ppmi") return from_texts(p, train, loading, shape);
    return {};
}

} // namespace descent
