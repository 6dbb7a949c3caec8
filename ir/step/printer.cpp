// `emit --stage=step`: ports, then tasks with their definitions in the order of computation. Behind
// a definition stands what is stored of it; what has no such mark lives in registers.

#include "ir/step/program.h"

namespace snnc::ir {

namespace {

const char* text(Order order) {
    switch (order) {
        case Order::Once: return "once";
        case Order::Forward: return "forward";
        case Order::Backward: return "backward";
    }
    return "";
}

const char* text(Storage storage) {
    switch (storage) {
        case Storage::None: return "registers";
        case Storage::Float: return "f32";
        case Storage::Int: return "i32";
        case Storage::Bits: return "bits";
    }
    return "";
}

const char* text(Port::Direction direction) {
    switch (direction) {
        case Port::Direction::In: return "in   ";
        case Port::Direction::Out: return "out  ";
        case Port::Direction::InOut: return "inout";
    }
    return "";
}

class ProgramPrinter {
 public:
    ProgramPrinter(const Network& network, const StepProgram& program)
        : network_(network), program_(program) {}

    std::string print() {
        out_ = "program " + program_.name + "\n\nports\n";
        for (const Port& port : program_.ports) print(port);
        out_ += "\ntasks\n";
        for (std::size_t i = 0; i < program_.tasks.size(); ++i) {
            if (i > 0 && i == program_.first_part) out_ += "  second part\n";
            print(program_.tasks[i], "  ", std::to_string(i + 1));
        }
        return std::move(out_);
    }

 private:
    /// "[steps, batch, 784]": the layout in memory.
    std::string layout(bool per_step, bool per_sample, const Shape& shape) const {
        std::string inner;
        const auto append = [&](const std::string& size) {
            inner += (inner.empty() ? "" : ", ") + size;
        };
        if (per_step) append("steps");
        if (per_sample) append("batch");
        for (std::int64_t size : shape) append(std::to_string(size));
        return "[" + inner + "]";
    }

    void print(const Port& port) {
        const Tensor& tensor = network_[port.tensor];
        out_ += std::string("  ") + text(port.direction) + " " + tensor.name + " : " +
                (tensor.kind == DataKind::Index ? "i32" : "f32") +
                layout(tensor.per_step, tensor.per_sample, tensor.shape) + "\n";
    }

    void print(const Task& task, const std::string& indent, const std::string& number) {
        const std::string head = indent + number + " ";
        if (const auto* scan = std::get_if<ScanTask>(&task)) {
            out_ += head + "scan " + text(scan->order) + " over " +
                    layout(false, scan->per_sample, scan->shape) + "\n";
            print(*scan, indent + "    ");
        } else if (const auto* single = std::get_if<OperatorTask>(&task)) {
            out_ += head + "operator\n";
            define(single->target, indent + "    ", "");
        } else {
            const auto& loop = std::get<LoopTask>(task);
            out_ += head + "loop " + text(loop.order) + "\n";
            for (std::size_t i = 0; i < loop.tasks.size(); ++i) {
                print(loop.tasks[i], indent + "    ", number + "." + std::to_string(i + 1));
            }
        }
    }

    void print(const ScanTask& scan, const std::string& indent) {
        for (TensorId target : scan.recompute) define(target, indent, "again ");
        for (TensorId target : scan.body) define(target, indent, "");
        for (TensorId target : scan.sums) define(target, indent, "sum ");
        for (std::uint32_t update : scan.updates) {
            out_ += indent + ir::print(network_, network_.updates[update]) + "\n";
        }
    }

    void define(TensorId target, const std::string& indent, const std::string& mark) {
        out_ += indent + mark + ir::print(network_, *network_.definition(target));
        const Storage storage = program_.storage[target.index];
        const Port* port = program_.port(target);
        if (storage != Storage::None) out_ += std::string("  -> ") + text(storage);
        if (port && storage == Storage::Bits) out_ += ", f32";
        if (port) out_ += " (result)";
        out_ += "\n";
    }

    const Network& network_;
    const StepProgram& program_;
    std::string out_;
};

}  // namespace

std::string print(const Network& network, const StepProgram& program) {
    return ProgramPrinter(network, program).print();
}

}  // namespace snnc::ir
