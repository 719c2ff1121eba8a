#include "ui/widgets/path_edit.h"

#include "ui/theme.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QToolButton>
#include <QUrl>

namespace descent::ui {

PathEdit::PathEdit(QWidget* parent) : QWidget(parent), line_(new QLineEdit(this)) {
    chooser_ = [](QWidget* dialog_parent, const QString& from) {
        return QFileDialog::getExistingDirectory(dialog_parent, tr("Choose a folder"), from);
    };
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid / 2);
    line_->setPlaceholderText(tr("built-in"));
    line_->installEventFilter(this);
    auto* browse = new QToolButton(this);
    browse->setObjectName(QStringLiteral("browse"));
    browse->setIcon(theme::icon(QStringLiteral("folder")));
    browse->setToolTip(tr("Choose a folder"));
    browse->setAccessibleName(tr("Choose a folder"));
    browse->setFocusPolicy(Qt::TabFocus);
    row->addWidget(line_, 1);
    row->addWidget(browse);
    connect(browse, &QToolButton::clicked, this, [this] { take(chooser_(this, line_->text())); });
}

void PathEdit::take(const QString& folder) {
    if (folder.isEmpty()) return;
    const QString native = QDir::toNativeSeparators(folder);
    line_->setText(native);
    Q_EMIT line_->textEdited(native); // as if typed
}

bool PathEdit::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::DragEnter || event->type() == QEvent::Drop) {
        auto* drop = static_cast<QDropEvent*>(event);
        const auto urls = drop->mimeData()->urls();
        if (urls.size() == 1 && urls.front().isLocalFile()) {
            drop->acceptProposedAction();
            if (event->type() == QEvent::Drop) take(urls.front().toLocalFile());
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace descent::ui
