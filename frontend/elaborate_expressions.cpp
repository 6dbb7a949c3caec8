#include "frontend/elaborate_expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>

#include "frontend/elaborate_units.h"
#include "frontend/foreign_names.h"

namespace snnc::frontend {

using ir::Op;

const Name* as_word(const Expr& expr) {
    const auto* reference = std::get_if<Reference>(&expr.node);
    if (!reference || !reference->path.suffixes.empty() || reference->surrogate) return nullptr;
    return &reference->path.head;
}

// ---- names ---------------------------------------------------------------------------------

Value ArgumentNames::member(const Path& path) {
    const auto found = values_.find(path.head.text);
    if (found == values_.end()) {
        context_.unknown(path.head, fmt::format("`{}` is not declared here", path.head.text),
                         candidates());
        return {};
    }
    if (!path.suffixes.empty()) {
        context_.error(
            Code::NoPast, path.range,
            fmt::format("`{}` is an argument and takes no index or member", path.head.text));
        return {};
    }
    return found->second;
}

std::optional<Names::Option> ArgumentNames::option(const std::string& name) {
    const auto found = words_.find(name);
    if (found == words_.end()) return std::nullopt;
    return Option{nullptr, found->second};
}

std::vector<std::string> ArgumentNames::candidates() const {
    std::vector<std::string> names{"dt", "pi", "inf", "true", "false"};
    for (const auto& [name, value] : values_) names.push_back(name);
    return names;
}

Value ConstantNames::member(const Path& path) {
    if (resolver_ && !values_.count(path.head.text)) resolver_(path.head.text);
    const auto found = values_.find(path.head.text);
    if (found == values_.end()) {
        context_.unknown(path.head, fmt::format("`{}` is not declared {}", path.head.text, where_),
                         candidates());
        return {};
    }
    if (!path.suffixes.empty()) {
        context_.error(
            Code::NoPast, path.range,
            fmt::format("`{}` is a constant and takes no index or member", path.head.text));
        return {};
    }
    return found->second;
}

std::vector<std::string> ConstantNames::candidates() const {
    std::vector<std::string> names{"dt", "pi", "inf", "true", "false"};
    for (const auto& [name, value] : values_) names.push_back(name);
    return names;
}

// ---- expressions ---------------------------------------------------------------------------

Value Expressions::value(const Expr& expr, Names& names) {
    struct Visitor {
        Expressions& self;
        const Expr& expr;
        Names& names;
        Value operator()(const Number& node) { return self.number_literal(expr, node, names); }
        Value operator()(const Reference& node) { return self.reference(expr, node, names); }
        Value operator()(const Unary& node) {
            const Value operand = self.value(*node.operand, names);
            const Op op = node.op == UnaryOperator::Minus ? Op::Neg : Op::Not;
            return apply(self.context_, op, {operand}, expr.range);
        }
        Value operator()(const Binary& node) { return self.binary(expr, node, names); }
        Value operator()(const If& node) { return self.choice(expr, node, names); }
        Value operator()(const Match& node) { return self.match(expr, node, names); }
        Value operator()(const Parentheses& node) { return self.value(*node.inner, names); }
        Value operator()(const Tuple& node) {
            Value tuple;
            tuple.is_tuple = true;
            for (const ExprPtr& element : node.elements)
                tuple.tuple.push_back(self.value(*element, names));
            return tuple;
        }
    };
    return std::visit(Visitor{*this, expr, names}, expr.node);
}

/// `20msec` is a misspelt unit, `2x` a product without its sign.
Value Expressions::number_literal(const Expr& expr, const Number& number, Names& names) {
    if (number.unit.empty()) return constant(context_, number.value);
    if (const auto scaled = in_coherent_units(number.value, number.unit)) {
        if (is_unit_of_time(number.unit)) context_.time_reads.time = expr.range;
        return constant(context_, *scaled);
    }
    const SourceRange& range = number.unit_range.valid() ? number.unit_range : expr.range;
    auto report =
        context_.error(Code::UnknownUnit, range, fmt::format("`{}` is no unit", number.unit));
    const auto known = names.candidates();
    const bool is_name = std::find(known.begin(), known.end(), number.unit) != known.end();
    auto units = names_for(number.unit, unit_names());
    if (units.empty() && number.unit.size() > 1) units = nearest_names(number.unit, unit_names());
    if (units.empty() || is_name) {
        // `28x28` means a product of two numbers.
        const bool times = number.unit.size() > 1 && number.unit[0] == 'x' && !is_name &&
                           number.unit.find_first_not_of("0123456789", 1) == std::string::npos;
        const std::string product =
            fmt::format("{}*{}", number.digits, number.unit.substr(times ? 1 : 0));
        report.note(fmt::format("a product is written `{}`", product)).edit(expr.range, product);
        return {};
    }
    report.note("did you mean " + quoted_list(units) + "?");
    if (units.size() == 1) report.edit(range, units[0]);
    return {};
}

Value Expressions::steps() {
    if (context_.network.steps && !context_.in_windows)
        return constant(context_, double(*context_.network.steps));
    return {context_.network.pool.leaf(Op::StepCount)};
}

std::optional<Value> Expressions::fixed(const Path& path, Names& names) {
    const std::string& name = path.head.text;
    if (!is_reserved(name)) return std::nullopt;
    if (!path.suffixes.empty()) {
        context_.error(Code::NoPast, path.range,
                       fmt::format("`{}` takes no index or member", name));
        return Value{};
    }
    if (name == "pi") return constant(context_, std::numbers::pi);
    if (name == "inf") return constant(context_, std::numeric_limits<double>::infinity());
    if (name == "true") return constant(context_, 1);
    if (name == "false") return constant(context_, 0);
    if (name == "dt") {
        if (context_.before_dt) context_.before_dt();
        context_.time_reads.dt = path.range;
        return constant(context_, context_.network.dt);
    }
    if (name == "xi") {
        const std::string variable = names.noisy_variable();
        if (!variable.empty())
            return white_noise(context_, variable, names.noise_shape(), path.range);
        context_.error(Code::MisplacedDraw, path.range,
                       "white noise `xi` stands in a `dv/dt = …` that is solved by `euler` or "
                       "`exp_euler`");
        return Value{};
    }
    // A run whose data say how long it is has no bound by its length.
    if (name == "steps" && reads_bound_)
        return constant(context_, context_.network.steps ? double(*context_.network.steps)
                                                         : std::numeric_limits<double>::infinity());
    if (!names.has_time()) {
        // The body is to blame, wherever it is inlined.
        context_.diagnostics.report(Code::NotConstant, path.range,
                                    fmt::format("`{}` is not known before the run", name));
        return Value{};
    }
    if (name == "t") return Value{context_.network.pool.leaf(Op::StepIndex)};
    return steps();
}

Value Expressions::reference(const Expr& expr, const Reference& reference, Names& names) {
    if (callee(reference.path).call) return call(expr, reference, names);
    if (reference.surrogate) {
        context_.error(Code::SurrogateMisplaced, reference.surrogate->range,
                       "only `spike(…)` takes a surrogate");
        return {};
    }
    if (const auto value = fixed(reference.path, names)) return *value;
    if (reference.path.suffixes.empty())
        if (const auto option = names.option(reference.path.head.text)) {
            if (option->chosen == "true") return constant(context_, 1);
            if (option->chosen == "false") return constant(context_, 0);
            context_.error(Code::WrongType, reference.path.range,
                           fmt::format("`{}` is an option and is read with `match {} {{ … }}`",
                                       reference.path.head.text, reference.path.head.text));
            return {};
        }
    return names.member(reference.path);
}

/// `reset == zero`: an option is no value; its words mean nothing outside of `match`.
bool Expressions::compares_option(const Binary& node, Names& names) {
    if (node.op != BinaryOperator::Eq && node.op != BinaryOperator::Ne) return false;
    const Name* option = as_word(*node.left);
    const Name* word = as_word(*node.right);
    if (!option || !word) return false;
    if (!names.option(option->text)) std::swap(option, word);
    const auto chosen = names.option(option->text);
    if (!chosen || is_reserved(word->text)) return false;
    context_
        .error(Code::WrongType, option->range,
               fmt::format("`{}` is an option and cannot be compared", option->text))
        .note(fmt::format("it is read with `match {} {{ {} => …  … }}`", option->text, word->text));
    return true;
}

Value Expressions::binary(const Expr& expr, const Binary& node, Names& names) {
    if (compares_option(node, names)) return {};
    static constexpr Op ops[] = {Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Pow, Op::Lt, Op::Le,
                                 Op::Gt,  Op::Ge,  Op::Eq,  Op::Ne,  Op::And, Op::Or};
    const bool equality = node.op == BinaryOperator::Eq || node.op == BinaryOperator::Ne;
    const auto operand = [&](const Expr& operand) {
        return equality ? value(operand, names) : number_value(operand, names);
    };
    const Value left = operand(*node.left), right = operand(*node.right);
    return apply(context_, ops[int(node.op)], {left, right}, expr.range);
}

Value Expressions::choice(const Expr& expr, const If& node, Names& names) {
    const Value condition = value(*node.condition, names);
    const auto known = frontend::number(context_, condition);
    const auto branch = [&](const ExprPtr& branch, bool taken) {
        Dry dry(context_, !taken);
        return value(*branch, names);
    };
    const Value then_value = branch(node.then_value, !known || *known != 0);
    const Value else_value = branch(node.else_value, !known || *known == 0);
    if (known) return *known != 0 ? then_value : else_value;
    return apply(context_, Op::Select, {condition, then_value, else_value}, expr.range);
}

Value Expressions::match(const Expr& expr, const Match& node, Names& names) {
    const Name& name = node.option.head;
    const auto option = node.option.suffixes.empty() ? names.option(name.text) : std::nullopt;
    if (!option) {
        context_.error(Code::UnknownName, name.range, fmt::format("`{}` is no option", name.text))
            .note(fmt::format("an option is declared by `option {} = a | b`", name.text));
        for (const MatchArm& arm : node.arms) {
            Dry dry(context_);
            value(*arm.result, names);
        }
        return {};
    }
    std::map<std::string, SourceRange> seen;
    const std::span<const Name> declared =
        option->values ? std::span<const Name>(*option->values) : std::span<const Name>();
    std::vector<std::string> values;
    for (const Name& known : declared) values.push_back(known.text);
    std::size_t unknown = 0;  // each stands for a value that is then no further mistake
    Value result;
    for (const MatchArm& arm : node.arms) {
        bool chosen = false;
        for (const Name& matched : arm.values) {
            const auto [place, is_new] = seen.emplace(matched.text, matched.range);
            if (!is_new)
                context_
                    .error(Code::MatchTwice, matched.range,
                           fmt::format("the value `{}` is matched twice", matched.text))
                    .label(place->second, "first matched here");
            else if (option->values &&
                     std::find(values.begin(), values.end(), matched.text) == values.end()) {
                ++unknown;
                context_.unknown(
                    matched,
                    fmt::format("the option `{}` has no value `{}`", name.text, matched.text),
                    values);
            }
            chosen = chosen || (is_new && matched.text == option->chosen);
        }
        Dry dry(context_, !chosen);
        const Value arm_value = value(*arm.result, names);
        if (chosen) result = arm_value;
    }
    std::vector<std::string> missing;
    for (const std::string& known : values)
        if (!seen.count(known)) missing.push_back(known);
    if (missing.size() > unknown) {
        const auto first = std::find_if(declared.begin(), declared.end(),
                                        [&](const Name& v) { return v.text == missing[0]; });
        context_
            .error(Code::MatchNotExhaustive, name.range,
                   fmt::format("the match lacks {}", quoted_list(missing)))
            .label(first->range, "declared here")
            .note("every value of the option has one line");
    } else if (!option->values && !seen.count(option->chosen))
        context_.error(Code::UnknownName, expr.range,
                       fmt::format("`{}` may not be `{}`", name.text, option->chosen));
    return result;
}

std::optional<double> Expressions::number(const Expr& expr, Names& names, const std::string& what) {
    const Value result = value(expr, names);
    if (result.poisoned()) return std::nullopt;
    if (const auto known = frontend::number(context_, result)) return known;
    context_.error(result.is_tuple ? Code::WrongType : Code::NotConstant, expr.range,
                   fmt::format("{} must be a number known before the run", what));
    return std::nullopt;
}

std::optional<std::int64_t> Expressions::whole(const Expr& expr, Names& names,
                                               const std::string& what, std::int64_t least) {
    const auto known = number(expr, names, what);
    if (!known) return std::nullopt;
    if (*known != std::floor(*known) || std::abs(*known) > 9e15 || *known < double(least)) {
        context_.error(Code::NotWhole, expr.range,
                       fmt::format("{} must be a whole number, at least {}, not {}", what, least,
                                   to_text(*known)));
        return std::nullopt;
    }
    return std::int64_t(*known);
}

constexpr int most_steps_back = 1000000;

std::optional<int> Expressions::lag(const IndexSuffix& index, Names& names) {
    const auto is_time = [](const Expr& expr) {
        const Name* word = as_word(expr);
        return word && word->text == "t";
    };
    const auto wrong = [&](const std::string& message, const std::string& note = "") {
        auto report = context_.error(Code::WrongTimeIndex, index.range, message);
        if (!note.empty()) report.note(note);
        return std::nullopt;
    };
    const std::string before = "the value of the step before is read by `[t-1]`";
    if (index.cuts.size() != 1 || index.cuts[0].is_slice || !index.cuts[0].begin)
        return wrong("an index is `[t]` or `[t-k]`");
    const Expr& expr = *index.cuts[0].begin;
    if (is_time(expr)) return 0;
    const auto* sum = std::get_if<Binary>(&expr.node);
    if (!sum || !is_time(*sum->left) ||
        (sum->op != BinaryOperator::Sub && sum->op != BinaryOperator::Add))
        return wrong("an index is `[t]` or `[t-k]`", before);
    if (const Name* word = as_word(*sum->right); word && word->text == "dt")
        return wrong("an index counts steps, not times", before);
    const auto back = number(*sum->right, names, "the number of steps back");
    if (!back) return std::nullopt;
    const double steps_back = sum->op == BinaryOperator::Sub ? *back : -*back;
    if (steps_back < 0) return wrong("the future cannot be read; an index is `[t]` or `[t-k]`");
    if (steps_back > most_steps_back)
        return wrong(fmt::format("at most {} steps back can be read", most_steps_back));
    if (steps_back != std::floor(steps_back))
        return wrong(
            fmt::format("the number of steps back must be whole, not {}", to_text(steps_back)));
    return int(steps_back);
}

}  // namespace snnc::frontend
