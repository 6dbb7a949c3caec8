#include "frontend/expression_dimensions.h"

#include <fmt/format.h>

#include <cmath>

#include "frontend/ast_walk.h"
#include "frontend/elaborate_expressions.h"
#include "frontend/elaborate_units.h"

namespace snnc::frontend {

// ---- what is asked of expressions ----------------------------------------------------------

static const MatchArm* chosen_arm(const Match& node, DimensionNames& names) {
    const auto chosen = names.option(node.option.head.text);
    if (!chosen) return nullptr;
    for (const MatchArm& arm : node.arms)
        for (const Name& value : arm.values)
            if (value.text == *chosen) return &arm;
    return nullptr;
}

/// The arm of a `match` that the options choose, the branch of an `if`: what is wrong in the whole.
static const Expr& chosen_part(const Expr& expr, DimensionNames& names) {
    if (const auto* match = std::get_if<Match>(&expr.node))
        if (const MatchArm* arm = chosen_arm(*match, names))
            return chosen_part(*arm->result, names);
    if (const auto* choice = std::get_if<If>(&expr.node))
        if (const Name* word = as_word(*choice->condition))
            if (const auto chosen = names.option(word->text))
                return chosen_part(*chosen == "true" ? *choice->then_value : *choice->else_value,
                                   names);
    return expr;
}

bool ExpressionDimensions::fits(const Expr& whole, const Dimension& got, const Dimension& wanted,
                                DimensionNames& names, const Sentence& sentence) {
    const Expr& expr = chosen_part(whole, names);
    if (system_.equate(got, wanted, expr.range)) return true;
    messages_.report({&expr, expr.range, got, wanted, names.hints()}, sentence);
    return false;
}

Dimension ExpressionDimensions::expect(const Expr& expr, DimensionNames& names,
                                       const Dimension& wanted, const Sentence& sentence) {
    return fits(expr, of(expr, names), wanted, names, sentence) ? wanted : Dimension::any();
}

Dimension ExpressionDimensions::number(const Expr& expr, DimensionNames& names,
                                       const std::string& what) {
    expect(expr, names, {}, [&](const std::string& got, const std::string&) {
        return fmt::format("{} a number, but `{}` is {}", what, messages_.text(expr.range), got);
    });
    return {};
}

std::optional<double> ExpressionDimensions::constant(const Expr& expr, DimensionNames& names) {
    if (const auto* number = std::get_if<Number>(&expr.node))
        return number->unit.empty() ? std::optional(number->value) : std::nullopt;
    if (const auto* inner = std::get_if<Parentheses>(&expr.node))
        return constant(*inner->inner, names);
    if (const Name* word = as_word(expr)) return names.constant(word->text);
    if (const auto* unary = std::get_if<Unary>(&expr.node)) {
        const auto operand = constant(*unary->operand, names);
        if (operand && unary->op == UnaryOperator::Minus) return -*operand;
        return std::nullopt;
    }
    const auto* binary = std::get_if<Binary>(&expr.node);
    if (!binary) return std::nullopt;
    const auto left = constant(*binary->left, names), right = constant(*binary->right, names);
    if (!left || !right) return std::nullopt;
    switch (binary->op) {
        case BinaryOperator::Add: return *left + *right;
        case BinaryOperator::Sub: return *left - *right;
        case BinaryOperator::Mul: return *left * *right;
        case BinaryOperator::Div: return *left / *right;
        default: return std::nullopt;
    }
}

// ---- expressions ---------------------------------------------------------------------------

Dimension ExpressionDimensions::of(const Expr& expr, DimensionNames& names) {
    struct Visitor {
        ExpressionDimensions& self;
        const Expr& expr;
        DimensionNames& names;
        Dimension operator()(const Number& node) { return self.number_literal(expr, node); }
        Dimension operator()(const Reference& node) { return self.reference(expr, node, names); }
        Dimension operator()(const Unary& node) { return self.unary(node, names); }
        Dimension operator()(const Binary& node) { return self.binary(expr, node, names); }
        Dimension operator()(const If& node) { return self.choice(node, names); }
        Dimension operator()(const Match& node) { return self.match(node, names); }
        Dimension operator()(const Parentheses& node) { return self.of(*node.inner, names); }
        Dimension operator()(const Tuple& node) {
            for (const ExprPtr& element : node.elements) self.of(*element, names);
            return Dimension::any();
        }
    };
    return std::visit(Visitor{*this, expr, names}, expr.node);
}

/// 0 fits everywhere, unless it has a unit.
Dimension ExpressionDimensions::number_literal(const Expr& expr, const Number& number) {
    if (number.unit.empty()) return number.value == 0 ? Dimension::any() : Dimension();
    const auto powers = powers_of_unit(number.unit);
    if (!powers) return Dimension::any();
    messages_.note_unit(number.unit);
    return Dimension(*powers).with(WrittenUnit{number.unit, expr.range});
}

Dimension ExpressionDimensions::unary(const Unary& node, DimensionNames& names) {
    const Dimension operand = of(*node.operand, names);
    return node.op == UnaryOperator::Minus ? operand : Dimension();
}

Dimension ExpressionDimensions::binary(const Expr& expr, const Binary& node,
                                       DimensionNames& names) {
    switch (node.op) {
        case BinaryOperator::Add:
        case BinaryOperator::Sub: return sum(expr, node, names);
        case BinaryOperator::Mul: return of(*node.left, names) * of(*node.right, names);
        case BinaryOperator::Div: return of(*node.left, names) / of(*node.right, names);
        case BinaryOperator::Pow: return power(node, names);
        case BinaryOperator::And:
        case BinaryOperator::Or:
            of(*node.left, names);
            of(*node.right, names);
            return {};
        default: break;
    }
    sum(expr, node, names);  // a comparison
    return {};
}

/// Sums and comparisons: both sides alike. Of a number and a quantity the number is wrong.
Dimension ExpressionDimensions::sum(const Expr& expr, const Binary& node, DimensionNames& names) {
    const Dimension left = of(*node.left, names), right = of(*node.right, names);
    if (system_.equate(left, right, expr.range)) return left.is_any() ? right : left;
    const bool left_is_wrong = bare_number(*node.left) != nullptr;
    const Expr& wrong = left_is_wrong ? *node.left : *node.right;
    const char* verb = node.op == BinaryOperator::Add   ? "added to"
                       : node.op == BinaryOperator::Sub ? "subtracted from"
                                                        : "compared with";
    const bool backwards = left_is_wrong && node.op == BinaryOperator::Sub;
    messages_.report(
        {&wrong, wrong.range, left_is_wrong ? left : right, left_is_wrong ? right : left,
         names.hints()},
        [&](const std::string& got, const std::string& wanted) {
            const std::string text = messages_.text(wrong.range);
            if (backwards)
                return fmt::format("{} cannot be {} `{}`, which is {}", wanted, verb, text, got);
            return fmt::format("`{}` is {} and cannot be {} {}", text, got, verb, wanted);
        });
    return Dimension::any();
}

/// A constant exponent multiplies exponents; with another both sides are numbers.
Dimension ExpressionDimensions::power(const Binary& node, DimensionNames& names) {
    const Dimension base = of(*node.left, names);
    number(*node.right, names, "an exponent is");
    const auto value = constant(*node.right, names);
    if (const auto exponent = value ? small_fraction(*value) : std::nullopt)
        return exponent->zero() ? Dimension() : base.pow(*exponent);
    fits(*node.left, base, {}, names, [&](const std::string& got, const std::string&) {
        return fmt::format("`{}` is {}, and only a constant can be its exponent",
                           messages_.text(node.left->range), got);
    });
    return {};
}

/// All parts have one dimension, that of the first that has one.
Dimension ExpressionDimensions::alike(const std::vector<const Expr*>& parts, DimensionNames& names,
                                      const std::string& what) {
    Dimension result = Dimension::any();
    const Expr* first = nullptr;
    for (const Expr* part : parts) {
        const Dimension here = of(*part, names);
        if (result.is_any()) {
            result = here;
            first = part;
            continue;
        }
        if (system_.equate(result, here, part->range)) continue;
        const bool first_is_wrong = bare_number(*first) != nullptr;
        const Expr& wrong = first_is_wrong ? *first : *part;
        messages_.report({&wrong, wrong.range, first_is_wrong ? result : here,
                          first_is_wrong ? here : result, names.hints()},
                         [&](const std::string& got, const std::string& wanted) {
                             return fmt::format("{}, but `{}` is {} and the other is {}", what,
                                                messages_.text(wrong.range), got, wanted);
                         });
        return Dimension::any();
    }
    return result;
}

Dimension ExpressionDimensions::choice(const If& node, DimensionNames& names) {
    // A branch that the options leave out is not there.
    if (const Name* word = as_word(*node.condition))
        if (const auto chosen = names.option(word->text))
            return of(*chosen == "true" ? *node.then_value : *node.else_value, names);
    of(*node.condition, names);
    return alike({node.then_value.get(), node.else_value.get()}, names,
                 "the branches of an `if` have one dimension");
}

Dimension ExpressionDimensions::match(const Match& node, DimensionNames& names) {
    const MatchArm* arm = chosen_arm(node, names);
    return arm ? of(*arm->result, names) : Dimension::any();
}

// ---- names ---------------------------------------------------------------------------------

Dimension ExpressionDimensions::fixed(const std::string& name, DimensionNames& names) {
    if (name == "inf" || name == "false") return Dimension::any();
    if (name == "dt") return names.dt();
    // Standard deviation 1/sqrt(dt).
    if (name == "xi") return names.dt().pow({-1, 2});
    return {};
}

/// `v[t-1ms]`: an index counts steps.
void ExpressionDimensions::index(const Path& path, DimensionNames& names) {
    for (const Suffix& suffix : path.suffixes) {
        const auto* index = std::get_if<IndexSuffix>(&suffix);
        if (!index || index->cuts.size() != 1 || !index->cuts[0].begin) continue;
        const auto* sum = std::get_if<Binary>(&index->cuts[0].begin->node);
        if (sum && (sum->op == BinaryOperator::Sub || sum->op == BinaryOperator::Add))
            number(*sum->right, names, "an index counts steps and is");
    }
}

Dimension ExpressionDimensions::reference(const Expr& expr, const Reference& reference,
                                          DimensionNames& names) {
    for (const Suffix& suffix : reference.path.suffixes)
        if (std::holds_alternative<CallSuffix>(suffix)) return call(expr, reference, names);
    const std::string& name = reference.path.head.text;
    if (is_reserved(name)) return fixed(name, names);
    if (names.option(name)) return {};
    index(reference.path, names);
    return names.member(reference.path);
}

// ---- what stands in the text ---------------------------------------------------------------

namespace {

/// Is there such a part, in the expression or in a function that it calls?
bool holds(const Expr& root, const Declarations& declarations,
           const std::function<bool(const Expr&)>& is_it, std::set<const Declaration*>& seen) {
    bool found = false;
    for_each_expression(root, [&](const Expr& part) {
        if (found || is_it(part)) {
            found = true;
            return;
        }
        const auto* reference = std::get_if<Reference>(&part.node);
        if (!reference || reference->path.suffixes.empty()) return;
        const Declaration* callee = declarations.find(Space::Function, reference->path.head);
        const auto* function = callee ? std::get_if<FunctionDecl>(&callee->node) : nullptr;
        if (function && seen.insert(callee).second)
            found = holds(*function->value, declarations, is_it, seen);
    });
    return found;
}

}  // namespace

bool writes_units(const Expr& expr, const Declarations& declarations, bool times) {
    std::set<const Declaration*> seen;
    return holds(
        expr, declarations,
        [&](const Expr& part) {
            const auto* number = std::get_if<Number>(&part.node);
            return number && !number->unit.empty() && (!times || is_unit_of_time(number->unit));
        },
        seen);
}

bool reads_step(const Expr& expr, const Declarations& declarations) {
    std::set<const Declaration*> seen;
    return holds(
        expr, declarations,
        [](const Expr& part) {
            const Name* word = as_word(part);
            return word && (word->text == "dt" || word->text == "xi");
        },
        seen);
}

bool is_plain_number(const Expr& expr) {
    bool plain = true;
    for_each_expression(expr, [&](const Expr& part) {
        if (const auto* number = std::get_if<Number>(&part.node))
            plain = plain && number->unit.empty();
        const Name* word = as_word(part);
        if (word && word->text != "pi" && word->text != "inf") plain = false;
        const auto* call = std::get_if<Reference>(&part.node);
        if (call && !word && !is_builtin_function(call->path.head.text)) plain = false;
    });
    return plain;
}

}  // namespace snnc::frontend
