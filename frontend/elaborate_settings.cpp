// Constants of a network: its parameters, dt, the number of steps, and what --set changes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "frontend/elaborate_networks.h"
#include "frontend/parse.h"
#include "frontend/written_number.h"

namespace snnc::frontend {

void NetworkBuilder::collect_settings() {
    for (const NetworkStatement& statement : decl_.statements) {
        const auto* setting = std::get_if<Setting>(&statement.node);
        if (!setting) continue;
        const std::string& name = setting->name.text;
        const auto& others = train_settings();
        if (std::find(others.begin(), others.end(), name) != others.end()) {
            context_.error(Code::UnknownName, setting->name.range,
                           fmt::format("`{}` is a setting of a train block", name));
            continue;
        }
        if (name != "steps" && name != "duration" && name != "dt") {
            unknown_setting(*setting);
            continue;
        }
        const auto [place, is_new] = settings_.emplace(name, setting);
        if (!is_new)
            context_
                .error(Code::DuplicateName, setting->name.range,
                       fmt::format("`{}` is set twice", name))
                .label(place->second->name.range, "first set here");
    }
}

/// `fc = dense(10)` gives a name to an element, `z = 2*x` to a formula: what reads the name is no
/// further mistake.
void NetworkBuilder::unknown_setting(const Setting& setting) {
    const std::string& name = setting.name.text;
    const std::string message = fmt::format("a network has no setting `{}`", name);
    const std::vector<std::string> known{"steps", "duration", "dt"};
    const std::string written(context_.sources.text(setting.value->range));
    const auto* value = std::get_if<Reference>(&setting.value->node);
    const bool call = value && std::any_of(value->path.suffixes.begin(), value->path.suffixes.end(),
                                           [](const Suffix& suffix) {
                                               return std::holds_alternative<CallSuffix>(suffix);
                                           });
    if (!call && !std::holds_alternative<Binary>(setting.value->node))
        return context_.unknown(setting.name, message, known);
    misdeclared_.insert(name);
    auto report = context_.error(Code::UnknownName, setting.name.range, message);
    if (call && written.find('[') < written.find('('))
        report.note(fmt::format("a population is declared by `{} : {}`", name, written));
    else if (call)
        report.note(fmt::format("an element stands in a chain and is named there, `-> {} as {}`",
                                written.substr(0, written.find(')') + 1), name));
    else
        report.note("formulas stand in the equations of a cell; `-> scale(2) ->` is a factor");
}

const Expr* NetworkBuilder::setting(const std::string& name) const {
    const auto found = settings_.find(name);
    return found == settings_.end() ? nullptr : found->second->value.get();
}

/// Parameters may use each other and dt, and dt may use parameters: each is worked out when it is
/// first read.
void NetworkBuilder::read_parameters() {
    constants_.set_resolver([this](const std::string& name) { read_parameter(name); });
    context_.has_dt = setting("dt") != nullptr;
    context_.before_dt = [this] { read_dt(); };
    std::map<std::string, SourceRange> seen;
    for (const Default& parameter : decl_.parameters) {
        check_not_reserved(parameter.name, context_.diagnostics);
        if (const auto [place, is_new] = seen.emplace(parameter.name.text, parameter.name.range);
            !is_new)
            name_twice(parameter.name, place->second);
    }
    for (const Default& parameter : decl_.parameters)
        if (!constants_.has(parameter.name.text)) read_parameter(parameter.name.text);
}

void NetworkBuilder::read_parameter(const std::string& name) {
    const auto found =
        std::find_if(decl_.parameters.begin(), decl_.parameters.end(),
                     [&](const Default& parameter) { return parameter.name.text == name; });
    if (found == decl_.parameters.end()) return;
    if (!reading_.insert(name).second) {
        context_.error(Code::RecursiveDefinition, found->name.range,
                       fmt::format("the value of `{}` depends on itself", name));
        return constants_.set(name, {});
    }
    const Expr* chosen = found->value.get();
    for (const auto& set : sets_) {
        if (set->element != name || !set->argument.empty()) continue;
        chosen = set->value.value.value.get();
        set->used = true;
    }
    Value value = expressions_.value(*chosen, constants_);
    if (!value.poisoned() && !number(context_, value)) {
        context_.error(Code::NotConstant, chosen->range,
                       "a parameter of a network must be a number known before the run");
        value = {};
    }
    value = expressions_.inside(value, *found, constants_, *chosen);
    reading_.erase(name);
    if (!constants_.has(name)) constants_.set(name, value);
}

void NetworkBuilder::read_dt() {
    const Expr* dt = setting("dt");
    if (!dt || dt_known_) return;
    if (!reading_.insert("dt").second) {
        context_.error(Code::RecursiveDefinition, dt->range,
                       "the length of a step depends on itself");
        dt_known_ = true;
        return;
    }
    const auto length = expressions_.number(*dt, constants_, "the length of a step");
    dt_known_ = true;
    if (length && !(*length > 0 && std::isfinite(*length)))
        context_.error(Code::BadSetting, dt->range, "a step must be longer than 0");
    else if (length)
        context_.network.dt = *length;
    context_.network.step_length =
        dimensions_.is_time(*dt) ? ir::Network::StepLength::Time : ir::Network::StepLength::Number;
}

void NetworkBuilder::set_steps(const Expr* steps, const Expr* duration) {
    if (steps && duration) {
        context_
            .error(Code::BadSetting, duration->range,
                   "`steps` and `duration` both say how long a run is")
            .label(steps->range, "the number of steps stands here");
        return;
    }
    std::optional<std::int64_t> count;
    if (steps) count = expressions_.whole(*steps, constants_, "the number of steps", 1);
    if (duration) count = steps_of(*duration);
    context_.network.steps = request_.steps ? request_.steps : count;
}

std::optional<std::int64_t> NetworkBuilder::steps_of(const Expr& duration) {
    const auto length = expressions_.number(duration, constants_, "the duration of a run");
    if (!length) return std::nullopt;
    const double dt = context_.network.dt;
    const double count = *length / dt, whole = std::round(count);
    if (!(count < 1e15) || count < 0.5) {
        context_.error(
            Code::BadSetting, duration.range,
            fmt::format("a run must have at least one step, and this has {}", to_text(count)));
        return std::nullopt;
    }
    if (std::abs(count - whole) > 1e-3) {
        context_
            .error(Code::BadSetting, duration.range,
                   fmt::format("the duration is {:.6g} steps, which is no whole number", count))
            .note(fmt::format("the nearest durations are {} and {}",
                              written_number(std::floor(count) * dt, {&duration}),
                              written_number(std::ceil(count) * dt, {&duration})));
        return std::nullopt;
    }
    return std::int64_t(whole);
}

// ---- --set ---------------------------------------------------------------------------------

void NetworkBuilder::read_sets() {
    for (const SetValue& given : request_.sets) {
        const FileId file = sources_.add("--set " + given.path, given.value);
        ExprPtr value = parse_expression(sources_, file, context_.diagnostics);
        if (!value) continue;
        const FileId assignment = sources_.add("--set", given.path + "=" + given.value);
        auto set = std::make_unique<Set>();
        set->path = given.path;
        const auto point = given.path.rfind('.');
        set->element = given.path.substr(0, point);
        if (point != std::string::npos) set->argument = given.path.substr(point + 1);
        const std::size_t name = given.path.size() - set->argument.size();
        set->value.name = Name{set->argument,
                               {assignment, std::uint32_t(name), std::uint32_t(given.path.size())}};
        set->value.value.range = value->range;
        set->value.value.value = std::move(value);
        sets_.push_back(std::move(set));
    }
}

void NetworkBuilder::read_sets_of_parameters() {
    for (const auto& set : sets_)
        if (set->argument.empty())
            dimensions_.give(set->element, *set->value.value.value, dimensions_);
}

/// An argument of --set goes before the one in the text.
void NetworkBuilder::apply_sets(Node& node) {
    if (node.callee.call)
        for (const Argument& argument : node.callee.call->arguments)
            node.arguments.push_back(&argument);
    for (const auto& set : outermost().sets_) {
        if (set->element != node.name || set->argument.empty()) continue;
        set->used = true;
        std::erase_if(node.arguments, [&](const Argument* argument) {
            return argument->name && argument->name->text == set->argument;
        });
        node.arguments.push_back(&set->value);
    }
}

void NetworkBuilder::check_sets_used() {
    for (const auto& set : sets_) {
        if (set->used) continue;
        auto report = context_.error(Code::UnknownVariable, {},
                                     fmt::format("`--set {}`: `{}` has no element `{}`", set->path,
                                                 decl_.name.text, set->element));
        if (const std::string hint = did_you_mean(set->element, names()); !hint.empty())
            report.note(hint);
    }
}

}  // namespace snnc::frontend
