#include "codegen/llvm/driver.h"

#include <map>

#include "codegen/llvm/module.h"
#include "codegen/llvm/operators.h"
#include "codegen/llvm/scan.h"

namespace snnc::codegen {
namespace {

using ir::TensorId;
using llvm::Value;

/// A matrix operand of a Halide kernel: halide_buffer_t with two dimensions (HalideRuntime.h).
class HalideBuffers {
 public:
    explicit HalideBuffers(FunctionBuilder& f) : f_(f) {
        llvm::LLVMContext& context = f.frame.context;
        llvm::Type* i8 = f.ir.getInt8Ty();
        llvm::Type* i32 = f.ir.getInt32Ty();
        llvm::Type* i64 = f.ir.getInt64Ty();
        llvm::Type* pointer = f.ir.getPtrTy();
        dimension_ = llvm::StructType::create(context, {i32, i32, i32, i32}, "halide_dimension_t");
        buffer_ = llvm::StructType::create(
            context, {i64, pointer, pointer, i64, i8, i8, f.ir.getInt16Ty(), i32, pointer, pointer},
            "halide_buffer_t");
        for (Value*& place : places_) place = make();
    }

    /// Sets operand `index` and returns it.
    Value* matrix(int index, Value* data, Value* rows, std::int64_t columns) {
        Value* buffer = places_[index];
        f_.ir.CreateStore(data, f_.ir.CreateStructGEP(buffer_, buffer, 2));
        Value* dims = dimensions_[index];
        set(dims, 0, 1, f_.ir.getInt32(std::uint32_t(columns)));
        set(dims, 1, 1, f_.ir.CreateTrunc(rows, f_.ir.getInt32Ty()));
        set(dims, 1, 2, f_.ir.getInt32(std::uint32_t(columns)));
        return buffer;
    }

 private:
    void set(Value* dims, unsigned dimension, unsigned field, Value* value) {
        Value* place = f_.ir.CreateConstInBoundsGEP1_32(dimension_, dims, dimension);
        f_.ir.CreateStore(value, f_.ir.CreateStructGEP(dimension_, place, field));
    }

    /// f32 (type code 2), 32 bits, one lane, two dimensions; minima 0, innermost stride 1.
    Value* make() {
        Value* buffer = f_.ir.CreateAlloca(buffer_);
        Value* dims = f_.ir.CreateAlloca(dimension_, f_.ir.getInt32(2));
        f_.ir.CreateStore(llvm::Constant::getNullValue(buffer_), buffer);
        for (unsigned i = 0; i < 2; ++i)
            f_.ir.CreateStore(llvm::Constant::getNullValue(dimension_),
                              f_.ir.CreateConstInBoundsGEP1_32(dimension_, dims, i));
        set(dims, 0, 2, f_.ir.getInt32(1));
        f_.ir.CreateStore(f_.ir.getInt8(2), f_.ir.CreateStructGEP(buffer_, buffer, 4));
        f_.ir.CreateStore(f_.ir.getInt8(32), f_.ir.CreateStructGEP(buffer_, buffer, 5));
        f_.ir.CreateStore(f_.ir.getInt16(1), f_.ir.CreateStructGEP(buffer_, buffer, 6));
        f_.ir.CreateStore(f_.ir.getInt32(2), f_.ir.CreateStructGEP(buffer_, buffer, 7));
        f_.ir.CreateStore(dims, f_.ir.CreateStructGEP(buffer_, buffer, 8));
        dimensions_[count_++] = dims;
        return buffer;
    }

    FunctionBuilder& f_;
    llvm::StructType* buffer_;
    llvm::StructType* dimension_;
    int count_ = 0;
    Value* dimensions_[3] = {};
    Value* places_[3] = {};
};

class DriverEmitter {
 public:
    explicit DriverEmitter(ModuleFrame& frame)
        : frame_(frame), network_(frame.network), f_(frame, driver_name, false), halide_(f_) {}

    void emit() {
        emit(frame_.program.tasks, false);
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
        if (!is_halide_product(frame_.plan, definition))
            return call(emit_operator_task(frame_, task.target, next_name("operator"), in_loop));
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
                   {row(dense.source, step), rows, source.shape[0]},
                   {row(dense.weight, nullptr), f_.number(weight[0]), weight[1]},
                   {row(target, step), rows, network_[target].shape[0]});
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
        std::vector<Value*> arguments;
        for (const Matrix* matrix : {&a, &b, &c})
            arguments.push_back(
                halide_.matrix(int(arguments.size()), matrix->data, matrix->rows, matrix->columns));
        llvm::Type* pointer = f_.ir.getPtrTy();
        auto* type =
            llvm::FunctionType::get(f_.ir.getInt32Ty(), {pointer, pointer, pointer}, false);
        f_.ir.CreateCall(
            frame_.module.getOrInsertFunction(product_symbol(kind, weight[0], weight[1]), type),
            arguments);
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
    int count_ = 0;
};

}  // namespace

void emit_driver(ModuleFrame& frame) { DriverEmitter(frame).emit(); }

}  // namespace snnc::codegen
