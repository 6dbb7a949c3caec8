#include "frontend/declared_unit.h"

#include <cmath>

#include "frontend/elaborate_expressions.h"
#include "frontend/elaborate_units.h"

namespace snnc::frontend {
namespace {

struct DeclaredUnit {
    const UnitOfName& unit_of_name;

    std::optional<double> of(const Expr& value) const { return std::visit(*this, value.node); }
    std::optional<double> first(const Expr& a, const Expr& b) const {
        const auto unit = of(a);
        return unit ? unit : of(b);
    }

    std::optional<double> operator()(const Number& number) const {
        return number.unit.empty() ? std::nullopt : in_coherent_units(1, number.unit);
    }
    std::optional<double> operator()(const Reference& node) const {
        if (node.path.suffixes.empty()) return unit_of_name(node.path.head.text);
        const auto* call = std::get_if<CallSuffix>(&node.path.suffixes[0]);
        if (!call || !is_builtin_function(node.path.head.text)) return std::nullopt;
        for (const Argument& argument : call->arguments)
            if (const auto unit = of(*argument.value.value)) return unit;
        return std::nullopt;
    }
    std::optional<double> operator()(const Unary& node) const { return of(*node.operand); }
    std::optional<double> operator()(const Binary& node) const {
        if (node.op == BinaryOperator::Add || node.op == BinaryOperator::Sub)
            return first(*node.left, *node.right);
        const auto left = of(*node.left);
        if (node.op == BinaryOperator::Pow) {
            const auto* exponent = std::get_if<Number>(&node.right->node);
            return left && exponent ? std::optional(std::pow(*left, exponent->value))
                                    : std::nullopt;
        }
        const auto right = of(*node.right);
        if (!left && !right) return std::nullopt;
        if (node.op == BinaryOperator::Mul) return left.value_or(1) * right.value_or(1);
        if (node.op == BinaryOperator::Div) return left.value_or(1) / right.value_or(1);
        return std::nullopt;
    }
    std::optional<double> operator()(const If& node) const {
        return first(*node.then_value, *node.else_value);
    }
    std::optional<double> operator()(const Match&) const { return std::nullopt; }
    std::optional<double> operator()(const Parentheses& node) const { return of(*node.inner); }
    std::optional<double> operator()(const Tuple&) const { return std::nullopt; }
};

}  // namespace

std::optional<double> declared_unit(const Expr& value, const UnitOfName& unit_of_name) {
    return DeclaredUnit{unit_of_name}.of(value);
}

}  // namespace snnc::frontend
