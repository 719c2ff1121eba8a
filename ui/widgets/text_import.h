#pragma once

#include "core/base/result.h"
#include "core/text/text_reader.h"
#include "ui/state/background.h"

#include <QWidget>

#include <filesystem>

class QComboBox;
class QLabel;

namespace descent::ui {

class CellsModel;
class DataTable;

/// The first rows of labelled texts, and how they are understood: a person chooses delimiter, names, columns
/// and encoding and sees at once what comes of it. Thread: GUI; rows are read on a pool thread.
class TextImport : public QWidget {
    Q_OBJECT
public:
    explicit TextImport(QWidget* parent = nullptr);

    /// Begins to show `place`; what `layout` leaves open is found by looking.
    void look(const std::filesystem::path& place, const TextLayout& layout);
    /// As a person has it: what was left to be found is still open.
    const TextLayout& layout() const { return asked_; }

Q_SIGNALS:
    void looked(bool usable); ///< what is shown is what layout() gives, or why that cannot be used

private:
    QComboBox* addChoice(const char* name, const QString& word, class QHBoxLayout& row);
    void read();
    void take(const Result<TextPreview>& read);
    void fillChoices(const TextPreview& preview);
    void changed();

    std::filesystem::path place_;
    TextLayout asked_, found_; ///< found_: as shown, with nothing left open
    InHand hand_;
    QWidget* table_choices_;
    QComboBox *encoding_, *delimiter_, *header_, *label_, *text_;
    QLabel *words_, *problem_;
    CellsModel* model_;
    DataTable* table_;
};

} // namespace descent::ui
