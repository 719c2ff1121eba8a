#include "core/analysis/weight_masks.h"

#include "core/base/result.h"
#include "core/store/checkpoint_file.h"
#include "tests/base/temporary_folder.h"

#include <gmock/gmock.h>

#include <cstring>

namespace descent {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template<class T>
TensorFile::Tensor tensor(const std::string& name, const std::string& dtype, std::vector<std::int64_t> shape,
                          const std::vector<T>& values) {
    TensorFile::Tensor made{name, dtype, std::move(shape), {}};
    made.data.resize(values.size() * sizeof(T));
    std::memcpy(made.data.data(), values.data(), made.data.size());
    return made;
}

/// Two filters of 2 × 2: five of eight weights are kept, nothing of the second column. A bias has no mask.
TensorFile saved() {
    return {{tensor<float>("model/conv.weight", "F32", {2, 2, 2}, {1, 0, 0.5F, -2, 0.25F, 0, 4, 0}),
             tensor<float>("model/conv.bias", "F32", {2}, {1, 1}),
             tensor<double>("model/output.weight", "F64", {1, 2}, {0, 3}),
             tensor<std::uint8_t>("mask/conv.weight", "U8", {2, 2, 2}, {1, 0, 1, 1, 1, 0, 1, 0}),
             tensor<std::uint8_t>("mask/output.weight", "U8", {1, 2}, {0, 1})},
            {}};
}

std::string refusal(const std::filesystem::path& file, const std::vector<std::string>& layers) {
    const auto read = guarded([&] { return read_masks(file, layers); });
    return read ? "" : read.error().message;
}

} // namespace

TEST(WeightMasks, AreReadFromACheckpointAsMatrices) {
    const testing::TemporaryFolder folder;
    const auto file = folder.file("a.safetensors");
    write_tensor_file(file, saved());
    const auto network = read_masks(file, {});
    ASSERT_EQ(network.layers.size(), 2u);
    const auto& conv = network.layers[0];
    EXPECT_EQ(conv.name, "conv.weight");
    EXPECT_THAT(conv.shape, ElementsAre(2, 2, 2));
    EXPECT_EQ(conv.rows, 2);
    EXPECT_EQ(conv.columns, 4);
    EXPECT_EQ(conv.left(), 5);
    EXPECT_EQ(conv.density(), 5 / 8.0);
    EXPECT_THAT(conv.row_density(), ElementsAre(0.75, 0.5));
    EXPECT_THAT(conv.column_density(), ElementsAre(1, 0, 1, 0.5));
    EXPECT_THAT(conv.weights, ElementsAre(1, 0, 0.5, -2, 0.25, 0, 4, 0));
    EXPECT_THAT(network.layers[1].weights, ElementsAre(0, 3)) << "of doubles too";
    EXPECT_EQ(mask_sentence(conv),
              "conv.weight [2, 2, 2] keeps 5 of 8 weights (62.5%); 0 of 2 rows and 1 of 4 "
              "columns have none");
    // Only what is asked for: an embedding has a mask too, which keeps all of it.
    EXPECT_EQ(read_masks(file, {"output.weight"}).layers.size(), 1u);
}

TEST(WeightMasks, SayWhatIsWrongWithAFile) {
    const testing::TemporaryFolder folder;
    const auto file = folder.file("a.safetensors");
    write_tensor_file(file, saved());
    EXPECT_THAT(refusal(file, {"conv.bias"}), HasSubstr("has no mask of 'conv.bias'"));
    auto broken = saved();
    broken.tensors[0].shape = {4, 2};
    write_tensor_file(file, broken);
    EXPECT_THAT(refusal(file, {}), HasSubstr("the mask of 'conv.weight' does not fit its weights"));
}

TEST(WeightMasks, AreDrawnInBlocksWhereTheyAreLarge) {
    const testing::TemporaryFolder folder;
    const auto file = folder.file("a.safetensors");
    write_tensor_file(file, saved());
    const auto network = read_masks(file, {});
    const auto whole = mask_grid(network.layers[0], 512);
    EXPECT_EQ(whole.rows, 2);
    EXPECT_EQ(whole.columns, 4);
    EXPECT_EQ(whole.block_columns, 1);
    EXPECT_THAT(whole.kept, ElementsAre(1, 0, 1, 1, 1, 0, 1, 0));
    EXPECT_EQ(whole.largest, 4);
    // Three cells of two columns are more than there are: the last block is of what is left.
    const auto blocks = mask_grid(network.layers[0], 3);
    EXPECT_EQ(blocks.rows, 2);
    EXPECT_EQ(blocks.columns, 2);
    EXPECT_EQ(blocks.block_columns, 2);
    EXPECT_THAT(blocks.kept, ElementsAre(0.5, 1, 0.5, 0.5));
    EXPECT_THAT(blocks.value, ElementsAre(1, -0.75, 0.25, 4)) << "the mean of those that are kept";
}

TEST(WeightMasks, AreWrittenAsTableAndPicture) {
    const testing::TemporaryFolder folder;
    const auto file = folder.file("a.safetensors");
    write_tensor_file(file, saved());
    const auto network = read_masks(file, {});
    EXPECT_THAT(masks_csv(network), HasSubstr("layer,row,column,kept,weight\nconv.weight,0,0,1,1\n"
                                              "conv.weight,0,1,0,0\nconv.weight,0,2,1,0.5\n"));
    EXPECT_THAT(masks_csv(network), HasSubstr("output.weight,0,1,1,3\n"));
    EXPECT_EQ(mask_pgm(network.layers[1]), std::string("P5\n2 1\n255\n") + std::string("\0\xff", 2));
}

} // namespace descent
