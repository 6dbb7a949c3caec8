// One group of differential equations on its way through one step; inside of solvers.cpp and
// exact_solver.cpp.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "frontend/linear_form.h"
#include "frontend/propagators.h"
#include "frontend/solvers.h"
#include "ir/expr/value.h"

namespace snnc::frontend {

class Group {
 public:
    Group(Context& context, const std::vector<Derivative>& equations, const GroupSite& site);
    std::vector<Value> advance(Solver solver);

 private:
    using Term = ir::Value;
    using Part = std::vector<std::size_t>;  // equations that are coupled

    // Terms (solvers.cpp).
    Term term(ir::ExprId id) { return {pool_, id}; }
    Term at_start(ir::TensorId state) { return {pool_, pool_.read(state, 1)}; }
    Term along(ir::TensorId state) { return {pool_, pool_.read(state, along_step)}; }
    /// A part of the step's length.
    Term dt(double part = 1) { return term(pool_.constant(part * context_.network.dt)); }
    std::size_t size() const { return equations_.size(); }
    const std::string& name(std::size_t i) const { return equations_[i].name; }
    bool is_held(std::size_t i) const { return equations_[i].is_held.valid(); }
    std::optional<std::size_t> index_of(ir::TensorId state) const;
    using Replacement = std::function<Term(ir::TensorId state)>;
    /// The formula with `value(state)` for every state along the step, also in sums over cells.
    ir::ExprId replaced(ir::ExprId expr, const Replacement& value);
    /// The right side as a form of its own state, the others as they are at the beginning.
    std::optional<LinearForm> form_in_itself(std::size_t i);
    Value value_of(const Term& term) const;
    /// The value under a name of its own, `POPULATION.STATE.WORD`: computed once for the run if
    /// nothing in it has steps.
    Term named(const Term& term, std::size_t i, const std::string& word);

    // Sums over cells of states along the step (sums_along_step.cpp).
    struct MovingSum {
        ir::TensorId operand;                     // the operator's source, a formula
        ir::ExprId formula;                       // of the operand, as it was read
        std::map<ir::ExprId, ir::TensorId> made;  // by formula with values in place: the sum
    };
    void find_sums(ir::ExprId expr);
    /// Does the equation depend on a sum over the state (any of the group's, if it is invalid)?
    bool sums_along_step(std::size_t i, ir::TensorId state) const;
    bool sum_reads(const MovingSum& sum, ir::TensorId state) const;
    ir::TensorId made(ir::TensorId sum, const Replacement& value);
    ir::DefinitionKind& kind_of(ir::TensorId tensor);

    // Linear systems (exact_solver.cpp).
    std::vector<Value> exact();
    void exact_part(const Part& part, const SquareMatrix& a, const std::vector<ir::ExprId>& b,
                    std::vector<Value>& results);
    std::vector<ir::ExprId> held_conditions(const Part& part) const;
    void go_on_while_held(const Part& part, const SquareMatrix& a, const std::vector<ir::ExprId>& b,
                          std::vector<Value>& results);
    void go_on_while(const std::vector<ir::ExprId>& conditions, const Part& part, SquareMatrix a,
                     std::vector<ir::ExprId> b, const std::string& suffix,
                     std::vector<Value>& results);
    bool varies(const SquareMatrix& a) const;
    std::vector<Term> stepped(const Part& part, const SquareMatrix& a,
                              const std::vector<ir::ExprId>& b, const std::string& suffix);
    Term coefficient(const Part& part, const SquareMatrix& matrix, std::size_t i, std::size_t j,
                     const std::string& word);
    Term propagated(const Part& part, const Propagators& next, const std::vector<ir::ExprId>& b,
                    std::size_t i, const std::string& suffix);
    Term increment(const Part& part, const Propagators& next, const std::vector<Term>& slopes,
                   std::size_t i, const std::string& suffix);

    // The others (solvers.cpp).
    std::vector<Value> exp_euler();
    std::vector<Value> euler();
    std::vector<Term> slopes_after(const std::vector<Term>& slopes, const Term& length,
                                   const std::string& word);
    std::vector<Value> rk2();
    std::vector<Value> rk4();

    // What cannot be solved (solvers.cpp).
    void offer(DiagnosticBuilder& report, std::size_t i);
    void report_not_linear(std::size_t i);
    void report_entangled(std::size_t i);
    void report_not_linear_in_itself(std::size_t i);
    void report_sum(std::size_t i);

    Context& context_;
    ir::ExprPool& pool_;
    const std::vector<Derivative>& equations_;
    const GroupSite& site_;
    std::vector<ir::ExprId> right_sides_;
    std::map<ir::ExprId, Term> named_;
    std::map<ir::TensorId, MovingSum> sums_;
};

}  // namespace snnc::frontend
