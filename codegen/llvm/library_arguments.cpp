#include "codegen/llvm/library_arguments.h"

#include <algorithm>

namespace snnc::codegen {

using llvm::Value;

std::size_t Arguments::index_of(Field field) const {
    std::size_t index = 0;
    while (index < fields_.size() && fields_[index].field != field) ++index;
    return index;
}

bool Arguments::has(Field field) const { return index_of(field) < fields_.size(); }

Value* Arguments::load(Field field) {
    const std::size_t index = index_of(field);
    const FieldInfo& info = fields_.at(index);
    llvm::Type* type = info.is_pointer()        ? f_.frame.pointer()
                       : info.type == "double"  ? f_.ir.getDoubleTy()
                       : info.type == "int32_t" ? f_.frame.i32()
                                                : f_.frame.i64();
    return f_.ir.CreateLoad(type, f_.at(address_, f_.number(field_offset(fields_, index))));
}

Value* Arguments::wants_input_gradients() {
    Value* wanted = f_.ir.getFalse();
    for (std::size_t i = 0; i < arrays_.size(); ++i)
        if (arrays_[i].gradient)
            wanted = f_.ir.CreateOr(wanted, f_.ir.CreateIsNotNull(array_data(i)));
    return wanted;
}

}  // namespace snnc::codegen
