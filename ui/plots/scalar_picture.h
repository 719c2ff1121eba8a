#pragma once

#include "core/analysis/scalar_gradient.h"
#include "ui/plots/figure.h"
#include "ui/plots/scalar_layout.h"

#include <QPointF>
#include <QSizeF>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

class QPainter;
class QRectF;

namespace descent::ui {

/// A scalar graph with its passes as they stand after some steps, drawn from left to right: values in the
/// nodes, the local gradient on each edge, and, in another colour and with a ◂, what flows back. A value,
/// so that it can be drawn elsewhere. Thread: GUI.
class ScalarPicture {
public:
    ScalarPicture(std::shared_ptr<const ScalarGraph> graph, std::shared_ptr<const ScalarPasses> passes);

    const ScalarGraph& graph() const { return *graph_; }
    const ScalarPasses& passes() const { return *passes_; }
    std::size_t steps() const { return passes_->steps.size(); }
    std::size_t step() const { return step_; } ///< the last one made
    void setStep(std::size_t step);
    bool empty() const { return layout_.nodes.size() > kMost; } ///< too much to be drawn

    /// What `paint` needs at scale 1, in the fonts in force.
    QSizeF size() const { return layout_.size; }
    /// Fills as much of `target` as it can without being larger than `most` times its size.
    void paint(QPainter& painter, const QRectF& target, double most, std::optional<int> picked = {}) const;
    /// The node beneath a point when painted so.
    std::optional<int> nodeAt(QPointF at, const QRectF& target, double most) const;
    QPointF centreOf(int node, const QRectF& target, double most) const;
    int currentNode() const;          ///< that the step gives a value or a gradient
    QString describe(int node) const; ///< a few lines, as far as the steps are made
    QString sentence() const;         ///< of the step
    QString summary() const;
    FigureSource figure(const QString& title) const;

    static constexpr std::size_t kMost = 150; ///< nodes that are drawn

private:
    struct Look;   ///< colours and fonts of the moment
    struct Shown { ///< as far as the steps are made
        std::vector<bool> value, gradient;
        std::vector<double> gradients;
        std::vector<std::array<bool, 2>> product;
    };
    void arrange();
    double fit(const QRectF& target, double most, QPointF& origin) const;
    void paintEdge(QPainter& painter, const Look& look, const ScalarLayout::Edge& edge) const;
    void paintLabel(QPainter& painter, const Look& look, const ScalarLayout::Edge& edge) const;
    void paintNode(QPainter& painter, const Look& look, int node, bool picked) const;
    bool current(const ScalarLayout::Edge& edge) const;

    std::shared_ptr<const ScalarGraph> graph_;
    std::shared_ptr<const ScalarPasses> passes_;
    ScalarLayout layout_;
    Shown shown_;
    std::vector<bool> varying_;
    std::size_t step_ = 0;
};

} // namespace descent::ui
