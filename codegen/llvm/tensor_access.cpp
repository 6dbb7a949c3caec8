#include "codegen/llvm/tensor_access.h"

namespace snnc::codegen {
namespace {

using llvm::Value;

const llvm::Align word(4);

Value* load_vector(FunctionBuilder& f, Value* address, Value* mask) {
    llvm::Type* type = f.vector(f.f32());
    if (!mask) return f.ir.CreateAlignedLoad(type, address, word);
    return f.ir.CreateMaskedLoad(type, address, word, mask, llvm::Constant::getNullValue(type));
}

/// The integer that holds the bits of one vector: i16 for 16 lanes, i8 for 8.
llvm::Type* mask_word(FunctionBuilder& f) { return f.ir.getIntNTy(unsigned(f.frame.plan.lanes)); }

Value* bit_address(FunctionBuilder& f, Value* row, Value* element, int vector) {
    Value* first = f.ir.CreateUDiv(element, f.number(8));
    const std::int64_t bytes = std::int64_t(vector) * f.frame.plan.lanes / 8;
    return f.at(row, f.ir.CreateAdd(first, f.number(bytes)), f.ir.getInt8Ty());
}

Lanes load_bits(FunctionBuilder& f, Value* row, const Strip& strip) {
    Lanes lanes;
    for (int j = 0; j < strip.vectors; ++j) {
        Value* bits = f.ir.CreateAlignedLoad(mask_word(f), bit_address(f, row, strip.element, j),
                                             llvm::Align(1));
        Value* flags = f.ir.CreateBitCast(bits, f.vector(f.ir.getInt1Ty()));
        lanes.push_back(f.ir.CreateUIToFP(flags, f.vector(f.f32())));
    }
    return lanes;
}

void store_bits(FunctionBuilder& f, Value* row, const Strip& strip, const Lanes& values) {
    for (int j = 0; j < strip.vectors; ++j) {
        Value* value = values[std::size_t(j)];
        Value* flags = f.ir.CreateFCmpUNE(value, llvm::Constant::getNullValue(value->getType()));
        if (Value* mask = strip.mask(j)) flags = f.ir.CreateAnd(flags, mask);
        f.ir.CreateAlignedStore(f.ir.CreateBitCast(flags, mask_word(f)),
                                bit_address(f, row, strip.element, j), llvm::Align(1));
    }
}

/// Channel c of element e is e / (elements of a channel); lanes may lie in different channels.
Lanes load_channels(FunctionBuilder& f, Value* row, const Strip& strip, std::int64_t channels) {
    const std::int64_t inner = ir::element_count(strip.shape) / channels;
    Lanes lanes;
    for (int j = 0; j < strip.vectors; ++j) {
        Value* vector = llvm::PoisonValue::get(f.vector(f.f32()));
        for (int lane = 0; lane < f.frame.plan.lanes; ++lane) {
            Value* element = f.ir.CreateAdd(strip.element,
                                            f.number(std::int64_t(j) * f.frame.plan.lanes + lane));
            Value* channel = f.ir.CreateBinaryIntrinsic(llvm::Intrinsic::umin,
                                                        f.ir.CreateUDiv(element, f.number(inner)),
                                                        f.number(channels - 1));
            Value* value = f.ir.CreateLoad(f.f32(), f.at(row, channel, f.f32()));
            vector = f.ir.CreateInsertElement(vector, value, std::uint64_t(lane));
        }
        lanes.push_back(vector);
    }
    return lanes;
}

}  // namespace

Value* vector_address(FunctionBuilder& f, Value* base, std::size_t vector) {
    return f.at(base, f.number(std::int64_t(vector) * f.frame.plan.lanes), f.f32());
}

Lanes load_floats(FunctionBuilder& f, Value* address, const Strip& strip) {
    Lanes lanes;
    for (int j = 0; j < strip.vectors; ++j)
        lanes.push_back(load_vector(f, vector_address(f, address, std::size_t(j)), strip.mask(j)));
    return lanes;
}

void add_floats(FunctionBuilder& f, Value* address, const Lanes& added, const Strip& strip) {
    const Lanes old = load_floats(f, address, strip);
    for (std::size_t j = 0; j < old.size(); ++j) {
        Value* sum = f.ir.CreateFAdd(old[j], added[j]);
        Value* place = vector_address(f, address, j);
        if (Value* mask = strip.mask(int(j)))
            f.ir.CreateMaskedStore(sum, place, word, mask);
        else
            f.ir.CreateAlignedStore(sum, place, word);
    }
}

namespace {

Lanes load_words(FunctionBuilder& f, const ir::Tensor& tensor, Value* row, const Strip& strip) {
    if (tensor.shape == strip.shape && !tensor.shape.empty())
        return load_floats(f, f.at(row, strip.element, f.f32()), strip);
    if (tensor.shape.empty()) {
        Value* scalar = f.ir.CreateLoad(f.f32(), row);
        Value* all = f.ir.CreateVectorSplat(unsigned(f.frame.plan.lanes), scalar);
        return Lanes(std::size_t(strip.vectors), all);
    }
    return load_channels(f, row, strip, tensor.shape[0]);
}

/// Labels are kept as i32; formulas compute with their value.
void make_floats(FunctionBuilder& f, Lanes& lanes) {
    for (Value*& lane : lanes) {
        Value* numbers = f.ir.CreateBitCast(lane, f.vector(f.ir.getInt32Ty()));
        lane = f.ir.CreateSIToFP(numbers, f.vector(f.f32()));
    }
}

}  // namespace

Lanes load_lanes(FunctionBuilder& f, ir::TensorId id, const Strip& strip, Value* step) {
    const ir::Tensor& tensor = f.frame.network[id];
    const std::int32_t values = f.frame.plan.values[id.index];
    if (values < 0) {
        Value* row = f.row(f.frame.plan.bits[id.index], step, strip.sample);
        return load_bits(f, row, strip);
    }
    Lanes lanes = load_words(f, tensor, f.row(values, step, strip.sample), strip);
    if (tensor.kind == ir::DataKind::Index) make_floats(f, lanes);
    return lanes;
}

void store_lanes(FunctionBuilder& f, ir::TensorId id, const Strip& strip, Value* step,
                 const Lanes& values) {
    if (const std::int32_t bits = f.frame.plan.bits[id.index]; bits >= 0)
        store_bits(f, f.row(bits, step, strip.sample), strip, values);
    const std::int32_t slot = f.frame.plan.values[id.index];
    if (slot < 0) return;
    Value* base = f.at(f.row(slot, step, strip.sample), strip.element, f.f32());
    for (int j = 0; j < strip.vectors; ++j) {
        Value* address = vector_address(f, base, std::size_t(j));
        Value* value = values[std::size_t(j)];
        if (Value* mask = strip.mask(j))
            f.ir.CreateMaskedStore(value, address, word, mask);
        else
            f.ir.CreateAlignedStore(value, address, word);
    }
}

Value* load_element(FunctionBuilder& f, ir::TensorId id, Value* step, Value* sample,
                    Value* element) {
    const std::int32_t values = f.frame.plan.values[id.index];
    if (values >= 0) {
        const bool index = f.frame.network[id].kind == ir::DataKind::Index;
        llvm::Type* type = index ? f.ir.getInt32Ty() : f.f32();
        return f.ir.CreateLoad(type, f.at(f.row(values, step, sample), element, type));
    }
    Value* row = f.row(f.frame.plan.bits[id.index], step, sample);
    Value* byte = f.ir.CreateLoad(
        f.ir.getInt8Ty(), f.at(row, f.ir.CreateUDiv(element, f.number(8)), f.ir.getInt8Ty()));
    Value* place = f.ir.CreateTrunc(f.ir.CreateAnd(element, f.number(7)), f.ir.getInt8Ty());
    Value* bit = f.ir.CreateAnd(f.ir.CreateLShr(byte, place), f.ir.getInt8(1));
    return f.ir.CreateUIToFP(bit, f.f32());
}

}  // namespace snnc::codegen
