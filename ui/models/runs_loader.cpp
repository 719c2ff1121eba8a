#include "ui/models/runs_loader.h"

#include "ui/state/store_host.h"

#include <algorithm>

namespace descent::ui {

namespace {

constexpr qint64 kMostWaitMs = 5000;

std::shared_ptr<RunListing> list(const StoreReader& reader, const RunQuery& query, RunColumn column,
                                 Qt::SortOrder order) {
    auto listing = std::make_shared<RunListing>();
    listing->rows = sorted(makeRows(unwrap(reader.runs(query))), column, order);
    listing->trashed = reader.trashed_count();
    listing->total = std::int64_t(listing->rows.size());
    if (!query.where.empty()) {
        RunQuery all = query;
        all.where.clear();
        listing->total = query.trashed ? listing->trashed : std::int64_t(unwrap(reader.runs(all)).size());
    }
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
    where_ = where;
    trashed_ = trashed;
    reload();
}

void RunsLoader::setSort(RunColumn column, Qt::SortOrder order) {
    if (column == column_ && order == order_) return;
    column_ = column;
    order_ = order;
    if (busy_) supersede(); // it would come in the old order
}

void RunsLoader::supersede() {
    if (busy_) ++generation_, stale_ = true;
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
    using Answer = Result<std::shared_ptr<RunListing>>;
    store_.read<Answer>(
        this,
        [query = RunQuery{where_.toStdString(), trashed_, {}}, column = column_,
         order = order_](const StoreReader& reader) {
            return guarded([&] { return list(reader, query, column, order); });
        },
        [this, mine = generation_](Answer answer) { take(std::move(answer), mine); });
}

void RunsLoader::take(Result<std::shared_ptr<RunListing>> answer, int generation) {
    busy_ = false;
    took_ms_ = since_.restart();
    if (generation != generation_) return reload();
    if (answer)
        Q_EMIT loaded(*answer);
    else
        Q_EMIT failed(QString::fromStdString(answer.error().message));
    if (stale_) storeChanged(); // somebody committed meanwhile
}

} // namespace descent::ui
