// Halide's products against plain sums, for shapes around the tile's edges and any number of rows.
#include "codegen/halide/products.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>

#include "codegen/llvm/jit.h"
#include "codegen/llvm/module.h"

namespace snnc::codegen {
namespace {

/// halide_buffer_t and halide_dimension_t (HalideRuntime.h).
struct Dimension {
    std::int32_t min, extent, stride;
    std::uint32_t flags;
};
struct HalideBuffer {
    std::uint64_t device;
    void* interface;
    void* host;
    std::uint64_t flags;
    std::uint8_t code, bits;
    std::uint16_t lanes;
    std::int32_t dimensions;
    Dimension* dim;
    void* padding;
};

/// A row-major matrix with a guard behind it that no kernel may touch.
struct Matrix {
    std::int64_t rows, columns;
    std::vector<float> values;
    Dimension dims[2];
    HalideBuffer buffer;

    Matrix(std::int64_t height, std::int64_t width, std::uint32_t seed)
        : rows(height), columns(width), values(std::size_t(height * width + 64), 777.0f) {
        std::mt19937 generator(seed);
        std::uniform_real_distribution<float> uniform(-1, 1);
        for (std::int64_t i = 0; i < rows * columns; ++i)
            values[std::size_t(i)] = uniform(generator);
        dims[0] = {0, std::int32_t(columns), 1, 0};
        dims[1] = {0, std::int32_t(rows), std::int32_t(columns), 0};
        buffer = {0, nullptr, values.data(), 0, 2, 32, 1, 2, dims, nullptr};
    }
    float at(std::int64_t row, std::int64_t column) const {
        return values[std::size_t(row * columns + column)];
    }
    bool guard_is_whole() const {
        for (std::size_t i = std::size_t(rows * columns); i < values.size(); ++i)
            if (values[i] != 777.0f) return false;
        return true;
    }
};

using Kernel = int (*)(void*, HalideBuffer*, HalideBuffer*, HalideBuffer*);

class Products
    : public testing::TestWithParam<std::tuple<ProductKind, std::pair<int, int>, const char*>> {};

TEST_P(Products, AreSumsOfProducts) {
    const auto [kind, shape, target] = GetParam();
    const auto [in, out] = shape;
    if (Target::host().name < target) return;  // this processor cannot run it
    const Product product{kind, in, out, "kernel"};
    const LoadedCode code({compile_product(product, Target::known(target)).object});
    const auto kernel = reinterpret_cast<Kernel>(code.symbol("kernel"));
    for (const std::int64_t rows : {1, 2, 7, 8, 9, 33}) {
        Matrix a(rows, kind == ProductKind::Transposed ? out : in, 1);
        Matrix b(kind == ProductKind::Weight ? rows : in, out, 2);
        Matrix c(kind == ProductKind::Weight ? in : rows,
                 kind == ProductKind::Transposed ? in : out, 3);
        ASSERT_EQ(kernel(nullptr, &a.buffer, &b.buffer, &c.buffer), 0);
        EXPECT_TRUE(c.guard_is_whole());
        for (std::int64_t i = 0; i < c.rows; ++i)
            for (std::int64_t j = 0; j < c.columns; ++j) {
                double sum = 0;
                const std::int64_t terms = kind == ProductKind::Weight    ? rows
                                           : kind == ProductKind::Forward ? in
                                                                          : out;
                for (std::int64_t k = 0; k < terms; ++k)
                    sum += kind == ProductKind::Forward  ? a.at(i, k) * b.at(k, j)
                           : kind == ProductKind::Weight ? a.at(k, i) * b.at(k, j)
                                                         : a.at(i, k) * b.at(j, k);
                ASSERT_NEAR(c.at(i, j), sum, 1e-5 * double(terms))
                    << rows << ": " << i << ", " << j;
            }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Products,
    testing::Combine(testing::Values(ProductKind::Forward, ProductKind::Transposed,
                                     ProductKind::Weight),
                     testing::Values(std::pair{1, 1}, std::pair{3, 10}, std::pair{17, 50}),
                     testing::Values("x86-64-v3", "x86-64-v4")));

}  // namespace
}  // namespace snnc::codegen
