#include "ui/state/watched_run.h"

#include "core/store/lineage.h"
#include "ui/state/store_host.h"
#include "ui/state/training.h"

#include <QThread>

#include <algorithm>
#include <cmath>

namespace descent::ui {

namespace {
// Stored matrices that the window shows; curves of other kinds are read when they are asked for.
constexpr std::string_view kMatrices[] = {"validation/confusion", "validation/scores"};
// With detection curves those of single keywords.
constexpr std::string_view kHistories[] = {"validation/fa-fr", "histogram/", "landscape/"};

bool keptWhole(std::string_view name) {
    return std::ranges::any_of(kHistories, [&](auto prefix) { return name.starts_with(prefix); });
}

using Histories = std::map<std::string, WatchedRun::History, std::less<>>;

/// What the store has, taking over what was read before: a moment's matrix does not change.
Histories readHistories(const StoreReader& reader, const RunId& run, const Histories& before) {
    Histories found;
    for (const auto& name : reader.matrix_names(run)) {
        if (!keptWhole(name)) continue;
        const auto old = before.find(name);
        auto& history = found[name];
        for (const auto& moment : reader.matrix_moments(run, name)) {
            if (old != before.end()) {
                const auto it = std::ranges::lower_bound(old->second, moment.update, {},
                                                         [](const auto& m) { return m->update; });
                if (it != old->second.end() && (*it)->update == moment.update) {
                    history.push_back(*it);
                    continue;
                }
            }
            if (auto matrix = reader.matrix(run, name, moment.update))
                history.push_back(std::make_shared<const Matrix>(std::move(*matrix)));
        }
    }
    return found;
}
} // namespace

struct WatchedRun::Snapshot {
    Result<RunRecord> record = fail("not read");
    std::vector<std::unique_ptr<Series>> series;
    std::vector<Matrix> matrices;
    Histories histories;
    std::vector<LogLine> log;
};

WatchedRun::WatchedRun(StoreHost& store, Training& training, QObject* parent)
    : QObject(parent)
    , store_(store)
    , training_(training) {
    reread_.setSingleShot(true);
    connect(&reread_, &QTimer::timeout, this, [this] {
        if (is_over(state_))
            readRecord();
        else
            read();
    });
    connect(&store_, &StoreHost::changed, this, &WatchedRun::storeChanged);
    connect(&training_, &Training::gap, this, [this] {
        if (live()) read();
    });
    connect(&training_, &Training::arrived, this, [this](const std::vector<BatchPtr>& batches) {
        if (!id_ || batches.empty() || batches.front()->run != *id_) return;
        if (loading_) {
            pending_.insert(pending_.end(), batches.begin(), batches.end());
            for (const auto& batch : batches) {
                if (batch->state) state_ = batch->state->state;
                progress_ = batch->progress;
            }
        } else {
            for (const auto& batch : batches) append(*batch);
            Q_EMIT appended();
        }
        Q_EMIT progressChanged();
    });
    connect(&training_, &Training::started, this, [this](const RunId& run) {
        if (run == id_) watch(run); // taken up again: the store has let go what is made anew
    });
    connect(&training_, &Training::stateChanged, this, [this] {
        if (!live() || state_ == training_.state()) return;
        state_ = training_.state();
        Q_EMIT progressChanged();
    });
}

bool WatchedRun::live() const {
    return id_ && training_.run() == id_;
}

void WatchedRun::clear() {
    Q_ASSERT(QThread::currentThread() == thread());
    ++generation_;
    id_.reset();
    record_.reset();
    series_.clear();
    by_index_.clear();
    matrices_.clear();
    histories_.clear();
    log_.clear();
    changes_.clear();
    ++looks_;
    pending_.clear();
    progress_ = {};
    reason_.clear();
    state_ = RunState::queued;
    loading_ = again_ = false;
    Q_EMIT cleared();
}

void WatchedRun::watch(const RunId& run) {
    clear();
    id_ = run;
    if (live()) {
        state_ = training_.state();
        progress_ = training_.progress();
    }
    read();
    Q_EMIT progressChanged();
}

void WatchedRun::read() {
    if (!id_) return;
    if (loading_) { // one read at a time; what changed meanwhile is read after it
        again_ = true;
        return;
    }
    loading_ = true;
    again_ = false;
    reading_.start();
    const int generation = ++generation_;
    store_.read<std::shared_ptr<Snapshot>>(
        this,
        [id = *id_, &writer = store_.writer(), before = histories_](const StoreReader& reader) {
            // What the feed brought before this moment is in the store after this; what it brings later is
            // kept apart.
            (void)writer.flush();
            auto s = std::make_shared<Snapshot>();
            s->record = reader.run(id);
            if (!s->record) return s;
            for (auto& info : joined_metrics(reader, *s->record)) {
                const auto points = joined_series(reader, *s->record, info.name);
                s->series.push_back(std::make_unique<Series>(std::move(info)));
                s->series.back()->add(points);
            }
            for (const auto name : kMatrices)
                if (auto matrix = reader.matrix(id, std::string(name)))
                    s->matrices.push_back(std::move(*matrix));
            s->histories = readHistories(reader, id, before);
            s->log = reader.log(id);
            return s;
        },
        [this, generation](std::shared_ptr<Snapshot> snapshot) {
            if (generation == generation_) take(std::move(*snapshot));
        });
}

void WatchedRun::take(Snapshot snapshot) {
    loading_ = false;
    read_ms_ = reading_.elapsed();
    if (!snapshot.record) {
        Q_EMIT failed(QString::fromStdString(snapshot.record.error().message));
        return;
    }
    Q_EMIT cleared();
    record_ = std::move(*snapshot.record);
    series_ = std::move(snapshot.series);
    by_index_.clear();
    for (const auto& series : series_) by_index_[series->info.index] = series.get();
    matrices_.clear();
    for (auto& matrix : snapshot.matrices) matrices_[matrix.name] = std::move(matrix);
    histories_ = std::move(snapshot.histories);
    log_ = std::move(snapshot.log);
    changes_ = record_->changes;
    ++looks_;
    if (!live()) {
        state_ = record_->state;
        reason_ = QString::fromStdString(record_->reason);
        progress_ = {.update = record_->updates,
                     .planned = record_->planned,
                     .epoch = record_->epoch,
                     .seconds = record_->seconds};
    }
    for (const auto& batch : std::exchange(pending_, {})) append(*batch);
    Q_EMIT loaded();
    Q_EMIT progressChanged();
    if (again_) read();
}

void WatchedRun::Series::add(std::span<const SeriesPoint> more) {
    const std::size_t before = points.size();
    points.insert(points.end(), more.begin(), more.end());
    pyramid->append(more);
    for (std::size_t i = before; i < points.size(); ++i) {
        const double v = points[i].value;
        if (std::isnan(v)) continue;
        if (std::isnan(points[lowest].value) || v < points[lowest].value) lowest = i;
        if (std::isnan(points[highest].value) || v > points[highest].value) highest = i;
    }
}

WatchedRun::Series& WatchedRun::declare(const MetricInfo& info) {
    for (const auto& series : series_)
        if (series->info.name == info.name) {
            by_index_[info.index] = series.get();
            return *series;
        }
    series_.push_back(std::make_unique<Series>(info));
    by_index_[info.index] = series_.back().get();
    return *series_.back();
}

void WatchedRun::append(const MetricBatch& batch) {
    for (const auto& info : batch.metrics) declare(info);
    std::map<Series*, std::vector<SeriesPoint>> arrived;
    for (const auto& sample : batch.samples) {
        const auto it = by_index_.find(sample.metric);
        if (it == by_index_.end()) continue;
        const auto& points = it->second->points;
        auto& more = arrived[it->second];
        // The store may have had it already when the run was read in the middle.
        if (!points.empty() && sample.update <= points.back().update) continue;
        if (!more.empty() && sample.update <= more.back().update) continue;
        more.push_back({sample.update, sample.epoch, sample.seconds, sample.value});
    }
    for (const auto& [series, more] : arrived) series->add(more);
    looks_ += batch.matrices.size();
    for (const auto& change : batch.changes)
        if (std::ranges::count(changes_, change) == 0) changes_.push_back(change);
    for (const auto& matrix : batch.matrices) {
        if (keptWhole(matrix.name)) {
            auto& history = histories_[matrix.name];
            if (history.empty() || history.back()->update < matrix.update)
                history.push_back(std::make_shared<const Matrix>(matrix));
            continue;
        }
        auto& kept = matrices_[matrix.name];
        if (kept.values.empty() || matrix.update >= kept.update) kept = matrix;
    }
    for (const auto& line : batch.log)
        if (log_.empty() || line.time_ms > log_.back().time_ms ||
            std::ranges::none_of(
                log_, [&](const LogLine& l) { return l.time_ms == line.time_ms && l.text == line.text; }))
            log_.push_back(line);
    if (batch.state) {
        state_ = batch.state->state;
        reason_ = QString::fromStdString(batch.state->reason);
    }
    progress_ = batch.progress;
}

void WatchedRun::storeChanged() {
    // Our own runs arrive by the feed, and a stored run that is over changes only its name or note.
    if (!id_ || live() || reread_.isActive()) return;
    reread_.start(int(std::max<qint64>(500, 8 * read_ms_)));
}

void WatchedRun::readRecord() {
    if (!id_ || loading_) return;
    const int generation = generation_;
    store_.read<Result<RunRecord>>(
        this, [id = *id_](const StoreReader& reader) { return reader.run(id); },
        [this, generation](Result<RunRecord> record) {
            if (generation != generation_ || !record || !record_) return;
            if (record->state != state_) return read(); // somebody resumed it
            record_->name = record->name;
            Q_EMIT progressChanged();
        });
}

const WatchedRun::Series* WatchedRun::find(std::string_view metric) const {
    const auto it = std::ranges::find_if(series_, [&](const auto& s) { return s->info.name == metric; });
    return it == series_.end() ? nullptr : it->get();
}

const Matrix* WatchedRun::matrix(std::string_view name) const {
    if (const auto& kept = history(name); !kept.empty()) return kept.back().get();
    const auto it = matrices_.find(name);
    return it == matrices_.end() ? nullptr : &it->second;
}

const WatchedRun::History& WatchedRun::history(std::string_view name) const {
    static const History none;
    const auto it = histories_.find(name);
    return it == histories_.end() ? none : it->second;
}

std::vector<std::string> WatchedRun::histories(std::string_view prefix) const {
    std::vector<std::string> names;
    for (auto it = histories_.lower_bound(prefix); it != histories_.end() && it->first.starts_with(prefix);
         ++it)
        names.push_back(it->first);
    return names;
}

void WatchedRun::loadMatrix(QObject* context, const std::string& name, Update at,
                            std::function<void(std::optional<Matrix>)> done) const {
    if (!id_) return;
    store_.read<std::optional<Matrix>>(
        context,
        [id = *id_, name, at, &writer = store_.writer()](const StoreReader& reader) -> std::optional<Matrix> {
            (void)writer.flush(); // what the feed has brought is then stored
            try {
                return reader.matrix(id, name, at);
            } catch (const std::exception&) { // damaged: not there, as far as the window goes
                return std::nullopt;
            }
        },
        std::move(done));
}

const std::vector<std::string>& WatchedRun::classes() const {
    static const std::vector<std::string> none;
    return record_ ? record_->provenance.classes : none;
}

} // namespace descent::ui
