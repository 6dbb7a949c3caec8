#include "frontend/written_number.h"

#include <fmt/format.h>

#include <cmath>

#include "frontend/elaborate_units.h"

namespace snnc::frontend {
namespace {

using Unit = std::optional<UnitAsWritten>;

/// Only what can be said as a unit behind a number: a root of one has no such name.
struct UnitReader {
    Unit of(const Expr& value) const { return std::visit(*this, value.node); }
    Unit first(const Expr& a, const Expr& b) const {
        Unit unit = of(a);
        return unit ? unit : of(b);
    }

    Unit operator()(const Number& number) const {
        const auto size = number.unit.empty() ? std::nullopt : in_coherent_units(1, number.unit);
        return size ? Unit({number.unit, *size}) : std::nullopt;
    }
    Unit operator()(const Reference& node) const {
        if (node.path.suffixes.empty()) return std::nullopt;
        const auto* call = std::get_if<CallSuffix>(&node.path.suffixes[0]);
        if (!call) return std::nullopt;
        for (const Argument& argument : call->arguments)
            if (Unit unit = of(*argument.value.value)) return unit;
        return std::nullopt;
    }
    Unit operator()(const Unary& node) const { return of(*node.operand); }
    Unit operator()(const Binary& node) const {
        if (node.op == BinaryOperator::Add || node.op == BinaryOperator::Sub)
            return first(*node.left, *node.right);
        if (node.op == BinaryOperator::Pow) return power(node);
        const bool product = node.op == BinaryOperator::Mul;
        if (!product && node.op != BinaryOperator::Div) return std::nullopt;
        Unit left = of(*node.left), right = of(*node.right);
        if (!right) return left;
        if (!left) return product ? right : std::nullopt;
        return product ? UnitAsWritten{left->name + "*1" + right->name, left->size * right->size}
                       : UnitAsWritten{left->name + "/1" + right->name, left->size / right->size};
    }
    Unit power(const Binary& node) const {
        const Unit base = of(*node.left);
        const auto* exponent = std::get_if<Number>(&node.right->node);
        if (!base || !exponent) return std::nullopt;
        return UnitAsWritten{fmt::format("{}^{}", base->name, exponent->value),
                             std::pow(base->size, exponent->value)};
    }
    Unit operator()(const If& node) const { return first(*node.then_value, *node.else_value); }
    Unit operator()(const Match&) const { return std::nullopt; }
    Unit operator()(const Parentheses& node) const { return of(*node.inner); }
    Unit operator()(const Tuple&) const { return std::nullopt; }
};

}  // namespace

std::optional<UnitAsWritten> written_unit(const Expr& value) { return UnitReader{}.of(value); }

std::string written_number(double value, std::initializer_list<const Expr*> written) {
    if (value == 0 || !std::isfinite(value)) return fmt::format("{}", value);
    for (const Expr* expr : written)
        if (const auto unit = expr ? written_unit(*expr) : std::nullopt)
            // Twelve digits hide that the number was divided and multiplied.
            return fmt::format("{:.12g}{}", value / unit->size, unit->name);
    return fmt::format("{}", value);
}

}  // namespace snnc::frontend
