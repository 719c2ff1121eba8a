"""Reference values for hashed features, made with scikit-learn: golden/text/hashing.json. See README.md."""
import json
import pathlib

import sklearn
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.utils import murmurhash3_32

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden" / "text"

WORDS = ["", "a", "ab", "abc", "abcd", "abcde", "the", "hello", "naïve", "Größe", "καλημέρα", "москва", "東京", "🙂", "x" * 1000]
SENTENCES = [
    "",
    "The film was not bad; not bad at all, I'd say.",
    "An under_score, 3 numbers: 42, 3.14 and v2.0!",
    "Die Größe der Straße überrascht, ÄRGERLICH naïve",
    "ΟΔΥΣΣΕΥΣ και η ΟΔΟΣ: Καλημέρα, κόσμε! ΣΑΣ Σ",
    "Съешь ещё этих мягких французских булок",
    "東京は日本の首都です。 ½ ² Ⅷ ٣٤",
    "हिन्दी भाषा, e\u0301te\u0301 and \u00e9t\u00e9",
    "İstanbul'da DİYARBAKIR 🙂🙂 ok",
    "tabs\tand\u00a0no-break\u2003spaces\u3000wide",
]
COLUMNS = [16, 1000, 2**20]


def features(columns, alternate):
    hashing = HashingVectorizer(n_features=columns, alternate_sign=alternate, norm=None)
    rows = hashing.transform(SENTENCES).tocsr()
    rows.sum_duplicates()
    return [
        [[int(c), float(v)] for c, v in zip(row.indices, row.data) if v != 0]
        for row in (rows[i] for i in range(len(SENTENCES)))
    ]


def main():
    GOLDEN.mkdir(exist_ok=True)
    analyse = HashingVectorizer().build_analyzer()
    content = {
        "sklearn": sklearn.__version__,
        "hashes": [[w, s, int(murmurhash3_32(w, seed=s, positive=True))] for w in WORDS for s in (0, 1, 0x9747B28C)],
        "sentences": [{"text": s, "tokens": analyse(s)} for s in SENTENCES],
        "features": [
            {"columns": c, "alternate_sign": a, "rows": features(c, a)} for c in COLUMNS for a in (True, False)
        ],
    }
    lines = ",\n".join(f'"{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in content.items())
    (GOLDEN / "hashing.json").write_text("{" + lines + "}\n")


if __name__ == "__main__":
    main()
