#include "ir/expr/printer.h"

#include <charconv>
#include <cmath>

namespace snnc::ir {
namespace {

/// How tightly an operator binds, as in the grammar; larger binds tighter.
int precedence(Op op) {
    switch (op) {
        case Op::Or: return 1;
        case Op::And: return 2;
        case Op::Not: return 3;
        case Op::Lt:
        case Op::Le:
        case Op::Gt:
        case Op::Ge:
        case Op::Eq:
        case Op::Ne: return 4;
        case Op::Add:
        case Op::Sub: return 5;
        case Op::Mul:
        case Op::Div: return 6;
        case Op::Neg: return 7;
        case Op::Pow: return 8;
        default: return 9;
    }
}

class ExprPrinter {
 public:
    ExprPrinter(const ExprPool& pool, const LeafPrinter& print_leaf, int shift)
        : pool_(pool), print_leaf_(print_leaf), shift_(shift) {}

    std::string print(ExprId id) const {
        const ExprNode& node = pool_[id];
        if (node.op == Op::Constant) return print_number(node.constant);
        if (node.op == Op::Read || node.op == Op::Uniform) return print_leaf_(node);
        if (node.op == Op::StepIndex && shift_ != 0) return step();
        if (node.op == Op::Select)
            return "if " + print(node.args[0]) + " { " + print(node.args[1]) + " } else { " +
                   print(node.args[2]) + " }";
        switch (info(node.op).kind) {
            case OpKind::Leaf: return info(node.op).text;
            case OpKind::Prefix: return prefix(node);
            case OpKind::Infix: return infix(node);
            case OpKind::Call: return call(node);
        }
        return {};
    }

 private:
    /// "(t-1)": the index of another step is a sum.
    std::string step() const {
        const std::string index = print_index(shift_);
        return "(" + index.substr(1, index.size() - 2) + ")";
    }

    /// The operand, in parentheses if it binds less tightly than `least`.
    std::string operand(ExprId id, int least) const {
        const ExprNode& node = pool_[id];
        const bool negative = node.op == Op::Constant && std::signbit(node.constant);
        const int binds = negative ? precedence(Op::Neg) : precedence(node.op);
        return binds < least ? "(" + print(id) + ")" : print(id);
    }

    std::string prefix(const ExprNode& node) const {
        const std::string text = info(node.op).text;
        return text + (node.op == Op::Not ? " " : "") + operand(node.args[0], precedence(node.op));
    }

    std::string infix(const ExprNode& node) const {
        const int own = precedence(node.op);
        const bool right = node.op == Op::Pow;
        const bool neither = own == precedence(Op::Eq);  // comparisons do not chain
        const std::string text = info(node.op).text;
        const bool tight = own >= precedence(Op::Mul);
        return operand(node.args[0], right || neither ? own + 1 : own) +
               (tight ? text : " " + text + " ") + operand(node.args[1], right ? own : own + 1);
    }

    /// The surrogate of a spike is not part of how it is written.
    std::string call(const ExprNode& node) const {
        const std::size_t shown = node.op == Op::Spike ? 1 : node.arguments().size();
        std::string text = std::string(info(node.op).text) + "(";
        for (std::size_t i = 0; i < shown; ++i) text += (i ? ", " : "") + print(node.args[i]);
        return text + ")";
    }

    const ExprPool& pool_;
    const LeafPrinter& print_leaf_;
    int shift_;
};

}  // namespace

std::string print(const ExprPool& pool, ExprId root, const LeafPrinter& print_leaf, int shift) {
    return ExprPrinter(pool, print_leaf, shift).print(root);
}

std::string print_number(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return {text, end};
}

std::string print_index(int lag) {
    if (lag == 0) return "[t]";
    return lag > 0 ? "[t-" + std::to_string(lag) + "]" : "[t+" + std::to_string(-lag) + "]";
}

}  // namespace snnc::ir
