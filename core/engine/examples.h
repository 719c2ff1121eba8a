#pragma once

#include "core/engine/engine.h"
#include "core/engine/torch.h"
#include "core/text/vocabulary.h"

#include <array>
#include <memory>
#include <vector>

namespace descent {

/// Whatever a model worked out about a fixed set of examples, to be reused at every pass over it.
struct Prepared {
    virtual ~Prepared() = default;
};

/// Reading and preparing data takes a while: how to be told to stop, and whom to tell how far it is.
struct Loading {
    std::stop_token stop{};
    LoadProgress progress{};
    bool samples = false; ///< Inspection::samples is wanted, where it costs memory to keep them
    void report(double share, const std::string& what) const {
        if (stop.stop_requested()) throw InputError("interrupted");
        if (progress) progress(share, what);
    }
};

/// Labelled examples as tensors. Immutable once built; cheap to copy.
struct Examples {
    Tensor inputs;  ///< sequences: uint8 [n, T], texts: int32 [n, T], padded with 0; vectors: float [n, …]
    Tensor lengths; ///< sequences, texts: int64 [n], 1 … T; undefined otherwise
    Tensor labels;  ///< int64 [n], 0 … classes − 1; all 0 where the task is a regression
    Tensor targets{}; ///< regression: float [n × outputs], what the outputs should be; undefined otherwise
    Tensor masks{};   ///< uint8 [n, …]: what dropout keeps of each example, or what it is found by, as the
                      ///< model drew it; undefined without
    Tensor statistics{}; ///< as Model::statistics gave them; undefined: the examples' own
    Tensor places{};     ///< int64 [n]: of chunks that Model::prepare has reordered, which of the set each is
    std::shared_ptr<const Prepared> prepared{}; ///< made by the model that will be given it, or null

    std::int64_t size() const { return labels.defined() ? labels.size(0) : 0; }
    /// The examples at `indices` (int64 [m]), in that order. Padding is cut to the longest chosen.
    Examples at(const Tensor& indices) const;
    Examples slice(std::int64_t begin, std::int64_t end) const;
};

/// Makes training examples anew: the same example, varied. What is drawn depends on the arguments only, so a
/// run can go on from anywhere. Thread: the trainer's, once built.
class Variation {
public:
    virtual ~Variation() = default;
    /// Varied inputs of the training examples at `indices` (int64 [m]). The example at position `first` + i
    /// of pass `epoch` has a random stream of its own.
    virtual Tensor fresh(const Tensor& indices, std::uint64_t seed, std::int64_t epoch,
                         std::int64_t first) const = 0;
    /// A set drawn once: copies() varied copies of the whole training set, one after the other. Blocks;
    /// throws InputError("interrupted") on `loading.stop`.
    virtual Tensor frozen(std::uint64_t seed, const Loading& loading) const = 0;
    virtual std::int64_t copies() const = 0;
};

/// What a model of texts must know of them. Words are numbered as core/text/vocabulary.h has it.
struct TextShape {
    std::int64_t known = 0;   ///< ids 0 … known − 1 are the vocabulary; larger ones are unknown words
    std::int64_t longest = 0; ///< tokens of the longest text, after the cut
    Tensor hashes{};          ///< int32 [all ids]: MurmurHash3 of each word's bytes; of 0 and 1: 0
    Tensor vectors{}; ///< float [known, d] made before training; rows 0 and 1 are zeros; undefined where
                      ///< there are none
    Tensor in_file{}; ///< bool [known]: its vector is not made up; undefined without
    std::shared_ptr<const Vocabulary> vocabulary{}; ///< what all ids stand for; may be null
    bool lower = true;                              ///< their letters were taken as lower case
};

/// What a model must know of a task to be built for it.
struct TaskShape {
    std::int64_t symbols = 0;           ///< sequences: size of the alphabet; 0 otherwise
    std::vector<std::int64_t> features; ///< vectors: shape of one example
    std::int64_t classes = 0;           ///< 0 where the outputs are numbers to be met (a regression)
    std::int64_t outputs = 0;           ///< units of the output; 0: one a class
    /// With one output for two classes: what it should be for class 0 and for class 1.
    std::array<double, 2> sides{0, 1};
    std::shared_ptr<const TextShape> words{}; ///< texts; null otherwise

    bool regression() const { return classes == 0; }
    bool one_output() const { return classes == 2 && outputs == 1; }
    std::int64_t width() const { return outputs > 0 ? outputs : classes; } ///< of the output layer
};

} // namespace descent
