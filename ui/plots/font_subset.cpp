#include "ui/plots/font_subset.h"

#include <QRawFont>

#include <hb-subset.h>
#include <hb.h>

#include <map>
#include <memory>

namespace descent::ui {

namespace {

template<auto destroy>
struct Destroy {
    template<class T>
    void operator()(T* it) const {
        destroy(it);
    }
};
using Face = std::unique_ptr<hb_face_t, Destroy<hb_face_destroy>>;
using Input = std::unique_ptr<hb_subset_input_t, Destroy<hb_subset_input_destroy>>;
using Blob = std::unique_ptr<hb_blob_t, Destroy<hb_blob_destroy>>;

/// A font's tables, kept for as long as the face: HarfBuzz 6 reads on in a table after it has given it back.
struct Tables {
    QRawFont font;
    std::map<hb_tag_t, QByteArray> kept{};
};

hb_blob_t* table(hb_face_t*, hb_tag_t tag, void* tables) {
    if (tag == HB_TAG_NONE) return nullptr; // the whole file, which there is none of
    const char name[5] = {HB_UNTAG(tag), 0};
    auto& [font, kept] = *static_cast<Tables*>(tables);
    const auto [entry, is_new] = kept.try_emplace(tag);
    if (is_new) entry->second = font.fontTable(name);
    const QByteArray& data = entry->second;
    if (data.isEmpty()) return nullptr;
    return hb_blob_create(data.constData(), unsigned(data.size()), HB_MEMORY_MODE_READONLY, nullptr, nullptr);
}

bool outlines(const QRawFont& font) {
    return font.isValid() && (!font.fontTable("glyf").isEmpty() || !font.fontTable("CFF ").isEmpty());
}

/// OpenType's OS/2: version 2, …, fsType at byte 8.
bool mayTravel(const QRawFont& font) {
    constexpr unsigned kRestricted = 0x0002, kOtherKinds = 0x000c, kNoSubset = 0x0100, kBitmapOnly = 0x0200;
    const QByteArray os2 = font.fontTable("OS/2");
    if (os2.size() < 10) return true;
    const unsigned bits = unsigned(quint8(os2[8])) << 8 | quint8(os2[9]);
    if (bits & (kNoSubset | kBitmapOnly)) return false;
    return !(bits & kRestricted) || (bits & kOtherKinds);
}

} // namespace

QByteArray fontSubset(const QFont& font, const QSet<char32_t>& characters) {
    Tables tables{QRawFont::fromFont(font)};
    if (!outlines(tables.font) || !mayTravel(tables.font)) return {};
    const Face face(hb_face_create_for_tables(table, &tables, nullptr));
    const Input input(hb_subset_input_create_or_fail());
    if (!input) return {};
    for (const char32_t c : characters) hb_set_add(hb_subset_input_unicode_set(input.get()), c);
    const Face subset(hb_subset_or_fail(face.get(), input.get()));
    if (!subset) return {};
    const Blob blob(hb_face_reference_blob(subset.get()));
    unsigned size = 0;
    const char* bytes = hb_blob_get_data(blob.get(), &size);
    return {bytes, qsizetype(size)};
}

bool canEmbed(const QFont& font, const QString& text) {
    const QRawFont raw = QRawFont::fromFont(font);
    if (!outlines(raw) || !mayTravel(raw)) return false;
    for (const char32_t c : text.toUcs4())
        if (!raw.supportsCharacter(uint(c))) return false;
    return true;
}

QString familyInUse(const QFont& font) {
    return QRawFont::fromFont(font).familyName();
}

} // namespace descent::ui
