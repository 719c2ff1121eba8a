#pragma once

#include "core/analysis/lottery.h"
#include "core/base/result.h"
#include "ui/plots/mask_picture.h"
#include "ui/plots/sweep_panel.h"
#include "ui/state/background.h"

namespace descent::ui {

class StoreHost;

/// The masks of a lottery's networks: which line, level, seed and layer is chosen. Read from checkpoints off
/// the GUI thread; of what is asked for meanwhile the last is done. Thread: GUI.
class SweepMaskView : public SweepPanel {
    Q_OBJECT
public:
    explicit SweepMaskView(StoreHost& store, QWidget* parent = nullptr);
    ~SweepMaskView() override;

    void show(std::shared_ptr<const SweepData> sweep) override;
    bool suits(const SweepPlan& plan) const override { return lottery_axis(plan).has_value(); }
    FigureSource figure() const override { return picture_->figure(); }
    PlotTable table() const override { return picture_->table(); }
    MaskPicture& picture() { return *picture_; }
    bool busy() const { return in_hand_.busy(); }

private:
    using Network = std::shared_ptr<const MaskedNetwork>;
    struct Made {
        Network network;
        std::shared_ptr<const MaskShown> shown;
        QString problem{};
    };
    const LotteryPoint* point() const;
    void offerLines();
    void offerLevels();
    void offerSeeds();
    void offerLayers();
    void want();
    void take(const Made& made);

    StoreHost& store_;
    std::shared_ptr<const SweepData> sweep_;
    Lottery drawn_;
    InHand in_hand_;
    Network network_;     ///< as last read
    QString network_run_; ///< its UUID
    MaskPicture* picture_;
    QComboBox *line_, *level_, *seed_, *layer_, *what_;
};

} // namespace descent::ui
