#include "ui/plots/sweep_mask_view.h"

#include "core/base/format.h"
#include "ui/state/store_host.h"

#include <QComboBox>
#include <QSignalBlocker>

#include <algorithm>

namespace descent::ui {

namespace {

QString named(const std::string& text) {
    return QString::fromStdString(text);
}

/// Other entries; what was chosen stays where it is among them, else `otherwise`.
void offer(QComboBox* box, const std::vector<std::pair<QString, QString>>& entries, int otherwise = 0) {
    const QSignalBlocker quiet(box);
    const QVariant chosen = box->currentData();
    box->clear();
    for (const auto& [text, data] : entries) box->addItem(text, data);
    const int at = chosen.isValid() ? box->findData(chosen) : -1;
    box->setCurrentIndex(at >= 0 ? at : std::min(otherwise, box->count() - 1));
}

} // namespace

SweepMaskView::SweepMaskView(StoreHost& store, QWidget* parent)
    : SweepPanel("sweepMask", parent)
    , store_(store)
    , picture_(new MaskPicture)
    , line_(makeChoice("Line", tr("Which line of the lottery"), 14))
    , level_(makeChoice("Level", tr("Level of pruning"), 12))
    , seed_(makeChoice("Seed", tr("Which seed"), 6))
    , layer_(makeChoice("Layer", tr("Which layer"), 14))
    , what_(makeChoice("What", tr("What is drawn"), 8)) {
    setPicture(picture_);
    what_->addItems({tr("mask"), tr("weights")});
    connect(line_, &QComboBox::activated, this, [this] {
        offerLevels();
        want();
    });
    connect(level_, &QComboBox::activated, this, [this] {
        offerSeeds();
        want();
    });
    connect(seed_, &QComboBox::activated, this, &SweepMaskView::want);
    connect(layer_, &QComboBox::activated, this, &SweepMaskView::want);
    connect(what_, &QComboBox::activated, this, [this](int what) {
        picture_->setWeights(what == 1);
        pictureChanged(picture_->legend(), sentences());
    });
    connect(picture_, &PlotView::chosen, this, &SweepMaskView::openChosen);
}

SweepMaskView::~SweepMaskView() = default;

void SweepMaskView::show(std::shared_ptr<const SweepData> sweep) {
    const bool another = !sameSweep(sweep.get(), sweep_.get());
    sweep_ = std::move(sweep);
    if (another) {
        for (auto* box : {line_, level_, seed_, layer_}) box->clear();
        network_.reset();
        network_run_.clear();
        picture_->setShown(std::make_shared<MaskShown>());
        pictureChanged({}, {});
    }
    drawn_ = {};
    if (!sweep_ || !suits(sweep_->record.plan)) return;
    drawn_ = lottery(sweep_->record.plan, sweep_->runs);
    offerLines();
    want();
}

void SweepMaskView::offerLines() {
    std::vector<std::pair<QString, QString>> lines;
    for (std::size_t i = 0; i < drawn_.lines.size(); ++i)
        if (std::ranges::any_of(drawn_.lines[i].points,
                                [](const auto& p) { return p.level > 0 && !p.runs.empty(); }))
            lines.emplace_back(named(drawn_.lines[i].label), QString::number(i));
    offer(line_, lines);
    line_->setVisible(line_->count() > 1);
    offerLevels();
}

void SweepMaskView::offerLevels() {
    std::vector<std::pair<QString, QString>> levels;
    if (line_->count() > 0)
        for (const auto& point : drawn_.lines[line_->currentData().toUInt()].points)
            if (point.level > 0 && !point.runs.empty())
                levels.emplace_back(
                    tr("level %1: %2%").arg(point.level).arg(named(format_number(100 * point.remaining, 3))),
                    QString::number(point.level));
    offer(level_, levels, int(levels.size()) - 1); // the fewest weights show most
    offerSeeds();
}

const LotteryPoint* SweepMaskView::point() const {
    if (line_->count() == 0 || level_->count() == 0) return nullptr;
    const auto& points = drawn_.lines[line_->currentData().toUInt()].points;
    const auto found = std::ranges::find(points, level_->currentData().toLongLong(), &LotteryPoint::level);
    return found == points.end() ? nullptr : &*found;
}

void SweepMaskView::offerSeeds() {
    std::vector<std::pair<QString, QString>> seeds;
    if (const auto* of = point())
        for (const auto& cell : sweep_->runs)
            if (std::ranges::count(of->runs, cell.run.id) > 0) {
                const auto text = QString::number(sweep_->grid[cell.cell].seed);
                // A seed's data is its number, so that it stays chosen from level to level.
                if (std::ranges::none_of(seeds, [&](const auto& s) { return s.second == text; }))
                    seeds.emplace_back(tr("seed %1").arg(text), text);
            }
    offer(seed_, seeds);
    offerLayers();
}

void SweepMaskView::offerLayers() {
    std::vector<std::pair<QString, QString>> layers;
    for (const auto& layer : drawn_.layers) layers.emplace_back(named(layer), named(layer));
    offer(layer_, layers);
}

void SweepMaskView::want() {
    const auto* of = point();
    const RunRecord* run = nullptr;
    if (of)
        for (const auto& cell : sweep_->runs)
            if (std::ranges::count(of->runs, cell.run.id) > 0 &&
                QString::number(sweep_->grid[cell.cell].seed) == seed_->currentData().toString())
                run = &cell.run;
    if (!run || layer_->count() == 0) {
        picture_->setShown(std::make_shared<MaskShown>());
        return pictureChanged({}, {});
    }
    const QString id = named(run->id.uuid), layer = layer_->currentData().toString();
    if (picture_->shown().id == id && picture_->shown().layer == layer) return;
    if (!in_hand_.begin()) return;
    const Network known = network_run_ == id ? network_ : nullptr;
    store_.read<Made>(
        this,
        [record = *run, id, layer, known, path = store_.path()](const StoreReader& reader) {
            Made made{known, nullptr};
            const auto done = guarded([&] {
                if (!made.network)
                    made.network = std::make_shared<const MaskedNetwork>(masks_of(reader, path, record));
                const auto* found = made.network->find(layer.toStdString());
                if (!found) throw InputError("run '" + record.name + "' has no mask of this layer");
                made.shown = std::make_shared<const MaskShown>(maskShown(id, named(record.name), *found));
            });
            if (!done) made.problem = named(done.error().message);
            return made;
        },
        [this, id](Made made) {
            network_ = made.network;
            network_run_ = id;
            if (in_hand_.end()) return want();
            take(made);
        });
}

void SweepMaskView::take(const Made& made) {
    picture_->setShown(made.shown ? made.shown : std::make_shared<MaskShown>());
    QStringList sentences;
    if (!made.problem.isEmpty()) sentences << made.problem;
    if (made.shown)
        sentences << picture_->summary() + QLatin1Char('.')
                  << tr("Bars: what each column and each row keeps, beside the fullest; dotted is the "
                        "layer's share.");
    pictureChanged(picture_->legend(), sentences);
}

} // namespace descent::ui
