#include "ui/models/run_edits.h"

#include <QMap>

#include <algorithm>

namespace descent::ui {

std::vector<RunEdit> starEdits(std::span<const RowPtr> runs, bool starred) {
    std::vector<RunEdit> edits;
    for (const RowPtr& run : runs)
        if (run->starred != starred) edits.push_back(SetStar{run->id, starred});
    return edits;
}

std::vector<RunEdit> trashEdits(std::span<const RowPtr> runs, bool trashed) {
    std::vector<RunEdit> edits;
    for (const RowPtr& run : runs)
        if (run->trashed != trashed) edits.push_back(SetTrashed{run->id, trashed});
    return edits;
}

std::vector<RunEdit> colourEdits(std::span<const RowPtr> runs, std::optional<int> colour) {
    std::vector<RunEdit> edits;
    for (const RowPtr& run : runs)
        if (run->colour != colour) edits.push_back(SetColour{run->id, colour});
    return edits;
}

std::vector<RunEdit> noteEdits(std::span<const RowPtr> runs, const QString& note) {
    std::vector<RunEdit> edits;
    const std::string text = note.toStdString();
    for (const RowPtr& run : runs)
        if (run->note != note) edits.push_back(SetNote{run->id, text});
    return edits;
}

std::vector<RunEdit> tagEdits(std::span<const RowPtr> runs, const QStringList& add,
                              const QStringList& remove) {
    std::vector<RunEdit> edits;
    for (const RowPtr& run : runs) {
        QStringList tags = run->tags;
        tags.removeIf([&](const QString& tag) { return remove.contains(tag); });
        for (const QString& tag : add)
            if (!tags.contains(tag)) tags << tag;
        if (tags == run->tags) continue;
        SetTags edit{run->id, {}};
        for (const QString& tag : tags) edit.tags.push_back(tag.toStdString());
        edits.push_back(std::move(edit));
    }
    return edits;
}

QStringList commonTags(std::span<const RowPtr> runs) {
    if (runs.empty()) return {};
    QStringList tags = runs.front()->tags;
    tags.removeIf([&](const QString& tag) {
        return !std::ranges::all_of(runs, [&](const RowPtr& run) { return run->tags.contains(tag); });
    });
    return tags;
}

std::vector<std::pair<QString, int>> countedTags(std::span<const RowPtr> runs) {
    QMap<QString, int> counts;
    for (const RowPtr& run : runs)
        for (const QString& tag : run->tags) ++counts[tag];
    std::vector<std::pair<QString, int>> tags;
    for (auto at = counts.cbegin(); at != counts.cend(); ++at) tags.emplace_back(at.key(), at.value());
    return tags;
}

} // namespace descent::ui
