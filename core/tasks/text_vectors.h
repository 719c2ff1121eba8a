#pragma once

#include "core/base/param.h"
#include "core/engine/examples.h"
#include "core/text/vocabulary.h"

#include <string>

namespace descent {

/// The parameters: vector_kind (`kind` at first), vectors, vector_dimension, vector_window, vector_shift.
ParamTable vector_params(const std::string& kind);

/// Word vectors for the words of a vocabulary, from a file or from the training texts (int32 [n, T], lengths
/// [n]), into `shape`. Those made from texts are cached, as other features are. Returns a sentence on them
/// for a person, "" where none are asked for. Throws InputError: a file that cannot be read or has none of
/// the words; a file named that is not asked for.
std::string add_vectors(const ParamSet& params, const Vocabulary& vocabulary, const Examples& train,
                        const Loading& loading, TextShape& shape, std::string& file_hash);

} // namespace descent
