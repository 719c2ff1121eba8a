#include "ui/widgets/csv_export.h"

#include "core/base/format.h"
#include "ui/state/store_host.h"
#include "ui/widgets/notice_bar.h"

#include <QDir>
#include <QFile>

#include <atomic>

namespace descent::ui {

namespace {
constexpr int kLookMs = 100;
}

/// Between the GUI thread and the one that writes.
struct CsvExport::Shared {
    std::atomic<double> fraction = 0;
    std::atomic<bool> cancelled = false;
};

CsvExport::CsvExport(StoreHost& store, NoticeBar& notice, QObject* parent)
    : QObject(parent)
    , store_(store)
    , notice_(notice) {
    look_.setInterval(kLookMs);
    connect(&look_, &QTimer::timeout, this, [this] { notice_.setProgress(shared_->fraction); });
}

CsvExport::~CsvExport() {
    if (shared_) shared_->cancelled = true;
}

void CsvExport::start(const std::vector<RunId>& runs, const QString& file) {
    if (running_ || runs.empty()) return;
    running_ = true;
    shared_ = std::make_shared<Shared>();
    const QString shown = QDir::toNativeSeparators(file);
    notice_.begin(tr("Exporting to %1").arg(shown), [shared = shared_] { shared->cancelled = true; });
    look_.start();
    using Answer = Result<std::int64_t>;
    store_.read<Answer>(
        this, // a context of its own: the list goes on being read beside it
        [shared = shared_, runs,
         path = std::filesystem::path(file.toStdU16String())](const StoreReader& reader) {
            return export_csv(reader, runs, path, [&](double fraction) {
                shared->fraction = fraction;
                return !shared->cancelled;
            });
        },
        [this, shown, count = runs.size()](const Answer& rows) {
            running_ = false;
            look_.stop();
            if (shared_->cancelled && !rows)
                notice_.say(tr("Export cancelled; nothing was written"));
            else if (!rows)
                notice_.complain(QString::fromStdString(rows.error().message));
            else
                notice_.say((count == 1 ? tr("Exported %2 values of %1 run to %3")
                                        : tr("Exported %2 values of %1 runs to %3"))
                                .arg(QString::fromStdString(format_count(std::int64_t(count))),
                                     QString::fromStdString(format_count(*rows)), shown));
            Q_EMIT ended();
        });
}

} // namespace descent::ui
