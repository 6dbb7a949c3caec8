#include "codegen/llvm/driver.h"

#include <map>
#include <set>

#include "codegen/kernels.h"
#include "codegen/llvm/halide_buffers.h"
#include "codegen/llvm/module.h"
#include "codegen/llvm/operators.h"
#include "codegen/llvm/scan.h"

namespace snnc::codegen {
namespace {

using ir::TensorId;
using llvm::Value;

class DriverEmitter {
 public:
    explicit DriverEmitter(ModuleFrame& frame)
        : frame_(frame), network_(frame.network), f_(frame, driver_name, false), halide_(f_) {}

    void emit() {
        const auto& tasks = frame_.program.tasks;
        const std::size_t first = frame_.program.first_part;
        if (first == 0) {
            emit(tasks, false);
        } else {
            const auto middle = tasks.begin() + std::ptrdiff_t(first);
            f_.when(f_.ir.CreateICmpNE(f_.part(), f_.number(2)), [&] {
                emit({tasks.begin(), middle}, false);
            });
            f_.when(f_.ir.CreateICmpNE(f_.part(), f_.number(1)), [&] {
                emit({middle, tasks.end()}, false);
            });
        }
        f_.finish();
    }

 private:
    std::string next_name(const std::string& kind) { return kind + "_" + std::to_string(count_++); }

    void emit(const std::vector<ir::Task>& tasks, bool in_loop) {
        for (const ir::Task& task : tasks)
            std::visit([&](const auto& kind) { emit(kind, in_loop); }, task);
    }

    void call(const TaskCall& call) {
        Value* tasks = f_.number(call.count);
        if (call.by_step) tasks = f_.ir.CreateMul(tasks, f_.steps());
        if (call.by_sample) tasks = f_.ir.CreateMul(tasks, f_.samples());
        auto* type = llvm::FunctionType::get(
            f_.ir.getVoidTy(), {f_.ir.getInt64Ty(), f_.ir.getPtrTy(), f_.ir.getPtrTy()}, false);
        f_.ir.CreateCall(type, f_.parallel_for(), {tasks, call.function, f_.run});
    }

    void emit(const ir::ScanTask& scan, bool) {
        for (const TensorId id : scan.body)
            if (const auto* dense = std::get_if<ir::Dense>(&network_.definition(id)->kind))
                turn(dense->weight);
        llvm::Function* function = emit_scan(frame_, scan, next_name("scan"));
        call({function, strips_of(scan.shape, frame_.plan.lanes), false, scan.per_sample});
    }

    void turn(TensorId weight) {
        llvm::Function*& function = turns_[weight];
        if (!function) function = emit_turn(frame_, weight, next_name("turn"));
        call({function, 1, false, false});
    }

    void emit(const ir::OperatorTask& task, bool in_loop) {
        const ir::Definition& definition = *network_.definition(task.target);
        const auto convolution = convolution_of(network_, definition);
        if (convolution && is_halide_convolution(network_, frame_.plan, *convolution))
            return run_kernel(task.target, *convolution, in_loop);
        if (convolution && convolution->kernel.kind != ConvolutionKind::Weight)
            call(emit_turn_task(frame_, task.target, next_name("turn")));
        if (!is_halide_product(frame_.plan, definition)) {
            call(emit_operator_task(frame_, task.target, next_name("operator"), in_loop));
            if (frame_.plan.partial.count(task.target))
                call(emit_parts_task(frame_, task.target, next_name("parts")));
            return;
        }
        if (const auto* dense = std::get_if<ir::Dense>(&definition.kind))
            product(task.target, *dense, in_loop);
        else
            product(task.target, std::get<ir::DenseWeight>(definition.kind));
    }

    void emit(const ir::LoopTask& loop, bool) {
        Value* last = f_.ir.CreateSub(f_.steps(), f_.number(1));
        f_.loop(f_.number(0), f_.steps(), [&](Value* i) {
            f_.set_step(loop.order == ir::Order::Backward ? f_.ir.CreateSub(last, i) : i);
            emit(loop.tasks, true);
        });
    }

    // ---- products -------------------------------------------------------------------------------

