// Calls: element-by-element functions, spike with its surrogate, inlined functions and losses.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/elaborate_expressions.h"

namespace snnc::frontend {

using ir::Op;

namespace {

/// What .snn calls by name. `select` is `if`, quantiles belong to draws, bf16 to products.
bool is_callable(Op op) {
    return ir::info(op).kind == ir::OpKind::Call && op != Op::Select && op != Op::NormalQuantile &&
           op != Op::PoissonQuantile && op != Op::RoundBf16;
}

std::vector<std::string> elementwise_names() {
    std::vector<std::string> names{"spike"};
#define SNNC_OP(op, arity, text, kind) \
    if (is_callable(Op::op)) names.emplace_back(text);
#include "ir/expr/ops.def"
#undef SNNC_OP
    return names;
}

}  // namespace

std::optional<Op> elementwise_op(const std::string& name) {
#define SNNC_OP(op, arity, text, kind) \
    if (is_callable(Op::op) && Op::op != Op::Spike && name == (text)) return Op::op;
#include "ir/expr/ops.def"
#undef SNNC_OP
    return std::nullopt;
}

bool is_builtin_function(const std::string& name) {
    return elementwise_op(name) || name == "spike" || is_draw(name);
}

Expressions::Callee Expressions::callee(const Path& path) const {
    Callee result{nullptr, &path.head, nullptr, nullptr, 0};
    std::size_t at = 0;
    if (!path.suffixes.empty() && context_.declarations.is_module(path.head))
        if (const auto* member = std::get_if<MemberSuffix>(&path.suffixes[0])) {
            result.module = &path.head;
            result.name = &member->name;
            at = 1;
        }
    if (at < path.suffixes.size())
        if ((result.index = std::get_if<IndexSuffix>(&path.suffixes[at]))) ++at;
    if (at < path.suffixes.size())
        if ((result.call = std::get_if<CallSuffix>(&path.suffixes[at]))) ++at;
    result.used = at;
    return result;
}

const Expr* Expressions::plain(const Argument& argument) {
    if (argument.value.training == ArgumentValue::Training::Default && !argument.value.per &&
        argument.value.pattern_indices.empty())
        return argument.value.value.get();
    context_.error(Code::WrongArguments, argument.value.range,
                   "only a parameter of a cell can be `learn`, `fixed` or `per neuron`");
    return nullptr;
}

std::optional<Expressions::Arguments> Expressions::arguments(
    const Name& callee, const CallSuffix& call, std::size_t positional,
    const std::vector<std::string>& named) {
    Arguments result;
    bool sound = true;
    for (const Argument& argument : call.arguments) {
        if (!plain(argument)) sound = false;
        if (!argument.name) {
            result.positional.push_back(&argument);
            continue;
        }
        if (std::find(named.begin(), named.end(), argument.name->text) == named.end()) {
            context_.unknown(
                *argument.name,
                fmt::format("`{}` has no argument `{}`", callee.text, argument.name->text), named);
            sound = false;
        } else if (!result.named.emplace(argument.name->text, &argument).second) {
            context_.error(Code::DuplicateName, argument.name->range,
                           fmt::format("the argument `{}` is given twice", argument.name->text));
            sound = false;
        }
    }
    const std::size_t count = result.positional.size();
    if (count > positional && !named.empty()) {
        context_
            .error(Code::WrongArguments, result.positional[positional]->range,
                   positional == 0 ? fmt::format("`{}` takes its arguments by name", callee.text)
                                   : fmt::format("`{}` takes {} without a name", callee.text,
                                                 counted(positional, "argument")))
            .note(fmt::format("by name: {}", quoted_list(named)));
        sound = false;
    } else if (count != positional) {
        auto report = context_.error(Code::WrongArguments,
                                     count > positional ? result.positional[positional]->range
                                                        : join(callee.range, call.range),
                                     fmt::format("`{}` takes {}, not {}", callee.text,
                                                 counted(positional, "argument"), count));
        if (callee.text == "spike")
            report.note("it is 1 where its argument is above 0: `spike(v - theta)`");
        sound = false;
    }
    if (!sound) return std::nullopt;
    return result;
}

Value Expressions::call(const Expr& expr, const Reference& reference, Names& names) {
    const Callee callee = this->callee(reference.path);
    if (!callee.call || callee.index || callee.used != reference.path.suffixes.size()) {
        context_.error(Code::WrongTimeIndex, reference.path.range,
                       "the result of a function has no index and no members");
        return {};
    }
    const std::string& name = callee.name->text;
    if (!callee.module && name == "spike" && names.vocabulary() == Vocabulary::Cell)
        return spike(expr, reference, callee, names);
    if (reference.surrogate) {
        context_.error(Code::SurrogateMisplaced, reference.surrogate->range,
                       "only `spike(…)` takes a surrogate");
        return {};
    }
    if (!callee.module) {
        if (const auto op = elementwise_op(name)) return elementwise(expr, *op, callee, names);
        for (const BuiltinRow& row : builtins())
            if (name == row.name && int(names.vocabulary()) >= int(row.least))
                return (this->*row.function)(expr, callee, names);
    }
    const Declaration* declaration =
        context_.declarations.find(Space::Function, *callee.name, callee.module);
    const bool is_loss = declaration && std::holds_alternative<LossDecl>(declaration->node);
    if (!declaration || (is_loss && names.vocabulary() != Vocabulary::Loss))
        return unknown_function(callee, names);
    return inlined(*declaration, expr, callee, names);
}

bool Expressions::is_function(const Name& name) const {
    if (is_builtin_function(name.text)) return true;
    for (const BuiltinRow& row : builtins())
        if (name.text == row.name) return true;
    return context_.declarations.find(Space::Function, name, nullptr) != nullptr;
}

/// `t`, `t-1`: what stands in an index.
static bool reads_step_number(const Expr& expr) {
    if (const Name* word = as_word(expr)) return word->text == "t";
    const auto* sum = std::get_if<Binary>(&expr.node);
    return sum && reads_step_number(*sum->left);
}

Value Expressions::unknown_function(const Callee& callee, Names& names) {
    const std::string& name = callee.name->text;
    // The mistakes in its arguments are independent of the name.
    for (const Argument& argument : callee.call->arguments) value(*argument.value.value, names);
    const auto misplaced = [&](const std::string& where) {
        context_.error(Code::MisplacedFunction, callee.name->range,
                       fmt::format("`{}` {}", name, where));
        return Value{};
    };
    if (is_draw(name) && names.vocabulary() != Vocabulary::Loss)
        return misplaced(
            "is a draw and stands alone: behind `~`, or as the value of a parameter or state");
    if (name == "spike") return misplaced("stands in the equations of a cell only");
    for (const BuiltinRow& row : builtins())
        if (name == row.name)
            return misplaced(row.least == Vocabulary::Loss
                                 ? "works on whole time courses and stands in a loss or a metric"
                                 : "stands in cells, losses and metrics only");
    const Declaration* loss =
        context_.declarations.find(Space::Function, *callee.name, callee.module);
    if (loss) return misplaced("is a loss and stands in a loss or a metric only");
    const auto members = names.candidates();
    if (!callee.module && std::find(members.begin(), members.end(), name) != members.end()) {
        auto report = context_.error(Code::MisplacedFunction, callee.name->range,
                                     fmt::format("`{}` is no function", name));
        const std::string call(context_.sources.text(callee.call->range));
        if (names.vocabulary() != Vocabulary::Cell || callee.call->arguments.size() != 1) return {};
        SourceRange between = callee.call->range;
        between.end = between.begin;
        if (reads_step_number(*callee.call->arguments[0].value.value))
            report.note(fmt::format("a step stands in square brackets, `{}[t-1]`", name))
                .edit(callee.call->range, "[" + call.substr(1, call.size() - 2) + "]");
        else
            report.note(fmt::format("a product is written `{}*{}`", name, call)).edit(between, "*");
        return {};
    }
    if (context_.declarations.was_missing(*callee.name)) return {};
    std::vector<std::string> candidates = elementwise_names();
    for (const BuiltinRow& row : builtins())
        if (int(names.vocabulary()) >= int(row.least)) candidates.emplace_back(row.name);
    for (std::string& own :
         context_.declarations.candidates(Space::Function, callee.name->range.file))
        candidates.push_back(std::move(own));
    context_.unknown(*callee.name, fmt::format("there is no function `{}`", name), candidates);
    return {};
}

Value Expressions::elementwise(const Expr& expr, Op op, const Callee& callee, Names& names) {
    const auto given = arguments(*callee.name, *callee.call, std::size_t(ir::info(op).arity), {});
    if (!given) {
        Dry dry(context_);
        for (const Argument& argument : callee.call->arguments) value(*argument.value.value, names);
        return {};
    }
    std::vector<Value> operands;
    for (const Argument* argument : given->positional)
        operands.push_back(value(*argument->value.value, names));
    return apply(context_, op, operands, expr.range);
}

Value Expressions::spike(const Expr& expr, const Reference& reference, const Callee& callee,
                         Names& names) {
    for (const Argument& argument : callee.call->arguments)
        if (argument.name && argument.name->text == "surrogate") {
            context_
                .error(Code::SurrogateMisplaced, argument.name->range,
                       "a spike pins its surrogate behind its brackets")
                .note("`spike(x) surrogate atan(alpha = 2)`");
            return {};
        }
    const auto given = arguments(*callee.name, *callee.call, 1, {});
    std::optional<SurrogateUse> pinned;
    if (reference.surrogate) {
        pinned = surrogate(*reference.surrogate, names);
        if (!pinned) return {};
    }
    if (!given) {
        Dry dry(context_);
        for (const Argument& argument : callee.call->arguments) value(*argument.value.value, names);
        return {};
    }
    const Expr& argument = *given->positional[0]->value.value;
    if (const auto* compared = std::get_if<Binary>(&argument.node);
        compared && is_comparison(compared->op)) {
        context_
            .error(Code::WrongType, argument.range,
                   "`spike` compares by itself: it takes the distance from the threshold")
            .note("`spike(v - theta)` is 1 where v lies above theta, and has a gradient");
        return {};
    }
    const Value x = value(argument, names);
    const SurrogateUse* use = pinned ? &*pinned : names.surrogate();
    const SurrogateUse fallback = use ? SurrogateUse{} : default_surrogate();
    const Value factor = surrogate_at(use ? *use : fallback, x, names);
    return apply(context_, Op::Spike, {x, factor}, expr.range);
}

SurrogateUse Expressions::default_surrogate() {
    SurrogateUse use;
    const Declaration* atan = context_.declarations.find(Space::Surrogate, Name{"atan", {}});
    use.declaration = &std::get<SurrogateDecl>(atan->node);
    ConstantNames none(context_, "here");
    for (const Default& parameter : use.declaration->parameters)
        use.parameters[parameter.name.text] = value(*parameter.value, none);
    return use;
}

std::optional<SurrogateUse> Expressions::surrogate(const Path& path, Names& names) {
    const Callee callee = this->callee(path);
    const Declaration* declaration =
        context_.declarations.find(Space::Surrogate, *callee.name, callee.module);
    if (!declaration || callee.index || callee.used != path.suffixes.size()) {
        if (!context_.declarations.was_missing(*callee.name))
            context_.unknown(*callee.name,
                             fmt::format("there is no surrogate `{}`", callee.name->text),
                             context_.declarations.candidates(Space::Surrogate, path.range.file));
        return std::nullopt;
    }
    SurrogateUse use;
    use.declaration = &std::get<SurrogateDecl>(declaration->node);
    std::vector<std::string> parameter_names;
    for (const Default& parameter : use.declaration->parameters)
        parameter_names.push_back(parameter.name.text);
    std::optional<Arguments> given = Arguments{};
    if (callee.call) given = arguments(*callee.name, *callee.call, 0, parameter_names);
    if (!given) return std::nullopt;
    bool sound = true;
    ConstantNames own(context_, "in a surrogate");
    for (const Default& parameter : use.declaration->parameters) {
        const auto place = given->named.find(parameter.name.text);
        Value chosen = place == given->named.end() ? value(*parameter.value, own)
                                                   : value(*place->second->value.value, names);
        if (!chosen.poisoned() && !frontend::number(context_, chosen)) {
            context_.error(
                Code::NotConstant,
                place == given->named.end() ? parameter.value->range : place->second->value.range,
                "a parameter of a surrogate must be a constant");
            chosen = {};
        }
        chosen =
            inside(chosen, parameter, own,
                   place == given->named.end() ? *parameter.value : *place->second->value.value);
        sound = sound && !chosen.poisoned();
        own.set(parameter.name.text, chosen);
        use.parameters[parameter.name.text] = chosen;
    }
    if (!sound) return std::nullopt;
    return use;
}

Value Expressions::surrogate_at(const SurrogateUse& use, const Value& x, Names& names) {
    std::map<std::string, Value> values = use.parameters;
    const SurrogateDecl& declaration = *use.declaration;
    if (declaration.arguments.empty()) return {};
    values[declaration.arguments[0].text] = x;
    ArgumentNames own(context_, names, std::move(values), {}, true);
    return value(*declaration.value, own);
}

}  // namespace snnc::frontend
