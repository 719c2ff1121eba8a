#include "ui/models/runs_loader.h"

#include "core/store/lineage.h"
#include "ui/state/background.h"
#include "ui/state/store_host.h"

#include <QThreadPool>

#include <algorithm>
#include <utility>

namespace descent::ui {

namespace {

constexpr qint64 kMostWaitMs = 5000;
constexpr std::int64_t kFirst = 200;      // of many runs, shown before the others are read
constexpr std::int64_t kMany = 2'000;     // fewer are read at once
constexpr std::size_t kMostEdits = 5'000; // more are shown when the store has made them

StepValues stepsOf(const StoreReader& reader, const FieldColumns& fields) {
    StepValues steps;
    for (const FieldColumn& field : fields) {
        if (!field.metric || field.metric->at != MetricPick::At::update) continue;
        auto& values = steps[field.key()];
        for (auto& [run, point] : reader.values_at(field.metric->metric, field.metric->update))
            values.emplace(std::move(run.uuid), point);
    }
    return steps;
}

std::shared_ptr<RunListing> list(const StoreReader& reader, const RunsWish& wish, bool first,
                                 const std::shared_ptr<const RunListing>& before) {
    auto listing = std::make_shared<RunListing>();
    RunQuery query{wish.where.toStdString(), wish.trashed, {}};
    listing->trashed = reader.trashed_count();
    listing->total = wish.trashed ? listing->trashed : unwrap(reader.count());
    listing->whole = !first || listing->total <= kMany;
    if (!listing->whole) query.limit = kFirst;
    listing->fields = wish.fields;
    listing->group = wish.group;
    listing->order = wish.order;
    {
        const std::vector<RunRecord> records = unwrap(reader.runs(query));
        // The first ones come without what takes reading all.
        const StepValues steps = listing->whole ? stepsOf(reader, wish.fields) : StepValues{};
        const bool by_parent = wish.group.find("parent") != std::string::npos ||
                               std::ranges::count(wish.fields, "parent", &FieldColumn::field) > 0;
        const auto parents = by_parent ? parent_names(reader, records) : ParentNames{};
        std::vector<RunGroup> groups;
        if (wish.group != "none" && !records.empty()) {
            if (auto made = group_runs(records, wish.group, parents))
                groups = std::move(*made);
            else
                listing->group_error = QString::fromStdString(made.error().message);
        }
        listing->runs = shareRows(makeRows(records, wish.fields, steps, groups, parents),
                                  before ? std::span(before->runs) : std::span<const RowPtr>());
    }
    listing->listed = std::int64_t(listing->runs.size());
    if (!listing->whole && listing->listed < kFirst) listing->whole = true; // the filter lets no more through
    listing->rows = arranged(listing->runs, RunColumns(wish.fields, wish.fields), wish.order,
                             before ? std::span(before->rows) : std::span<const RowPtr>());
    for (const std::string& tag : reader.tags()) listing->tags << QString::fromStdString(tag);
    return listing;
}

} // namespace

RunsLoader::RunsLoader(StoreHost& store, QObject* parent) : QObject(parent), store_(store) {
    later_.setSingleShot(true);
    connect(&later_, &QTimer::timeout, this, &RunsLoader::reload);
    connect(&store_, &StoreHost::changed, this, &RunsLoader::storeChanged);
}

void RunsLoader::setActive(bool active) {
    active_ = active;
    if (active_ && stale_) reload();
}

void RunsLoader::setQuery(const QString& where, bool trashed) {
    wish_.where = where;
    wish_.trashed = trashed;
    first_ = true;
    reload();
}

void RunsLoader::setGroup(const std::string& group) {
    if (group == wish_.group) return;
    wish_.group = group;
    reload();
}

void RunsLoader::setFields(const FieldColumns& fields, RunOrder order) {
    wish_.fields = fields;
    wish_.order = order;
    reload();
}

void RunsLoader::setOrder(RunOrder order) {
    if (order == wish_.order) return;
    wish_.order = order;
    if (listing_ && !sorting_) arrange(); // what is being read comes in the old order, see take()
}

void RunsLoader::show(const std::vector<RunEdit>& edits) {
    if (busy_) ++generation_, stale_ = true;
    if (!listing_ || edits.size() > kMostEdits) return;
    auto edited = std::make_shared<RunListing>(*listing_);
    edited->runs = withEdits(listing_->runs, edits);
    edited->rows = withEdits(listing_->rows, edits);
    const auto gone = std::int64_t(listing_->runs.size() - edited->runs.size());
    edited->listed -= gone;
    edited->total -= gone;
    edited->trashed += wish_.trashed ? -gone : gone;
    listing_ = std::move(edited);
    Q_EMIT loaded(listing_);
}

void RunsLoader::storeChanged() {
    stale_ = true;
    if (!active_ || busy_ || later_.isActive()) return;
    const qint64 pause = std::min(3 * took_ms_, kMostWaitMs);
    const qint64 waited = since_.isValid() ? since_.elapsed() : pause;
    later_.start(int(std::max<qint64>(0, pause - waited)));
}

void RunsLoader::reload() {
    stale_ = true;
    ++generation_;
    if (!active_ || busy_) return; // the answer on its way asks again
    later_.stop();
    stale_ = false;
    busy_ = true;
    since_.start();
    using Answer = Result<ListingPtr>;
    store_.read<Answer>(
        this,
        [wish = wish_, first = first_, before = listing_](const StoreReader& reader) {
            return guarded([&] { return ListingPtr(list(reader, wish, first, before)); });
        },
        [this, mine = generation_](Answer answer) { take(std::move(answer), mine); });
}

void RunsLoader::take(Result<ListingPtr> answer, int generation) {
    busy_ = false;
    took_ms_ = since_.restart();
    if (generation != generation_) return reload();
    if (!answer) {
        Q_EMIT failed(QString::fromStdString(answer.error().message));
        if (stale_) storeChanged();
        return;
    }
    first_ = false;
    ListingPtr old = std::exchange(listing_, std::move(*answer));
    if (!listing_->whole) reload(); // the others
    tell();
    if (old) QThreadPool::globalInstance()->start([gone = std::move(old)]() mutable { gone.reset(); });
    if (stale_) storeChanged(); // somebody committed meanwhile
}

void RunsLoader::tell() {
    if (listing_->order == wish_.order)
        Q_EMIT loaded(listing_);
    else if (!sorting_)
        arrange();
}

void RunsLoader::arrange() {
    sorting_ = true;
    inBackground(
        this,
        [listing = listing_, order = wish_.order] {
            auto sorted = std::make_shared<RunListing>(*listing);
            sorted->order = order;
            sorted->rows =
                arranged(sorted->runs, RunColumns(sorted->fields, sorted->fields), order, listing->rows);
            return std::pair(listing, ListingPtr(std::move(sorted)));
        },
        [this](const std::pair<ListingPtr, ListingPtr>& answer) {
            sorting_ = false;
            if (answer.first == listing_) listing_ = answer.second; // else others came meanwhile
            tell();
        });
}

} // namespace descent::ui
