#include "core/analysis/sweep_lineage.h"

#include "core/base/pruning.h"

#include <unordered_map>

namespace descent {

SweepLineage sweep_lineage(const Catalog& catalog, std::vector<SweepCell> cells) {
    SweepLineage all{.cells = std::move(cells)};
    all.own = all.cells.size();
    std::unordered_map<std::string, std::size_t> by_key;
    for (std::size_t i = 0; i < all.cells.size(); ++i)
        all.first.push_back(by_key.emplace(all.cells[i].key, i).first->second);
    // Grows while it is walked: a parent may have a parent that is not there either.
    for (std::size_t i = 0; i < all.cells.size(); ++i) {
        auto& parent = all.parent.emplace_back();
        const auto spec = pruning_parent(all.cells[i].spec);
        if (!spec) continue;
        const auto key = catalog.key(*spec);
        const auto [at, added] = by_key.emplace(key, all.cells.size());
        parent = at->second;
        if (!added) continue;
        all.first.push_back(all.cells.size());
        all.cells.push_back({.seed = all.cells[i].seed, .spec = *spec, .key = key});
    }
    all.is_parent.assign(all.cells.size(), false);
    for (const auto& parent : all.parent)
        if (parent) all.is_parent[*parent] = true;
    return all;
}

} // namespace descent
