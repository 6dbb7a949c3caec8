#include "codegen/halide/kernel_module.h"

#include <algorithm>
#include <cstring>
#include <sstream>

#include "codegen/backend.h"

namespace snnc::codegen {
namespace {

using namespace Halide;

/// The most that is allocated in a function at any time, each allocation for the scope of its name.
class Allocations : public Internal::IRVisitor {
 public:
    explicit Allocations(const std::string& rows) : rows_(rows) {}
    WorkingMemory most;

 private:
    using IRVisitor::visit;
    void visit(const Internal::Allocate* one) override {
        const WorkingMemory before = current_;
        if (one->memory_type != MemoryType::Stack && one->memory_type != MemoryType::Register)
            add(*one);
        most.fixed = std::max(most.fixed, current_.fixed);
        most.per_row = std::max(most.per_row, current_.per_row);
        IRVisitor::visit(one);
        current_ = before;
    }

    void add(const Internal::Allocate& one) {
        std::int64_t elements = 1;
        bool by_row = false;
        for (const Expr& extent : one.extents) {
            const auto* variable = extent.as<Internal::Variable>();
            if (const auto constant = Internal::as_const_int(extent)) {
                elements *= *constant;
            } else if (variable && variable->name == rows_ && !by_row) {
                by_row = true;
            } else {
                std::ostringstream text;
                text << "the working memory `" << one.name << "` of a kernel depends on " << extent;
                throw CompileFailure(text.str());
            }
        }
        const std::int64_t size = one.type.bytes();
        current_.fixed += stacked_bytes((by_row ? 0 : elements + one.padding) * size);
        if (by_row) current_.fixed += one.padding * size, current_.per_row += elements * size;
    }

    const std::string& rows_;
    WorkingMemory current_;
};

}  // namespace

KernelCode to_code(const Module& module, const std::string& rows) {
    KernelCode code;
    // The bodies of parallel loops are functions of their own, called where others allocate.
    for (const Internal::LoweredFunc& function : module.functions()) {
        Allocations allocations(rows);
        function.body.accept(&allocations);
        code.working.fixed += allocations.most.fixed;
        code.working.per_row += allocations.most.per_row;
    }
    const Buffer<std::uint8_t> object = module.compile_to_buffer();
    code.object.resize(object.size_in_bytes());
    std::memcpy(code.object.data(), object.data(), code.object.size());
    return code;
}

}  // namespace snnc::codegen
