#pragma once

#include <QString>
#include <QTimer>
#include <QWidget>

#include <vector>

class QLabel;
class QLineEdit;
class QMenu;
class QToolButton;

namespace descent::ui {

/// A filter kept under a name.
struct SavedFilter {
    QString name, text;
};

/// The filter of the table of runs: a line in the grammar of core/store/filter.h, the error under it, help on
/// the grammar, and filters kept by the person (Ctrl+S keeps, Alt+Down offers them). Thread: GUI.
class FilterLine : public QWidget {
    Q_OBJECT
public:
    explicit FilterLine(QWidget* parent = nullptr);

    QString text() const;
    void setText(const QString& text); ///< takes effect at once
    /// An error that only the store could find.
    void showError(const QString& message);
    void focus(); ///< into the line, all of it selected

Q_SIGNALS:
    void filterChanged(const QString& text); ///< valid, and different from the last one; "" for none

private:
    void check();
    void showHelp();
    void fillSavedMenu();
    void askForName();
    std::vector<SavedFilter> saved() const;
    void keep(const std::vector<SavedFilter>& filters);

    QLineEdit* line_;
    QLabel* error_;
    QToolButton* help_;
    QToolButton* saved_button_;
    QMenu* saved_menu_;
    QTimer settle_; // waits until typing pauses
    QString valid_;
};

} // namespace descent::ui
