#pragma once

#include "ui/plots/figure.h"

#include <QFrame>
#include <QPointer>
#include <QTimer>

#include <functional>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace descent::ui {

class FigurePreview;

/// How a chart is to be exported, with a picture of what comes out: kind, width (a journal's or any), height,
/// resolution, size of letters, and the numbers as CSV beside it. Lies over the page it was opened on until
/// it is saved or closed; remembers what was chosen. Thread: GUI.
class ExportPanel : public QFrame {
    Q_OBJECT
public:
    /// Over the page (or the window) that `at` is part of, in the place of one that is open there.
    static ExportPanel* open(FigureSource source, QWidget* at);

    const FigureSource& source() const { return source_; }
    const FigureFormat& format() const { return format_; }
    /// Asks where to save: (parent, suggested name, filter) → file or "". Replaced by tests.
    using Chooser = std::function<QString(QWidget*, const QString&, const QString&)>;
    void setFileChooser(Chooser chooser) { chooser_ = std::move(chooser); }

Q_SIGNALS:
    void said(const QString& message);
    void complained(const QString& message);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool focusNextPrevChild(bool next) override; ///< what lies beneath is not reached
    void paintEvent(QPaintEvent* event) override;

private:
    ExportPanel(FigureSource source, QWidget* over);
    QWidget* makeForm();
    void recall();
    void take(); ///< from the controls
    void save();
    void write(const QString& file);
    void writeNumbers(const QString& figure, QStringList written);
    void closeDown();

    FigureSource source_;
    FigureFormat format_;
    Chooser chooser_;
    QTimer settle_;
    QPointer<QWidget> before_; ///< had the focus
    bool writing_ = false;
    FigurePreview* preview_;
    QComboBox* kind_;
    QComboBox* journal_;
    QDoubleSpinBox* width_;
    QDoubleSpinBox* height_;
    QSpinBox* dpi_;
    QDoubleSpinBox* letters_;
    QCheckBox* title_;
    QCheckBox* light_;
    QCheckBox* plotted_;
    QCheckBox* full_;
    QLabel* facts_;
    QPushButton* save_;
};

} // namespace descent::ui
