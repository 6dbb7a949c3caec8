// Equations of cells: what names mean in them, lets, and the formulas of states and outputs.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "frontend/elaborate_cells.h"
#include "frontend/linear_form.h"

namespace snnc::frontend {

using ir::Op;

std::optional<int> lag_of(Context& context, Expressions& expressions, const Path& path,
                          Names& names) {
    if (path.suffixes.empty()) return 0;
    const auto* index = std::get_if<IndexSuffix>(&path.suffixes[0]);
    if (index && path.suffixes.size() == 1) return expressions.lag(*index, names);
    context.error(
        Code::NoPast, path.range,
        fmt::format("`{}` takes a time index, `[t-1]`, and nothing else", path.head.text));
    return std::nullopt;
}

void CellUse::define(const std::map<std::string, Value>& ports) {
    stage_ = Stage::Equations;
    const std::size_t first_definition = context_.network.definitions.size();
    define_ports(ports);
    check_undeclared_equations();
    check_differentials();
    declare_events();
    for (const Name* name : let_order_) let_value(lets_.at(name->text));
    for (const EquationPlace& place : equations_) define_equation(*place.equation, place.range);
    define_differentials();
    define_refractory();
    define_events();
    check_missing_equations();
    if (!misread_) check_given_parameters_are_read();
    prefer_members();
    for (const Name* name : let_order_) {
        const Let& let = lets_.at(name->text);
        if (!let.tensor.valid()) continue;
        const ir::Definition* definition = context_.network.definition(let.tensor);
        if (!definition) continue;  // promised, and its mistake was reported
        const auto* copy = std::get_if<ir::Formula>(&definition->kind);
        if (!copy) continue;
        const ir::ExprNode& node = context_.network.pool[copy->value];
        if (node.op == Op::Read && node.lag == 0 && variables_in_cell(node.tensor))
            rename_reads(let.tensor, node.tensor, first_definition);
    }
    register_population();
}

// ---- ports ---------------------------------------------------------------------------------

void CellUse::define_ports(const std::map<std::string, Value>& ports) {
    for (const Member& member : cell_.members) {
        const auto* port = std::get_if<PortMember>(&member.node);
        if (!port) continue;
        const auto found = ports.find(port->name.text);
        Value value = found == ports.end() ? constant(context_, 0) : found->second;
        const auto limits = bounds(port->interval);  // may be wrong whatever arrives
        const bool checked = found != ports.end() && limits && !site_.proven && !value.poisoned() &&
                             !lies_within(value, *limits);
        if (cell_.encoder) value = apply(context_, Op::Detach, {value}, port->name.range);
        define_port(port->name, value);
        if (checked)
            context_.network.checked_ports.push_back(checked_port(
                variables_.at(port->name.text), limits->low, limits->high, *port->interval));
    }
}

void CellUse::define_port(const Name& name, const Value& value) {
    ports_[name.text] = value;
    if (value.poisoned()) return;
    ir::TensorId& port = variables_[name.text];
    if (!port.valid()) port = add_late_variable(name, value, site_.shape);
    if (is_zero_or_one(context_, value.expr)) context_.network[port].kind = ir::DataKind::Spike;
    context_.origins.equations[port.index] = name.range;
    context_.define(port, ir::Formula{value.expr});
    const Op op = context_.network.pool[value.expr].op;
    if (op != Op::Read && op != Op::Constant) ports_[name.text] = read(context_, port);
}

/// Provable where the source is a spike or an input that promises a smaller interval. An input
/// that promises nothing promises what the port asks for: it is checked when its data arrive.
bool CellUse::lies_within(const Value& value, const Bounds& limits) {
    if (limits.low <= 0 && limits.high >= 1 && is_zero_or_one(context_, value.expr)) return true;
    if (const auto known = number(context_, value))
        return limits.low <= *known && *known <= limits.high;
    const ir::ExprNode& node = context_.network.pool[value.expr];
    if (node.op != Op::Read) return false;
    ir::Tensor& source = context_.network[node.tensor];
    const bool bare = source.role == ir::Role::Input && source.kind == ir::DataKind::Real;
    if (bare && !source.interval) source.interval = {limits.low, limits.high};
    return source.interval && limits.low <= source.interval->first &&
           source.interval->second <= limits.high;
}

/// The past of a port is that of its tensor, which is 0 before the first step whatever its source.
Value CellUse::port_value(const std::string& name, int lag, const Path& path) {
    const Value& value = ports_.at(name);
    if (lag == 0 || value.poisoned() || number(context_, value)) return value;
    if (context_.dry > 0) return constant(context_, 1);
    const ir::TensorId port = variables_.at(name);
    if (context_.network[port].per_step)
        return {context_.network.pool.read(port, lag), site_.shape};
    const Extent stepped{true, context_.network[port].per_sample};
    const ir::TensorId each_step =
        helper(context_, site_.name + "." + name + ".each_step", site_.shape, stepped, path.range);
    context_.define(each_step, ir::Formula{context_.network.pool.read(port)});
    return read(context_, each_step, lag);
}

// ---- names ---------------------------------------------------------------------------------

Value CellUse::member(const Path& path) {
    const std::string& name = path.head.text;
    if (const auto found = parameters_.find(name); found != parameters_.end()) {
        if (context_.dry == 0) found->second.read = true;
        if (path.suffixes.empty()) return parameter(name);
        context_.error(Code::NoPast, path.range,
                       fmt::format("`{}` is a parameter and takes no index", name));
        return {};
    }
    if (options_.count(name)) {
        context_.error(Code::NoPast, path.range,
                       fmt::format("`{}` is an option and takes no index or member", name));
        return {};
    }
    if (!names_.count(name)) {
        if (expressions_.is_function(path.head) && path.suffixes.empty())
            context_
                .error(Code::MisplacedFunction, path.head.range,
                       fmt::format("`{}` is a function and takes arguments", name))
                .note(fmt::format("`{}(…)`", name));
        else if (misread_ = true; !refused_.count(name))
            context_.unknown(path.head,
                             fmt::format("`{}` is not declared in `{}`", name, cell_.name.text),
                             candidates());
        return {};
    }
    if (stage_ == Stage::Parameters) {
        context_.error(Code::NotConstant, path.range,
                       fmt::format("`{}` is not known before the run; only parameters may stand "
                                   "here",
                                   name));
        return {};
    }
    if (const auto let = lets_.find(name); let != lets_.end()) {
        const auto lag = lag_of(context_, expressions_, path, *this);
        if (lag && *lag == 0)
            return reading_ == Reading::AlongStep ? let_along_step(let->second)
                                                  : let_value(let->second);
        if (lag)
            context_.error(Code::NoPast, path.range,
                           fmt::format("`{}` is a `let` and has no past; make it a state", name));
        return {};
    }
    const auto lag = lag_of(context_, expressions_, path, *this);
    if (!lag) return {};
    return ports_.count(name) ? port_value(name, *lag, path) : variable_value(name, *lag);
}

Value CellUse::variable_value(const std::string& name, int lag) {
    const ir::TensorId variable = variables_.at(name);
    if (lag > 0 && !context_.network[variable].initial.valid()) {
        if (context_.dry > 0) return constant(context_, 1);
        const ir::TensorId start =
            start_tensor({name, context_.network[variable].range}, constant(context_, 0));
        context_.network[variable].initial = start;
        context_.network.states.push_back({variable, start});
    }
    if (lag > 0) return read(context_, variable, lag);
    if (reading_ == Reading::AlongStep && differential_states_.count(name))
        return read(context_, variable, along_step);
    if (const auto now = assigned_.find(name);
        now != assigned_.end() && reading_ == Reading::Assignments)
        return now->second;
    const auto before = before_.find(name);
    return read(context_, before == before_.end() ? variable : before->second);
}

/// The tensor of a port or a let whose value is known.
ir::TensorId CellUse::add_late_variable(const Name& name, const Value& value,
                                        const ir::Shape& shape) {
    const Extent where = extent(context_, value);
    const ir::TensorId variable = add_variable(name.text);
    ir::Tensor& tensor = context_.network[variable];
    tensor.shape = shape;
    tensor.per_step = where.per_step;
    tensor.per_sample = where.per_sample;
    return variable;
}

/// Others have read it with the shape of the cells.
void CellUse::check_promise(const Name& name, const Value& value) {
    if (value.shape == site_.shape) return;
    context_.error(Code::ShapeMismatch, name.range,
                   fmt::format("`{}` is handed round by cells of shape {} and has one value for "
                               "all of them",
                               name.text, ir::to_string(site_.shape)));
}

/// Evaluated when it is first read, so that the order of the lines does not matter.
Value CellUse::let_value(Let& let) {
    if (let.progress == Progress::Done) {
        context_.time_reads += let.time_reads;
        return let.value;
    }
    // An arm that is not taken needs no value; it must not make a cycle of lets that has none.
    if (context_.dry > 0) return constant(context_, 1);
    const Name& name = let.member->name;
    if (let.progress == Progress::Running) {
        report_let_cycle(name);
        let.progress = Progress::Done;
        return let.value;
    }
    let.progress = Progress::Running;
    open_lets_.push_back(&name);
    const Reading reading = std::exchange(reading_, Reading::Before);
    const std::string noisy_equation = std::exchange(noisy_equation_, "");
    const Context::TimeReads time_reads = std::exchange(context_.time_reads, {});
    Value value;
    if (let.member->draws)
        value = expressions_.draw(*let.member->value, *this, stream(name, runtime::Purpose::Noise),
                                  site_.shape);
    else
        value = expressions_.value(*let.member->value, *this);
    if (!value.poisoned() && value.is_tuple) {
        context_.error(Code::WrongType, let.member->value->range,
                       "a tuple stands where a number is needed");
        value = {};
    }
    if (!value.poisoned() && let.progress == Progress::Running) {
        if (let.tensor.valid())
            check_promise(name, value);
        else
            let.tensor = add_late_variable(name, value, value.shape);
        context_.origins.equations[let.tensor.index] = name.range;
        if (is_zero_or_one(context_, value.expr))
            context_.network[let.tensor].kind = ir::DataKind::Spike;
        context_.define(let.tensor, ir::Formula{value.expr});
        const Op op = context_.network.pool[value.expr].op;
        const bool other_name =
            op == Op::Constant || (op == Op::Read && context_.network.pool[value.expr].lag == 0);
        let.value = other_name ? value : read(context_, let.tensor);
    }
    let.progress = Progress::Done;
    open_lets_.pop_back();
    reading_ = reading;
    noisy_equation_ = noisy_equation;
    let.time_reads = context_.time_reads;
    context_.time_reads += time_reads;
    return let.value;
}

// ---- equations -----------------------------------------------------------------------------

void CellUse::define_equation(const Equation& equation, const SourceRange& range) {
    const bool sound = check_equation_target(equation);
    const std::string& name = equation.name.text;
    if (refused_.count(name) || options_.count(name)) return;
    context_.time_reads = {};
    const Value value =
        equation.draws
            ? expressions_.draw(*equation.value, *this,
                                stream(equation.name, runtime::Purpose::Noise), site_.shape)
            : expressions_.value(*equation.value, *this);
    check_time_step(range, false);
    if (!sound || value.poisoned()) return;
    if (value.is_tuple || value.is_class) {
        context_.error(Code::WrongType, equation.value->range,
                       "an equation needs a number on its right side");
        return;
    }
    define_variable(equation.name.text, value, range);
}

// ---- lets that are states or outputs -------------------------------------------------------

bool CellUse::variables_in_cell(ir::TensorId tensor) const {
    return std::any_of(variables_.begin(), variables_.end(),
                       [&](const auto& variable) { return variable.second == tensor; });
}

/// `let u = e`, `v[t] = u`: the state gets the formula and the let becomes its copy, so that
/// equations are printed, and states kept, under the name by which they are known.
void CellUse::prefer_members() {
    ir::Network& network = context_.network;
    const auto formula = [&](ir::TensorId tensor) -> ir::Formula* {
        for (ir::Definition& definition : network.definitions)
            if (definition.target == tensor) return std::get_if<ir::Formula>(&definition.kind);
        return nullptr;
    };
    for (const auto* names : {&states_, &outputs_}) {
        for (const Name* name : *names) {
            const ir::TensorId variable = variables_.at(name->text);
            ir::Formula* own = formula(variable);
            if (!own) continue;
            const ir::ExprNode& node = network.pool[own->value];
            if (node.op != Op::Read || node.lag != 0) continue;
            const ir::TensorId source = node.tensor;
            const bool is_let = std::any_of(lets_.begin(), lets_.end(), [&](const auto& let) {
                return let.second.tensor == source;
            });
            const ir::Tensor& a = network[variable];
            const ir::Tensor& b = network[source];
            ir::Formula* other = is_let ? formula(source) : nullptr;
            if (!other || a.shape != b.shape || a.per_step != b.per_step ||
                a.per_sample != b.per_sample)
                continue;
            own->value = other->value;
            other->value = network.pool.read(variable);
        }
    }
}

/// In the definitions of this cell, reads of `from` at the same step become reads of `to`.
void CellUse::rename_reads(ir::TensorId from, ir::TensorId to, std::size_t first_definition) {
    ir::Network& network = context_.network;
    for (std::size_t i = first_definition; i < network.definitions.size(); ++i) {
        ir::Definition& definition = network.definitions[i];
        if (definition.target == from) continue;
        if (auto* formula = std::get_if<ir::Formula>(&definition.kind)) {
            formula->value = ir::rewrite_leaves(
                network.pool, formula->value, [&](ir::ExprId id, const ir::ExprNode& node) {
                    const bool renamed =
                        node.op == Op::Read && node.tensor == from && node.lag == 0;
                    return renamed ? network.pool.read(to) : id;
                });
        } else if (auto* sum = std::get_if<ir::SumTo>(&definition.kind)) {
            if (sum->source == from) sum->source = to;
        } else if (auto* winner = std::get_if<ir::Winner>(&definition.kind)) {
            if (winner->source == from) winner->source = to;
        }
    }
}

void CellUse::register_population() {
    ir::Population population{site_.name, cell_.name.text, site_.shape, {}, site_.range};
    for (const auto* names : {&inputs_, &states_, &outputs_, &let_order_})
        for (const Name* name : *names)
            if (const ir::TensorId tensor = variable(name->text); tensor.valid())
                if (std::none_of(population.variables.begin(), population.variables.end(),
                                 [&](const auto& known) { return known.first == name->text; }))
                    population.variables.emplace_back(name->text, tensor);
    context_.network.populations.push_back(std::move(population));
}

}  // namespace snnc::frontend
