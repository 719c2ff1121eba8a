#pragma once

#include "ui/widgets/param_field.h"

#include "core/base/catalog.h"

#include <QWidget>

#include <vector>

class QGridLayout;
class QToolButton;

namespace descent::ui {

/// The fields of one parameter table: the first `visible` in the open, the others behind a button that says
/// how many of them are changed. Thread: GUI.
class ParamFields : public QWidget {
    Q_OBJECT
public:
    ParamFields(QString prefix, int visible, QWidget* parent = nullptr);

    /// Rebuilds the fields only where the table is another one.
    void show(const ParamTable& table, const ParamSet& preset, const Request& request);
    ParamField* find(const QString& path) const;
    ParamField* firstInvalid() const;
    bool changed() const;
    void open(bool more);           ///< the part behind the button
    bool reveal(ParamField* field); ///< opens what hides it and focuses it

Q_SIGNALS:
    void edited(const QString& path, const QString& text);
    void reset(const QString& path);

private:
    void build(const ParamTable& table);
    void updateButton();

    const QString prefix_;
    const int visible_;
    std::vector<std::string> names_;
    std::vector<ParamField*> fields_;
    QWidget* first_ = nullptr;
    QToolButton* button_;
    QWidget* more_ = nullptr;
    bool open_ = false;
};

/// An empty form: label, editor, dot.
QGridLayout* makeFormGrid(QWidget* parent);

} // namespace descent::ui
