// The spikes under a window, without looking at the places where there are none.
#pragma once

#include <llvm/IR/Intrinsics.h>

#include <functional>

#include "codegen/kernels.h"
#include "codegen/llvm/local.h"

namespace snnc::codegen {

/// The spikes of one row as strings of bits: one for each row of the planes (of a group, with its
/// padding), columns outside, channels inside. What lies under a row of the window is contiguous
/// there, and in the turned weight [kh, kw, in, out] too.
class SpikeStrings {
 public:
    SpikeStrings(FunctionBuilder& f, const ConvolutionKernel& kernel)
        : f_(f),
          k_(kernel),
          together_(kernel.window.dilation[1] == 1),
          length_(together_ ? kernel.window.size[1] * kernel.in() : kernel.in()),
          rows_(kernel.source.rows + 2 * kernel.window.padding[0]),
          row_words_(spike_row_words(kernel)),
          strings_(local(f, f.ir.getInt64Ty(), count())) {}

    /// Reads a row of bits.
    void read(llvm::Value* bits) {
        f_.ir.CreateMemSet(strings_, f_.ir.getInt8(0), f_.number(8 * count()),
                           llvm::MaybeAlign(64));
        const std::int64_t words = (k_.source.elements() + 63) / 64;
        f_.loop(f_.number(0), f_.number(words), [&](llvm::Value* index) {
            llvm::Value* base = f_.ir.CreateMul(index, f_.number(64));
            each_bit(load_word(bits, index),
                     [&](llvm::Value* bit) { mark(f_.ir.CreateAdd(base, bit)); });
        });
    }

    /// visit(index of the turned weight's row) for every spike of a group under the window at
    /// (y, x).
    void each_spike(llvm::Value* group, llvm::Value* y, llvm::Value* x,
                    const std::function<void(llvm::Value*)>& visit) {
        const ir::Window& window = k_.window;
        llvm::Value* first_row = f_.ir.CreateAdd(f_.ir.CreateMul(group, f_.number(rows_)),
                                                 f_.ir.CreateMul(y, f_.number(window.stride[0])));
        llvm::Value* column = f_.ir.CreateMul(x, f_.number(window.stride[1] * k_.in()));
        f_.loop(f_.number(0), f_.number(window.size[0]), [&](llvm::Value* r) {
            llvm::Value* row =
                f_.ir.CreateAdd(first_row, f_.ir.CreateMul(r, f_.number(window.dilation[0])));
            llvm::Value* string =
                f_.at(strings_, f_.ir.CreateMul(row, f_.number(row_words_)), f_.ir.getInt64Ty());
            llvm::Value* tap = f_.ir.CreateMul(r, f_.number(window.size[1] * k_.in()));
            for (std::int64_t part = 0; part < (together_ ? 1 : window.size[1]); ++part) {
                const std::int64_t shift = part * window.dilation[1] * k_.in();
                in_string(string, f_.ir.CreateAdd(column, f_.number(shift)),
                          f_.ir.CreateAdd(tap, f_.number(part * k_.in())), visit);
            }
        });
    }

 private:
    std::int64_t count() const { return k_.groups * rows_ * row_words_; }

    llvm::Value* load_word(llvm::Value* base, llvm::Value* index) {
        return f_.ir.CreateLoad(f_.ir.getInt64Ty(), f_.at(base, index, f_.ir.getInt64Ty()));
    }

    void each_bit(llvm::Value* word, const std::function<void(llvm::Value*)>& body) {
        f_.while_nonzero(word, [&](llvm::Value* rest) {
            body(f_.ir.CreateIntrinsic(llvm::Intrinsic::cttz, {f_.ir.getInt64Ty()},
                                       {rest, f_.ir.getTrue()}));
            return f_.ir.CreateAnd(rest, f_.ir.CreateSub(rest, f_.number(1)));
        });
    }

    /// Sets the bit of an element in its string.
    void mark(llvm::Value* element) {
        llvm::Value* plane = f_.number(k_.source.plane());
        llvm::Value* columns = f_.number(k_.source.columns);
        llvm::Value* channel = f_.ir.CreateUDiv(element, plane);
        llvm::Value* place = f_.ir.CreateURem(element, plane);
        llvm::Value* group = f_.ir.CreateUDiv(channel, f_.number(k_.in()));
        llvm::Value* row =
            f_.ir.CreateAdd(f_.ir.CreateUDiv(place, columns), f_.number(k_.window.padding[0]));
        llvm::Value* column =
            f_.ir.CreateAdd(f_.ir.CreateURem(place, columns), f_.number(k_.window.padding[1]));
        llvm::Value* bit = f_.ir.CreateAdd(f_.ir.CreateMul(column, f_.number(k_.in())),
                                           f_.ir.CreateURem(channel, f_.number(k_.in())));
        llvm::Value* string = f_.ir.CreateAdd(f_.ir.CreateMul(group, f_.number(rows_)), row);
        llvm::Value* word = f_.ir.CreateAdd(f_.ir.CreateMul(string, f_.number(row_words_)),
                                            f_.ir.CreateLShr(bit, f_.number(6)));
        llvm::Value* address = f_.at(strings_, word, f_.ir.getInt64Ty());
        llvm::Value* flag = f_.ir.CreateShl(f_.number(1), f_.ir.CreateAnd(bit, f_.number(63)));
        f_.ir.CreateStore(f_.ir.CreateOr(f_.ir.CreateLoad(f_.ir.getInt64Ty(), address), flag),
                          address);
    }

    /// The spikes among `length_` bits from `first` on; bit 0 belongs to the tap `tap`.
    void in_string(llvm::Value* string, llvm::Value* first, llvm::Value* tap,
                   const std::function<void(llvm::Value*)>& visit) {
        for (std::int64_t done = 0; done < length_; done += 64) {
            llvm::Value* start = f_.ir.CreateAdd(first, f_.number(done));
            llvm::Value* index = f_.ir.CreateLShr(start, f_.number(6));
            llvm::Value* low = load_word(string, index);
            llvm::Value* high = load_word(string, f_.ir.CreateAdd(index, f_.number(1)));
            llvm::Value* bits =
                f_.ir.CreateIntrinsic(llvm::Intrinsic::fshr, {f_.ir.getInt64Ty()},
                                      {high, low, f_.ir.CreateAnd(start, f_.number(63))});
            if (const std::int64_t rest = length_ - done; rest < 64)
                bits = f_.ir.CreateAnd(bits, f_.number((std::int64_t(1) << rest) - 1));
            llvm::Value* base = f_.ir.CreateAdd(tap, f_.number(done));
            each_bit(bits, [&](llvm::Value* bit) {
                visit(f_.ir.CreateMul(f_.ir.CreateAdd(base, bit), f_.number(k_.result.channels)));
            });
        }
    }

    FunctionBuilder& f_;
    const ConvolutionKernel& k_;
    bool together_;        // the columns under a row of the window lie side by side
    std::int64_t length_;  // bits that lie side by side
    std::int64_t rows_;    // of a group
    std::int64_t row_words_;
    llvm::Value* strings_;
};

}  // namespace snnc::codegen
