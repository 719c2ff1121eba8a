#include "core/store/checkpoint_file.h"

#include "core/base/result.h"
#include "core/store/file_replacement.h"
#include "tests/base/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstring>

namespace descent {

using ::testing::HasSubstr;
using testing::read_text;
using testing::TemporaryFolder;

namespace {

TensorFile::Tensor tensor(std::string name, std::string dtype, std::vector<std::int64_t> shape,
                          std::size_t bytes) {
    TensorFile::Tensor t{std::move(name), std::move(dtype), std::move(shape), std::vector<std::byte>(bytes)};
    for (std::size_t i = 0; i < bytes; ++i) t.data[i] = static_cast<std::byte>(i * 7 + bytes);
    return t;
}

TensorFile example() {
    TensorFile content;
    content.tensors = {tensor("weight", "F32", {2, 3}, 24), tensor("a/ä \"quoted\"", "F64", {}, 8),
                       tensor("step", "I64", {1}, 8), tensor("none", "F32", {0, 5}, 0),
                       tensor("mask", "U8", {3}, 3)};
    content.metadata = {{"format", "pt"}, {"stream/init", std::string(3000, '7')}};
    return content;
}

void expect_equal(const TensorFile& a, const TensorFile& b) {
    EXPECT_EQ(a.metadata, b.metadata);
    ASSERT_EQ(a.tensors.size(), b.tensors.size());
    for (const auto& t : a.tensors) {
        const auto found = std::ranges::find(b.tensors, t.name, &TensorFile::Tensor::name);
        ASSERT_NE(found, b.tensors.end()) << t.name;
        EXPECT_EQ(found->dtype, t.dtype);
        EXPECT_EQ(found->shape, t.shape);
        EXPECT_EQ(found->data, t.data);
    }
}

std::string with_header(const std::string& header, const std::string& data) {
    const std::uint64_t size = header.size();
    std::string bytes(sizeof size, '\0');
    std::memcpy(bytes.data(), &size, sizeof size);
    return bytes + header + data;
}

/// What the file says, read either way; that both see the same is part of every test here.
TensorFile read_both(const std::filesystem::path& file) {
    std::string refusal;
    try {
        const MappedTensors mapped(file);
        const auto whole = read_tensor_file(file);
        EXPECT_EQ(mapped.bytes(), read_text(file));
        EXPECT_EQ(mapped.find("no such tensor"), nullptr);
        EXPECT_EQ(mapped.entries().size(), whole.tensors.size());
        for (std::size_t i = 0; i < whole.tensors.size(); ++i) {
            const auto& entry = mapped.entries()[i];
            EXPECT_EQ(entry.name, whole.tensors[i].name);
            EXPECT_EQ(entry.dtype, whole.tensors[i].dtype);
            EXPECT_EQ(entry.shape, whole.tensors[i].shape);
            EXPECT_TRUE(std::ranges::equal(entry.data, whole.tensors[i].data));
            EXPECT_EQ(mapped.find(entry.name), &entry);
        }
        return whole;
    } catch (const InputError& e) {
        refusal = e.what();
    }
    try {
        read_tensor_file(file);
    } catch (const InputError& e) {
        if (std::filesystem::is_regular_file(file)) {
            EXPECT_EQ(e.what(), refusal);
        }
        throw;
    }
    ADD_FAILURE() << "refused only where it is mapped: " << refusal;
    return {};
}

} // namespace

TEST(TensorFile, RoundTrips) {
    const TemporaryFolder folder;
    const auto file = folder.file("a.safetensors");
    const TensorFile content = example();
    const std::int64_t size = write_tensor_file(file, content);
    EXPECT_EQ(size, static_cast<std::int64_t>(std::filesystem::file_size(file)));
    expect_equal(read_both(file), content);
    EXPECT_EQ(folder.entries(), 1u) << "nothing but the file is left";
    write_tensor_file(file, {});
    expect_equal(read_both(file), {});
    EXPECT_EQ(read_both(folder.write("b", with_header("{}", ""))).tensors.size(), 0u);
}

TEST(TensorFile, IsWhatOthersRead) {
    const TemporaryFolder folder;
    const auto file = folder.file("a.safetensors");
    TensorFile content;
    content.tensors = {tensor("b", "F32", {2}, 8), tensor("a", "U8", {3}, 3)};
    write_tensor_file(file, content);
    const std::string bytes = read_text(file);
    std::uint64_t size = 0;
    std::memcpy(&size, bytes.data(), sizeof size);
    EXPECT_EQ(size % 8, 0u);
    const auto header = nlohmann::json::parse(bytes.substr(8, size));
    EXPECT_EQ(header, nlohmann::json::parse(R"({"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
                                                "a":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}})"));
    EXPECT_EQ(read_both(file).tensors[0].name, "b") << "in the order of the data";
}

