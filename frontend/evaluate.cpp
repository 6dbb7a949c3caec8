#include "frontend/evaluate.h"

#include <fmt/format.h>

#include "frontend/elaborate_expressions.h"
#include "frontend/parse.h"

namespace snnc::frontend {
namespace {

/// What reading an expression needs.
struct Reading {
    Reading(SourceManager& sources, const Module& module, Diagnostics& diagnostics)
        : declarations(module, ignored),
          context(sources, declarations, diagnostics, network),
          expressions(context),
          names(context, "in an expression") {}

    Diagnostics ignored;  // of the module, which is sound
    Declarations declarations;
    ir::Network network;
    Context context;
    Expressions expressions;
    ConstantNames names;
    UnknownNames dimensions;
};

/// The call of the surrogate that the expression is; else nullptr.
CallSuffix* surrogate_call(const Reading& reading, Expr& expr) {
    auto* reference = std::get_if<Reference>(&expr.node);
    if (!reference || reference->path.suffixes.empty()) return nullptr;
    const auto callee = reading.expressions.callee(reference->path);
    const bool is_function =
        !callee.module && (is_builtin_function(callee.name->text) ||
                           reading.declarations.find(Space::Function, *callee.name));
    if (is_function || !reading.declarations.find(Space::Surrogate, *callee.name, callee.module))
        return nullptr;
    return std::get_if<CallSuffix>(&reference->path.suffixes.back());
}

std::optional<double> surrogate_value(Reading& reading, Expr& expr, CallSuffix& call) {
    if (call.arguments.empty() || call.arguments[0].name) {
        reading.context
            .error(Code::WrongArguments, expr.range,
                   "a surrogate has a value at an argument of its spike")
            .note("give it first: `fast_sigmoid(0.1, slope = 25)`");
        return std::nullopt;
    }
    const Argument x = std::move(call.arguments[0]);
    call.arguments.erase(call.arguments.begin());
    const auto number =
        reading.expressions.number(*x.value.value, reading.names, "the argument of a surrogate");
    const auto use =
        reading.expressions.surrogate(std::get<Reference>(expr.node).path, reading.names);
    if (!number || !use) return std::nullopt;
    const Value value =
        reading.expressions.surrogate_at(*use, constant(reading.context, *number), reading.names);
    return snnc::frontend::number(reading.context, value);
}

}  // namespace

std::optional<Quantity> evaluate(SourceManager& sources, const Module& module,
                                 const SourceRange& text, Diagnostics& diagnostics) {
    const ExprPtr expr = parse_expression(sources, text, diagnostics);
    if (!expr) return std::nullopt;
    Reading reading(sources, module, diagnostics);
    if (CallSuffix* call = surrogate_call(reading, *expr)) {
        const auto value = surrogate_value(reading, *expr, *call);
        if (!value) return std::nullopt;
        return Quantity{*value, "", "a number"};
    }
    const auto value = reading.expressions.number(*expr, reading.names, "an expression");
    if (!value) return std::nullopt;
    DimensionCheck& check = reading.context.dimensions;
    const Dimension dimension = check.expressions.of(*expr, reading.dimensions);
    if (!diagnostics.ok()) return std::nullopt;
    return Quantity{*value / check.messages.unit_value(dimension), check.messages.unit(dimension),
                    check.messages.describe(dimension)};
}

bool check_dimension(SourceManager& sources, const Module& module, const Expr& expr,
                     const std::string& unit, const std::string& what, Diagnostics& diagnostics) {
    Reading reading(sources, module, diagnostics);
    DimensionCheck& check = reading.context.dimensions;
    Dimension wanted;
    if (!unit.empty()) {
        const FileId file = sources.add("<unit>", one_of(unit));
        const ExprPtr one = parse_expression(sources, file, reading.ignored);
        if (one) wanted = check.expressions.of(*one, reading.dimensions);
    }
    // A step of unknown length may be a time or a number.
    UnknownNames names(Dimension::any(), DimensionNames::Place::Cell);
    const Dimension got = check.expressions.drawn(expr, names);
    return check.expressions.fits(expr, got, wanted, names,
                                  [&](const std::string& is, const std::string& should) {
                                      return fmt::format("{} {}, but this is {}", what, should, is);
                                  }) &&
           diagnostics.ok();
}

std::map<std::string, Unit> units_of(SourceManager& sources, const Module& module,
                                     const CellDecl& cell) {
    Diagnostics ignored;
    Reading reading(sources, module, ignored);
    std::map<std::string, std::string> options;
    std::vector<std::string> names;
    for (const Member& member : cell.members) {
        if (const auto* option = std::get_if<OptionMember>(&member.node))
            options[option->name.text] = option->values.at(0).text;
        if (const auto* port = std::get_if<PortMember>(&member.node))
            names.push_back(port->name.text);
        if (const auto* output = std::get_if<OutputMember>(&member.node))
            names.push_back(output->name.text);
        if (const auto* parameter = std::get_if<ParamMember>(&member.node))
            names.push_back(parameter->name.text);
        if (const auto* state = std::get_if<StateMember>(&member.node))
            names.push_back(state->name.text);
    }
    DimensionCheck& check = reading.context.dimensions;
    CellDimensions dimensions(check, cell, options, {}, reading.dimensions, nullptr);
    dimensions.infer();
    std::map<std::string, Unit> units;
    for (const std::string& name : names) {
        const Dimension known = check.system.solved(dimensions.variable(name));
        if (known.is_known() && !known.is_number())
            units[name] = {check.messages.unit(known), check.messages.unit_value(known)};
    }
    return units;
}

std::string one_of(const std::string& unit) {
    std::string text;
    bool begins = true;
    for (const char letter : unit) {
        if (begins && letter != '1') text += '1';
        begins = letter == '*' || letter == '/';
        text += letter;
    }
    return text;
}

}  // namespace snnc::frontend
