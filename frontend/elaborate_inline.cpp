// Inlined bodies: `fn` and `loss` declarations, and the check of bodies that nobody uses.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "frontend/elaborate_expressions.h"

namespace snnc::frontend {
namespace {

struct Signature {
    const std::vector<Name>* arguments;
    const std::vector<Default>* parameters;
    const Expr* body;
};

Signature signature_of(const Declaration& declaration) {
    static const std::vector<Default> none;
    if (const auto* function = std::get_if<FunctionDecl>(&declaration.node))
        return {&function->arguments, &none, function->value.get()};
    if (const auto* loss = std::get_if<LossDecl>(&declaration.node))
        return {&loss->arguments, &loss->parameters, loss->value.get()};
    const auto& surrogate = std::get<SurrogateDecl>(declaration.node);
    return {&surrogate.arguments, &surrogate.parameters, surrogate.value.get()};
}

/// A parameter whose default is a word stands for a word: it is read with `match`.
bool stands_for_word(const Default& parameter) {
    const Name* word = as_word(*parameter.value);
    return word && !is_reserved(word->text);
}

/// Names of a body that nobody calls here: arguments of unknown shape.
class AnyCaller : public Names {
 public:
    explicit AnyCaller(Vocabulary vocabulary) : vocabulary_(vocabulary) {}
    Vocabulary vocabulary() const override { return vocabulary_; }
    bool has_time() const override { return vocabulary_ == Vocabulary::Loss; }
    Value member(const Path&) override { return {}; }
    std::vector<std::string> candidates() const override { return {}; }

 private:
    Vocabulary vocabulary_;
};

}  // namespace

/// Functions that call functions may stand for formulas of any size.
bool Expressions::report_too_many_calls(const Callee& callee) {
    const bool deep = inlining_.size() >= deepest_calls;
    if (!deep && ++inlined_ <= most_calls) return false;
    if (std::exchange(refused_calls_, true)) return true;  // was reported
    const std::string message =
        deep ? fmt::format("functions call functions more than {} deep", deepest_calls)
             : fmt::format("the functions of this text call each other more than {} times",
                           most_calls);
    context_.error(Code::TooDeep, callee.name->range, message);
    return true;
}

Value Expressions::inlined(const Declaration& declaration, const Expr& expr, const Callee& callee,
                           Names& names) {
    const Signature signature = signature_of(declaration);
    if (std::find(inlining_.begin(), inlining_.end(), &declaration) != inlining_.end()) {
        context_
            .error(Code::RecursiveDefinition, callee.name->range,
                   fmt::format("`{}` calls itself", callee.name->text))
            .label(name_of(declaration)->range, "declared here");
        return {};
    }
    if (report_too_many_calls(callee)) return {};
    std::vector<std::string> parameter_names;
    for (const Default& parameter : *signature.parameters)
        parameter_names.push_back(parameter.name.text);
    const auto given =
        arguments(*callee.name, *callee.call, signature.arguments->size(), parameter_names);
    if (!given) {
        Dry dry(context_);
        for (const Argument& argument : callee.call->arguments)
            if (!argument.name) value(*argument.value.value, names);
        return {};
    }
    std::map<std::string, Value> values;
    std::map<std::string, std::string> words;
    Context::Inlining place{signature.body->range, expr.range, {}};
    for (std::size_t i = 0; i < signature.arguments->size(); ++i) {
        const std::string& name = (*signature.arguments)[i].text;
        values[name] = value(*given->positional[i]->value.value, names);
        place.arguments[name] = given->positional[i]->range;
    }
    for (const auto& [name, argument] : given->named) place.arguments[name] = argument->value.range;
    for (const Default& parameter : *signature.parameters) {
        const auto chosen_here = given->named.find(parameter.name.text);
        const bool by_default = chosen_here == given->named.end();
        const Expr& chosen = by_default ? *parameter.value : *chosen_here->second->value.value;
        if (stands_for_word(parameter)) {
            const Name* word = as_word(chosen);
            if (!word) {
                context_.error(Code::WrongType, chosen.range,
                               fmt::format("`{}` takes a word", parameter.name.text));
                return {};
            }
            const auto handed_on = names.option(word->text);
            words[parameter.name.text] =
                handed_on && !handed_on->values ? handed_on->chosen : word->text;
        } else {
            ArgumentNames own(context_, names, values);
            const Value given_value = value(chosen, by_default ? own : names);
            values[parameter.name.text] = inside(given_value, parameter, own, chosen);
        }
    }
    const bool timeless = std::holds_alternative<FunctionDecl>(declaration.node);
    ArgumentNames own(context_, names, std::move(values), std::move(words), timeless);
    inlining_.push_back(&declaration);
    context_.inlinings.push_back(std::move(place));
    Value result = value(*signature.body, own);
    context_.inlinings.pop_back();
    inlining_.pop_back();
    return result;
}

void Expressions::check_body(const Declaration& declaration) {
    const Signature signature = signature_of(declaration);
    const bool is_loss = std::holds_alternative<LossDecl>(declaration.node);
    std::map<std::string, Value> values;
    std::map<std::string, std::string> words;
    std::map<std::string, SourceRange> declared;
    const auto declare = [&](const Name& name) {
        check_not_reserved(name, context_.diagnostics);
        const auto [place, is_new] = declared.emplace(name.text, name.range);
        if (!is_new)
            context_
                .error(Code::DuplicateName, name.range,
                       fmt::format("`{}` is declared twice", name.text))
                .label(place->second, "first declared here");
        values[name.text] = constant(context_, 1);
    };
    if (std::holds_alternative<SurrogateDecl>(declaration.node) && signature.arguments->size() != 1)
        context_
            .error(Code::WrongArguments, name_of(declaration)->range,
                   fmt::format("a surrogate takes one argument, the spike's, not {}",
                               signature.arguments->size()))
            .note("its constants stand behind `;`: `surrogate g(x; width = 1) = …`");
    for (const Name& argument : *signature.arguments) declare(argument);
    AnyCaller caller(is_loss ? Vocabulary::Loss : Vocabulary::Cell);
    for (const Default& parameter : *signature.parameters) {
        ArgumentNames own(context_, caller, values);
        if (stands_for_word(parameter))
            words[parameter.name.text] = as_word(*parameter.value)->text;
        else
            value(*parameter.value, own);
        if (parameter.interval) {
            Dry dry(context_);
            bounds(*parameter.interval, own);
        }
        declare(parameter.name);
    }
    for (auto& [name, word] : words) values.erase(name);
    Dry dry(context_);
    ArgumentNames own(context_, caller, std::move(values), std::move(words));
    inlining_.push_back(&declaration);
    value(*signature.body, own);
    inlining_.pop_back();
}

}  // namespace snnc::frontend
