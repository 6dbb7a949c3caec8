#include "codegen/halide/products.h"

#include <algorithm>
#include <sstream>

#include "codegen/halide/kernel_module.h"
#include "codegen/halide/target.h"

namespace snnc::codegen {
namespace {

using namespace Halide;

/// Sizes of the register tile: `columns` wide (vectors of `lanes`), `rows` high.
struct Tile {
    int lanes, columns, rows;
};

/// A matrix narrower than a vector takes a shorter vector.
Tile choose_tile(std::int64_t columns, int native_lanes, int accumulators) {
    int lanes = native_lanes;
    while (lanes > columns) lanes /= 2;
    const int vectors = int(std::clamp<std::int64_t>(columns / lanes, 1, 3));
    return {lanes, lanes * vectors, std::min(16, accumulators / vectors)};
}

void set_row_major(OutputImageParam matrix, const Expr& rows, int columns) {
    matrix.dim(0).set_bounds(0, columns).set_stride(1);
    matrix.dim(1).set_bounds(0, rows).set_stride(columns);
}

struct Kernel {
    Pipeline pipeline;
    std::vector<Argument> arguments;
};

/// One product; member functions build it from the shape to the schedule.
class ProductBuilder {
 public:
    ProductBuilder(const Product& product, const Target& target)
        : kind_(product.kind),
          in_(int(product.in)),
          out_(int(product.out)),
          native_lanes_(halide_target(target).natural_vector_size<float>()),
          accumulators_(accumulators(target)) {}

    Kernel build() {
        const Expr rows = a_.dim(1).extent();
        switch (kind_) {
            case ProductKind::Forward:
                set_row_major(a_, rows, in_);
                set_row_major(b_, in_, out_);
                return sum(out_, rows, in_, [&](const Expr& row, const Expr& term) {
                    return a_(term, row) * b_(column_, term);
                });
            case ProductKind::Transposed:
                set_row_major(a_, rows, out_);
                set_row_major(b_, in_, out_);
                turn_weight();
                return sum(in_, rows, out_, [&](const Expr& row, const Expr& term) {
                    return a_(term, row) * turned_(column_, term);
                });
            case ProductKind::Weight:
                set_row_major(a_, rows, in_);
                set_row_major(b_, rows, out_);
                panel_(column_, row_) = b_(column_, row_);
                return sum(out_, in_, rows, [&](const Expr& row, const Expr& term) {
                    return a_(row, term) * panel_(column_, term);
                });
        }
        return {};
    }

 private:
    /// The transposed weight, so that the inner loop loads whole vectors.
    void turn_weight() {
        turned_(column_, row_) = b_(row_, column_);
        const int lanes = choose_tile(in_, native_lanes_, accumulators_).lanes;
        turned_.compute_root().vectorize(column_, lanes, TailStrategy::ShiftInwards);
    }

    /// result[row, column] = sum over term of value(row, term). Either `rows` or `terms` may be
    /// known only at the call.
    template <class Value>
    Kernel sum(int columns, const Expr& rows, const Expr& terms, Value value) {
        const RDom term(0, terms, "term");
        // A tile may reach beyond the last row: it then computes that row again, and the store
        // leaves it out.
        const Expr row = min(row_, rows - 1);
        sum_(column_, row_) = 0.0f;
        sum_(column_, row_) += value(row, Expr(term.x));
        result_(column_, row_) = sum_(column_, row_);
        set_row_major(result_.output_buffer(), rows, columns);
        schedule(choose_tile(columns, native_lanes_, accumulators_), columns, term);
        return {Pipeline(result_), {a_, b_}};
    }

    /// The classical register-blocked product: a tile of sums stays in registers over all terms.
    void schedule(const Tile& tile, int columns, const RDom& term) {
        Var column_outer("column_outer"), row_outer("row_outer");
        result_.bound(column_, 0, columns)
            .split(column_, column_outer, column_, tile.columns, TailStrategy::ShiftInwards)
            .split(row_, row_outer, row_, tile.rows, TailStrategy::GuardWithIf)
            .reorder(column_, row_, row_outer, column_outer)
            .vectorize(column_, tile.lanes)
            .unroll(column_);
        const bool many_columns = columns / tile.columns >= 8;
        result_.parallel(many_columns ? column_outer : row_outer);
        if (kind_ == ProductKind::Weight) {
            // The sum is long and its factor lies scattered: gather a panel once for all rows.
            panel_.compute_at(result_, column_outer)
                .bound_extent(column_, tile.columns)
                .vectorize(column_, tile.lanes)
                .unroll(column_);
        }
        sum_.compute_at(result_, row_outer)
            .store_in(MemoryType::Stack)
            .bound_extent(column_, tile.columns)
            .bound_extent(row_, tile.rows)
            .vectorize(column_, tile.lanes)
            .unroll(column_)
            .unroll(row_);
        sum_.update()
            .reorder(column_, row_, term.x)
            .vectorize(column_, tile.lanes)
            .unroll(column_)
            .unroll(row_);
    }

    ProductKind kind_;
    int in_, out_, native_lanes_, accumulators_;
    Var column_{"column"}, row_{"row"};
    ImageParam a_{Float(32), 2, "a"}, b_{Float(32), 2, "b"};
    Func turned_{"turned"}, panel_{"panel"}, sum_{"sum"}, result_{"result"};
};

Module make_module(const Product& product, const Target& target) {
    Kernel kernel = ProductBuilder(product, target).build();
    return kernel.pipeline.compile_to_module(kernel.arguments, product.symbol,
                                             halide_target(target));
}

[[noreturn]] void refused(const Product& product, const Halide::Error& error) {
    throw CompileFailure("Halide refused the product " + product.symbol + ": " + error.what());
}

}  // namespace

KernelCode compile_product(const Product& product, const Target& target) {
    try {
        return to_code(make_module(product, target), "a.extent.1");
    } catch (const Halide::Error& error) {
        refused(product, error);
    }
}

std::string print_product(const Product& product, const Target& target) {
    try {
        std::ostringstream text;
        text << make_module(product, target);
        return text.str();
    } catch (const Halide::Error& error) {
        refused(product, error);
    }
}

}  // namespace snnc::codegen
