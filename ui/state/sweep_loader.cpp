#include "ui/state/sweep_loader.h"

#include "core/base/result.h"
#include "ui/state/store_host.h"

#include <algorithm>
#include <utility>

namespace descent::ui {

namespace {
constexpr qint64 kMostWaitMs = 5000;
}

SweepLoader::SweepLoader(StoreHost& store, QObject* parent) : QObject(parent), store_(store) {
    later_.setSingleShot(true);
    connect(&later_, &QTimer::timeout, this, &SweepLoader::reload);
    connect(&store_, &StoreHost::changed, this, &SweepLoader::storeChanged);
}

void SweepLoader::setActive(bool active) {
    if (active && !active_) seen_.clear(), stale_ = true; // runs may have gone to the trash meanwhile
    active_ = active;
    if (active_ && stale_) reload();
}

void SweepLoader::setTrash(bool trash) {
    if (trash == trash_) return;
    trash_ = trash;
    reload();
}

void SweepLoader::choose(const QString& id) {
    if (id == chosen_) return;
    chosen_ = id;
    reload();
}

void SweepLoader::storeChanged() {
    stale_ = true;
    if (!active_ || busy_ || later_.isActive()) return;
    const qint64 pause = std::min(3 * took_ms_, kMostWaitMs);
    const qint64 waited = since_.isValid() ? since_.elapsed() : pause;
    later_.start(int(std::max<qint64>(0, pause - waited)));
}

SweepLoader::Answer SweepLoader::look(const StoreReader& reader, bool trash, const QString& chosen,
                                      std::map<std::string, Seen> seen) {
    Answer answer;
    auto listing = std::make_shared<SweepListing>();
    listing->of_trash = trash;
    auto records = reader.sweeps(trash);
    listing->trashed = std::int64_t(trash ? records.size() : reader.sweeps(true).size());
    for (auto& record : records) {
        const bool looked_at = record.id == chosen.toStdString(), trained = record.pid != 0;
        const auto before = seen.find(record.id);
        const bool known = before != seen.end() && !looked_at && !trained && !before->second.trained &&
                           before->second.cells == record.keys.size();
        const SweepStatus status = known ? before->second.status : reader.sweep_status(record.id);
        answer.seen[record.id] = {status, trained, record.keys.size()};
        if (looked_at) {
            auto sweep = std::make_shared<SweepData>();
            sweep->record = record;
            sweep->grid = sweep_grid(record.plan);
            sweep->runs = reader.sweep_runs(record.id);
            answer.sweep = std::move(sweep);
        }
        record.keys.clear();
        listing->items.push_back({std::move(record), status});
    }
    answer.listing = std::move(listing);
    return answer;
}

void SweepLoader::reload() {
    stale_ = true;
    ++generation_;
    if (!active_ || busy_) return; // the answer on its way asks again
    later_.stop();
    stale_ = false;
    busy_ = true;
    since_.start();
    store_.read<Result<Answer>>(
        this,
        [trash = trash_, chosen = chosen_, seen = seen_](const StoreReader& reader) {
            return guarded([&] { return look(reader, trash, chosen, seen); });
        },
        [this, mine = generation_](Result<Answer> answer) {
            if (answer) return take(std::move(*answer), mine);
            busy_ = false;
            took_ms_ = since_.restart();
            Q_EMIT failed(QString::fromStdString(answer.error().message));
            if (stale_) storeChanged();
        });
}

void SweepLoader::take(Answer answer, int generation) {
    busy_ = false;
    took_ms_ = since_.restart();
    if (generation != generation_) return reload();
    seen_ = std::move(answer.seen);
    Q_EMIT listed(answer.listing);
    Q_EMIT arrived(answer.sweep);
    if (stale_) storeChanged(); // somebody committed meanwhile
}

} // namespace descent::ui
