#include "ui/widgets/exchange_job.h"

#include "core/base/format.h"
#include "core/exchange/exchange.h"
#include "ui/state/store_host.h"
#include "ui/widgets/notice_bar.h"

#include <QDir>
#include <QFileInfo>

#include <array>
#include <atomic>

namespace descent::ui {

namespace {

constexpr int kLookMs = 100;

struct Format {
    const char *ending, *word;
};
constexpr std::array kFormats{Format{".csv", "CSV table"}, Format{".jsonl", "JSON lines"},
                              Format{".descent", "Bundle with weights"}, Format{"", "TensorBoard folder"}};

std::filesystem::path pathOf(const QString& file) {
    return file.toStdU16String();
}

QString text(const std::string& message) {
    return QString::fromStdString(message);
}

Result<std::int64_t> write(const StoreReader& reader, const std::filesystem::path& store,
                           const std::vector<RunId>& runs, const QString& file,
                           const ExchangeProgress& progress) {
    const QString ending = QFileInfo(file).suffix().toLower();
    if (ending == QStringLiteral("csv")) return export_csv(reader, runs, pathOf(file), progress);
    if (ending == QStringLiteral("jsonl")) return export_jsonl(reader, runs, pathOf(file), progress);
    if (ending == QStringLiteral("descent"))
        return export_bundle(reader, store, runs, pathOf(file), progress);
    return export_tensorboard(reader, runs, pathOf(file), progress);
}

} // namespace

/// Between the GUI thread and the one that works.
struct ExchangeJob::Shared {
    std::atomic<double> fraction = 0;
    std::atomic<bool> cancelled = false;
};

ExchangeJob::ExchangeJob(StoreHost& store, NoticeBar& notice, QObject* parent)
    : QObject(parent)
    , store_(store)
    , notice_(notice) {
    look_.setInterval(kLookMs);
    connect(&look_, &QTimer::timeout, this, [this] { notice_.setProgress(shared_->fraction); });
}

ExchangeJob::~ExchangeJob() {
    if (shared_) shared_->cancelled = true;
}

QString ExchangeJob::filters(const QString& ending) {
    QStringList first, others;
    for (const auto& [end, word] : kFormats) {
        const QString filter = QStringLiteral("%1 (*%2)").arg(tr(word), QLatin1String(end));
        (ending == QLatin1String(end) ? first : others) << filter;
    }
    return (first + others).join(QStringLiteral(";;"));
}

void ExchangeJob::begin(const QString& message, Work work) {
    running_ = true;
    shared_ = std::make_shared<Shared>();
    notice_.begin(message, [shared = shared_] { shared->cancelled = true; });
    look_.start();
    store_.read<Outcome>(
        this, // a context of its own: lists go on being read beside it
        [shared = shared_, work = std::move(work)](const StoreReader& reader) {
            return work(reader, [&](double fraction) {
                shared->fraction = fraction;
                return !shared->cancelled;
            });
        },
        [this](const Outcome& outcome) {
            running_ = false;
            look_.stop();
            if (outcome.good && !outcome.stays)
                notice_.say(outcome.message);
            else if (shared_->cancelled)
                notice_.say(tr("Cancelled; nothing was left half-done"));
            else
                notice_.complain(outcome.message);
            if (!outcome.runs.empty()) Q_EMIT imported(outcome.runs);
            Q_EMIT ended();
        });
}

void ExchangeJob::start(const std::vector<RunId>& runs, const QString& file) {
    if (running_ || runs.empty()) return;
    const QString shown = QDir::toNativeSeparators(file);
    begin(tr("Exporting to %1").arg(shown),
          [runs, file, shown, store = store_.path()](const StoreReader& reader,
                                                     const ExchangeProgress& progress) -> Outcome {
              const auto done = write(reader, store, runs, file, progress);
              if (!done) return {text(done.error().message), false};
              const QString count = text(format_count(*done)),
                            of = text(format_count(std::int64_t(runs.size())));
              if (file.endsWith(QStringLiteral(".descent"), Qt::CaseInsensitive))
                  return {(runs.size() == 1 ? tr("Exported %1 run to %2") : tr("Exported %1 runs to %2"))
                              .arg(of, shown)};
              return {(runs.size() == 1 ? tr("Exported %1 values of %2 run to %3")
                                        : tr("Exported %1 values of %2 runs to %3"))
                          .arg(count, of, shown)};
          });
}

void ExchangeJob::import(const QStringList& files) {
    if (running_ || files.isEmpty()) return;
    const QString shown =
        files.size() == 1 ? QFileInfo(files.front()).fileName() : tr("%1 files").arg(files.size());
    begin(tr("Importing %1").arg(shown), [files, writer = &store_.writer()](
                                             const StoreReader&, const ExchangeProgress& progress) {
        ImportReport all;
        QStringList problems;
        for (qsizetype i = 0; i < files.size(); ++i) {
            const auto part = [&](double fraction) {
                return progress((double(i) + fraction) / double(files.size()));
            };
            if (!part(0)) return Outcome{tr("cancelled"), false, false, all.runs};
            auto report = import_file(*writer, pathOf(files[i]), part);
            if (!report) {
                problems << text(report.error().message);
                continue;
            }
            all.runs.insert(all.runs.end(), report->runs.begin(), report->runs.end());
            all.known += report->known;
            all.grown += report->grown;
            for (const auto& warning : report->warnings) all.warnings.push_back(warning);
        }
        QString message = problems.size() == files.size() ? QString() : text(describe(all)).simplified();
        if (!problems.isEmpty())
            message +=
                (message.isEmpty() ? QString() : QStringLiteral("; ")) + problems.join(QStringLiteral("; "));
        return Outcome{message, problems.isEmpty(), !all.warnings.empty(), all.runs};
    });
}

void ExchangeJob::merge(const QString& other) {
    if (running_ || other.isEmpty()) return;
    begin(
        tr("Merging %1").arg(QFileInfo(other).fileName()),
        [other, writer = &store_.writer()](const StoreReader&, const ExchangeProgress& progress) -> Outcome {
            const auto report = merge_store(*writer, pathOf(other), progress);
            if (!report) return {text(report.error().message), false};
            return {text(describe(*report)).simplified(), true, !report->warnings.empty(), report->runs};
        });
}

} // namespace descent::ui