TEST(TensorFile, RefusesEveryTruncation) {
    const TemporaryFolder folder;
    TensorFile content = example();
    content.metadata = {{"format", "pt"}};
    write_tensor_file(folder.file("whole"), content);
    const std::string bytes = read_text(folder.file("whole"));
    for (std::size_t length = 0; length < bytes.size(); ++length)
        ASSERT_THROW(read_both(folder.write("cut", bytes.substr(0, length))), InputError) << length;
    EXPECT_THROW(read_both(folder.write("long", bytes + "x")), InputError);
    EXPECT_THROW(read_both(folder.file("absent")), InputError);
    EXPECT_THROW(read_both(folder.path()), InputError);
}

TEST(TensorFile, StandsEveryDamagedByte) {
    const TemporaryFolder folder;
    TensorFile content;
    content.tensors = {tensor("w", "F32", {2}, 8), tensor("v", "I64", {1}, 8)};
    content.metadata = {{"k", "v"}};
    write_tensor_file(folder.file("whole"), content);
    const std::string bytes = read_text(folder.file("whole"));
    for (std::size_t i = 0; i < bytes.size(); ++i)
        for (const int flip : {0x01, 0x80, 0xff}) {
            std::string damaged = bytes;
            damaged[i] = static_cast<char>(damaged[i] ^ flip);
            try {
                read_both(folder.write("damaged", damaged)); // a changed value or name is still well formed
            } catch (const InputError&) {
            }
        }
}

TEST(TensorFile, RefusesDamagedHeaders) {
    const TemporaryFolder folder;
    const std::string data(16, 'x');
    const auto refused = [&](const std::string& header) {
        try {
            read_both(folder.write("bad", with_header(header, data)));
        } catch (const InputError& e) {
            return std::string(e.what());
        }
        return std::string("accepted");
    };
    EXPECT_EQ(refused(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})"), "accepted");
    EXPECT_EQ(refused(R"({"a":{"dtype":"BF16","shape":[8],"data_offsets":[0,16]}})"), "accepted");
    for (
        const char* header : {
            "",
            "[]",
            "null",
            "{",
            "\xff",
            R"({"a":1})",
            R"({"a":{}})",
            R"({"a":{"dtype":4,"shape":[4],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F31","shape":[4],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":[5],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":[4.0],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":4,"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0]}})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[16,32]}})",
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
            R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}})",
            R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})",
            R"({"a":{"dtype":"F64","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,16]}})",
            R"({"a":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,18446744073709551615]}})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"__metadata__":[]})",
            R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"__metadata__":{"k":1}})",
        })
        EXPECT_THAT(refused(header),
                    HasSubstr(folder.file("bad").string() + ": not a whole safetensors file: "))
            << header;

    std::string huge(8, '\xff');
    EXPECT_THROW(read_both(folder.write("huge", huge)), InputError);
    huge = std::string("\x00\x00\x00\x05\x00\x00\x00\x00", 8); // 80 MiB of header
    EXPECT_THROW(read_both(folder.write("huge", huge)), InputError);
}

TEST(TensorFile, RefusesToWriteNonsense) {
    const TemporaryFolder folder;
    const auto file = folder.file("a");
    TensorFile content;
    content.tensors = {tensor("a", "F32", {3}, 8)};
    EXPECT_THROW(write_tensor_file(file, content), std::runtime_error);
    content.tensors = {tensor("a", "F32", {2}, 8), tensor("a", "F32", {2}, 8)};
    EXPECT_THROW(write_tensor_file(file, content), std::runtime_error);
    EXPECT_EQ(folder.entries(), 0u);
}

TEST(AtomicFile, ReplacesWhole) {
    const TemporaryFolder folder;
    const auto file = folder.write("a.txt", "old");
    write_file_atomically(file, "new");
    EXPECT_EQ(read_text(file), "new");
    write_file_atomically(file, "");
    EXPECT_EQ(read_text(file), "");
    EXPECT_EQ(folder.entries(), 1u);
}

TEST(AtomicFile, LeavesTheOldOneWhenItCannotWrite) {
    const TemporaryFolder folder;
    const auto file = folder.write("a.txt", "old");
    std::filesystem::create_directory(folder.file("directory"));
    EXPECT_THROW(write_file_atomically(folder.file("directory"), "new"), std::runtime_error);
    EXPECT_THROW(write_file_atomically(folder.path() / "no/such/folder.txt", "new"), std::runtime_error);
    EXPECT_THROW(write_file_atomically("/dev/null", "new"), std::runtime_error) << "devices are not replaced";
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));

    // A full disk: the limit on file sizes fails the write in the same place.
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{4096, before.rlim_max};
    auto* handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    std::string message;
    try {
        write_file_atomically(file, std::string(100'000, 'x'));
    } catch (const std::runtime_error& e) {
        message = e.what();
    }
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_THAT(message, HasSubstr("cannot write '" + file.string() + "': "));
    EXPECT_EQ(read_text(file), "old");
    EXPECT_EQ(folder.entries(), 2u) << "the temporary file is gone";
}

} // namespace descent
