#include "core/base/format.h"
#include "core/engine/registry.h"
#include "core/models/bert_folder.h"
#include "core/models/text_embedding.h"
#include "core/tasks/text_data.h"

#include <limits>
#include <optional>

namespace descent {

namespace {

/// BERT from a folder of trained weights or from scratch, with the layers from below that are frozen as parts
/// of the model instead of its weights.
class Bert : public Model {
public:
    Bert(const ParamSet& params, const TaskShape& shape, std::uint64_t seed)
        : dropout_(params.real("dropout")) {
        if (!shape.words) throw InputError("a model of texts needs a task of texts");
        const std::filesystem::path folder = params.text("folder"), vocabulary = params.text("vocabulary");
        if (!folder.empty() && !vocabulary.empty())
            throw InputError("model.vocabulary = " + vocabulary.string() +
                             ": model.folder has a vocabulary of its own; expected one of the two");
        const auto longest = params.integer("max_length");
        BertConfig config;
        std::optional<BertFolder> trained;
        if (!folder.empty()) {
            trained.emplace(folder);
            config = trained->config();
            if (longest > config.positions)
                throw InputError("model.max_length = " + format_count(longest) + ": the network in " +
                                 folder.string() + " has " + format_count(config.positions) +
                                 " positions; expected no more");
            read_words(trained->pieces(), trained->lower(), "model.folder", *shape.words, longest);
        } else {
            config = {.layers = params.integer("layers"),
                      .hidden = params.integer("hidden"),
                      .heads = params.integer("heads"),
                      .intermediate = params.integer("intermediate"),
                      .positions = longest,
                      .activation = &nonlinearity("gelu")};
            if (config.hidden % config.heads != 0)
                throw InputError("model.hidden = " + std::to_string(config.hidden) +
                                 ": expected a multiple of model.heads = " + std::to_string(config.heads));
            if (vocabulary.empty()) {
                table_.emplace(shape.words->known, longest);
            } else {
                std::error_code error;
                if (!std::filesystem::is_regular_file(vocabulary, error))
                    throw InputError("model.vocabulary = " + vocabulary.string() +
                                     ": no such file; expected a vocab.txt with a piece in each line");
                const WordPiece pieces(vocabulary, true);
                const bool lower = is_lower_case(pieces);
                if (lower)
                    read_words(pieces, lower, "model.vocabulary", *shape.words, longest);
                else
                    read_words({pieces.pieces(), false}, lower, "model.vocabulary", *shape.words, longest);
            }
        }
        config.pieces = table_->size();
        activation_ = config.activation;
        network_.emplace(config, shape.width(), dropout_);
        specs_ = network_->weights();
        if (trained) {
            trained->fill(specs_);
            source_ = trained->source();
        }
        freeze(params, config, seed);
    }

    std::vector<WeightSpec> weights() const override { return specs_; }
    Source source() const override { return source_; }

    Tensor logits(const Weights& w, const Examples& examples) const override {
        return network_->outputs(all(w), table_->cut(examples.inputs, examples.lengths), examples.masks);
    }

    std::vector<Activation> activations(const Weights& w, const Examples& examples) const override {
        const at::NoGradGuard no_grad;
        std::vector<Activation> shown;
        network_->outputs(all(w), table_->cut(examples.inputs, examples.lengths), {},
                          [&](std::int64_t layer, const Tensor& units) {
                              shown.push_back({"encoder.layer." + std::to_string(layer) + ".intermediate",
                                               units, activation_->least, activation_->largest});
                          });
        return shown;
    }

    /// A seed for each text: see BertNetwork::outputs.
    Tensor draw_masks(std::int64_t n, RandomStream& random) const override {
        if (dropout_ <= 0) return {};
        auto seeds = at::empty({n, 8}, at::kByte);
        auto* to = seeds.data_ptr<std::uint8_t>();
        for (std::int64_t i = 0; i < n; ++i) {
            auto bits = random.bits();
            for (int byte = 0; byte < 8; ++byte, bits >>= 8) *to++ = static_cast<std::uint8_t>(bits);
        }
        return seeds;
    }

