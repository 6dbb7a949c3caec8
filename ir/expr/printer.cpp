#include "ir/expr/printer.h"

#include <charconv>
#include <cmath>
#include <unordered_map>

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

    /// "a*#2 where #1 = b + c, #2 = #1*#1"; no `where` if nothing needs a name.
    std::string formula(ExprId root) {
        const double nodes = written_nodes(pool_, root, [](const ExprNode&) { return 1.0; });
        if (nodes <= longest_formula) return written(root);
        const std::vector<ExprId> parts = shared_parts(root);
        for (std::size_t i = 0; i < parts.size(); ++i) numbers_[parts[i].index] = i + 1;
        std::string text = written(root);
        for (std::size_t i = 0; i < parts.size(); ++i)
            text += (i == 0 ? " where " : ", ") + print(parts[i]) + " = " + written(parts[i]);
        return text;
    }

 private:
    /// What is read more than once, operands first.
    std::vector<ExprId> shared_parts(ExprId root) const {
        const std::vector<ExprId> order = operands_first(pool_, root);
        std::unordered_map<std::uint32_t, int> reads;
        for (const ExprId id : order)
            for (const ExprId operand : pool_[id].arguments()) ++reads[operand.index];
        std::vector<ExprId> parts;
        for (const ExprId id : order)
            if (reads[id.index] > 1 && !pool_[id].arguments().empty()) parts.push_back(id);
        return parts;
    }

    std::string print(ExprId id) const {
        const auto number = numbers_.find(id.index);
        return number == numbers_.end() ? written(id) : "#" + std::to_string(number->second);
    }

    std::string written(ExprId id) const {
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
        return binds < least && !numbers_.contains(id.index) ? "(" + print(id) + ")" : print(id);
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
    std::unordered_map<std::uint32_t, std::size_t> numbers_;  // of the parts that have a name
};

}  // namespace

std::string print(const ExprPool& pool, ExprId root, const LeafPrinter& print_leaf, int shift) {
    return ExprPrinter(pool, print_leaf, shift).formula(root);
}

double written_nodes(const ExprPool& pool, ExprId root,
                     const std::function<double(const ExprNode&)>& nodes_of_leaf) {
    std::unordered_map<std::uint32_t, double> nodes;
    for (const ExprId id : operands_first(pool, root)) {
        const auto operands = pool[id].arguments();
        double sum = operands.empty() ? nodes_of_leaf(pool[id]) : 1;
        for (const ExprId operand : operands) sum += nodes.at(operand.index);
        nodes[id.index] = sum;
    }
    return nodes.at(root.index);
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
