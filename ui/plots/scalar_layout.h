#pragma once

#include "core/analysis/scalar_graph.h"

#include <QPointF>
#include <QSizeF>

#include <vector>

namespace descent::ui {

/// Where the nodes of a scalar graph lie: in layers from the variables at the left to the output at the right
/// (Sugiyama, Tagawa & Toda 1981: longest paths, barycenters, edges led around the nodes between). Plain
/// numbers have no place: they are part of what uses them.
struct ScalarLayout {
    struct Edge {
        int node = 0, slot = 0;      ///< from that input to node
        std::vector<QPointF> points; ///< from the right of the input to the left of the node
    };
    QSizeF node_size;
    QSizeF size;
    std::vector<int> nodes;       ///< that are shown
    std::vector<QPointF> centres; ///< of all nodes, by index; unset for those not shown
    std::vector<Edge> edges;

    /// All of `node_size`, apart by `gap`.
    static ScalarLayout of(const ScalarGraph& graph, QSizeF node_size, QSizeF gap);
};

} // namespace descent::ui
