#include "ui/plots/ticks.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace descent::ui {

namespace {

double stepFor(double low, double high, int most) {
    const double rough = high / std::max(1, most) - low / std::max(1, most); // of any two doubles finite
    if (!(rough > 0) || !std::isfinite(rough)) return 1;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (power * factor >= rough * (1 - 1e-9)) return power * factor;
    return power * 10;
}

QString plain(double value, int decimals) {
    QString text = QString::number(value, 'f', std::clamp(decimals, 0, 12));
    if (text.startsWith(QLatin1Char('-'))) text[0] = QChar(0x2212);
    return text;
}

QString superscript(int exponent) {
    static const QString digits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text = QString::number(std::abs(exponent));
    for (QChar& c : text) c = digits[c.digitValue()];
    return exponent < 0 ? QChar(0x207B) + text : text;
}

QString label(double value, double step) {
    if (std::abs(value) < step * 1e-6) return QStringLiteral("0");
    const double size = std::max(std::abs(value), step);
    if (step >= 1e3 || size >= 1e4) {
        static constexpr std::array<std::pair<double, char>, 3> prefixes{
            {{1e9, 'G'}, {1e6, 'M'}, {1e3, 'k'}}};
        for (const auto& [unit, prefix] : prefixes)
            if (size >= unit) {
                const int decimals = int(std::ceil(-std::log10(step / unit) - 1e-9));
                return plain(value / unit, decimals) + QChar(QLatin1Char(prefix));
            }
    }
    if (size < 1e-3) {
        const int exponent = int(std::floor(std::log10(std::abs(value)) + 1e-9));
        const double mantissa = value / std::pow(10.0, exponent);
        int decimals = int(std::ceil(-std::log10(step / std::pow(10.0, exponent)) - 1e-9));
        if (decimals <= 1) decimals = std::abs(mantissa - std::round(mantissa)) < 1e-6 ? 0 : 1;
        return plain(mantissa, decimals) + QStringLiteral("e") +
               (exponent < 0 ? QString(QChar(0x2212)) : QString()) + QString::number(std::abs(exponent));
    }
    return plain(value, int(std::ceil(-std::log10(step) - 1e-9)));
}

} // namespace

std::vector<Tick> linearTicks(double low, double high, int most) {
    std::vector<Tick> ticks;
    if (!(high > low)) return ticks;
    const double step = stepFor(low, high, most);
    for (double k = std::ceil(low / step - 1e-6); k * step <= high + step * 1e-6; ++k)
        ticks.push_back({k * step, label(k * step, step)});
    return ticks;
}

std::vector<Tick> logTicks(double low, double high, int most) {
    std::vector<Tick> ticks;
    if (!(low > 0) || !(high > low)) return ticks;
    const double decades = std::log10(high / low);
    if (decades < 0.7)
        return linearTicks(low, high, most); // within less than a decade the usual steps read better
    const bool between = decades * 3 <= most;
    const int stride = std::max(1, int(std::ceil(decades / std::max(1, most))));
    for (int e = int(std::floor(std::log10(low))); e <= int(std::ceil(std::log10(high))); ++e) {
        const double power = std::pow(10.0, e);
        for (const int factor : {1, 2, 5}) {
            const double value = power * factor;
            if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) continue;
            if (factor != 1 && !between) continue;
            if (factor == 1 && e % stride != 0) continue;
            const bool short_form = e >= -3 && e < 4;
            ticks.push_back(
                {value, short_form ? plain(value, std::max(0, -e))
                                   : (factor == 1 ? QString() : QString::number(factor) + QChar(0x00B7)) +
                                         QStringLiteral("10") + superscript(e)});
        }
    }
    return ticks;
}

std::vector<double> minorLogTicks(double low, double high) {
    std::vector<double> ticks;
    if (!(low > 0) || !(high > low)) return ticks;
    const double decades = std::log10(high / low);
    if (decades < 0.7 || decades > 40) return ticks;
    for (int e = int(std::floor(std::log10(low))); e <= int(std::ceil(std::log10(high))); ++e)
        for (int factor = decades > 8 ? 10 : 2; factor <= 10; ++factor) {
            const double value = std::pow(10.0, e) * factor;
            if ((factor < 10 || decades > 8) && value > low && value < high) ticks.push_back(value);
        }
    return ticks;
}

void snapOutwards(double& low, double& high, int most) {
    const double step = stepFor(low, high, most);
    const double below = std::floor(low / step + 1e-6) * step, above = std::ceil(high / step - 1e-6) * step;
    if (std::isfinite(below)) low = below;
    if (std::isfinite(above)) high = above;
}

} // namespace descent::ui
