#include "ui/widgets/sweep_spec_view.h"

#include "ui/state/sweep_text.h"
#include "ui/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace descent::ui {

SweepSpecView::SweepSpecView(QWidget* parent)
    : QWidget(parent)
    , form_(new QComboBox)
    , copy_(new QPushButton(tr("Copy")))
    , text_(new QPlainTextEdit) {
    form_->setObjectName(QStringLiteral("sweepSpecForm"));
    form_->setAccessibleName(tr("Form of the text"));
    form_->addItems({tr("File (TOML)"), tr("Command line"), tr("JSON")});
    copy_->setObjectName(QStringLiteral("sweepSpecCopy"));
    copy_->setAccessibleName(tr("Copy the text"));
    text_->setObjectName(QStringLiteral("sweepSpecText"));
    text_->setAccessibleName(tr("The sweep as text"));
    text_->setReadOnly(true);
    text_->setTabChangesFocus(true);
    text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    auto* row = new QHBoxLayout;
    row->setSpacing(theme::kGrid);
    row->addWidget(form_);
    row->addWidget(copy_);
    row->addStretch();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kGrid);
    column->addLayout(row);
    column->addWidget(text_, 1);
    connect(form_, &QComboBox::currentIndexChanged, this, &SweepSpecView::write);
    connect(copy_, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(text_->toPlainText()); });
}

void SweepSpecView::setPlan(const std::optional<SweepPlan>& plan, const QStringList& overs,
                            const Catalog* catalog, const QString& name, int jobs) {
    plan_ = plan;
    overs_ = overs;
    catalog_ = catalog;
    name_ = name;
    jobs_ = jobs;
    if (isVisible()) write();
}

void SweepSpecView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    write();
}

QString SweepSpecView::shown() const {
    return text_->toPlainText();
}

void SweepSpecView::write() {
    QString out;
    if (plan_ && catalog_) {
        switch (form_->currentIndex()) {
        case 0:
            out = sweepToml(*plan_, overs_, *catalog_);
            break;
        case 1:
            out = sweepCommand(*plan_, overs_, *catalog_, name_, jobs_);
            if (out.isEmpty())
                out = tr("# What this sweep says needs a file. Save the TOML as sweep.toml, then:\n"
                         "descent sweep --spec sweep.toml");
            break;
        default:
            out = sweepJson(*plan_);
        }
    }
    copy_->setEnabled(!out.isEmpty());
    if (out.isEmpty()) out = tr("Something that was entered cannot be: see the settings.");
    if (out != text_->toPlainText()) text_->setPlainText(out);
}

} // namespace descent::ui
