#include "core/models/prefix_tree.h"

#include <algorithm>
#include <numeric>

namespace descent {

namespace {

using Numbers = std::vector<std::int64_t>;

Tensor to_tensor(const Numbers& values) {
    auto tensor = at::empty({static_cast<std::int64_t>(values.size())}, at::kLong);
    std::copy(values.begin(), values.end(), tensor.data_ptr<std::int64_t>());
    return tensor;
}

/// A set's sequences as they lie in memory.
struct Sequences {
    explicit Sequences(const Examples& set)
        : inputs(set.inputs.contiguous())
        , lengths(set.lengths.contiguous())
        , width(inputs.size(1))
        , symbol(inputs.data_ptr<std::uint8_t>())
        , length(lengths.data_ptr<std::int64_t>()) {}

    /// Numbers of all of them, in lexicographic order: those that begin alike are side by side.
    Numbers sorted() const {
        Numbers order(static_cast<std::size_t>(inputs.size(0)));
        std::iota(order.begin(), order.end(), 0);
        const auto before = [&](std::int64_t a, std::int64_t b) {
            return std::lexicographical_compare(symbol + a * width, symbol + a * width + length[a],
                                                symbol + b * width, symbol + b * width + length[b]);
        };
        if (!std::ranges::is_sorted(order, before)) std::ranges::stable_sort(order, before);
        return order;
    }

    Tensor inputs, lengths;
    std::int64_t width;
    const std::uint8_t* symbol;
    const std::int64_t* length;
};

/// A level in the making: nodes as they are met, and then in their order.
struct Nodes {
    Numbers parents, symbols;
    std::vector<bool> go_on;
    Numbers place; // of each node met, within the level

    void add(std::int64_t parent, std::int64_t symbol) {
        parents.push_back(parent);
        symbols.push_back(symbol);
        go_on.push_back(false);
    }
    /// Those that others go on from first; the order of each kind stays. How many they are.
    std::int64_t arrange() {
        Numbers order(parents.size());
        std::iota(order.begin(), order.end(), 0);
        const auto leaves = std::ranges::stable_partition(
            order, [&](std::int64_t node) { return bool{go_on[static_cast<std::size_t>(node)]}; });
        place.resize(parents.size());
        const Numbers old_parents = parents, old_symbols = symbols;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const auto node = static_cast<std::size_t>(order[i]);
            place[node] = static_cast<std::int64_t>(i);
            parents[i] = old_parents[node];
            symbols[i] = old_symbols[node];
        }
        return leaves.begin() - order.begin();
    }
};

} // namespace

std::shared_ptr<const PrefixTree> PrefixTree::build(const Examples& examples) {
    const Sequences all(examples);
    auto tree = std::make_shared<PrefixTree>();
    Numbers active = all.sorted(); // sequences longer than the depth reached
    const auto n = active.size();
    Numbers symbols, ends(n), befores(n), last(n), at(n, 0); // at: within the level reached
    std::int64_t above_first = 0, above_nodes = 1;
    for (std::int64_t depth = 0; !active.empty(); ++depth) {
        Nodes nodes;
        std::int64_t before = -1; // the sequence before
        Numbers met(active.size());
        for (std::size_t k = 0; k < active.size(); ++k) {
            const auto i = active[k];
            const auto parent = at[static_cast<std::size_t>(i)],
                       symbol = std::int64_t{all.symbol[i * all.width + depth]};
            if (before < 0 || at[static_cast<std::size_t>(before)] != parent ||
                nodes.symbols.back() != symbol)
                nodes.add(parent, symbol);
            if (all.length[i] > depth + 1) nodes.go_on.back() = true;
            met[k] = std::ssize(nodes.symbols) - 1;
            before = i;
        }
        Level level{.first = 1 + std::ssize(symbols), .nodes = std::ssize(nodes.symbols)};
        level.inner = nodes.arrange();
        level.parents = to_tensor(nodes.parents);
        level.chain = level.nodes == above_nodes;
        for (std::int64_t i = 0; i < level.nodes && level.chain; ++i)
            level.chain = nodes.parents[static_cast<std::size_t>(i)] == i;
        std::size_t kept = 0;
        for (std::size_t k = 0; k < active.size(); ++k) {
            const auto i = static_cast<std::size_t>(active[k]);
            const auto place = nodes.place[static_cast<std::size_t>(met[k])];
            if (all.length[active[k]] == depth + 1) {
                ends[i] = level.first + place;
                befores[i] = above_first + at[i];
                last[i] = nodes.symbols[static_cast<std::size_t>(place)];
            } else {
                active[kept++] = active[k];
            }
            at[i] = place;
        }
        active.resize(kept);
        symbols.insert(symbols.end(), nodes.symbols.begin(), nodes.symbols.end());
        above_first = level.first;
        above_nodes = level.nodes;
        tree->sizes.push_back(level.nodes);
        tree->levels.push_back(std::move(level));
    }
    tree->symbols = to_tensor(symbols);
    tree->ends = to_tensor(ends);
    tree->befores = to_tensor(befores);
    tree->last = to_tensor(last);
    return tree;
}

std::shared_ptr<const PrefixTree> PrefixTree::of(const Examples& examples) {
    if (!examples.prepared) return build(examples);
    return std::dynamic_pointer_cast<const PrefixTree>(examples.prepared);
}

std::vector<Examples> prepare_sequences(const Examples& set, std::int64_t chunk) {
    const Numbers order = Sequences(set).sorted();
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
