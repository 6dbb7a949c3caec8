#include "frontend/linear_form.h"

#include <unordered_map>
#include <utility>

#include "ir/expr/evaluate.h"
#include "ir/expr/value.h"

namespace snnc::frontend {

using ir::ExprId;
using ir::Op;
using Term = ir::Value;

ExprId folded(ir::ExprPool& pool, ExprId expr) {
    const ir::ExprNode node = pool[expr];
    if (node.arguments().empty() || node.op == Op::Spike) return expr;
    double operands[3] = {0, 0, 0};
    for (std::size_t i = 0; i < node.arguments().size(); ++i) {
        if (!pool.is_constant(node.args[i])) return expr;
        operands[i] = pool[node.args[i]].constant;
    }
    return pool.constant(ir::apply<double>(node.op, operands[0], operands[1], operands[2]));
}

namespace {

ExprId fold_below(ir::ExprPool& pool, ExprId expr,
                  std::unordered_map<std::uint32_t, ExprId>& done) {
    const ir::ExprNode node = pool[expr];
    if (node.arguments().empty()) return expr;
    if (const auto known = done.find(expr.index); known != done.end()) return known->second;
    ExprId operands[3];
    for (std::size_t i = 0; i < node.arguments().size(); ++i)
        operands[i] = fold_below(pool, node.args[i], done);
    ExprId result;
    if (node.op == Op::Select && pool.is_constant(operands[0]))
        result = pool.is_constant(operands[0], 0) ? operands[2] : operands[1];
    else
        result = folded(pool, pool.make(node.op, operands[0], operands[1], operands[2]));
    done.emplace(expr.index, result);
    return result;
}

}  // namespace

ExprId folded_throughout(ir::ExprPool& pool, ExprId expr) {
    std::unordered_map<std::uint32_t, ExprId> done;
    return fold_below(pool, expr, done);
}

bool reads_along_step(const ir::ExprPool& pool, ExprId expr) {
    bool found = false;
    ir::for_each_read(pool, expr,
                      [&](const ir::ExprNode& read) { found = found || read.lag == along_step; });
    return found;
}

namespace {

using Form = std::optional<LinearForm>;

/// Bottom-up over the formula; shared parts are looked at once.
class Extraction {
 public:
    explicit Extraction(ir::ExprPool& pool) : pool_(pool) {}

    Form of(ExprId id) {
        if (const auto known = done_.find(id.index); known != done_.end()) return known->second;
        Form form = find(id);
        done_.emplace(id.index, form);
        return form;
    }

 private:
    Form find(ExprId id) {
        const ir::ExprNode node = pool_[id];
        if (node.op == Op::Read && node.lag == along_step)
            return LinearForm{{{node.tensor, pool_.constant(1)}}, pool_.constant(0)};
        if (!reads_along_step(pool_, id)) return LinearForm{{}, id};
        switch (node.op) {
            case Op::Neg: return negated(of(node.args[0]));
            case Op::Add: return sum(of(node.args[0]), of(node.args[1]));
            case Op::Sub: return sum(of(node.args[0]), negated(of(node.args[1])));
            case Op::Mul: return product(of(node.args[0]), of(node.args[1]));
            case Op::Div: return quotient(of(node.args[0]), node.args[1]);
            case Op::Select: return choice(node.args[0], of(node.args[1]), of(node.args[2]));
            default: return std::nullopt;
        }
    }

    Term term(ExprId id) { return {pool_, id}; }
    ExprId make(const Term& term) { return folded(pool_, term.id()); }

    template <class Function>
    Form each(Form form, Function function) {
        if (!form) return form;
        for (auto& [state, factor] : form->factors) factor = make(function(term(factor)));
        form->rest = make(function(term(form->rest)));
        return form;
    }

    Form negated(Form form) {
        return each(std::move(form), [](const Term& value) { return -value; });
    }

    Form sum(Form left, const Form& right) {
        if (!left || !right) return std::nullopt;
        for (const auto& [state, factor] : right->factors) {
            const auto [place, is_new] = left->factors.emplace(state, factor);
            if (!is_new) place->second = make(term(place->second) + term(factor));
            if (pool_.is_constant(place->second, 0)) left->factors.erase(place);
        }
        left->rest = make(term(left->rest) + term(right->rest));
        return left;
    }

    Form product(Form left, Form right) {
        if (!left || !right) return std::nullopt;
        if (left->factors.empty()) {
            const Term scale = term(left->rest);
            return each(std::move(right), [&](const Term& value) { return scale * value; });
        }
        if (!right->factors.empty()) return std::nullopt;
        const Term scale = term(right->rest);
        return each(std::move(left), [&](const Term& value) { return value * scale; });
    }

    Form quotient(Form form, ExprId divisor) {
        if (reads_along_step(pool_, divisor)) return std::nullopt;
        return each(std::move(form), [&](const Term& value) { return value / term(divisor); });
    }

    Form choice(ExprId condition, const Form& then_form, const Form& else_form) {
        if (!then_form || !else_form || reads_along_step(pool_, condition)) return std::nullopt;
        const auto factor = [&](const LinearForm& form, ir::TensorId state) {
            const auto found = form.factors.find(state);
            return term(found == form.factors.end() ? pool_.constant(0) : found->second);
        };
        LinearForm form;
        for (const LinearForm* one : {&*then_form, &*else_form})
            for (const auto& [state, ignored] : one->factors)
                form.factors[state] = ir::select(term(condition), factor(*then_form, state),
                                                 factor(*else_form, state))
                                          .id();
        form.rest = ir::select(term(condition), term(then_form->rest), term(else_form->rest)).id();
        return form;
    }

    ir::ExprPool& pool_;
    std::unordered_map<std::uint32_t, Form> done_;
};

}  // namespace

std::optional<LinearForm> linear_form(ir::ExprPool& pool, ExprId expr) {
    return Extraction(pool).of(expr);
}

}  // namespace snnc::frontend
