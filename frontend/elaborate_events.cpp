// What happens at events: assignments (`on`) and refractory times (language.md 8.1 and 8.2).
//
// The tensor of a state holds its values after the assignments: that is what other cells, outputs
// and `[t-k]` read. A state that is assigned has a second tensor, `NAME.before`, for the values by
// its equation, which the cell's own equations, lets and conditions read.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "frontend/elaborate_cells.h"
#include "frontend/written_number.h"

namespace snnc::frontend {

using ir::Op;

void CellUse::declare_events() {
    for (const EventPlace& place : events_) {
        std::map<std::string, SourceRange> seen;
        for (const Assignment& assignment : place.event->assignments) {
            const Name& name = assignment.name;
            if (!check_assigned(name)) continue;
            check_assignment(assignment);
            const auto [first, is_new] = seen.emplace(name.text, name.range);
            if (!is_new)
                context_
                    .error(Code::SecondEquation, name.range,
                           fmt::format("`{}` is assigned twice in one block", name.text))
                    .label(first->second, "the first stands here");
            if (before_.count(name.text)) continue;
            const std::string before = fmt::format("{}.{}.before", site_.name, name.text);
            before_[name.text] =
                helper(context_, before, site_.shape, {true, true}, assignment.name.range);
        }
    }
    for (RefractoryPlace& place : refractories_) declare_refractory(place);
}

bool CellUse::check_assigned(const Name& name) {
    const bool is_state = state_members_.count(name.text) > 0;
    if (!is_state) report_no_state(name, "only states can be assigned or held");
    return is_state;
}

void CellUse::check_assignment(const Assignment& assignment) {
    if (!assignment.index) return;
    const auto lag = expressions_.lag(*assignment.index, *this);
    if (lag && *lag != 0)
        context_.error(Code::WrongTimeIndex, assignment.index->range,
                       "an assignment changes the value at `[t]`; the past cannot be changed");
}

/// The value of a state or an output by its equation. A state that is assigned as well gets it
/// under another name; held cells keep their states and do not spike.
void CellUse::define_variable(const std::string& name, Value value, const SourceRange& range) {
    if (const auto held = held_states_.find(name); held != held_states_.end()) {
        value = while_held(held->second, read(context_, variables_.at(name), 1), value, range);
    } else if (!cannot_spike_.poisoned() && name == outputs_[0]->text) {
        value = while_held(cannot_spike_, constant(context_, 0), value, range);
    }
    if (value.poisoned()) return;
    const auto before = before_.find(name);
    const ir::TensorId target = before == before_.end() ? variables_.at(name) : before->second;
    context_.origins.equations[target.index] = range;
    if (!state_members_.count(name) && is_zero_or_one(context_, value.expr))
        context_.network[target].kind = ir::DataKind::Spike;
    context_.define(target, ir::Formula{value.expr});
}

// ---- assignments ---------------------------------------------------------------------------

void CellUse::define_events() {
    for (const auto& [name, tensor] : before_) assigned_[name] = read(context_, tensor);
    for (const EventPlace& place : events_) define_event(*place.event);
    for (const auto& [name, tensor] : before_) {
        const Value& value = assigned_.at(name);
        if (value.poisoned()) continue;
        const ir::TensorId variable = variables_.at(name);
        context_.origins.equations[variable.index] = context_.origins.equations[tensor.index];
        context_.define(variable, ir::Formula{value.expr});
    }
}

void CellUse::define_event(const OnEvent& event) {
    context_.time_reads = {};
    const Value condition = expressions_.value(*event.condition, *this);
    std::map<std::string, Value> next;  // a block's right sides read what was before the block
    for (const Assignment& assignment : event.assignments) {
        reading_ = Reading::Assignments;
        const Value value = expressions_.value(*assignment.value, *this);
        reading_ = Reading::Before;
        const auto kept = assigned_.find(assignment.name.text);
        if (kept == assigned_.end()) continue;
        Value result = assigned(event, condition, value, kept->second, assignment.range);
        if (const auto held = held_states_.find(assignment.name.text); held != held_states_.end())
            result = while_held(held->second, kept->second, result, assignment.range);
        next[assignment.name.text] = result;
        check_time_step(assignment.range, false);
    }
    for (const auto& [name, value] : next) assigned_[name] = value;
}

/// v + q*(e - v), with q = 1 where the condition is not 0. A spike passes its gradient on through
/// q: then q*e + (1 - q)*v, which is the same to the last bit as choosing one of them.
Value CellUse::assigned(const OnEvent& event, const Value& condition, const Value& value,
                        const Value& kept, const SourceRange& range) {
    if (!passes_gradient(*event.condition))
        return apply(context_, Op::Select, {condition, value, kept}, range);
    const Value rest = apply(context_, Op::Sub, {constant(context_, 1), condition}, range);
    return apply(context_, Op::Add,
                 {apply(context_, Op::Mul, {condition, value}, range),
                  apply(context_, Op::Mul, {rest, kept}, range)},
                 range);
}

/// Is the condition one name whose equation is `spike(…)`?
bool CellUse::passes_gradient(const Expr& condition) const {
    const auto* reference = std::get_if<Reference>(&condition.node);
    if (const auto* inner = std::get_if<Parentheses>(&condition.node))
        return passes_gradient(*inner->inner);
    if (!reference || reference->surrogate) return false;
    for (const Suffix& suffix : reference->path.suffixes)
        if (!std::holds_alternative<IndexSuffix>(suffix)) return false;
    const Expr* value = nullptr;
    const std::string& name = reference->path.head.text;
    for (const EquationPlace& place : equations_)
        if (place.equation->name.text == name) value = place.equation->value.get();
    if (const auto let = lets_.find(name); let != lets_.end())
        value = let->second.member->value.get();
    const auto* call = value ? std::get_if<Reference>(&value->node) : nullptr;
    return call && call->path.head.text == "spike" && call->path.suffixes.size() == 1 &&
           std::holds_alternative<CallSuffix>(call->path.suffixes[0]);
}

// ---- refractory times ----------------------------------------------------------------------

/// Each line counts for itself. What one of them holds is held, and spikes wait for the last.
void CellUse::declare_refractory(RefractoryPlace& place) {
    const SourceRange& range = place.range;
    if (outputs_.empty()) {
        context_.error(Code::MisplacedEquation, range,
                       "a refractory time follows a spike of the first output, and the cell has "
                       "no output");
        return;
    }
    // A counter of the run: how many of the steps that follow will still be held.
    const std::string prefix = site_.name + ".";
    place.steps_left =
        helper(context_, prefix + "refractory.left", site_.shape, {true, true}, range);
    const Name name{context_.network[place.steps_left].name.substr(prefix.size()), range};
    const ir::TensorId start = start_tensor(name, constant(context_, 0));
    context_.network[place.steps_left].initial = start;
    context_.network.states.push_back({place.steps_left, start});
    place.is_held = apply(context_, Op::Gt,
                          {read(context_, place.steps_left, 1), constant(context_, 0)}, range);
    cannot_spike_ = either(cannot_spike_, place.is_held, range);
    for (const Name& state : place.refractory->states)
        if (check_assigned(state)) {
            Value& held = held_states_[state.text];
            held = either(held, place.is_held, range);
        }
}

/// `a` may be poisoned: then it never holds.
Value CellUse::either(const Value& a, const Value& b, const SourceRange& range) {
    return a.poisoned() ? b : apply(context_, Op::Or, {a, b}, range);
}

/// n = floor(T/dt + 0.001), at least 1.
Value CellUse::whole_steps(const Refractory& refractory) {
    const SourceRange& range = refractory.duration->range;
    context_.time_reads = {};
    const Value length = expressions_.value(*refractory.duration, *this);
    check_time_step(range, true);
    if (!length.poisoned() && extent(context_, length).per_step) {
        context_.error(Code::NotConstant, range, "a refractory time is constant during the run");
        return {};
    }
    if (const auto known = number(context_, length); known && *known < 0) {
        const Name* word = as_word(*refractory.duration);
        const auto named = word ? parameters_.find(word->text) : parameters_.end();
        const Expr* value = nullptr;  // that of a parameter says the unit
        if (named != parameters_.end())
            value = named->second.given ? named->second.given->value.value.get()
                                        : named->second.member->value.get();
        auto report =
            context_.error(Code::OutOfInterval, range,
                           fmt::format("a refractory time is at least 0, and {} is not",
                                       written_number(*known, {refractory.duration.get(), value})));
        if (value) report.label(value->range, "the value stands here");
        return {};
    }
    const Value dt = constant(context_, context_.network.dt);
    const Value steps = apply(context_, Op::Div, {length, dt}, range);
    const Value whole =
        apply(context_, Op::Floor,
              {apply(context_, Op::Add, {steps, constant(context_, 0.001)}, range)}, range);
    return apply(context_, Op::Max, {whole, constant(context_, 1)}, range);
}

/// After a spike the cell is held for n - 1 steps: it moves on, and may spike again, n steps later.
void CellUse::define_refractory() {
    for (const RefractoryPlace& place : refractories_) {
        if (!place.steps_left.valid()) continue;
        const Value spike = variable_value(outputs_[0]->text, 0);
        const Value one = constant(context_, 1);
        const Value after_spike =
            apply(context_, Op::Sub, {whole_steps(*place.refractory), one}, place.range);
        const Value one_less =
            apply(context_, Op::Sub, {read(context_, place.steps_left, 1), one}, place.range);
        const Value left = apply(context_, Op::Max, {one_less, constant(context_, 0)}, place.range);
        const Value next = apply(context_, Op::Select, {spike, after_spike, left}, place.range);
        if (!next.poisoned()) context_.define(place.steps_left, ir::Formula{next.expr});
    }
}

Value CellUse::while_held(const Value& is_held, const Value& held, const Value& free,
                          const SourceRange& range) {
    return apply(context_, Op::Select, {is_held, held, free}, range);
}

}  // namespace snnc::frontend
