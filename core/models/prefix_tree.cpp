#include "core/models/prefix_tree.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace descent {

namespace {

Tensor to_tensor(const std::vector<std::int64_t>& values) {
    auto tensor = at::empty({static_cast<std::int64_t>(values.size())}, at::kLong);
    std::copy(values.begin(), values.end(), tensor.data_ptr<std::int64_t>());
    return tensor;
}

bool counts_up(const std::vector<std::int64_t>& parents, std::size_t above) {
    if (parents.size() != above) return false;
    for (std::size_t i = 0; i < parents.size(); ++i)
        if (parents[i] != static_cast<std::int64_t>(i)) return false;
    return true;
}

} // namespace

std::shared_ptr<const PrefixTree> PrefixTree::build(const Examples& examples) {
    const auto inputs = examples.inputs.contiguous();
    const auto lengths = examples.lengths.contiguous();
    const auto n = inputs.size(0), width = inputs.size(1);
    const auto* symbol = inputs.data_ptr<std::uint8_t>();
    const auto* length = lengths.data_ptr<std::int64_t>();

    auto tree = std::make_shared<PrefixTree>();
    std::vector<std::int64_t> all_symbols, leaves(static_cast<std::size_t>(n));
    // at[i]: the node, within the level reached, of sequence i; active: sequences longer than the level's
    // depth.
    std::vector<std::int64_t> at(static_cast<std::size_t>(n), 0), active(static_cast<std::size_t>(n));
    std::iota(active.begin(), active.end(), 0);
    std::int64_t first = 0; // number of the level's first node
    std::size_t above = 1;  // the root, whose state is zero
    for (std::int64_t depth = 0; !active.empty(); ++depth) {
        std::unordered_map<std::int64_t, std::int64_t>
            node_of; // parent · 256 + symbol → node within the level
        std::vector<std::int64_t> parents;
        std::erase_if(active, [&](std::int64_t i) {
            const auto index = static_cast<std::size_t>(i);
            const auto s = symbol[i * width + depth];
            const auto [entry, is_new] = node_of.try_emplace(at[index] * 256 + s, std::ssize(parents));
            if (is_new) {
                parents.push_back(at[index]);
                all_symbols.push_back(s);
            }
            at[index] = entry->second;
            if (length[i] > depth + 1) return false;
            leaves[index] = first + entry->second;
            return true;
        });
        const auto nodes = std::ssize(parents);
        const bool plain = counts_up(parents, above);
        tree->levels.push_back({nodes, plain ? Tensor() : to_tensor(parents)});
        tree->sizes.push_back(nodes);
        first += nodes;
        above = parents.size();
    }
    tree->symbols = to_tensor(all_symbols);
    tree->leaves = to_tensor(leaves);
    return tree;
}

std::vector<Examples> prepare_sequences(const Examples& set, std::int64_t chunk) {
    const auto inputs = set.inputs.contiguous();
    const auto* symbol = inputs.data_ptr<std::uint8_t>();
    const auto* length = set.lengths.data_ptr<std::int64_t>();
    const auto width = inputs.size(1);
    std::vector<std::int64_t> order(static_cast<std::size_t>(set.size()));
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) {
        return std::lexicographical_compare(symbol + a * width, symbol + a * width + length[a],
                                            symbol + b * width, symbol + b * width + length[b]);
    });
    std::vector<Examples> chunks;
    for (std::int64_t begin = 0; begin < set.size(); begin += chunk) {
        const auto end = std::min(set.size(), begin + chunk);
        const auto places = to_tensor({order.begin() + begin, order.begin() + end});
        auto part = set.at(places);
        part.places = places;
        part.prepared = PrefixTree::build(part);
        chunks.push_back(std::move(part));
    }
    return chunks;
}

} // namespace descent
