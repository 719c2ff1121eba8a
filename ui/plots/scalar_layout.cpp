#include "ui/plots/scalar_layout.h"

#include "core/analysis/scalar_gradient.h"

#include <algorithm>
#include <numeric>

namespace descent::ui {

namespace {

constexpr int kSweeps = 12;
constexpr double kSlim = 0.45; ///< height of an edge's place between nodes, of a node's

/// A node, or an edge's place in a layer that it passes.
struct Place {
    int node = -1;                        ///< below 0: an edge passes
    std::vector<std::size_t> left, right; ///< places it is joined to
    double y = 0;
};

struct Layers {
    std::vector<Place> places;
    std::vector<std::vector<std::size_t>> order; ///< of each layer, from above
    std::vector<std::vector<std::size_t>> paths; ///< of each edge, its places

    std::size_t add(std::size_t layer, int node) {
        if (order.size() <= layer) order.resize(layer + 1);
        places.push_back({node, {}, {}, 0});
        order[layer].push_back(places.size() - 1);
        return places.size() - 1;
    }
    void join(std::size_t from, std::size_t to) {
        places[from].right.push_back(to);
        places[to].left.push_back(from);
    }
    std::vector<std::size_t> ranks() const {
        std::vector<std::size_t> rank(places.size());
        for (const auto& layer : order)
            for (std::size_t i = 0; i < layer.size(); ++i) rank[layer[i]] = i;
        return rank;
    }
    int crossings() const {
        const auto rank = ranks();
        int count = 0;
        for (const auto& layer : order) {
            std::vector<std::pair<std::size_t, std::size_t>> ends;
            for (const auto place : layer)
                for (const auto next : places[place].right) ends.emplace_back(rank[place], rank[next]);
            for (std::size_t i = 0; i < ends.size(); ++i)
                for (std::size_t j = 0; j < i; ++j)
                    count += (ends[i].first < ends[j].first && ends[i].second > ends[j].second) ||
                             (ends[i].first > ends[j].first && ends[i].second < ends[j].second);
        }
        return count;
    }
    void sweep(bool rightwards) {
        const auto rank = ranks();
        for (std::size_t i = 0; i < order.size(); ++i) {
            auto& layer = order[rightwards ? i : order.size() - 1 - i];
            const auto centre = [&](std::size_t place) {
                const auto& joined = rightwards ? places[place].left : places[place].right;
                if (joined.empty()) return double(rank[place]);
                double sum = 0;
                for (const auto other : joined) sum += places[other].y;
                return sum / double(joined.size());
            };
            std::vector<std::pair<double, std::size_t>> keyed;
            for (const auto place : layer) keyed.emplace_back(centre(place), place);
            std::ranges::stable_sort(keyed, {}, &std::pair<double, std::size_t>::first);
            for (std::size_t k = 0; k < layer.size(); ++k) {
                layer[k] = keyed[k].second;
                places[layer[k]].y = double(k) - double(layer.size() - 1) / 2;
            }
        }
    }
};

/// The layer of each node: one after its inputs; variables as far right as what uses them lets them.
std::vector<int> layers_of(const ScalarGraph& graph, const std::vector<int>& shown) {
    std::vector<int> layer(graph.nodes.size(), 0), first(graph.nodes.size(), -1);
    for (const int node : shown)
        for (const int input : graph.nodes[std::size_t(node)].inputs)
            if (!graph.is_number(input))
                layer[std::size_t(node)] = std::max(layer[std::size_t(node)], layer[std::size_t(input)] + 1);
    for (const int node : shown)
        for (const int input : graph.nodes[std::size_t(node)].inputs) {
            int& at = first[std::size_t(input)];
            at = at < 0 ? layer[std::size_t(node)] : std::min(at, layer[std::size_t(node)]);
        }
    for (const int leaf : graph.leaves)
        if (first[std::size_t(leaf)] > 0) layer[std::size_t(leaf)] = first[std::size_t(leaf)] - 1;
    return layer;
}

/// Heights that keep the order and the distances, as near as they let to the mean of what each is joined to.
void settle(Layers& layers, const std::vector<double>& height, double gap) {
    for (auto& layer : layers.order) {
        double y = 0;
        for (const auto place : layer) {
            layers.places[place].y = y + height[place] / 2;
            y += height[place] + gap;
        }
        for (const auto place : layer) layers.places[place].y -= (y - gap) / 2;
    }
    for (int i = 0; i < 2 * kSweeps; ++i)
        for (std::size_t k = 0; k < layers.order.size(); ++k) {
            auto& layer = layers.order[i % 2 ? layers.order.size() - 1 - k : k];
            std::vector<double> wish;
            for (const auto place : layer) {
                double sum = 0;
                std::size_t n = 0;
                for (const auto* joined : {&layers.places[place].left, &layers.places[place].right})
                    for (const auto other : *joined) {
                        sum += layers.places[other].y;
                        ++n;
                    }
                wish.push_back(n ? sum / double(n) : layers.places[place].y);
            }
            // From above and from below, each pushing the next; the mean of both keeps the distances.
            std::vector<double> down(wish), up(wish);
            const auto apart = [&](std::size_t a) {
                return (height[layer[a]] + height[layer[a + 1]]) / 2 + gap;
            };
            for (std::size_t j = 1; j < layer.size(); ++j)
                down[j] = std::max(down[j], down[j - 1] + apart(j - 1));
            for (std::size_t j = layer.size(); j-- > 1;)
                up[j - 1] = std::min(up[j - 1], up[j] - apart(j - 1));
            for (std::size_t j = 0; j < layer.size(); ++j) layers.places[layer[j]].y = (down[j] + up[j]) / 2;
        }
}

} // namespace

ScalarLayout ScalarLayout::of(const ScalarGraph& graph, QSizeF node_size, QSizeF gap) {
    ScalarLayout layout;
    layout.node_size = node_size;
    layout.nodes = shown_nodes(graph);
    layout.centres.resize(graph.nodes.size());
    const auto layer = layers_of(graph, layout.nodes);
    Layers layers;
    std::vector<std::size_t> place(graph.nodes.size());
    for (const int node : layout.nodes)
        place[std::size_t(node)] = layers.add(std::size_t(layer[std::size_t(node)]), node);
    for (const int node : layout.nodes)
        for (std::size_t slot = 0; slot < graph.nodes[std::size_t(node)].inputs.size(); ++slot) {
            const int input = graph.nodes[std::size_t(node)].inputs[slot];
            if (graph.is_number(input)) continue;
            std::vector<std::size_t> path{place[std::size_t(input)]};
            for (int at = layer[std::size_t(input)] + 1; at < layer[std::size_t(node)]; ++at)
                path.push_back(layers.add(std::size_t(at), -1));
            path.push_back(place[std::size_t(node)]);
            for (std::size_t i = 1; i < path.size(); ++i) layers.join(path[i - 1], path[i]);
            layers.paths.push_back(path);
            layout.edges.push_back({node, int(slot), {}});
        }

    auto best = layers.order;
    int fewest = layers.crossings();
    for (int i = 0; i < kSweeps && fewest > 0; ++i) {
        layers.sweep(i % 2 == 0);
        if (const int now = layers.crossings(); now < fewest) {
            fewest = now;
            best = layers.order;
        }
    }
    layers.order = best;
    std::vector<double> height(layers.places.size());
    for (std::size_t i = 0; i < height.size(); ++i)
        height[i] = node_size.height() * (layers.places[i].node < 0 ? kSlim : 1);
    settle(layers, height, gap.height());

    double top = 1e300, bottom = -1e300;
    for (std::size_t i = 0; i < height.size(); ++i) {
        top = std::min(top, layers.places[i].y - height[i] / 2);
        bottom = std::max(bottom, layers.places[i].y + height[i] / 2);
    }
    const double pitch = node_size.width() + gap.width();
    layout.size = {pitch * double(layers.order.size()) - gap.width(), bottom - top};
    std::vector<QPointF> at(layers.places.size());
    for (std::size_t l = 0; l < layers.order.size(); ++l)
        for (const auto p : layers.order[l])
            at[p] = {node_size.width() / 2 + pitch * double(l), layers.places[p].y - top};
    for (std::size_t p = 0; p < at.size(); ++p)
        if (layers.places[p].node >= 0) layout.centres[std::size_t(layers.places[p].node)] = at[p];
    const double half = node_size.width() / 2;
    for (std::size_t e = 0; e < layout.edges.size(); ++e) {
        auto& edge = layout.edges[e];
        const auto& inputs = graph.nodes[std::size_t(edge.node)].inputs;
        std::size_t drawn = 0;
        for (const int input : inputs) drawn += !graph.is_number(input);
        // Two inputs come in apart, the upper one above.
        double aside = 0;
        if (drawn == 2) {
            const std::size_t other = edge.slot == 0 ? e + 1 : e - 1;
            const double mine = at[layers.paths[e][layers.paths[e].size() - 2]].y(),
                         its = at[layers.paths[other][layers.paths[other].size() - 2]].y();
            const bool above = mine == its ? edge.slot == 0 : mine < its;
            aside = node_size.height() * (above ? -0.2 : 0.2);
        }
        const auto& path = layers.paths[e];
        edge.points.push_back(at[path.front()] +
                              QPointF(half, inputs.size() == 2 && inputs[0] == inputs[1] ? aside : 0));
        for (std::size_t i = 1; i + 1 < path.size(); ++i) {
            edge.points.push_back(at[path[i]] - QPointF(half, 0));
            edge.points.push_back(at[path[i]] + QPointF(half, 0));
        }
        edge.points.push_back(at[path.back()] + QPointF(-half, aside));
    }
    return layout;
}

} // namespace descent::ui
