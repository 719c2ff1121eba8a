#include "core/engine/registry.h"
#include "core/tasks/text_data.h"
#include "core/text/feature_hash.h"

#include <algorithm>
#include <cmath>

namespace descent {

namespace {

/// Texts as rows of a sparse matrix: which weights each meets, and with what.
struct HashedTexts : Prepared {
    Tensor texts, columns; ///< int64 [entries]
    Tensor values;         ///< double [entries]
};

/// W·x + b. A text's x are its words hashed into columns (Weinberger et al. 2009) with signs, scaled to
/// length 1, as scikit-learn's HashingVectorizer; numbers are taken as they are. Weight names and shapes are
/// those of torch.nn.Linear; all begin at 0, where the gradient says the most.
class SoftmaxRegression : public Model {
public:
    SoftmaxRegression(const ParamSet& params, const TaskShape& shape)
        : words_(shape.words)
        , signs_(params.flag("alternate_sign"))
        , unit_(params.text("norm") == "l2")
        , inputs_(words_ ? std::int64_t{1} << params.integer("bits") : c10::multiply_integers(shape.features))
        , outputs_(shape.width()) {}

    std::vector<WeightSpec> weights() const override {
        return {{"weight", {outputs_, inputs_}}, {"bias", {outputs_}}};
    }

    Tensor logits(const Weights& w, const Examples& examples) const override {
        if (!words_) return at::linear(examples.inputs.to(w[0].scalar_type()).flatten(1), w[0], w[1]);
        const auto prepared = examples.prepared ? examples.prepared : hashed(examples);
        const auto& x = dynamic_cast<const HashedTexts&>(*prepared);
        // The columns that occur, times their values, summed by text.
        const auto met = w[0].t().index_select(0, x.columns) * x.values.to(w[0].scalar_type()).unsqueeze(1);
        return at::index_add(w[1].unsqueeze(0).expand({examples.size(), outputs_}), 0, x.texts, met);
    }

    std::vector<Examples> prepare(const Examples& set, std::int64_t chunk) const override {
        // Hashed once, where it is not so much that memory is dearer than hashing again: 24 bytes a word.
        constexpr std::int64_t kMostWords = std::int64_t{1} << 24;
        auto chunks = Model::prepare(set, chunk);
        if (words_ && set.inputs.numel() <= kMostWords)
            for (auto& one : chunks) one.prepared = hashed(one);
        return chunks;
    }

private:
    std::shared_ptr<const Prepared> hashed(const Examples& examples) const {
        const auto n = examples.size(), width = examples.inputs.size(1);
        const auto inputs = examples.inputs.contiguous();
        const auto* word = inputs.data_ptr<std::int32_t>();
        const auto* length = examples.lengths.data_ptr<std::int64_t>();
        const auto* hash = words_->hashes.data_ptr<std::int32_t>();
        std::vector<std::int64_t> texts, columns;
        std::vector<double> values;
        std::vector<std::pair<std::int64_t, double>> row;
        for (std::int64_t i = 0; i < n; ++i) {
            row.clear();
            for (std::int64_t t = 0; t < length[i]; ++t) {
                const auto id = word[i * width + t];
                if (id < 2) continue; // an empty text
                const auto feature = hashed_feature(hash[id], inputs_, signs_);
                row.emplace_back(feature.column, feature.sign);
            }
            std::ranges::sort(row);
            const auto first = values.size();
            double squares = 0;
            for (std::size_t k = 0; k < row.size();) {
                double sum = 0;
                const auto column = row[k].first;
                for (; k < row.size() && row[k].first == column; ++k) sum += row[k].second;
                if (sum == 0) continue; // two words of opposite signs
                texts.push_back(i);
                columns.push_back(column);
                values.push_back(sum);
                squares += sum * sum;
            }
            if (unit_)
                for (auto k = first; k < values.size(); ++k) values[k] /= std::sqrt(squares);
        }
        auto all = std::make_shared<HashedTexts>();
        all->texts = at::tensor(texts, at::kLong);
        all->columns = at::tensor(columns, at::kLong);
        all->values = at::tensor(values, at::kDouble);
        return all;
    }

    std::shared_ptr<const TextShape> words_;
    bool signs_, unit_;
    std::int64_t inputs_, outputs_;
};

std::vector<std::string> tasks() {
    auto all = kTextTasks;
    for (const char* more : {"gaussian-mixture", "kws-binary", "kws-3", "symmetry"}) all.emplace_back(more);
    return all;
}

} // namespace

ModelDefinition model_softmax_regression() {
    return {{.id = "softmax-regression",
             .title = "Softmax regression",
             .summary = "One weight for each column and class, and a bias: of texts, over their words hashed "
                        "into columns",
             .params =
                 {integer("bits", 18, "Words are hashed into 2 to this many columns").at_least(1).at_most(24),
                  flag("alternate_sign", true,
                       "Half of the words count −1, so that those that share a column cancel"),
                  choice("norm", "l2", {"l2", "none"}, "A text's counts scaled to length 1, or as they are")},
             .deltas = {{"optimizer.lr", 0.01, "adam"}},
             .tasks = tasks()},
            [](const ParamSet& params, const TaskShape& shape, std::uint64_t) {
                return std::make_unique<SoftmaxRegression>(params, shape);
            }};
}

} // namespace descent
