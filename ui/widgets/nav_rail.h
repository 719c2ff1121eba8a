#pragma once

#include <QFrame>

#include <vector>

class QButtonGroup;
class QToolButton;
class QVBoxLayout;

namespace descent::ui {

/// The pages at the window's left edge, and beneath them what concerns the program. Icons alone where there
/// is little room. Thread: GUI.
class NavRail : public QFrame {
    Q_OBJECT
public:
    explicit NavRail(QWidget* parent = nullptr);
    /// A page: checkable; chosen(index) when pressed. `below` puts it at the foot.
    void addPage(const QString& name, const QString& text, const QString& icon, const QString& tool_tip,
                 bool below = false);
    QToolButton* addButton(const QString& name, const QString& text, const QString& icon);
    void setCurrent(int page);
    void setCompact(bool compact);

Q_SIGNALS:
    void chosen(int page);

private:
    QToolButton* make(const QString& name, const QString& text, const QString& icon);

    QVBoxLayout *top_, *bottom_;
    QButtonGroup* group_;
    std::vector<QToolButton*> buttons_;
    int pages_ = 0;
};

} // namespace descent::ui
