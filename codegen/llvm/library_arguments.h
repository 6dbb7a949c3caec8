// The caller's structure in generated code (codegen/library_fields.h). Included by
// codegen/llvm/library_*.cpp only.
#pragma once

#include "codegen/library_fields.h"
#include "codegen/llvm/library_builder.h"

namespace snnc::codegen {

class Arguments {
 public:
    /// `address`: of the structure, in the function that `f` stands in.
    Arguments(EntryBuilder& f, Interface interface, llvm::Value* address)
        : f_(f),
          fields_(fields_of(f.frame.model, interface)),
          arrays_(arrays_of(f.frame.model, interface)),
          address_(address) {}

    std::int64_t bytes() const { return array_offset(fields_, arrays_.size()); }
    bool has(Field field) const;
    llvm::Value* address() const { return address_; }

    llvm::Value* load(Field field);
    llvm::Value* array_data(std::size_t index) { return load_at(f_.ir.getPtrTy(), index, 0); }
    llvm::Value* array_bytes(std::size_t index) { return load_at(f_.ir.getInt64Ty(), index, 8); }
    const std::vector<LibraryArray>& arrays() const { return arrays_; }

    /// Steps and samples; 1 where the structure has none.
    llvm::Value* steps() { return count(Field::Steps); }
    llvm::Value* samples() { return count(Field::Samples); }

    /// Whether the caller gave an array for the gradient of an input.
    llvm::Value* wants_input_gradients();

 private:
    std::size_t index_of(Field field) const;
    llvm::Value* count(Field field) { return has(field) ? load(field) : f_.number(1); }
    llvm::Value* load_at(llvm::Type* type, std::size_t array, std::int64_t further) {
        return f_.ir.CreateLoad(type,
                                f_.at(address_, f_.number(array_offset(fields_, array) + further)));
    }

    EntryBuilder& f_;
    std::vector<FieldInfo> fields_;
    const std::vector<LibraryArray>& arrays_;
    llvm::Value* address_;
};

/// i32 P_NAME(ptr arguments): the first thing that is wrong with the structure, or 0.
/// `memory`: how much of it each program of the interface needs, the first without gradients of
/// inputs.
void emit_check(EntryFrame& frame, const std::string& name, Interface interface,
                const std::vector<const CompiledProgram*>& programs,
                const std::vector<SizeFormula>& memory);

/// Calls it and returns what it finds.
void require_checked(EntryBuilder& f, const std::string& name);

}  // namespace snnc::codegen
