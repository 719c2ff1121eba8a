#pragma once

#include "core/engine/engine.h"
#include "core/text/text_summary.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace descent::test {

/// The fake engine's task of texts: opinions on films, of which it makes forty of 5 to 44 tokens.
inline Entry fakeTextTask() {
    return {.id = "text",
            .title = "Texts",
            .summary = "Tell the class of a text",
            .params = {
                path("source", "", "File or folder of labelled texts; empty for built-in, synthetic ones"),
                path("test_source", "", "The test's texts"),
                choice("layout", "detect", {"detect", "table", "folders", "files", "lines"}, "How they lie"),
                choice("encoding", "utf-8", {"utf-8", "latin-1"}, "Of the files"),
                text("delimiter", "", "Between a table's fields"),
                choice("header", "detect", {"detect", "yes", "no"}, "Whether its first row has names"),
                text("label_column", "", "A table's column of labels"),
                text("text_columns", "", "A table's columns of text")}};
}

inline std::string fakeText(int i) {
    return (i % 2 ? "A fine film, number " : "A dull film, number ") + std::to_string(i);
}

/// All but the counts and the samples.
inline void describeFakeTexts(Inspection& found, bool built_in) {
    found.provenance.data_hash = "7e47";
    found.provenance.classes = {"negative", "positive"};
    if (built_in) found.provenance.data_source = "built-in, synthetic";
    found.duplicates = 0;
    found.notes = {"read as a table", "vocabulary: 3 words", "lengths: short"};
    TextSummary texts;
    texts.synthetic = built_in;
    std::array<std::vector<std::uint32_t>, 3> tokens;
    for (std::uint32_t i = 0; i < 40; ++i) tokens[i % 3].push_back(5 + i);
    texts.count_lengths(tokens);
    texts.cut_at = 30;
    texts.cut_texts = 14;
    texts.vocabulary = 3;
    texts.words = 5;
    texts.tokens = {100, 40, 0};
    texts.known = {90, 30, 0};
    texts.commonest = {{"film", 40}, {"fine", 20}, {"a \"quote\"", 2}};
    found.provenance.data_report = to_json(texts).dump();
}

} // namespace descent::test
