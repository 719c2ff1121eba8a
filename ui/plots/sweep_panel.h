#pragma once

#include "ui/plots/figure.h"
#include "ui/plots/legend_strip.h"
#include "ui/plots/plot.h"
#include "ui/plots/sweep_view.h"

#include <QStringList>

class QComboBox;
class QHBoxLayout;
class QLabel;
class QStackedLayout;
class QTableView;
class QToolButton;
class QVBoxLayout;

namespace descent::ui {

class KeyView;
class NoticeBar;
class PlotTableModel;

/// A view of a sweep with one picture: choices above it, its key, the picture or its table twin, sentences
/// beneath, and ways out (figure, CSV, copy). Thread: GUI.
class SweepPanel : public SweepView {
    Q_OBJECT
public:
    QAction* exportAction() const override { return export_; }
    virtual FigureSource figure() const = 0;
    virtual PlotTable table() const = 0; ///< what is drawn, in numbers
    bool tableShown() const;
    void showTable(bool shown);
    QStringList sentences() const { return sentences_; }

    /// Asks where to save: (parent, suggested name, filter) → file or "". Replaced by tests.
    using Chooser = std::function<QString(QWidget*, const QString&, const QString&)>;
    void setFileChooser(Chooser chooser) { chooser_ = std::move(chooser); }

protected:
    /// `name` begins the names of its parts: "<name>Table", "<name>Export", …
    explicit SweepPanel(const char* name, QWidget* parent = nullptr);
    void setPicture(QWidget* picture); ///< once; it is given away
    void addChoice(QWidget* choice);   ///< above the picture, left
    void addBeneath(QWidget* widget);  ///< between the picture and the sentences
    QComboBox* makeChoice(const char* name, const QString& accessible, int letters = 12);
    /// Two buttons, lin and log, for an axis; `chosen` hears of a change.
    QWidget* makeScale(const char* name, const QString& accessible, bool log,
                       std::function<void(bool)> chosen);
    /// A button that stays pressed, above the picture.
    QToolButton* addToggle(const char* name, const QString& text, const QString& accessible, bool on);
    /// One, pressed at first, that puts updates on a logarithmic axis.
    QToolButton* addLogUpdates();
    /// After each change of the picture.
    void pictureChanged(std::vector<LegendStrip::Item> key, QStringList sentences);
    /// UUIDs with spaces between them, as RunsPlot::chosen tells them.
    void openChosen(const QString& ids);
    void exportFigure(FigureSource source);
    void exportCsv(const FigureSource& source);

private:
    QToolButton* makeToggle(const QString& name, const QString& text, const QString& accessible, bool on);
    void copyImage();
    void updateTable();

    QString name_;
    QHBoxLayout* choices_;
    KeyView* key_;
    QStackedLayout* stack_;
    QVBoxLayout* column_;
    QTableView* table_;
    PlotTableModel* model_;
    QToolButton* table_button_;
    QLabel* words_;
    NoticeBar* notice_;
    QAction* export_;
    QStringList sentences_;
    Chooser chooser_;
};

} // namespace descent::ui
