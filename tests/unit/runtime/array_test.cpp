#include "runtime/array.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace snnc::runtime {
namespace {

template <class T>
Array of(Dtype dtype, const std::vector<T>& values) {
    Array array(dtype, {std::int64_t(values.size())});
    std::copy(values.begin(), values.end(), array.as<T>().begin());
    return array;
}

TEST(Array, ElementTypesHaveNumPysNamesAndSizes) {
    EXPECT_STREQ(name_of(Dtype::F32), "float32");
    EXPECT_STREQ(name_of(Dtype::Bool), "bool");
    EXPECT_EQ(size_of(Dtype::F32), 4u);
    EXPECT_EQ(size_of(Dtype::I64), 8u);
    EXPECT_EQ(size_of(Dtype::Bool), 1u);
    EXPECT_TRUE(is_integer(Dtype::U8));
    EXPECT_TRUE(is_integer(Dtype::Bool));
    EXPECT_FALSE(is_integer(Dtype::F64));
}

TEST(Array, StartsAtZero) {
    const Array array(Dtype::I32, {2, 3});
    EXPECT_EQ(array.size(), 6);
    EXPECT_EQ(array.to_i32(), std::vector<std::int32_t>(6, 0));
}

TEST(Array, ScalarsHaveOneElementAndEmptyArraysNone) {
    EXPECT_EQ(Array(Dtype::F32, {}).size(), 1);
    EXPECT_EQ(Array(Dtype::F32, {3, 0}).size(), 0);
    EXPECT_EQ(to_string(Shape{}), "[]");
    EXPECT_EQ(to_string(Shape{25, 128, 10}), "[25, 128, 10]");
}

TEST(Array, FloatsLoseTheirFractionWhenTheyBecomeIntegers) {
    EXPECT_EQ(of<double>(Dtype::F64, {2.9, -2.9}).to_i32(), (std::vector<std::int32_t>{2, -2}));
}

TEST(Array, IntegersThatDoNotFitSaturate) {
    constexpr auto least = std::numeric_limits<std::int32_t>::min();
    constexpr auto most = std::numeric_limits<std::int32_t>::max();
    const double infinite = std::numeric_limits<double>::infinity();
    EXPECT_EQ(of<double>(Dtype::F64, {-3e9, 3e9, -infinite, infinite, NAN}).to_i32(),
              (std::vector<std::int32_t>{least, most, least, most, 0}));
    EXPECT_EQ(of<std::int64_t>(Dtype::I64, {INT64_MIN, INT64_MAX, -7}).to_i32(),
              (std::vector<std::int32_t>{least, most, -7}));
}

TEST(Array, EveryTypeBecomesFloat) {
    const std::vector<float> expected{0, 1, 200};
    EXPECT_EQ(Array::of_f32({3}, expected).to_f32(), expected);
    EXPECT_EQ(of<double>(Dtype::F64, {0, 1, 200}).to_f32(), expected);
    EXPECT_EQ(of<std::uint8_t>(Dtype::U8, {0, 1, 200}).to_f32(), expected);
    EXPECT_EQ(of<std::int32_t>(Dtype::I32, {0, 1, 200}).to_f32(), expected);
    EXPECT_EQ(of<std::int64_t>(Dtype::I64, {0, 1, 200}).to_f32(), expected);
    EXPECT_EQ(of<std::uint8_t>(Dtype::Bool, {0, 1}).to_f64(), (std::vector<double>{0, 1}));
}

TEST(Array, SizesThatDoNotFitAreRefused) {
    constexpr std::int64_t large = std::int64_t(1) << 40;
    EXPECT_THROW(element_count({-1}), std::overflow_error);
    EXPECT_THROW(element_count({large, large}), std::overflow_error);
    // The number of elements fits, the number of bytes (2^64) does not.
    EXPECT_THROW(Array(Dtype::F64, {std::int64_t(1) << 61}), std::overflow_error);
}

}  // namespace
}  // namespace snnc::runtime
