#pragma once

#include "core/store/reader.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Which weights a pruned network has: read from the checkpoint it was last saved to, so that a mask can be
/// looked at without the engine. What throws, throws InputError. Thread: any.
namespace descent {

/// A weight that may be cut, as a matrix: its first dimension down (a row a unit or filter), all others
/// across (what the unit is connected with), as they lie in the file.
struct MaskedLayer {
    std::string name;                ///< "conv.0.weight"
    std::vector<std::int64_t> shape; ///< [100, 100, 3]
    std::int64_t rows = 0, columns = 0;
    std::vector<std::uint8_t> kept; ///< rows × columns: 1 is kept, 0 cut
    std::vector<double> weights;    ///< rows × columns; 0 where cut

    std::int64_t size() const { return rows * columns; }
    std::int64_t left() const; ///< kept
    double density() const;    ///< share that is kept
    std::vector<double> row_density() const, column_density() const;
};

struct MaskedNetwork {
    Update update;                   ///< that it was saved at
    std::vector<MaskedLayer> layers; ///< what could be cut, in the model's order
    const MaskedLayer* find(const std::string& layer) const;
};

/// Of a checkpoint file those layers that are named (all that have a mask where none is). Throws where the
/// file is damaged, or has no mask of a named layer.
MaskedNetwork read_masks(const std::filesystem::path& checkpoint, const std::vector<std::string>& layers);

/// Of a stored run, `store` being the file that `reader` reads. Throws where the run is not a pruned one, or
/// keeps no checkpoint.
MaskedNetwork masks_of(const StoreReader& reader, const std::filesystem::path& store, const RunRecord& run);

/// A layer in at most `most` × `most` cells of equal blocks, to be drawn.
struct MaskGrid {
    std::int64_t rows = 0, columns = 0;             ///< of cells
    std::int64_t block_rows = 1, block_columns = 1; ///< weights that a cell stands for, fewer at the end
    std::vector<float> kept;                        ///< share of the cell's weights
    std::vector<float> value;                       ///< mean of its kept weights, 0 where there is none
    float largest = 0;                              ///< of |value|
};
MaskGrid mask_grid(const MaskedLayer& layer, std::int64_t most);

/// "conv.0.weight [100, 100, 3] keeps 3,221 of 30,000 weights (10.7%); 4 of 100 rows and 12 of 300 columns
/// have none".
std::string mask_sentence(const MaskedLayer& layer);

/// Tidy, a row a weight: layer, row, column, kept, weight.
std::string masks_csv(const MaskedNetwork& network);
/// A grey image (PGM, binary) of one layer, a pixel a weight: white is kept, black cut.
std::string mask_pgm(const MaskedLayer& layer);

} // namespace descent
