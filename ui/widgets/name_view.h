#pragma once

#include <QStringList>
#include <QWidget>

namespace descent::ui {

/// A name in large letters, and beneath it the characters the network is given, a tile each. Thread: GUI.
class NameView : public QWidget {
    Q_OBJECT
public:
    explicit NameView(QWidget* parent = nullptr);
    void show(const QString& name, const QString& about); ///< about: "Czech · train"
    using QWidget::show;
    const QString& name() const { return name_; }
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString name_, about_;
    QStringList tiles_; ///< one code point each
};

} // namespace descent::ui
