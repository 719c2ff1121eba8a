#pragma once

#include "core/base/catalog.h"

#include <QFrame>

#include <optional>

class QLabel;
class QPushButton;

namespace descent::ui {

class PartSection;

/// The Data page's left column: which task, the parameters of its data, a button to bring other data, one to
/// train. Thread: GUI.
class DataPane : public QFrame {
    Q_OBJECT
public:
    explicit DataPane(QWidget* parent = nullptr);

    void setCatalog(const Catalog& catalog); ///< must outlive the pane
    void setRequest(const Request& request); ///< its task and the task's settings; the others are dropped
    const Request& request() const { return request_; }
    /// None while something typed cannot be; problem() then says why.
    const std::optional<RunSpec>& spec() const { return spec_; }
    const QString& problem() const { return problem_; }
    const Entry* task() const;                         ///< null before the catalog is there
    QString value(const std::string& parameter) const; ///< of the task as it would run; "" where it has none
    void setTrainable(bool may);
    void focusParameter(const QString& path);

Q_SIGNALS:
    void changed(bool typed);        ///< spec() may be another one; typed: more keys may follow
    void browseClicked(bool folder); ///< or a file
    void columnsClicked();           ///< how the file in use is read
    void trainClicked();

private:
    void choose(const QString& id);
    void refresh(bool typed);
    void resolve(bool typed);

    const Catalog* catalog_ = nullptr;
    Request request_;
    std::optional<RunSpec> spec_;
    QString problem_;
    PartSection* section_;
    QPushButton *browse_, *browse_file_, *columns_, *train_;
};

} // namespace descent::ui
