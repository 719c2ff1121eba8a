#pragma once

#include <QFrame>

namespace descent::ui {

/// A popover that lists the grammar of the filter, with examples to click on. Deletes itself when closed.
class FilterHelp : public QFrame {
    Q_OBJECT
public:
    explicit FilterHelp(QWidget* parent);
    void popUpUnder(const QWidget& anchor);

Q_SIGNALS:
    void chosen(const QString& example);
};

} // namespace descent::ui
