#include "core/models/bert_network.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace descent {

namespace {

constexpr std::size_t kOfEmbeddings = 5, kOfLayer = 16; // weights
constexpr std::int64_t kSites = 3;                      // of dropout in a layer

/// Of SplitMix64 (Steele et al. 2014).
std::uint64_t mixed(std::uint64_t z) {
    z += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/// What is kept, worked out from a text's seed, the site in the network, the place in the text and the unit:
/// the masks of all sites would take more memory than the texts' activations, and depend on the padding.
class Dropout {
public:
    Dropout(double share, const Tensor& seeds) : share_(seeds.defined() ? share : 0) {
        if (share_ == 0) return;
        seeds_.resize(static_cast<std::size_t>(seeds.size(0)));
        const auto bytes = seeds.contiguous();
        std::memcpy(seeds_.data(), bytes.data_ptr(), bytes.nbytes());
    }

    /// Of x [rows, units]; row i is at places[i] of text texts[i].
    Tensor rows(const Tensor& x, std::int64_t site, const Tensor& texts, const Tensor& places) const {
        if (share_ == 0) return x;
        const auto* text = texts.data_ptr<std::int64_t>();
        const auto* place = places.data_ptr<std::int64_t>();
        return x * factors(x, [&](std::int64_t row) { return row_key(text[row], site, place[row]); });
    }
    /// Of attention x [n, heads, places, places].
    Tensor attention(const Tensor& x, std::int64_t site) const {
        if (share_ == 0) return x;
        const auto heads = x.size(1), places = x.size(2);
        return x * factors(x, [&](std::int64_t row) {
                   return row_key(row / places / heads, site, row / places % heads << 32 | row % places);
               });
    }

private:
    std::uint64_t row_key(std::int64_t text, std::int64_t site, std::int64_t place) const {
        return mixed(mixed(seeds_[static_cast<std::size_t>(text)] + static_cast<std::uint64_t>(site)) +
                     static_cast<std::uint64_t>(place));
    }
    /// 0 or 1/(1 − share), along the last dimension by the key of each row.
    template<class Key>
    Tensor factors(const Tensor& x, const Key& key) const {
        auto all = at::empty(x.sizes(), x.scalar_type());
        const auto units = x.size(-1), rows = x.numel() / units;
        const auto fill = [&](auto* out) {
            using Number = std::remove_pointer_t<decltype(out)>;
            const auto kept = static_cast<Number>(1 / (1 - share_));
            for (std::int64_t row = 0; row < rows; ++row) {
                const auto base = key(row);
                for (std::int64_t k = 0; k < units; ++k) {
                    const auto drawn = mixed(base + static_cast<std::uint64_t>(k)) >> 11;
                    *out++ = static_cast<double>(drawn) * 0x1p-53 >= share_ ? kept : Number(0);
                }
            }
        };
        if (x.scalar_type() == at::kDouble)
            fill(all.data_ptr<double>());
        else
            fill(all.data_ptr<float>());
        return all;
    }

    double share_;
    std::vector<std::uint64_t> seeds_;
};

/// Texts as rows of their pieces, without padding, and the way to [n, T] and back.
struct Layout {
    std::int64_t n, longest;
    Tensor rows;   ///< int64 [pieces]: where each lies in n × T
    Tensor texts;  ///< int64 [pieces]: which text's it is
    Tensor places; ///< int64 [pieces]: where in it
    Tensor firsts; ///< int64 [n]: which of the pieces is each text's [CLS]
    Tensor beyond; ///< bool [n, 1, 1, T]: padding

    explicit Layout(const PieceTable::Pieces& all) : n(all.ids.size(0)), longest(all.ids.size(1)) {
        const auto there = at::arange(longest, at::kLong).unsqueeze(0).lt(all.lengths.unsqueeze(1));
        rows = there.flatten().nonzero().squeeze(1);
        texts = rows.div(longest, "floor");
        places = rows.remainder(longest);
        firsts = all.lengths.cumsum(0) - all.lengths;
        beyond = there.logical_not().view({n, 1, 1, longest});
    }
    /// [pieces, units] as [n, heads, T, units/heads], 0 where there is padding.
    Tensor by_head(const Tensor& x, std::int64_t heads) const {
        const auto units = x.size(1);
        return at::zeros({n * longest, units}, x.options())
            .index_copy(0, rows, x)
            .view({n, longest, heads, units / heads})
            .transpose(1, 2);
    }
};

} // namespace

BertNetwork::BertNetwork(BertConfig config, std::int64_t outputs, double dropout)
    : config_(config)
    , outputs_(outputs)
    , dropout_(dropout) {}

std::vector<WeightSpec> BertNetwork::weights() const {
    constexpr double deviation = 0.02; // the published initializer_range
    const auto h = config_.hidden;
    std::vector<WeightSpec> specs;
    const auto table = [&](const std::string& name, std::int64_t rows) {
        specs.push_back(
            {"embeddings." + name + "_embeddings.weight", {rows, h}, WeightSpec::Init::normal, deviation});
    };
    const auto linear = [&](const std::string& name, std::int64_t outputs, std::int64_t inputs) {
        specs.push_back({name + ".weight", {outputs, inputs}, WeightSpec::Init::normal, deviation});
        specs.push_back({name + ".bias", {outputs}, WeightSpec::Init::uniform, 0, at::zeros({outputs})});
    };
    const auto norm = [&](const std::string& name) {
        specs.push_back({name + ".LayerNorm.weight", {h}, WeightSpec::Init::uniform, 0, at::ones({h})});
        specs.push_back({name + ".LayerNorm.bias", {h}, WeightSpec::Init::uniform, 0, at::zeros({h})});
    };
    table("word", config_.pieces);
    table("position", config_.positions);
    table("token_type", config_.types);
    norm("embeddings");
    for (std::int64_t i = 0; i < config_.layers; ++i) {
        const auto layer = "encoder.layer." + std::to_string(i) + ".";
        for (const char* what : {"query", "key", "value"}) linear(layer + "attention.self." + what, h, h);
        linear(layer + "attention.output.dense", h, h);
        norm(layer + "attention.output");
        linear(layer + "intermediate.dense", config_.intermediate, h);
        linear(layer + "output.dense", h, config_.intermediate);
        norm(layer + "output");
    }
    linear("pooler.dense", h, h);
    linear("classifier", outputs_, h);
    return specs;
}

std::size_t BertNetwork::below(std::int64_t layers) const {
    return kOfEmbeddings + kOfLayer * static_cast<std::size_t>(layers);
}

std::size_t BertNetwork::below_classifier() const {
    return below(config_.layers) + 2;
}

Tensor BertNetwork::outputs(const std::vector<Tensor>& w, const PieceTable::Pieces& all, const Tensor& seeds,
                            const Show& show) const {
    const Layout layout(all);
    const Dropout dropout(dropout_, seeds);
    const auto heads = config_.heads;
    const auto norm = [&](const Tensor& x, std::size_t at) {
        return at::layer_norm(x, {config_.hidden}, w[at], w[at + 1], config_.eps);
    };
    const auto ids = all.ids.flatten().index_select(0, layout.rows);
    auto x = at::embedding(w[0], ids) + at::embedding(w[1], layout.places) + w[2][0];
    x = dropout.rows(norm(x, 3), 0, layout.texts, layout.places);

    for (std::int64_t i = 0; i < config_.layers; ++i) {
        const auto at = below(i);
        const auto site = 1 + kSites * i;
        const auto linear = [&](const Tensor& in, std::size_t part) {
            return at::linear(in, w[at + part], w[at + part + 1]);
        };
        // Of the last layer only [CLS] is asked for.
        const bool last = i + 1 == config_.layers;
        const auto own = last ? x.index_select(0, layout.firsts) : x;
        const auto texts = last ? layout.texts.index_select(0, layout.firsts) : layout.texts;
        const auto places = last ? layout.places.index_select(0, layout.firsts) : layout.places;
        const auto query = linear(own, 0);
        const auto queries = last ? query.view({layout.n, heads, 1, -1}) : layout.by_head(query, heads);
        const auto keys = layout.by_head(linear(x, 2), heads), values = layout.by_head(linear(x, 4), heads);
        const auto scores =
            at::matmul(queries, keys.transpose(2, 3)) / std::sqrt(static_cast<double>(keys.size(3)));
        const auto attention = dropout.attention(
            scores.masked_fill(layout.beyond, -std::numeric_limits<double>::infinity()).softmax(-1), site);
        auto context = at::matmul(attention, values).transpose(1, 2).reshape({-1, config_.hidden});
        if (!last) context = context.index_select(0, layout.rows);
        x = norm(own + dropout.rows(linear(context, 6), site + 1, texts, places), 8 + at);
        const auto units = config_.activation->apply(linear(x, 10));
        if (show) show(i, units);
        x = norm(x + dropout.rows(linear(units, 12), site + 2, texts, places), 14 + at);
    }

    const auto at = below(config_.layers);
    x = dropout.rows(at::linear(x, w[at], w[at + 1]).tanh(), 1 + kSites * config_.layers,
                     at::arange(layout.n, at::kLong), at::zeros({layout.n}, at::kLong));
    return at::linear(x, w[at + 2], w[at + 3]);
}

} // namespace descent
