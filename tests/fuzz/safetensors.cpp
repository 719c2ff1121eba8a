#include "core/store/checkpoint_file.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>

using namespace descent;
using namespace descent::fuzzing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // An odd first byte: the rest is a file. An even one: a header by its length and the data, so that the
    // length before it is right.
    Input input(data, size);
    std::string bytes;
    if (input.byte() & 1) {
        bytes = input.rest();
    } else {
        const auto header = input.take(input.number());
        for (int i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
        bytes += header;
        bytes += input.rest();
    }
    const auto place = file("some.safetensors", bytes);
    TensorFile read;
    const bool whole = accepted([&] { read = read_tensor_file(place); });
    const bool mapped = accepted([&] {
        const MappedTensors tensors(place);
        hold(tensors.entries().size() == read.tensors.size(), "a file has the same tensors, read either way");
        for (std::size_t i = 0; i < read.tensors.size(); ++i) {
            const auto& entry = tensors.entries()[i];
            hold(entry.name == read.tensors[i].name && entry.dtype == read.tensors[i].dtype &&
                     entry.shape == read.tensors[i].shape &&
                     std::ranges::equal(entry.data, read.tensors[i].data),
                 "a tensor is the same, read either way");
        }
    });
    hold(whole == mapped, "a file is refused either way");
    if (!whole) return 0;
    const auto copy = folder() / "again.safetensors";
    write_tensor_file(copy, read);
    const auto again = read_tensor_file(copy);
    hold(again.metadata == read.metadata && again.tensors.size() == read.tensors.size(),
         "a file is written as it was read");
    for (const auto& tensor : read.tensors) {
        const auto same = std::ranges::find(again.tensors, tensor.name, &TensorFile::Tensor::name);
        hold(same != again.tensors.end() && same->shape == tensor.shape && same->dtype == tensor.dtype &&
                 same->data == tensor.data,
             "a tensor is written as it was read");
    }
    return 0;
}
