#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "frontend/elaborate_context.h"
#include "frontend/elaborate_units.h"
#include "frontend/foreign_names.h"
#include "ir/expr/evaluate.h"

namespace snnc::frontend {

using ir::Op;

namespace {

/// Is it the value that is wrong, and not the text of the body that meets it?
bool blames_value(Code code) {
    return code == Code::WrongType || code == Code::ShapeMismatch || code == Code::NotConstant ||
           code == Code::NotWhole || code == Code::OutOfInterval;
}

bool lies_in(const SourceRange& inner, const SourceRange& outer) {
    return inner.file == outer.file && outer.begin <= inner.begin && inner.end <= outer.end;
}

/// Where the user wrote what stands at `range` of an inlined body: the argument, else the call.
SourceRange place_of_call(const Context& context, SourceRange range) {
    for (auto call = context.inlinings.rbegin(); call != context.inlinings.rend(); ++call) {
        if (!lies_in(range, call->body)) continue;
        const auto argument = call->arguments.find(std::string(context.sources.text(range)));
        range = argument == call->arguments.end() ? call->call : argument->second;
    }
    return range;
}

constexpr std::size_t longest_list = 20;  // of names that are listed

/// Names that were declared, without those that every expression may use.
std::vector<std::string> declared(const std::vector<std::string>& candidates) {
    const bool expression =
        std::find(candidates.begin(), candidates.end(), "pi") != candidates.end();
    std::vector<std::string> names;
    for (const std::string& candidate : candidates)
        if (!expression || !is_reserved(candidate)) names.push_back(candidate);
    return names;
}

}  // namespace

DiagnosticBuilder Context::error(Code code, const SourceRange& range, std::string message) {
    const SourceRange place = blames_value(code) ? place_of_call(*this, range) : range;
    auto report = diagnostics.report(code, place, std::move(message));
    if (place != range) report.label(range, "it is needed here");
    return report;
}

void Context::unknown(const Name& name, const std::string& message,
                      const std::vector<std::string>& candidates) {
    auto report = error(Code::UnknownName, name.range, message);
    auto meant = names_for(name.text, candidates);
    if (const std::string remark = remark_on(name.text, candidates);
        meant.empty() && !remark.empty()) {
        report.note(remark);
        return;
    }
    if (meant.empty()) meant = nearest_names(name.text, candidates);
    if (!meant.empty()) {
        report.note("did you mean " + quoted_list(meant) + "?");
        if (meant.size() == 1) report.edit(name.range, meant[0]);
        return;
    }
    const auto all = declared(candidates);
    if (name.text.size() > 1 && in_coherent_units(1, name.text))
        report.note(fmt::format("a unit is written right behind its number, `1{}`", name.text));
    else if (!all.empty() && all.size() <= longest_list)
        report.note(fmt::format("there {} {}", all.size() == 1 ? "is" : "are", quoted_list(all)));
}

ir::TensorId Context::add(ir::Tensor tensor, const SourceRange& equation) {
    const ir::TensorId id = network.add(std::move(tensor));
    if (equation.valid()) origins.equations[id.index] = equation;
    return id;
}

Value constant(Context& context, double value) { return {context.network.pool.constant(value)}; }

Value read(Context& context, ir::TensorId tensor, int lag) {
    Value value{context.network.pool.read(tensor, lag), context.network[tensor].shape};
    const ir::Tensor& source = context.network[tensor];
    value.is_class = source.kind == ir::DataKind::Index;
    if (value.is_class && source.interval)
        value.classes = std::int64_t(source.interval->second) + 1;
    return value;
}

Value in_formulas(Context& context, const Value& stored, double unit, const SourceRange& range) {
    return unit == 1 ? stored : apply(context, Op::Mul, {stored, constant(context, unit)}, range);
}

std::optional<double> number(const Context& context, const Value& value) {
    if (!value.expr.valid()) return std::nullopt;
    const ir::ExprNode& node = context.network.pool[value.expr];
    if (node.op != Op::Constant) return std::nullopt;
    return node.constant;
}

namespace {

/// The common shape of operands; reports two that differ.
std::optional<ir::Shape> common_shape(Context& context, const std::vector<Value>& operands,
                                      const SourceRange& range) {
    ir::Shape shape;
    for (const Value& operand : operands) {
        if (operand.shape.empty() || operand.shape == shape) continue;
        if (!shape.empty() && context.dry == 0) {
            context.error(Code::ShapeMismatch, range,
                          fmt::format("shapes {} and {} do not fit together", ir::to_string(shape),
                                      ir::to_string(operand.shape)));
            return std::nullopt;
        }
        if (shape.empty()) shape = operand.shape;
    }
    return shape;
}

ir::ExprId make(ir::ExprPool& pool, Op op, const std::vector<Value>& operands) {
    if (operands.size() == 1) return pool.make(op, operands[0].expr);
    if (operands.size() == 2) return pool.make(op, operands[0].expr, operands[1].expr);
    return pool.make(op, operands[0].expr, operands[1].expr, operands[2].expr);
}

/// Rewrites that are exact in floating point and that PyTorch makes too.
std::optional<ir::ExprId> shortcut(ir::ExprPool& pool, Op op, const std::vector<Value>& operands) {
    const ir::ExprId a = operands[0].expr;
    const ir::ExprId b = operands.size() > 1 ? operands[1].expr : ir::ExprId{};
    switch (op) {
        case Op::Mul:
            if (pool.is_constant(a, 1)) return b;
            if (pool.is_constant(b, 1)) return a;
            break;
        case Op::Div:
            if (pool.is_constant(b, 1)) return a;
            break;
        case Op::Pow:
            if (pool.is_constant(b, 1)) return a;
            if (pool.is_constant(b, 2)) return pool.make(Op::Mul, a, a);
            if (pool.is_constant(b, 3)) return pool.make(Op::Mul, pool.make(Op::Mul, a, a), a);
            if (pool.is_constant(b, 0.5)) return pool.make(Op::Sqrt, a);
            if (pool.is_constant(b, -1)) return pool.make(Op::Div, pool.constant(1), a);
            break;
        case Op::Select:
            if (pool.is_constant(a)) return pool[a].constant != 0 ? b : operands[2].expr;
            break;
        default: break;
    }
    return std::nullopt;
}

}  // namespace

Value apply(Context& context, Op op, const std::vector<Value>& operands, const SourceRange& range) {
    bool all_constant = true;
    for (const Value& operand : operands) {
        if (operand.poisoned()) return {};
        if (operand.is_tuple || (operand.is_class && op != Op::Eq && op != Op::Ne)) {
            if (context.dry == 0)
                context.error(Code::WrongType, range,
                              operand.is_tuple ? "a tuple stands where a number is needed"
                                               : "a class label stands where a number is needed");
            return {};
        }
        all_constant = all_constant && context.network.pool.is_constant(operand.expr);
    }
    const auto shape = common_shape(context, operands, range);
    if (!shape) return {};
    ir::ExprPool& pool = context.network.pool;
    if (all_constant && op != Op::Spike) {
        double args[3] = {0, 0, 0};
        for (std::size_t i = 0; i < operands.size(); ++i) args[i] = pool[operands[i].expr].constant;
        return constant(context, ir::apply<double>(op, args[0], args[1], args[2]));
    }
    if (const auto short_form = shortcut(pool, op, operands)) return {*short_form, *shape};
    return {make(pool, op, operands), *shape};
}

Extent extent(const Context& context, const Value& value) {
    Extent result;
    if (!value.expr.valid()) return result;
    const ir::Network& network = context.network;
    std::vector<ir::ExprId> stack{value.expr};
    std::vector<bool> seen(network.pool.size(), false);
    while (!stack.empty()) {
        const ir::ExprId id = stack.back();
        stack.pop_back();
        if (seen[id.index]) continue;
        seen[id.index] = true;
        const ir::ExprNode& node = network.pool[id];
        if (node.op == Op::StepIndex) result.per_step = true;
        if (node.op == Op::Uniform) {
            result.per_sample = true;
            result.per_step = result.per_step || network[node.stream].per_step;
        }
        if (node.op == Op::Read) {
            result.per_step = result.per_step || network[node.tensor].per_step;
            result.per_sample = result.per_sample || network[node.tensor].per_sample;
        }
        for (const ir::ExprId argument : node.arguments()) stack.push_back(argument);
    }
    return result;
}

bool is_zero_or_one(const Context& context, ir::ExprId expr) {
    const ir::ExprPool& pool = context.network.pool;
    const ir::ExprNode& node = pool[expr];
    switch (node.op) {
        case Op::Constant: return node.constant == 0 || node.constant == 1;
        case Op::Read: return context.network[node.tensor].kind == ir::DataKind::Spike;
        case Op::Not:
        case Op::Lt:
        case Op::Le:
        case Op::Gt:
        case Op::Ge:
        case Op::Eq:
        case Op::Ne:
        case Op::And:
        case Op::Or:
        case Op::Step:
        case Op::Spike: return true;
        case Op::Mul:
        case Op::Min:
        case Op::Max:
            return is_zero_or_one(context, node.args[0]) && is_zero_or_one(context, node.args[1]);
        case Op::Select:
            return is_zero_or_one(context, node.args[1]) && is_zero_or_one(context, node.args[2]);
        case Op::Detach: return is_zero_or_one(context, node.args[0]);
        default: return false;
    }
}

ir::TensorId helper(Context& context, const std::string& name, const ir::Shape& shape,
                    Extent extent, const SourceRange& range) {
    ir::Tensor tensor;
    tensor.name = name;
    for (int count = 2; !context.taken.insert(tensor.name).second; ++count)
        tensor.name = fmt::format("{}{}", name, count);
    tensor.shape = shape;
    tensor.per_step = extent.per_step;
    tensor.per_sample = extent.per_sample;
    tensor.range = range;
    return context.add(std::move(tensor), range);
}

ir::TensorId materialise(Context& context, const Value& value, const std::string& name,
                         const SourceRange& range) {
    const ir::ExprNode& node = context.network.pool[value.expr];
    if (node.op == Op::Read && node.lag == 0 && context.network[node.tensor].shape == value.shape)
        return node.tensor;
    const ir::TensorId tensor = helper(context, name, value.shape, extent(context, value), range);
    if (is_zero_or_one(context, value.expr)) context.network[tensor].kind = ir::DataKind::Spike;
    context.define(tensor, ir::Formula{value.expr});
    return tensor;
}

std::string counted(std::size_t count, const std::string& noun) {
    const char* ending = count == 1 ? "" : noun.ends_with('s') ? "es" : "s";
    return fmt::format("{} {}{}", count, noun, ending);
}

std::string to_text(double value) { return fmt::format("{}", value); }

}  // namespace snnc::frontend
