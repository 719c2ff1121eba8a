#pragma once

#include "core/text/text_summary.h"

#include <QByteArray>
#include <QWidget>

class QLabel;
class QPlainTextEdit;

namespace descent::ui {

class CellsModel;
class DataTable;
class LengthChart;

/// How long texts are: the chart, and beside it the same in numbers. Thread: GUI.
class LengthPane : public QWidget {
    Q_OBJECT
public:
    explicit LengthPane(QWidget* parent = nullptr);
    void show(const TextSummary& texts);
    using QWidget::show;
    QByteArray csv() const;

private:
    TextSummary texts_;
    QLabel* words_;
    LengthChart* chart_;
    CellsModel* model_;
    DataTable* table_;
};

/// What the vocabulary knows: its size, the share of unknown tokens of each side, the commonest words.
/// Thread: GUI.
class WordPane : public QWidget {
    Q_OBJECT
public:
    explicit WordPane(QWidget* parent = nullptr);
    void show(const TextSummary& texts);
    using QWidget::show;
    QByteArray csv() const;

private:
    TextSummary texts_;
    QLabel* words_;
    CellsModel *sides_, *model_;
    DataTable *side_table_, *table_;
};

/// A text to read, its class and side above it. Thread: GUI.
class TextView : public QWidget {
    Q_OBJECT
public:
    explicit TextView(QWidget* parent = nullptr);
    void show(const QString& text, const QString& about);
    using QWidget::show;

private:
    QLabel* about_;
    QPlainTextEdit* text_;
};

} // namespace descent::ui