    std::vector<Examples> prepare(const Examples& set, std::int64_t chunk) const override {
        return prepare_texts(set, chunk);
    }

private:
    void read_words(const WordPiece& pieces, bool lower, const std::string& where, const TextShape& words,
                    std::int64_t longest) {
        if (!lower && words.lower)
            throw InputError(where +
                             ": its vocabulary tells capitals from small letters, which the task's words "
                             "no longer do; expected task.lower = false");
        if (!words.vocabulary) throw InputError(where + ": this task's words are not known by their letters");
        table_.emplace(pieces, *words.vocabulary, longest);
    }

    /// Takes those from below out of the weights.
    void freeze(const ParamSet& params, const BertConfig& config, std::uint64_t seed) {
        const auto layers = params.integer("freeze");
        if (layers > config.layers)
            throw InputError("model.freeze = " + std::to_string(layers) + ": the network has " +
                             std::to_string(config.layers) + " layers; expected no more");
        auto count = layers > 0 ? network_->below(layers) : 0;
        if (params.flag("classifier_only")) count = network_->below_classifier();
        RandomStream random(seed, "frozen");
        for (std::size_t i = 0; i < count; ++i) {
            // A copy, so that nobody who changes the file changes the run.
            frozen_.push_back(first_values(specs_[i], random).to(at::kFloat, false, /*copy=*/true));
        }
        specs_.erase(specs_.begin(), specs_.begin() + static_cast<std::ptrdiff_t>(count));
    }

    std::vector<Tensor> all(const Weights& w) const {
        std::vector<Tensor> tensors;
        for (const auto& one : frozen_) tensors.push_back(one.to(w[0].scalar_type()));
        for (std::size_t i = 0; i < specs_.size(); ++i) tensors.push_back(w[i]);
        return tensors;
    }

    double dropout_;
    const Nonlinearity* activation_ = nullptr;
    std::optional<PieceTable> table_;
    std::optional<BertNetwork> network_;
    std::vector<WeightSpec> specs_; ///< of what is trained
    std::vector<Tensor> frozen_;    ///< what comes before it
    Source source_;
};

} // namespace

ModelDefinition model_bert() {
    ParamTable table{
        path("folder", "",
             "Folder with a trained BERT: config.json, vocab.txt and model.safetensors; its sizes hold, and "
             "steps are small, optimizer.lr about 2e-5; empty for one from scratch"),
        integer("max_length", 128, "Pieces of a text with [CLS] and [SEP]; of longer texts the rest is cut")
            .at_least(3)
            .at_most(4096)
            .in("pieces")
            .log(),
        integer("freeze", 0,
                "Layers from below that stay as they are, and the embeddings with them; 0 trains all")
            .at_least(0)
            .at_most(1000),
        flag("classifier_only", false, "Trains the read-out alone, and nothing below it"),
        real("dropout", 0.1,
             "Share of embeddings, attention, what layers add and [CLS] left out while training")
            .at_least(0)
            .below(1),
        path("vocabulary", "",
             "A vocab.txt of WordPiece; empty takes the task's words, with [CLS], [SEP] and one for unknown "
             "ones")
            .under("From scratch"),
        integer("layers", 2, "Layers of attention").at_least(1).at_most(64).under("From scratch"),
        integer("hidden", 64, "Units of each, a multiple of heads")
            .at_least(1)
            .at_most(4096)
            .log()
            .under("From scratch"),
        integer("heads", 4, "Heads of attention").at_least(1).at_most(64).log().under("From scratch"),
        integer("intermediate", 256, "Units between the two linear maps of a layer")
            .at_least(1)
            .at_most(16'384)
            .log()
            .under("From scratch"),
    };
    return {{.id = "bert",
             .title = "BERT",
             .summary =
                 "Transformer encoder over pieces of words, trained before or from scratch; tanh of [CLS], "
                 "linear read-out (Devlin et al. 2019)",
             .params = std::move(table),
             .deltas = {{"task.vector_kind", std::string("none")},
                        {"optimizer.lr", 5e-4, "adam"},
                        {"optimizer.lr", 5e-4, "adamw"},
                        {"regime.micro_batch", std::int64_t{64}}},
             .tasks = kTextTasks},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t seed) {
                return std::make_unique<Bert>(params, shape, seed);
            }};
}

} // namespace descent
