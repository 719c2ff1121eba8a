#pragma once

#include "core/base/catalog.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace descent::ui {

class FormulaView;
class ParamField;
class ParamFields;

/// Task, model, regime or optimizer in the form: what is chosen, one line about it, and its parameters.
/// Thread: GUI.
class PartSection : public QWidget {
    Q_OBJECT
public:
    PartSection(Group group, int visible_fields, QWidget* parent = nullptr);

    /// `preset` is the part as the request has it without its settings.
    void show(const Catalog& catalog, const Part& preset, const Request& request, const std::string& task);
    void setDetail(const QString& text);
    void setRefusal(const QString& reason); ///< why it cannot be; "" where it can
    void setCustom(const QString& from);    ///< "" where it is as the preset has it
    void addBelow(QWidget* widget);         ///< between the line about it and its parameters; owned
    ParamFields& fields() { return *fields_; }
    Group group() const { return group_; }

Q_SIGNALS:
    void chosen(const QString& id); ///< by the person
    void edited(const QString& path, const QString& text);
    void reset(const QString& path);
    void resetAll();

private:
    const Group group_;
    QComboBox* combo_;
    QLabel* detail_;
    QLabel* refusal_;
    QVBoxLayout* head_;
    QPushButton* custom_;
    FormulaView* formula_;
    ParamFields* fields_;
};

} // namespace descent::ui
