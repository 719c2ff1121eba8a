#pragma once

#include "core/tasks/task.h"
#include "core/text/made_texts.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace descent {

/// The tasks of classifying texts: what a model of texts can run.
inline const std::vector<std::string> kTextTasks{"trec", "ag-news",       "tweets",
                                                 "imdb", "yelp-polarity", "text"};

/// In what one task of texts differs from another.
struct TextTask {
    std::string id, title, summary;
    /// The built-in texts: so many, with a share of labels drawn anew. They are synthetic.
    std::function<MadeTexts(std::int64_t count, double label_noise)> make;
    std::int64_t examples = 4000;               ///< of them, at first
    std::int64_t longest = 200;                 ///< tokens of a text
    std::string encoding = "utf-8";             ///< its published files'
    double test_share = 0.15;                   ///< split off where there is no file for the test
    std::string vectors = "ppmi";               ///< vector_kind at first
    std::map<std::string, std::string> names{}; ///< what the labels of its published files mean
    std::int64_t micro_batch = 256;             ///< texts a pass, so that long ones fit into memory
};

/// Texts are read once and not kept: of each its class, its words by number up to max_length, and a hash that
/// keeps equal texts on one side of the split. The vocabulary is that of the training texts alone.
TaskDefinition text_task(TextTask what);

} // namespace descent
