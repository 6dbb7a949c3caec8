#include "frontend/ast_walk.h"

namespace snnc::frontend {
namespace {

struct Walker {
    const VisitExpression& visit;

    void walk(const ExprPtr& expr) const {
        if (!expr) return;
        visit(*expr);
        std::visit(*this, expr->node);
    }
    void walk(const Path& path) const {
        for (const Suffix& suffix : path.suffixes) {
            if (const auto* index = std::get_if<IndexSuffix>(&suffix)) walk(*index);
            if (const auto* call = std::get_if<CallSuffix>(&suffix))
                for (const Argument& argument : call->arguments) walk(argument.value.value);
        }
    }
    void walk(const IndexSuffix& index) const {
        for (const Cut& cut : index.cuts) {
            walk(cut.begin);
            walk(cut.end);
        }
    }
    void walk(const std::optional<Interval>& interval) const {
        if (!interval) return;
        walk(interval->low);
        walk(interval->high);
    }

    void operator()(const Number&) const {}
    void operator()(const Reference& node) const {
        walk(node.path);
        if (node.surrogate) walk(*node.surrogate);
    }
    void operator()(const Unary& node) const { walk(node.operand); }
    void operator()(const Binary& node) const {
        walk(node.left);
        walk(node.right);
    }
    void operator()(const If& node) const {
        walk(node.condition);
        walk(node.then_value);
        walk(node.else_value);
    }
    void operator()(const Match& node) const {
        for (const MatchArm& arm : node.arms) walk(arm.result);
    }
    void operator()(const Parentheses& node) const { walk(node.inner); }
    void operator()(const Tuple& node) const {
        for (const ExprPtr& element : node.elements) walk(element);
    }

    void operator()(const PortMember& member) const { walk(member.interval); }
    void operator()(const OutputMember&) const {}
    void operator()(const ParamMember& member) const {
        walk(member.value);
        walk(member.interval);
    }
    void operator()(const StateMember& member) const { walk(member.value); }
    void operator()(const OptionMember&) const {}
    void operator()(const LetMember& member) const { walk(member.value); }
    void operator()(const Equation& member) const { walk(member.value); }
    void operator()(const DifferentialEquation& member) const { walk(member.value); }
    void operator()(const OnEvent& member) const {
        walk(member.condition);
        for (const Assignment& assignment : member.assignments) walk(assignment.value);
    }
    void operator()(const Refractory& member) const { walk(member.duration); }
};

}  // namespace

void for_each_expression(const Expr& root, const VisitExpression& visit) {
    visit(root);
    std::visit(Walker{visit}, root.node);
}

void for_each_expression(const Member& member, const VisitExpression& visit) {
    std::visit(Walker{visit}, member.node);
}

}  // namespace snnc::frontend
