// Parameters of cells: constants, or tensors that are stored with the weights (language.md 3).
#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "frontend/elaborate_cells.h"

namespace snnc::frontend {

using ir::Op;
using Training = ArgumentValue::Training;

Value CellUse::parameter(const std::string& name) {
    Parameter& parameter = parameters_.at(name);
    // As for lets: an arm that is not taken must not make a cycle.
    if (context_.dry > 0 && parameter.progress != Progress::Done) return constant(context_, 1);
    if (parameter.progress == Progress::Running) {
        context_.error(Code::RecursiveDefinition, parameter.member->name.range,
                       fmt::format("the value of `{}` depends on itself", name));
        parameter.progress = Progress::Done;
    }
    if (parameter.progress == Progress::Waiting) {
        parameter.progress = Progress::Running;
        const Stage stage = std::exchange(stage_, Stage::Parameters);
        const Context::TimeReads time_reads = std::exchange(context_.time_reads, {});
        const Value value = parameter_value(parameter);
        stage_ = stage;
        parameter.time_reads = std::exchange(context_.time_reads, time_reads);
        if (parameter.progress == Progress::Running) parameter.value = value;
        parameter.progress = Progress::Done;
    }
    context_.time_reads += parameter.time_reads;
    return parameter.value;
}

/// Does training change the parameter? The use decides, else the cell.
static bool is_learned(const ParamMember& member, const Argument* given) {
    if (given && given->value.training == Training::Learn) return true;
    return member.learn && !(given && given->value.training == Training::Fixed);
}

Value CellUse::parameter_value(Parameter& parameter) {
    const ParamMember& member = *parameter.member;
    const Argument* given = parameter.given;
    if (given && !given->value.pattern_indices.empty()) {
        context_.error(Code::WrongArguments, given->value.range,
                       "only the pattern of `sparse` takes index names");
        return {};
    }
    const bool learned = is_learned(member, given);
    if (learned && cell_.encoder) {
        refuse_learning(given ? given->value.range : member.name.range);
        return {};
    }
    const std::optional<Name> per = given ? given->value.per : std::nullopt;
    const Expr& expr = given ? *given->value.value : *member.value;
    Names& names = given ? *site_.names : static_cast<Names&>(*this);
    if (learned || per || as_draw(expr))
        return stored_parameter(parameter, expr, names, learned, per);

    Value value = expressions_.value(expr, names);
    if (!value.poisoned() && value.is_tuple) {
        context_.error(Code::WrongType, expr.range, "a tuple stands where a number is needed")
            .note("`uniform(0, 1) per neuron` gives each cell a value of its own");
        return {};
    }
    if (const auto known = number(context_, value))
        check_interval(*known, member.interval, member.name.text, expr);
    else if (!value.poisoned())  // made of stored values: bounded as these are
        return bounded(value, member);
    return value;
}

Value CellUse::stored_parameter(Parameter& parameter, const Expr& expr, Names& names, bool learned,
                                const std::optional<Name>& per) {
    const ParamMember& member = *parameter.member;
    const bool by_sigmoid = member.by && member.by->text == "sigmoid";
    if (member.by && !by_sigmoid && member.by->text != "clamp") {
        context_.unknown(*member.by, fmt::format("there is no bound `by {}`", member.by->text),
                         {"clamp", "sigmoid"});
        return {};
    }
    auto first = initialiser(expr, names, member.name.text, member.interval);
    if (!first) return {};
    const double unit = dimensions_->unit(member.name.text);
    first->a /= unit;
    first->b /= unit;

    ir::Tensor tensor;
    tensor.name = site_.name + "." + member.name.text;
    tensor.per_sample = false;
    tensor.role = ir::Role::Parameter;
    tensor.trainable = learned;
    tensor.range = parameter.given ? parameter.given->range : site_.range;
    if (per && per->text == "neuron") {
        tensor.shape = site_.shape;
    } else if (per && per->text == "channel") {
        if (site_.shape.empty()) return {};
        if (site_.shape.size() < 2) {
            context_.error(Code::ShapeMismatch, per->range,
                           fmt::format("`per channel` needs cells of shape [c, …], and these have "
                                       "{}; `per neuron` gives each its own value",
                                       ir::to_string(site_.shape)));
            return {};
        }
        tensor.shape = {site_.shape[0]};
        tensor.per_channel = true;
    } else if (per) {
        context_.unknown(*per,
                         fmt::format("a value stands `per neuron` or `per channel`, not "
                                     "`per {}`",
                                     per->text),
                         {"neuron", "channel"});
        return {};
    }
    const bool one_for_all = tensor.shape.empty();
    parameter.tensor = context_.add(std::move(tensor));
    context_.network.parameters.push_back({parameter.tensor, *first, site_.name});
    if (by_sigmoid && !add_sigmoid_bounds(member)) return {};
    const Value stored{context_.network.pool.read(parameter.tensor),
                       one_for_all ? ir::Shape{} : site_.shape};
    return bounded(in_formulas(context_, stored, unit, member.name.range), member);
}

/// The optimiser moves the value inside of its interval only.
bool CellUse::add_sigmoid_bounds(const ParamMember& member) {
    if (!member.interval) {
        context_.error(Code::OutOfInterval, member.by->range,
                       fmt::format("`by sigmoid` needs an interval, `{} = … in [a, b] by sigmoid`",
                                   member.name.text));
        return false;
    }
    const auto limits = bounds(member.interval);
    if (!limits) return false;
    if (!std::isfinite(limits->high - limits->low) || limits->low == limits->high) {
        context_.error(Code::OutOfInterval, member.interval->range,
                       "the interval of a sigmoid has two finite bounds that differ");
        return false;
    }
    const double unit = dimensions_->unit(member.name.text);
    context_.network.parameters.back().sigmoid_bounds = {limits->low / unit, limits->high / unit};
    return true;
}

/// The value in every forward evaluation: it cannot leave its interval.
Value CellUse::bounded(const Value& value, const ParamMember& member) {
    if (!member.interval) return value;
    const auto limits = bounds(member.interval);
    if (!limits) return {};
    return apply(context_, Op::Clip,
                 {value, constant(context_, limits->low), constant(context_, limits->high)},
                 member.name.range);
}

std::optional<ir::Initialiser> CellUse::initialiser(const Expr& expr, Names& names,
                                                    const std::string& what,
                                                    const std::optional<Interval>& interval) {
    const CallSuffix* draw = as_draw(expr);
    if (!draw) {
        const auto value =
            expressions_.number(expr, names, fmt::format("the first value of `{}`", what));
        if (!value) return std::nullopt;
        check_interval(*value, interval, what, expr);
        return ir::Initialiser{ir::Initialiser::Kind::Constant, *value, 0};
    }
    const auto result = expressions_.drawn(expr, names);
    if (result && result->kind == ir::Initialiser::Kind::Uniform) {
        check_interval(result->a, interval, what, expr);
        check_interval(result->b, interval, what, expr);
    }
    return result;
}

std::optional<Bounds> CellUse::bounds(const std::optional<Interval>& interval) {
    if (!interval) return std::nullopt;
    const Stage stage = std::exchange(stage_, Stage::Parameters);  // also those of ports
    const auto result = expressions_.bounds(*interval, *this);
    stage_ = stage;
    return result;
}

void CellUse::check_interval(double value, const std::optional<Interval>& interval,
                             const std::string& name, const Expr& written) {
    const auto limits = bounds(interval);
    if (!limits || context_.dimensions.messages.was_wrong(written.range)) return;
    expressions_.check_interval(value, *limits, *interval, name, written);
}

/// `Lapicque(beta = 0.9)` says something that its form does not read: what the user means by it
/// would be lost.
void CellUse::check_given_parameters_are_read() {
    std::string chosen;
    for (const auto& [name, option] : options_)
        chosen += fmt::format("{}{} = {}", chosen.empty() ? "" : ", ", name, option.chosen);
    for (const auto& [name, parameter] : parameters_) {
        if (!parameter.given || parameter.read) continue;
        context_
            .error(Code::WrongArguments, parameter.given->range,
                   fmt::format("`{}` has no effect on `{}` here", name, cell_.name.text))
            .note(chosen.empty() ? "no equation reads it"
                                 : fmt::format("no equation reads it with {}", chosen));
    }
}

}  // namespace snnc::frontend
