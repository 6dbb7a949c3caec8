#include "runtime/safetensors.h"

#include <gtest/gtest.h>

#include "runtime/atomic_file.h"
#include "tests/support/process.h"
#include "tests/unit/runtime/failure.h"

namespace snnc::runtime {
namespace {

using snnc::test::TemporaryFolder;
using test::failure_of;
using test::kind_of_failure;

std::string with_length(std::uint64_t length, const std::string& header) {
    return std::string(reinterpret_cast<const char*>(&length), 8) + header;
}

/// A file with this header and eight bytes of data.
std::string file_of(const std::string& header) {
    return with_length(header.size(), header) + "12345678";
}

std::string entry(const std::string& name, const std::string& shape, const std::string& offsets,
                  const std::string& dtype = "F32") {
    return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape +
           ",\"data_offsets\":" + offsets + "}";
}

class Safetensors : public testing::Test {
 protected:
    TensorFile read(const std::string& bytes) {
        snnc::test::write_text(file_, bytes);
        return read_safetensors(file_);
    }
    DataErrorKind refusal(const std::string& bytes) {
        return kind_of_failure([&] { read(bytes); });
    }
    const TemporaryFolder folder_;
    const std::string file_ = folder_.file("w.safetensors");
};

TEST_F(Safetensors, ReadWhatTheyWrite) {
    TensorFile file;
    file.metadata["format"] = "pt";
    int seed = 0;
    for (const Dtype dtype :
         {Dtype::F32, Dtype::F64, Dtype::U8, Dtype::I32, Dtype::I64, Dtype::Bool}) {
        Array array(dtype, {3, 1});
        for (std::byte& byte : array.bytes) byte = std::byte(seed += 7);
        file.tensors[name_of(dtype)] = array;
    }
    file.tensors["scalar"] = Array(Dtype::F32, {});
    file.tensors["none"] = Array(Dtype::F32, {0, 4});
    write_safetensors(file_, file);

    const TensorFile found = read_safetensors(file_);
    EXPECT_EQ(found.metadata, file.metadata);
    ASSERT_EQ(found.tensors.size(), file.tensors.size());
    for (const auto& [name, array] : file.tensors) {
        const Array& same = found.tensors.at(name);
        EXPECT_EQ(same.dtype, array.dtype) << name;
        EXPECT_EQ(same.shape, array.shape) << name;
        EXPECT_EQ(same.bytes, array.bytes) << name;
    }
}

TEST_F(Safetensors, EqualContentsGiveEqualFiles) {
    TensorFile file;
    file.tensors["b"] = Array(Dtype::F32, {2});
    file.tensors["a"] = Array(Dtype::F32, {1});
    write_safetensors(file_, file);
    const std::string first = read_file(file_);
    write_safetensors(file_, file);
    EXPECT_EQ(read_file(file_), first);
    // Tensors lie in the order of their names, behind a header of whole eight bytes.
    EXPECT_EQ(first.substr(8, first.size() - 8 - 12),
              R"({"a":{"data_offsets":[0,4],"dtype":"F32","shape":[1]},)"
              R"("b":{"data_offsets":[4,12],"dtype":"F32","shape":[2]}}    )");
}

TEST_F(Safetensors, ReadsAHeaderInAnyOrder) {
    const TensorFile file = read(
        file_of("{" + entry("b", "[1]", "[4,8]") + "," + entry("a", "[4]", "[0,4]", "U8") + "}"));
    EXPECT_EQ(file.tensors.at("a").to_i32(), (std::vector<std::int32_t>{'1', '2', '3', '4'}));
    EXPECT_EQ(file.tensors.at("b").shape, Shape{1});
}

TEST_F(Safetensors, EmptyTensorsOverlapNothing) {
    const TensorFile file =
        read(file_of("{" + entry("a", "[2]", "[0,8]") + "," + entry("z", "[0]", "[0,0]") + "," +
                     entry("y", "[0]", "[4,4]") + "}"));
    EXPECT_EQ(file.tensors.size(), 3u);
}

TEST_F(Safetensors, FilesThatAreCutShort) {
    EXPECT_EQ(refusal(""), DataErrorKind::FileEmpty);
    EXPECT_EQ(refusal("1234"), DataErrorKind::FileTruncated);
    EXPECT_EQ(refusal(with_length(100, "{}")), DataErrorKind::FileTruncated);
    EXPECT_EQ(refusal(file_of("{" + entry("a", "[3]", "[0,12]") + "}")),
              DataErrorKind::FileTruncated);
}

TEST_F(Safetensors, AHeaderTooLongToBeTrue) {
    EXPECT_EQ(refusal(with_length(UINT64_MAX, "{}")), DataErrorKind::BadFormat);
    EXPECT_EQ(refusal(with_length(std::uint64_t(1) << 40, "{}")), DataErrorKind::BadFormat);
}

TEST_F(Safetensors, BadHeaders) {
    const std::string good = entry("a", "[1]", "[0,4]");
    for (const std::string& header :
         {std::string("no JSON"), std::string("[]"), "{" + good, "{" + good + ",}",
          std::string("{\"a\":1}"), std::string("{\"a\":{\"dtype\":\"F32\"}}"),
          "{" + entry("a", "[1]", "[0]") + "}", "{" + entry("a", "[1]", "[4,0]") + "}",
          "{" + entry("a", "[1]", "[-4,0]") + "}", "{" + entry("a", "[1]", "[0,4.0]") + "}",
          "{" + entry("a", "[-1]", "[0,4]") + "}", "{" + entry("a", "1", "[0,4]") + "}",
          "{" + entry("a", "[2]", "[0,4]") + "}",
          "{" + entry("a", "[4294967296,4294967296]", "[0,4]") + "}",
          "{" + entry("a", "[18446744073709551615]", "[0,4]") + "}"})
        EXPECT_EQ(refusal(file_of(header)), DataErrorKind::BadFormat) << header;
}

TEST_F(Safetensors, MetadataAreTexts) {
    EXPECT_EQ(read(file_of(R"({"__metadata__":{"k":"v"}})")).metadata.at("k"), "v");
    for (const std::string metadata : {"\"text\"", "[\"text\"]", "null", "{\"k\":1}"})
        EXPECT_EQ(refusal(file_of("{\"__metadata__\":" + metadata + "}")), DataErrorKind::BadFormat)
            << metadata;
}

TEST_F(Safetensors, OtherElementTypesAreRefusedByName) {
    const DataError error =
        failure_of([&] { read(file_of("{" + entry("fc1.weight", "[2]", "[0,4]", "BF16") + "}")); });
    EXPECT_EQ(error.kind, DataErrorKind::BadDtype);
    EXPECT_STREQ(error.what(), "tensor fc1.weight has dtype BF16, which cannot be read");
}

TEST_F(Safetensors, TensorsMayNotOverlap) {
    EXPECT_EQ(
        refusal(file_of("{" + entry("a", "[1]", "[0,4]") + "," + entry("b", "[1]", "[2,6]") + "}")),
        DataErrorKind::BadFormat);
    EXPECT_EQ(
        refusal(file_of("{" + entry("a", "[2]", "[0,8]") + "," + entry("b", "[1]", "[4,8]") + "}")),
        DataErrorKind::BadFormat);
}

TEST_F(Safetensors, DamageIsRefusedWhereverItIs) {
    const std::string header =
        "{\"__metadata__\":{\"k\":\"v\"}," + entry("a", "[2]", "[0,8]") + "}";
    test::read_damaged(file_of(header), [&](const std::string& bytes) { read(bytes); });
}

}  // namespace
}  // namespace snnc::runtime
