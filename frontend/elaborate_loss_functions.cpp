// Functions on whole tensors: what removes the shape, what removes time, and what losses and
// metrics are made of (language.md 8.5).
//
// Each becomes a definition of its own; formulas read its result. In a branch that is only checked
// for names nothing is made.
#include <fmt/format.h>

#include "frontend/elaborate_expressions.h"

namespace snnc::frontend {

using ir::Op;

const std::vector<Expressions::BuiltinRow>& Expressions::builtins() {
    using Self = Expressions;
    static const std::vector<BuiltinRow> rows{
        {"sum", Vocabulary::Cell, &Self::sum},
        {"mean", Vocabulary::Cell, &Self::mean},
        {"winner", Vocabulary::Cell, &Self::winner},
        {"max_all", Vocabulary::Cell, &Self::max_all},
        {"sum_t", Vocabulary::Loss, &Self::sum_t},
        {"count", Vocabulary::Loss, &Self::sum_t},
        {"mean_t", Vocabulary::Loss, &Self::mean_t},
        {"max_t", Vocabulary::Loss, &Self::max_t},
        {"last", Vocabulary::Loss, &Self::last},
        {"first_spike", Vocabulary::Loss, &Self::first_spike},
        {"l1", Vocabulary::Loss, &Self::l1},
        {"l2", Vocabulary::Loss, &Self::l2},
        {"mse", Vocabulary::Loss, &Self::mse},
        {"huber", Vocabulary::Loss, &Self::huber},
        {"bce", Vocabulary::Loss, &Self::bce},
        {"ce", Vocabulary::Loss, &Self::ce},
        {"accuracy", Vocabulary::Loss, &Self::accuracy},
        {"one_hot", Vocabulary::Loss, &Self::one_hot},
        {"classes", Vocabulary::Loss, &Self::class_count},
        {"group_sum", Vocabulary::Loss, &Self::group_sum},
    };
    return rows;
}

// ---- operands ------------------------------------------------------------------------------

std::optional<Value> Expressions::one_argument(const Callee& callee, Names& names) {
    const auto operands = plain_arguments(callee, 1, names);
    if (!operands) return std::nullopt;
    return (*operands)[0];
}

/// The values of positional arguments; nothing if one of them is poisoned or no number.
std::optional<std::vector<Value>> Expressions::plain_arguments(const Callee& callee,
                                                               std::size_t count, Names& names) {
    const auto given = arguments(*callee.name, *callee.call, count, {});
    if (!given) return std::nullopt;
    std::vector<Value> values;
    bool sound = true;
    for (const Argument* argument : given->positional) {
        values.push_back(number_value(*argument->value.value, names));
        sound = sound && !values.back().poisoned();
    }
    if (!sound) return std::nullopt;
    return values;
}

/// A value that arithmetic can be done with: neither a label nor a tuple.
Value Expressions::number_value(const Expr& expr, Names& names) {
    Value result = value(expr, names);
    if (result.poisoned() || context_.dry > 0 || !(result.is_class || result.is_tuple))
        return result;
    auto report = context_.error(Code::WrongType, expr.range,
                                 result.is_tuple ? "a tuple stands where a number is needed"
                                                 : "a class label stands where a number is needed");
    if (result.is_class) report.note("`one_hot(label)` is 1 for the class and 0 for the others");
    return {};
}

Value Expressions::made(const std::string& word, const ir::Shape& shape, Extent extent,
                        ir::DefinitionKind kind, Names& names, const SourceRange& range) {
    const ir::TensorId tensor = helper(context_, names.prefix() + "." + word, shape, extent, range);
    context_.define(tensor, kind);
    return read(context_, tensor);
}

ir::TensorId Expressions::operand(const Value& x, Names& names, const SourceRange& range) {
    return materialise(context_, x, names.prefix() + ".x", range);
}

// ---- the shape -----------------------------------------------------------------------------

Value Expressions::sum_over(const Value& x, const std::string& word, Names& names,
                            const SourceRange& range) {
    if (x.shape.empty() || context_.dry > 0) return x;
    return made(word, {}, extent(context_, x), ir::SumTo{operand(x, names, range)}, names, range);
}

Value Expressions::mean_over(const Value& x, Names& names, const SourceRange& range) {
    const Value total = sum_over(x, "mean", names, range);
    // How many edges a sparse layer has is known only when they are drawn: they are counted.
    const bool of_edges = !x.shape.empty() && x.shape[0] < 0;
    Value one = constant(context_, 1);
    one.shape = x.shape;
    const Value count = of_edges ? sum_over(one, "edges", names, range)
                                 : constant(context_, double(ir::element_count(x.shape)));
    return apply(context_, Op::Div, {total, count}, range);
}

Value Expressions::sum(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = one_argument(callee, names);
    return x ? sum_over(*x, "sum", names, expr.range) : Value{};
}

Value Expressions::mean(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = one_argument(callee, names);
    return x ? mean_over(*x, names, expr.range) : Value{};
}

Value Expressions::l1(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = one_argument(callee, names);
    if (!x) return {};
    return sum_over(apply(context_, Op::Abs, {*x}, expr.range), "l1", names, expr.range);
}

Value Expressions::l2(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = one_argument(callee, names);
    if (!x) return {};
    return sum_over(apply(context_, Op::Mul, {*x, *x}, expr.range), "l2", names, expr.range);
}

Value Expressions::mse(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = plain_arguments(callee, 2, names);
    if (!x) return {};
    const Value distance = apply(context_, Op::Sub, *x, expr.range);
    if (distance.poisoned()) return {};
    return mean_over(apply(context_, Op::Mul, {distance, distance}, expr.range), names, expr.range);
}

/// PyTorch's HuberLoss with delta = 1.
Value Expressions::huber(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = plain_arguments(callee, 2, names);
    if (!x) return {};
    const auto op = [&](Op op, const std::vector<Value>& operands) {
        return apply(context_, op, operands, expr.range);
    };
    const Value half = constant(context_, 0.5), one = constant(context_, 1);
    const Value distance = op(Op::Abs, {op(Op::Sub, *x)});
    const Value near = op(Op::Mul, {half, op(Op::Mul, {distance, distance})});
    const Value far = op(Op::Sub, {distance, half});
    const Value loss = op(Op::Select, {op(Op::Le, {distance, one}), near, far});
    return loss.poisoned() ? Value{} : mean_over(loss, names, expr.range);
}

/// PyTorch's BCELoss: logarithms are cut off at -100. The gradient for p is PyTorch's as well,
/// (p - y)/max(p*(1 - p), 1e-12), which stays finite where p is 0 or 1 and the logarithm's is not.
Value Expressions::bce(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = plain_arguments(callee, 2, names);
    if (!x) return {};
    const auto op = [&](Op op, const std::vector<Value>& operands) {
        return apply(context_, op, operands, expr.range);
    };
    const Value one = constant(context_, 1), floor = constant(context_, -100);
    const Value &p = (*x)[0], &y = (*x)[1];
    const Value fixed = op(Op::Detach, {p}), rest = op(Op::Sub, {one, fixed});
    const auto logarithm = [&](const Value& q) { return op(Op::Max, {op(Op::Ln, {q}), floor}); };
    const Value hit = op(Op::Mul, {y, logarithm(fixed)});
    const Value miss = op(Op::Mul, {op(Op::Sub, {one, y}), logarithm(rest)});
    const Value slope =
        op(Op::Div, {op(Op::Sub, {fixed, op(Op::Detach, {y})}),
                     op(Op::Max, {op(Op::Mul, {fixed, rest}), constant(context_, 1e-12)})});
    const Value loss = op(Op::Add, {op(Op::Neg, {op(Op::Add, {hit, miss})}),
                                    op(Op::Mul, {slope, op(Op::Sub, {p, fixed})})});
    return loss.poisoned() ? Value{} : mean_over(loss, names, expr.range);
}

// ---- time ----------------------------------------------------------------------------------

/// Only for values that differ between steps.
Value Expressions::over_time(const Value& x, const std::string& word, ir::DefinitionKind kind,
                             Names& names, const SourceRange& range) {
    Extent result = extent(context_, x);
    result.per_step = false;
    return made(word, x.shape, result, kind, names, range);
}

Value Expressions::sum_t(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = one_argument(callee, names);
    if (!x || context_.dry > 0) return x.value_or(Value{});
    if (!extent(context_, *x).per_step)  // held: the same in every step
        return apply(context_, Op::Mul, {*x, steps()}, expr.range);
    return over_time(*x, callee.name->text, ir::SumTo{operand(*x, names, expr.range)}, names,
                     expr.range);
}

Value Expressions::mean_t(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = one_argument(callee, names);
    if (!x || context_.dry > 0 || !extent(context_, *x).per_step) return x.value_or(Value{});
    const Value total =
        over_time(*x, "mean_t", ir::SumTo{operand(*x, names, expr.range)}, names, expr.range);
    return apply(context_, Op::Div, {total, steps()}, expr.range);
}

Value Expressions::max_t(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = one_argument(callee, names);
    if (!x || context_.dry > 0 || !extent(context_, *x).per_step) return x.value_or(Value{});
    return over_time(*x, "max_t", ir::MaxOverTime{operand(*x, names, expr.range)}, names,
                     expr.range);
}

Value Expressions::last(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = one_argument(callee, names);
    if (!x || context_.dry > 0 || !extent(context_, *x).per_step) return x.value_or(Value{});
    return over_time(*x, "last", ir::LastStep{operand(*x, names, expr.range)}, names, expr.range);
}

Value Expressions::first_spike(const Expr& expr, const Callee& callee, Names& names) {
    const auto x = one_argument(callee, names);
    if (!x || context_.dry > 0) return x.value_or(Value{});
    if (!extent(context_, *x).per_step) {
        const Value end = apply(context_, Op::Sub, {steps(), constant(context_, 1)}, expr.range);
        const Value zero = constant(context_, 0);
        return apply(context_, Op::Select, {*x, zero, end}, expr.range);
    }
    return over_time(*x, "first_spike", ir::FirstSpike{operand(*x, names, expr.range)}, names,
                     expr.range);
}

// ---- classes -------------------------------------------------------------------------------

std::optional<Expressions::Scores> Expressions::scores_and_label(const Callee& callee,
                                                                 const Arguments& arguments,
                                                                 Names& names) {
    const Argument& first = *arguments.positional[0];
    const Argument& second = *arguments.positional[1];
    Scores result{number_value(*first.value.value, names), value(*second.value.value, names)};
    if (context_.dry > 0 || result.scores.poisoned() || result.label.poisoned())
        return std::nullopt;
    if (!result.label.is_class) {
        context_.error(
            Code::WrongType, second.range,
            fmt::format("`{}` takes a class label, `target … : class[n]`", callee.name->text));
        return std::nullopt;
    }
    if (result.scores.shape.size() != 1) {
        context_.error(Code::ShapeMismatch, first.range,
                       fmt::format("`{}` takes one score for each class, a shape [n], not {}",
                                   callee.name->text, ir::to_string(result.scores.shape)));
        return std::nullopt;
    }
    const std::int64_t classes = result.scores.shape[0];
    if (result.label.classes != 0 && result.label.classes != classes) {
        context_.error(Code::ShapeMismatch, first.range,
                       fmt::format("there are {}, but the label has {}",
                                   counted(std::size_t(classes), "score"),
                                   counted(std::size_t(result.label.classes), "class")));
        return std::nullopt;
    }
    return result;
}

Value Expressions::accuracy(const Expr& expr, const Callee& callee, Names& names) {
    const auto given = arguments(*callee.name, *callee.call, 2, {});
    if (!given) return {};
    const auto scores = scores_and_label(callee, *given, names);
    if (context_.dry > 0) return constant(context_, 1);
    if (!scores) return {};
    const Value guess =
        made("guess", {}, extent(context_, scores->scores),
             ir::ArgMax{operand(scores->scores, names, expr.range)}, names, expr.range);
    return apply(context_, Op::Eq, {guess, scores->label}, expr.range);
}

Value Expressions::one_hot(const Expr& expr, const Callee& callee, Names& names) {
    const auto given = arguments(*callee.name, *callee.call, 1, {});
    if (!given) return {};
    const Value label = value(*given->positional[0]->value.value, names);
    if (context_.dry > 0) return constant(context_, 1);
    if (label.poisoned() || !has_classes(label, *given->positional[0])) return {};
    Value code = made("one_hot", {label.classes}, extent(context_, label),
                      ir::OneHot{operand(label, names, expr.range)}, names, expr.range);
    context_.network[context_.network.pool[code.expr].tensor].kind = ir::DataKind::Spike;
    return code;
}

Value Expressions::class_count(const Expr&, const Callee& callee, Names& names) {
    const auto given = arguments(*callee.name, *callee.call, 1, {});
    if (!given) return {};
    const Value label = value(*given->positional[0]->value.value, names);
    if (context_.dry > 0) return constant(context_, 1);
    if (label.poisoned() || !has_classes(label, *given->positional[0])) return {};
    return constant(context_, double(label.classes));
}

bool Expressions::has_classes(const Value& label, const Argument& argument) {
    if (label.is_class && label.classes > 0) return true;
    if (label.is_class) {  // an array of whole numbers, `--target label=y.npy` beside `--loss`
        context_
            .error(Code::WrongType, argument.range, "how many classes the label has is not known")
            .note("the target of a train block says it, `target label : class[10]`");
        return false;
    }
    context_.error(Code::WrongType, argument.range,
                   "a class label is needed, `target … : class[n]`");
    return false;
}

}  // namespace snnc::frontend
