#pragma once

#include <QByteArray>
#include <QFont>
#include <QSet>

namespace descent::ui {

/// A font file with only what `characters` need, made from the tables of the font in use (so that no file has
/// to be found). Empty where the font cannot be taken along: it is no outline font, lacks one of them, or its
/// licence bits (OS/2 fsType) forbid embedding or subsetting. Thread: any.
QByteArray fontSubset(const QFont& font, const QSet<char32_t>& characters);
/// Whether the font itself, without another one's help, has all of the text and may be embedded.
bool canEmbed(const QFont& font, const QString& text);
/// The family that is really drawn with.
QString familyInUse(const QFont& font);

} // namespace descent::ui