    void product(TensorId target, const ir::Dense& dense, bool in_loop) {
        const ir::Tensor& source = network_[dense.source];
        const ir::Shape& weight = network_[dense.weight].shape;
        Value* rows = rows_of(source, in_loop);
        Value* step = in_loop ? f_.step() : f_.number(0);
        run_kernel(dense.transposed ? ProductKind::Transposed : ProductKind::Forward, weight,
                   {row(dense.source, step), rows, ir::element_count(source.shape)},
                   {row(dense.weight, nullptr), f_.number(weight[0]), weight[1]},
                   {row(target, step), rows, ir::element_count(network_[target].shape)});
    }

    void product(TensorId target, const ir::DenseWeight& product) {
        const ir::Tensor& source = network_[product.source];
        const ir::Shape& weight = network_[target].shape;
        Value* rows = rows_of(source, false);
        run_kernel(ProductKind::Weight, weight,
                   {row(product.source, f_.number(0)), rows, weight[0]},
                   {row(product.adjoint, f_.number(0)), rows, weight[1]},
                   {row(target, nullptr), f_.number(weight[0]), weight[1]});
    }

    struct Matrix {
        Value* data;
        Value* rows;
        std::int64_t columns;
    };

    void run_kernel(ProductKind kind, const ir::Shape& weight, const Matrix& a, const Matrix& b,
                    const Matrix& c) {
        std::vector<Value*> operands;
        for (const Matrix* matrix : {&a, &b, &c})
            operands.push_back(halide_.array(int(operands.size()), matrix->data,
                                             {f_.number(matrix->columns), matrix->rows}));
        halide_.call(product_symbol(kind, weight[0], weight[1]), operands);
    }

    // ---- convolutions ---------------------------------------------------------------------------

    void run_kernel(TensorId target, const ConvolutionCall& call, bool in_loop) {
        const ConvolutionKernel& kernel = call.kernel;
        std::vector<Value*> operands;
        for (const TensorId id : {call.a, call.b, target})
            operands.push_back(operand(int(operands.size()), kernel, id, in_loop));
        halide_.call(kernel.symbol, operands);
    }

    /// Weights are the only operands that are the same for all samples.
    Value* operand(int index, const ConvolutionKernel& kernel, TensorId id, bool in_loop) {
        const ir::Tensor& tensor = network_[id];
        const auto number = [&](std::int64_t value) { return f_.number(value); };
        if (!tensor.per_sample)
            return halide_.array(
                index, row(id, nullptr),
                {number(kernel.out()), number(kernel.groups), number(kernel.window.size[1]),
                 number(kernel.window.size[0]), number(kernel.in())});
        const ir::Planes planes = ir::planes_of(tensor.shape);
        Value* step = in_loop ? f_.step() : f_.number(0);
        return halide_.array(
            index, floats(id, step, in_loop),
            {number(planes.columns), number(planes.rows), number(planes.channels / kernel.groups),
             number(kernel.groups), rows_of(tensor, in_loop)});
    }

    /// The rows of a tensor as floats; kernels cannot read bits.
    Value* floats(TensorId id, Value* step, bool in_loop) {
        const auto unpacked = frame_.plan.unpacked.find(id);
        if (unpacked == frame_.plan.unpacked.end()) return row(id, step);
        if (in_loop || unpacked_.insert(id).second)
            call(emit_unpack_task(frame_, id, next_name("unpack"), in_loop));
        return f_.row(unpacked->second, step, f_.number(0));
    }

    Value* rows_of(const ir::Tensor& source, bool in_loop) {
        Value* rows = source.per_sample ? f_.samples() : f_.number(1);
        return source.per_step && !in_loop ? f_.ir.CreateMul(rows, f_.steps()) : rows;
    }

    Value* row(TensorId id, Value* step) {
        return f_.row(frame_.plan.values[id.index], step, f_.number(0));
    }

    ModuleFrame& frame_;
    const ir::Network& network_;
    FunctionBuilder f_;
    HalideBuffers halide_;
    std::map<TensorId, llvm::Function*> turns_;
    std::set<TensorId> unpacked_;  // outside of recurrences
    int count_ = 0;
};

}  // namespace

void emit_driver(ModuleFrame& frame) { DriverEmitter(frame).emit(); }

}  // namespace snnc::codegen
