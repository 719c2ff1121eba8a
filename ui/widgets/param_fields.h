#pragma once

#include "ui/widgets/param_field.h"

#include "core/base/catalog.h"

#include <QWidget>

#include <vector>

class QGridLayout;

namespace descent::ui {

class Fold;

/// The fields of one parameter table: the first `visible` in the open, the others folded away, by the
/// sections that they are declared in; each fold says how many in it are changed. Thread: GUI.
class ParamFields : public QWidget {
    Q_OBJECT
public:
    ParamFields(QString prefix, int visible, QWidget* parent = nullptr);

    /// Rebuilds the fields only where the table is another one.
    void show(const ParamTable& table, const ParamSet& preset, const Request& request);
    ParamField* find(const QString& path) const;
    ParamField* firstInvalid() const;
    /// At the field that `message` begins with; nowhere where it names none of these, or several together.
    void setRefusal(const std::string& message);
    bool changed() const;
    /// Shown in the fold of that section, above its fields, also while it is folded away. Owned.
    void setPreview(const QString& section, QWidget* widget);
    bool sectionOpen(const QString& section) const;
    bool reveal(ParamField* field); ///< opens what hides it and focuses it

Q_SIGNALS:
    void edited(const QString& path, const QString& text);
    void reset(const QString& path);
    void folded(); ///< a section was opened or closed

private:
    struct Section {
        QString title; ///< "" for those that are declared in none
        Fold* fold = nullptr;
        QGridLayout* grid = nullptr;
        int rows = 0;
        std::vector<ParamField*> fields;
    };
    void build(const ParamTable& table);
    Section& sectionOf(const QString& title);
    void updateFolds();

    const QString prefix_;
    const int visible_;
    std::vector<std::string> names_;
    std::vector<ParamField*> fields_;
    QWidget* first_ = nullptr;
    std::vector<Section> sections_; ///< in the order of their first field
    QString preview_of_;
    QWidget* preview_ = nullptr;
};

/// An empty form: label, editor, dot.
QGridLayout* makeFormGrid(QWidget* parent);

} // namespace descent::ui
