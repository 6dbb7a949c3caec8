#include "frontend/elaborate_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "frontend/ast_walk.h"

namespace snnc::frontend {

CellUse::CellUse(Context& context, Expressions& expressions, const CellDecl& cell, CellSite site)
    : context_(context), expressions_(expressions), cell_(cell), site_(std::move(site)) {}

bool CellUse::declare() {
    collect_members();
    for (const auto& [name, range] : names_) context_.taken.insert(site_.name + "." + name);
    const bool sound = read_arguments();
    infer_dimensions();
    for (const std::string& name : parameter_order_) parameter(name);
    declare_variables();
    return sound;
}

// ---- members -------------------------------------------------------------------------------

void CellUse::collect_members() {
    for (const Member& member : cell_.members) collect(member);
}

/// False if the name cannot be had; its equation and uses are then no further mistakes.
bool CellUse::declare_name(const Name& name, const char* kind) {
    if (is_reserved(name.text)) {
        check_not_reserved(name, context_.diagnostics);
        refused_.insert(name.text);
        return false;
    }
    // A state may be an output as well.
    const bool is_state = state_members_.count(name.text) > 0;
    const bool is_output = std::any_of(outputs_.begin(), outputs_.end(),
                                       [&](const Name* o) { return o->text == name.text; });
    const auto [place, is_new] = names_.emplace(name.text, name.range);
    const bool state_and_output = (is_output && !is_state && std::string_view(kind) == "state") ||
                                  (is_state && !is_output && std::string_view(kind) == "output");
    if (is_new || state_and_output) return true;
    context_
        .error(Code::DuplicateName, name.range, fmt::format("`{}` is declared twice", name.text))
        .label(place->second, "first declared here");
    refused_.insert(name.text);
    return false;
}

void CellUse::collect(const Member& member) {
    struct Visitor {
        CellUse& self;
        const Member& member;
        void operator()(const PortMember& node) {
            if (!self.declare_name(node.name, "input")) return;
            self.inputs_.push_back(&node.name);
        }
        void operator()(const OutputMember& node) {
            if (!self.declare_name(node.name, "output")) return;
            self.outputs_.push_back(&node.name);
        }
        void operator()(const ParamMember& node) {
            if (!self.declare_name(node.name, "parameter")) return;
            self.parameters_[node.name.text].member = &node;
            self.parameter_order_.push_back(node.name.text);
        }
        void operator()(const StateMember& node) {
            if (!self.declare_name(node.name, "state")) return;
            self.states_.push_back(&node.name);
            self.state_members_[node.name.text] = &node;
        }
        void operator()(const OptionMember& node) {
            if (!self.declare_name(node.name, "option")) return;
            self.check_values(node);
            self.options_[node.name.text] = {&node, node.values.front().text};
        }
        void operator()(const LetMember& node) {
            if (!self.declare_name(node.name, "let")) return;
            self.let_order_.push_back(&node.name);
            self.lets_[node.name.text].member = &node;
        }
        void operator()(const Equation& node) { self.equations_.push_back({&node, member.range}); }
        void operator()(const DifferentialEquation& node) {
            self.collect_differential(node, member.range);
        }
        void operator()(const OnEvent& node) { self.events_.push_back({&node, member.range}); }
        void operator()(const Refractory& node) {
            self.refractories_.push_back({&node, member.range, {}, {}});
        }
    };
    std::visit(Visitor{*this, member}, member.node);
}

void CellUse::refuse_learning(const SourceRange& range) {
    context_
        .error(Code::LearnableEncoder, range,
               fmt::format("`{}` is an encoder, and nothing in an encoder is learned",
                           cell_.name.text))
        .label(cell_.name.range, "declared here; a `neuron` may have learnables");
}

ir::Stream CellUse::stream(const Name& variable, runtime::Purpose purpose) const {
    return {site_.name + "." + variable.text, purpose, purpose == runtime::Purpose::Noise};
}

const Name* CellUse::first_input() const { return inputs_.empty() ? nullptr : inputs_[0]; }
const Name* CellUse::first_output() const { return outputs_.empty() ? nullptr : outputs_[0]; }

const Name* CellUse::input(const std::string& name) const {
    for (const Name* input : inputs_)
        if (input->text == name) return input;
    return nullptr;
}

std::vector<std::string> CellUse::input_names() const {
    std::vector<std::string> names;
    for (const Name* input : inputs_) names.push_back(input->text);
    return names;
}

// ---- arguments -----------------------------------------------------------------------------

namespace {

/// Is there a `spike(…)` that names no surrogate of its own?
bool has_open_spike(const CellDecl& cell) {
    bool found = false;
    const auto look = [&](const Expr& expr) {
        const auto* reference = std::get_if<Reference>(&expr.node);
        if (reference && reference->path.head.text == "spike" && !reference->surrogate)
            found = true;
    };
    for (const Member& member : cell.members) for_each_expression(member, look);
    return found;
}

}  // namespace

bool CellUse::read_arguments() {
    bool sound = true, all_named = true;
    std::map<std::string, SourceRange> seen;
    for (const Argument* argument : site_.arguments) {
        if (!argument->name) {
            if (std::exchange(all_named, false)) takes_names_only(*argument);
            sound = false;
            continue;
        }
        const std::string& name = argument->name->text;
        if (!seen.emplace(name, argument->name->range).second) {
            context_
                .error(Code::DuplicateName, argument->name->range,
                       fmt::format("the argument `{}` is given twice", name))
                .label(seen[name], "first given here");
            continue;
        }
        if (const auto found = parameters_.find(name); found != parameters_.end()) {
            found->second.given = argument;
        } else if (const auto option = options_.find(name); option != options_.end()) {
            choose_option(option->second, *argument);
        } else if (name == "surrogate") {
            sound = choose_surrogate(*argument) && sound;
        } else {
            no_such_argument(*argument->name);
            sound = false;
        }
    }
    return sound;
}

void CellUse::takes_names_only(const Argument& argument) {
    auto report = context_.error(Code::WrongArguments, argument.range,
                                 fmt::format("`{}` takes its arguments by name", cell_.name.text));
    if (!parameter_order_.empty())
        report.note(fmt::format("for example `{} = {}`", parameter_order_[0],
                                context_.sources.text(argument.range)));
}

void CellUse::no_such_argument(const Name& name) {
    const std::string message =
        fmt::format("`{}` has no parameter or option `{}`", cell_.name.text, name.text);
    if (name.text.starts_with("learn_") && parameters_.count(name.text.substr(6))) {
        context_.error(Code::UnknownName, name.range, message)
            .note(fmt::format("`{} = learn 0.9` trains a parameter, from this value on",
                              name.text.substr(6)));
        return;
    }
    std::vector<std::string> known = parameter_order_;
    for (const auto& [option_name, use] : options_) known.push_back(option_name);
    if (has_open_spike(cell_)) known.emplace_back("surrogate");
    context_.unknown(name, message, known);
}

void CellUse::choose_option(OptionUse& option, const Argument& argument) {
    const Name* word = as_word(*argument.value.value);
    const bool plain =
        argument.value.training == ArgumentValue::Training::Default && !argument.value.per;
    std::vector<std::string> values;
    for (const Name& value : option.member->values) values.push_back(value.text);
    if (!word || !plain) {
        context_
            .error(Code::WrongType, argument.value.range,
                   fmt::format("the option `{}` takes one of its words", argument.name->text))
            .note(fmt::format("there are {}", quoted_list(values)));
        return;
    }
    if (std::find(values.begin(), values.end(), word->text) == values.end()) {
        context_.unknown(*word,
                         fmt::format("the option `{}` of `{}` has no value `{}`",
                                     argument.name->text, cell_.name.text, word->text),
                         values);
        return;
    }
    option.chosen = word->text;
}

bool CellUse::choose_surrogate(const Argument& argument) {
    if (!has_open_spike(cell_)) {
        context_.error(Code::SurrogateMisplaced, argument.range,
                       fmt::format("`{}` has no spike that takes a surrogate", cell_.name.text));
        return false;
    }
    if (!expressions_.plain(argument)) return false;
    const auto* reference = std::get_if<Reference>(&argument.value.value->node);
    if (!reference || reference->surrogate) {
        context_.error(Code::WrongType, argument.value.range,
                       "a surrogate is a name with arguments, `atan(alpha = 2)`");
        return false;
    }
    surrogate_ = expressions_.surrogate(reference->path, *site_.names);
    surrogate_path_ = &reference->path;
    return surrogate_.has_value();
}

/// Before values are worked out: a value of the wrong dimension is not compared with an interval.
void CellUse::infer_dimensions() {
    std::map<std::string, std::string> options;
    for (const auto& [name, option] : options_) options[name] = option.chosen;
    std::map<std::string, const Argument*> arguments;
    for (const auto& [name, parameter] : parameters_)
        if (parameter.given) arguments[name] = parameter.given;
    dimensions_ =
        std::make_unique<CellDimensions>(context_.dimensions, cell_, std::move(options),
                                         std::move(arguments), *site_.dimensions, surrogate_path_);
    dimensions_->infer();
}

// ---- variables -----------------------------------------------------------------------------

ir::TensorId CellUse::add_variable(const std::string& name) {
    ir::Tensor tensor;
    tensor.name = site_.name + "." + name;
    tensor.shape = site_.shape;
    tensor.per_step = true;
    tensor.per_sample = true;
    tensor.range = site_.range;
    return context_.add(std::move(tensor));
}

ir::TensorId CellUse::promise(const std::string& name) {
    const ir::TensorId variable = add_variable(name);
    if (const auto let = lets_.find(name); let != lets_.end())
        let->second.tensor = variable;
    else
        variables_[name] = variable;
    return variable;
}

/// What a variable is before the first step, as a tensor that the caller may give instead.
ir::TensorId CellUse::start_tensor(const Name& name, const Value& value) {
    ir::Tensor tensor;
    tensor.name = fmt::format("start({}.{})", site_.name, name.text);
    tensor.shape = site_.shape;
    tensor.role = ir::Role::Initial;
    tensor.range = name.range;
    const ir::TensorId start = context_.add(std::move(tensor), name.range);
    if (!value.poisoned()) context_.define(start, ir::Formula{value.expr});
    return start;
}

void CellUse::declare_state(const StateMember& state) {
    const ir::TensorId variable = variables_.at(state.name.text);
    Value start;
    if (as_draw(*state.value)) {
        start = expressions_.draw(*state.value, *this,
                                  stream(state.name, runtime::Purpose::InitialState), site_.shape);
    } else {
        start = expressions_.value(*state.value, *this);
        if (start.is_tuple) {
            context_.error(Code::WrongType, state.value->range,
                           "a tuple stands where a number is needed");
            start = {};
        }
    }
    const ir::TensorId tensor = start_tensor(state.name, start);
    const double unit = dimensions_->unit(state.name.text);
    context_.network[variable].unit = context_.network[tensor].unit = unit;
    context_.network[variable].initial = tensor;
    context_.network.states.push_back({variable, tensor});
}

void CellUse::declare_variables() {
    for (const Name* name : states_)
        if (!variables_.count(name->text)) variables_[name->text] = add_variable(name->text);
    for (const Name* name : outputs_)
        if (!variables_.count(name->text)) variables_[name->text] = add_variable(name->text);
    for (const Name* name : states_) declare_state(*state_members_.at(name->text));
}

ir::TensorId CellUse::variable(const std::string& name) const {
    if (const auto found = variables_.find(name); found != variables_.end()) return found->second;
    if (const auto found = lets_.find(name); found != lets_.end()) return found->second.tensor;
    if (const auto found = parameters_.find(name); found != parameters_.end())
        return found->second.tensor;
    return {};
}

std::vector<std::string> CellUse::variable_names() const {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : variables_) names.push_back(name);
    for (const auto& [name, let] : lets_) names.push_back(name);
    return names;
}

// ---- names ---------------------------------------------------------------------------------

Vocabulary CellUse::vocabulary() const {
    return stage_ == Stage::Parameters ? Vocabulary::Constant : Vocabulary::Cell;
}

std::optional<Names::Option> CellUse::option(const std::string& name) {
    const auto found = options_.find(name);
    if (found == options_.end()) return std::nullopt;
    return Option{&found->second.member->values, found->second.chosen};
}

std::vector<std::string> CellUse::candidates() const {
    std::vector<std::string> names{"t", "dt", "pi", "inf", "true", "false"};
    for (const auto& [name, range] : names_) names.push_back(name);
    return names;
}

}  // namespace snnc::frontend
