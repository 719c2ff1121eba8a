#include "ui/widgets/colour_menu.h"

#include "ui/theme.h"

#include <QAction>
#include <QCoreApplication>
#include <QMenu>
#include <QPainter>

namespace descent::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("ColourMenu", text);
}

/// With a tick in it where it is the one they have: a menu item with a picture shows no other mark.
QIcon swatch(const QColor& colour, bool ticked) {
    QIcon icon;
    for (const int scale : {1, 2, 3}) {
        QPixmap image(QSize(16, 16) * scale);
        image.setDevicePixelRatio(scale);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawRoundedRect(QRectF(1, 1, 14, 14), 3, 3);
        if (ticked) {
            painter.setPen(QPen(theme::surface(), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            painter.drawPolyline(QPolygonF({{4.5, 8.5}, {7, 11}, {11.5, 5.5}}));
        }
        painter.end();
        icon.addPixmap(image);
    }
    return icon;
}

} // namespace

void fillColourMenu(QMenu& menu, bool same, std::optional<int> now,
                    std::function<void(std::optional<int>)> chosen) {
    menu.clear();
    for (int i = 0; i < theme::kColours; ++i) {
        const bool ticked = same && now == i;
        auto* action = menu.addAction(swatch(theme::series(i), ticked),
                                      QStringLiteral("&%1  %2").arg(i + 1).arg(theme::colourName(i)));
        action->setObjectName(QStringLiteral("colour%1").arg(i));
        action->setIconVisibleInMenu(true);
        if (ticked) action->setToolTip(tr("the colour they have"));
        QObject::connect(action, &QAction::triggered, &menu, [chosen, i] { chosen(i); });
    }
    menu.addSeparator();
    auto* own = menu.addAction(tr("&Own colour"));
    own->setObjectName(QStringLiteral("colourOwn"));
    own->setEnabled(!same || now);
    QObject::connect(own, &QAction::triggered, &menu, [chosen] { chosen(std::nullopt); });
}

} // namespace descent::ui
