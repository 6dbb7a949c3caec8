#include "runtime/npy.h"

#include <gtest/gtest.h>

#include "runtime/atomic_file.h"
#include "tests/support/archives.h"
#include "tests/support/process.h"
#include "tests/unit/runtime/failure.h"

namespace snnc::runtime {
namespace {

using snnc::test::npy;
using snnc::test::TemporaryFolder;
using snnc::test::write_text;
using test::failure_of;
using test::kind_of_failure;

template <class T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

const std::string two_floats = bytes_of<float>({1, 2.5});

DataErrorKind refusal(const std::string& bytes) {
    return kind_of_failure([&] { parse_npy(bytes, "x.npy"); });
}

TEST(Npy, EveryElementType) {
    EXPECT_EQ(parse_npy(npy("'<f4'", "(2,)", two_floats), "x").to_f32(),
              (std::vector<float>{1, 2.5}));
    EXPECT_EQ(parse_npy(npy("'<f8'", "(2,)", bytes_of<double>({1, 1e300})), "x").to_f64(),
              (std::vector<double>{1, 1e300}));
    EXPECT_EQ(parse_npy(npy("'|u1'", "(2,)", {"\x00\xff", 2}), "x").to_i32(),
              (std::vector<std::int32_t>{0, 255}));
    EXPECT_EQ(parse_npy(npy("'<i4'", "(2,)", bytes_of<std::int32_t>({-1, 7})), "x").to_i32(),
              (std::vector<std::int32_t>{-1, 7}));
    EXPECT_EQ(parse_npy(npy("'<i8'", "(2,)", bytes_of<std::int64_t>({-1, 7})), "x").to_i32(),
              (std::vector<std::int32_t>{-1, 7}));
    EXPECT_EQ(parse_npy(npy("'|b1'", "(2,)", {"\x00\x01", 2}), "x").to_f32(),
              (std::vector<float>{0, 1}));
}

TEST(Npy, ShapesAreTuples) {
    const auto shape = [](const std::string& text, std::size_t bytes) {
        return parse_npy(npy("'|u1'", text, std::string(bytes, '\0')), "x").shape;
    };
    EXPECT_EQ(shape("()", 1), Shape{});
    EXPECT_EQ(shape("(3,)", 3), Shape{3});
    EXPECT_EQ(shape("(2, 3)", 6), (Shape{2, 3}));
    EXPECT_EQ(shape("(2, 0)", 0), (Shape{2, 0}));
}

TEST(Npy, ReadsWhatItWrites) {
    const TemporaryFolder folder;
    const std::string file = folder.file("x.npy");
    for (const Shape& shape : {Shape{}, Shape{3}, Shape{0}, Shape{2, 3}, Shape{4, 1, 5}}) {
        for (const Dtype dtype :
             {Dtype::F32, Dtype::F64, Dtype::U8, Dtype::I32, Dtype::I64, Dtype::Bool}) {
            Array array(dtype, shape);
            for (std::size_t i = 0; i < array.bytes.size(); ++i) array.bytes[i] = std::byte(i);
            write_npy(file, array);
            const Array read = read_npy(file);
            EXPECT_EQ(read.dtype, dtype);
            EXPECT_EQ(read.shape, shape);
            EXPECT_EQ(read.bytes, array.bytes);
        }
    }
}

TEST(Npy, WritesAsNumPyDoes) {
    const TemporaryFolder folder;
    write_npy(folder.file("x.npy"), Array::of_f32({1, 2}, std::vector<float>{1, 2.5}));
    const std::string bytes = read_file(folder.file("x.npy"));
    EXPECT_EQ((bytes.size() - two_floats.size()) % 64, 0u);  // data are aligned
    EXPECT_EQ(bytes, npy("'<f4'", "(1, 2)", two_floats));
}

TEST(Npy, LaterVersionsHaveALongerLengthField) {
    std::string bytes = npy("'<f4'", "(2,)", two_floats);
    for (const char version : {'\x02', '\x03'}) {
        bytes[6] = version;
        const std::string with_length =
            bytes.substr(0, 10) + std::string(2, '\0') + bytes.substr(10);
        EXPECT_EQ(parse_npy(with_length, "x").to_f32(), (std::vector<float>{1, 2.5}));
    }
    bytes[6] = '\x04';
    EXPECT_EQ(refusal(bytes), DataErrorKind::BadFormat);
}

TEST(Npy, FortranOrderIsReadIntoRowMajorOrder) {
    const auto read = [](const std::string& shape, const std::string& bytes) {
        return parse_npy(npy("'|u1'", shape, bytes, "True"), "x").to_i32();
    };
    EXPECT_EQ(read("(3,)", "\1\2\3"), (std::vector<std::int32_t>{1, 2, 3}));
    EXPECT_EQ(read("(2, 3)", "\1\2\3\4\5\6"), (std::vector<std::int32_t>{1, 3, 5, 2, 4, 6}));
    EXPECT_EQ(read("(2, 1, 2, 2)", "\1\2\3\4\5\6\7\10"),
              (std::vector<std::int32_t>{1, 5, 3, 7, 2, 6, 4, 8}));
    EXPECT_EQ(read("(2, 0)", ""), (std::vector<std::int32_t>{}));
    EXPECT_EQ(read("()", "\5"), (std::vector<std::int32_t>{5}));
    EXPECT_EQ(parse_npy(npy("'<f4'", "(1, 2)", two_floats, "True"), "x").to_f32(),
              (std::vector<float>{1, 2.5}));
}

TEST(Npy, OtherElementTypesAreRefusedByName) {
    for (const std::string descr : {"'>f4'", "'<f2'", "'<c8'", "'|O'", "[('a', '<f4')]"}) {
        const DataError error = failure_of([&] { parse_npy(npy(descr, "(2,)", two_floats), "x"); });
        EXPECT_EQ(error.kind, DataErrorKind::BadDtype) << descr;
        EXPECT_NE(std::string(error.what()).find(descr), std::string::npos) << error.what();
    }
}

TEST(Npy, FilesThatAreNoArrays) {
    EXPECT_EQ(refusal(""), DataErrorKind::FileEmpty);
    EXPECT_EQ(refusal("x,y\n1,2\n"), DataErrorKind::BadFormat);
    EXPECT_EQ(refusal("x"), DataErrorKind::BadFormat);
}

TEST(Npy, TheDataMustFitTheShape) {
    const DataError cut = failure_of([] { parse_npy(npy("'<f4'", "(3,)", two_floats), "x"); });
    EXPECT_EQ(cut.kind, DataErrorKind::FileTruncated);
    EXPECT_STREQ(cut.what(), "is cut short: shape [3] needs 12 bytes of data, the file has 8");
    EXPECT_EQ(refusal(npy("'<f4'", "(1,)", two_floats)), DataErrorKind::BadFormat);
}

TEST(Npy, BadHeaders) {
    for (const std::string shape :
         {"(-2,)", "2", "(2.5,)", "(99999999999999999999,)", "(4294967296, 4294967296)"})
        EXPECT_EQ(refusal(npy("'<f4'", shape, two_floats)), DataErrorKind::BadFormat) << shape;
    EXPECT_EQ(refusal(npy("'<f4'", "(2,)", two_floats, "Maybe")), DataErrorKind::BadFormat);
}

/// A header may have 65535 bytes; reading it must not need a stack of that depth.
TEST(Npy, LongHeaders) {
    const std::string spaces(60000, ' ');
    EXPECT_EQ(parse_npy(npy("'<f4'" + spaces, "(2,)", two_floats), "x").shape, Shape{2});
    EXPECT_EQ(parse_npy(npy("'<f4'", "(" + spaces + "2,)", two_floats), "x").shape, Shape{2});
    EXPECT_EQ(refusal(npy("'" + std::string(60000, 'f') + "'", "(2,)", two_floats)),
              DataErrorKind::BadDtype);
}

TEST(Npy, DamageIsRefusedWhereverItIs) {
    test::read_damaged(npy("'<f4'", "(1, 2)", two_floats),
                       [](const std::string& bytes) { parse_npy(bytes, "x"); });
}

TEST(Npz, MembersAreNamedBehindAColon) {
    const TemporaryFolder folder;
    const std::string file = folder.file("a.npz");
    write_text(file,
               snnc::test::zip({{"x.npy", npy("'<f4'", "(2,)", two_floats)}, {"notes.txt", "hi"}}));
    EXPECT_EQ(read_npy(file + ":x").to_f32(), (std::vector<float>{1, 2.5}));
    EXPECT_EQ(npz_members(file), std::vector<std::string>{"x"});
    EXPECT_EQ(kind_of_failure([&] { read_npy(file + ":y"); }), DataErrorKind::TensorMissing);
}

TEST(Npy, AMissingFile) {
    EXPECT_EQ(kind_of_failure([] { read_npy("/no/such/file.npy"); }), DataErrorKind::FileMissing);
}

}  // namespace
}  // namespace snnc::runtime
