#include "ui/widgets/compare_why.h"

#include "core/base/format.h"
#include "core/store/store.h"
#include "ui/models/cells_model.h"
#include "ui/state/store_host.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QTableView>
#include <QVBoxLayout>

namespace descent::ui {

namespace {

struct Found {
    Divergence divergence;
    std::string text, a, b;
};

} // namespace

CompareWhy::CompareWhy(StoreHost& store, QWidget* parent)
    : ComparePane(parent)
    , store_(store)
    , a_(new QComboBox)
    , b_(new QComboBox)
    , text_(new QLabel)
    , cells_(new CellsModel(this))
    , table_(makePaneTable("compareWhyTable", tr("Where the two runs part"))) {
    setObjectName(QStringLiteral("comparePaneWhy"));
    a_->setObjectName(QStringLiteral("compareWhyA"));
    a_->setAccessibleName(tr("The first run"));
    b_->setObjectName(QStringLiteral("compareWhyB"));
    b_->setAccessibleName(tr("The second run"));
    text_->setObjectName(QStringLiteral("compareWhy"));
    text_->setWordWrap(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    text_->setContentsMargins(theme::kGrid, 0, theme::kGrid, 0);
    table_->setModel(cells_);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(theme::kGrid / 2, theme::kGrid / 2, theme::kGrid, 0);
    row->setSpacing(theme::kGrid / 2);
    auto* and_label = new QLabel(tr("and"));
    and_label->setProperty("role", QStringLiteral("muted"));
    for (auto* box : {a_, b_}) {
        box->setProperty("role", QStringLiteral("flat"));
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        connect(box, &QComboBox::currentIndexChanged, this, &CompareWhy::read);
    }
    row->addWidget(a_);
    row->addWidget(and_label);
    row->addWidget(b_);
    row->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid / 2);
    column->addLayout(row);
    column->addWidget(text_);
    column->addWidget(table_, 1);
}

void CompareWhy::refresh() {
    const auto fill = [&](QComboBox* box, int otherwise) {
        const QSignalBlocker quiet(box);
        const QString chosen = box->currentData().toString();
        box->clear();
        for (const auto& run : compared()->groups.runs)
            box->addItem(QString::fromStdString(run.name), QString::fromStdString(run.id.uuid));
        const int at = chosen.isEmpty() ? -1 : box->findData(chosen);
        box->setCurrentIndex(at >= 0 ? at : std::min(otherwise, box->count() - 1));
    };
    fill(a_, 0);
    fill(b_, 1);
    read();
}

void CompareWhy::read() {
    const RunId a{a_->currentData().toString().toStdString()}, b{b_->currentData().toString().toStdString()};
    QString key = QString::fromStdString(a.uuid + b.uuid);
    for (const auto& run : compared()->groups.runs)
        if (run.id == a || run.id == b) key += QLatin1Char(' ') + QString::number(run.updates.count);
    if (key == read_) return;
    read_ = key;
    const int asked = ++generation_;
    if (a == b || a.uuid.empty()) {
        text_->setText(tr("Choose two different runs."));
        shown_ = {};
        cells_->set({}, {});
        table_->hide();
        return;
    }
    text_->setText(tr("Reading all of both runs…"));
    store_.read<std::shared_ptr<Result<Found>>>(
        this,
        [a, b, weights = checkpoint_folder(store_.path())](const StoreReader& reader) {
            return std::make_shared<Result<Found>>(guarded([&] {
                const auto first = unwrap(reader.run(a)), second = unwrap(reader.run(b));
                auto divergence = why_different(reader, first, second, weights);
                auto text = describe(divergence, first.name, second.name);
                return Found{std::move(divergence), std::move(text), first.name, second.name};
            }));
        },
        [this, asked](std::shared_ptr<Result<Found>> found) {
            if (asked != generation_) return;
            if (!*found) {
                text_->setText(QString::fromStdString(found->error().message));
                return;
            }
            const auto& [why, text, a_name, b_name] = **found;
            text_->setText(QString::fromStdString(text));
            shown_ = {{"First difference", "Where", a_name, b_name}, {}, {false, false, true, true}};
            if (why.field) shown_.rows.push_back({"parameter", *why.field, why.a_value, why.b_value});
            if (why.update)
                shown_.rows.push_back({"update " + format_count(why.update->count), why.metric,
                                       format_number(why.a, 17), format_number(why.b, 17)});
            if (why.layer)
                shown_.rows.push_back({"layer",
                                       *why.layer + " (" + why.layer_source + ", update " +
                                           format_count(why.layer_update.count) + ")",
                                       "", ""});
            QStringList headings;
            for (const auto& heading : shown_.headings) headings << QString::fromStdString(heading);
            std::vector<CellsModel::Row> rows;
            for (const auto& cells : shown_.rows) {
                CellsModel::Row row{{}, -1, {}};
                for (const auto& cell : cells) row.cells << QString::fromStdString(cell);
                rows.push_back(std::move(row));
            }
            table_->setVisible(!rows.empty());
            cells_->set(headings, std::move(rows), {0, 1});
            table_->resizeColumnsToContents();
        });
}

} // namespace descent::ui
