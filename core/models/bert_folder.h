#pragma once

#include "core/models/bert_network.h"
#include "core/models/model.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace descent {

class MappedTensors;

/// A trained BERT in the usual layout: config.json, vocab.txt, model.safetensors (F32, F64, F16 or BF16;
/// names with or without "bert." before them, LayerNorm's "weight" and "bias" also as "gamma" and "beta").
/// The file of weights is mapped and read where it is asked for. Thread: any.
class BertFolder {
public:
    /// Throws InputError, with file and what was expected: a file that is missing or damaged, sizes that do
    /// not go together, a network of another kind.
    explicit BertFolder(const std::filesystem::path& folder);

    const BertConfig& config() const { return config_; }
    const WordPiece& pieces() const { return *pieces_; }
    bool lower() const { return lower_; } ///< the vocabulary knows lower case only

    /// Gives the weights what the file has for them; a pooler that it lacks and the classifier stay as they
    /// are drawn. Throws InputError: a tensor that is missing, of another shape or type, or not finite.
    void fill(std::vector<WeightSpec>& specs);
    /// After fill().
    const Model::Source& source() const { return source_; }

private:
    Tensor read(const std::string& name, const std::string& found,
                const std::vector<std::int64_t>& shape) const;

    std::filesystem::path folder_, file_;
    BertConfig config_;
    std::unique_ptr<const WordPiece> pieces_;
    bool lower_ = true;
    std::shared_ptr<const MappedTensors> tensors_;
    Model::Source source_;
};

/// Whether none of its pieces but marks such as [CLS] has a capital letter.
bool is_lower_case(const WordPiece& pieces);

} // namespace descent
