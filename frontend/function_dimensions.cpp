// Dimensions of calls: the functions of the language, draws, spikes with their surrogates, and the
// bodies of `fn` and `loss`, with each call's own dimensions.
#include <fmt/format.h>

#include <algorithm>

#include "frontend/dimension_rules.h"
#include "frontend/elaborate_expressions.h"
#include "frontend/elaborate_units.h"
#include "frontend/expression_dimensions.h"

namespace snnc::frontend {

using Rule = DimensionRule;

namespace {

std::vector<const Expr*> positional(const CallSuffix& call) {
    std::vector<const Expr*> result;
    for (const Argument& argument : call.arguments)
        if (!argument.name) result.push_back(argument.value.value.get());
    return result;
}

}  // namespace

std::optional<Dimension> ExpressionDimensions::builtin(const std::string& name,
                                                       const std::vector<const Expr*>& arguments,
                                                       DimensionNames& names) {
    const auto rule = dimension_rule(name, names.place());
    if (!rule) return std::nullopt;
    if (arguments.empty()) return Dimension::any();
    const auto others = [&] {
        for (std::size_t i = 1; i < arguments.size(); ++i) of(*arguments[i], names);
    };
    const auto same = [&] {
        return alike(arguments, names, fmt::format("`{}` takes one dimension", name));
    };
    Dimension first;
    switch (*rule) {
        case Rule::Same: first = of(*arguments[0], names); break;
        case Rule::Alike: return same();
        case Rule::Square: return same().pow(2);
        case Rule::Root: return of(*arguments[0], names).pow({1, 2});
        case Rule::Sign: of(*arguments[0], names); break;
        case Rule::Number:
            for (const Expr* argument : arguments)
                number(*argument, names, fmt::format("`{}` takes", name));
            return Dimension();
    }
    others();
    return first;
}

Dimension ExpressionDimensions::call(const Expr& expr, const Reference& reference,
                                     DimensionNames& names) {
    const Path& path = reference.path;
    const Name* module = nullptr;
    const Name* name = &path.head;
    std::size_t at = 0;
    if (declarations_.is_module(path.head))
        if (const auto* member = std::get_if<MemberSuffix>(&path.suffixes[0])) {
            module = &path.head;
            name = &member->name;
            at = 1;
        }
    const auto* call =
        at < path.suffixes.size() ? std::get_if<CallSuffix>(&path.suffixes[at]) : nullptr;
    if (!call) return Dimension::any();
    const auto arguments = positional(*call);
    if (!module && is_draw(name->text)) return drawn(expr, names);
    if (!module)
        if (const auto known = builtin(name->text, arguments, names)) {
            if (name->text == "spike" && !arguments.empty()) spike(reference, *arguments[0], names);
            return *known;
        }
    const Declaration* declaration = declarations_.find(Space::Function, *name, module);
    if (declaration) return inlined(*declaration, *call, names);
    for (const Expr* argument : arguments) of(*argument, names);
    return Dimension::any();
}

Dimension ExpressionDimensions::drawn(const Expr& expr, DimensionNames& names) {
    const CallSuffix* draw = as_draw(expr);
    if (!draw) return of(expr, names);
    const std::string& name = std::get<Reference>(expr.node).path.head.text;
    const auto arguments = positional(*draw);
    if (name == "uniform" || name == "normal")
        return alike(arguments, names, fmt::format("`{}` takes one dimension", name));
    for (const Expr* argument : arguments)
        number(*argument, names, fmt::format("`{}` takes", name));
    return {};
}

// ---- bodies --------------------------------------------------------------------------------

/// Names of a body: its arguments; `dt` and everything else as where it is called.
class ExpressionDimensions::Body : public DimensionNames {
 public:
    explicit Body(DimensionNames& caller) : caller_(caller) {}
    void set(const std::string& name, Dimension dimension, const Expr* given) {
        dimensions_[name] = std::move(dimension);
        given_[name] = given;
    }
    void choose(const std::string& name, std::string word) { words_[name] = std::move(word); }

    Dimension member(const Path& path) override {
        const auto found = dimensions_.find(path.head.text);
        return found == dimensions_.end() ? Dimension::any() : found->second;
    }
    std::optional<std::string> option(const std::string& name) override {
        const auto found = words_.find(name);
        return found == words_.end() ? std::nullopt : std::optional(found->second);
    }
    Dimension dt() override { return caller_.dt(); }
    Place place() const override { return caller_.place(); }
    std::optional<double> constant(const std::string& name) override {
        const auto found = given_.find(name);
        if (found == given_.end() || !found->second) return std::nullopt;
        return ExpressionDimensions::constant(*found->second, caller_);
    }

 private:
    DimensionNames& caller_;
    std::map<std::string, Dimension> dimensions_;
    std::map<std::string, const Expr*> given_;
    std::map<std::string, std::string> words_;
};

/// The body first, with arguments of unknown dimensions: what does not fit then is its own mistake.
/// Then the arguments, one by one, where the call gives them.
Dimension ExpressionDimensions::inlined(const Declaration& declaration, const CallSuffix& call,
                                        DimensionNames& names) {
    if (std::find(inlining_.begin(), inlining_.end(), &declaration) != inlining_.end())
        return Dimension::any();
    // Where the values are made it is reported.
    if (inlining_.size() >= deepest_calls || ++inlined_ > most_calls) return Dimension::any();
    static const std::vector<Default> none;
    const auto* function = std::get_if<FunctionDecl>(&declaration.node);
    const auto* loss = std::get_if<LossDecl>(&declaration.node);
    if (!function && !loss) return Dimension::any();
    const std::vector<Name>& wanted = function ? function->arguments : loss->arguments;
    const std::vector<Default>& parameters = loss ? loss->parameters : none;
    const Expr& value = function ? *function->value : *loss->value;
    const std::string& called = name_of(declaration)->text;

    Body body(names);
    struct Given {
        const Expr* expr;
        std::string name;
        Dimension got, wanted;
    };
    std::vector<Given> given;
    const auto arguments = positional(call);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const Expr* argument = i < arguments.size() ? arguments[i] : nullptr;
        const Dimension got = argument ? of(*argument, names) : Dimension::any();
        // What fits everywhere does so at each place of the body.
        const Dimension inside = got.is_any() ? got : system_.unknown();
        if (!got.is_any()) messages_.note_unknown(inside, wanted[i].text);
        body.set(wanted[i].text, inside, argument);
        if (argument) given.push_back({argument, wanted[i].text, got, inside});
    }
    for (const Default& parameter : parameters) {
        const Expr* chosen = nullptr;
        for (const Argument& argument : call.arguments)
            if (argument.name && argument.name->text == parameter.name.text)
                chosen = argument.value.value.get();
        const Name* fallback = as_word(*parameter.value);
        if (fallback && !is_reserved(fallback->text)) {
            const Name* word = chosen ? as_word(*chosen) : fallback;
            if (!word) continue;
            body.choose(parameter.name.text, names.option(word->text).value_or(word->text));
            continue;
        }
        const Dimension inside = system_.unknown();
        body.set(parameter.name.text, inside, chosen ? chosen : parameter.value.get());
        if (chosen)
            given.push_back({chosen, parameter.name.text, of(*chosen, names), inside});
        else if (!is_plain_number(*parameter.value))
            system_.equate(inside, of(*parameter.value, body), parameter.value->range);
    }
    inlining_.push_back(&declaration);
    const Dimension result = of(value, body);
    inlining_.pop_back();
    bool sound = true;
    for (const Given& argument : given)
        sound =
            fits(*argument.expr, argument.got, argument.wanted, names,
                 [&](const std::string& got, const std::string& needed) {
                     return fmt::format("`{}` takes {} for `{}`, but `{}` is {}", called, needed,
                                        argument.name, messages_.text(argument.expr->range), got);
                 }) &&
            sound;
    return sound ? result : Dimension::any();
}

void ExpressionDimensions::check_body(const Declaration& declaration) {
    const auto* function = std::get_if<FunctionDecl>(&declaration.node);
    const auto* surrogate = std::get_if<SurrogateDecl>(&declaration.node);
    if (!function && !surrogate) return;
    const Expr& value = function ? *function->value : *surrogate->value;
    UnknownNames none(
        writes_units(value, declarations_, true) ? time_dimension() : system_.unknown(),
        DimensionNames::Place::Cell);
    Body body(none);
    for (const Name& argument : function ? function->arguments : surrogate->arguments) {
        const Dimension unknown = system_.unknown();
        messages_.note_unknown(unknown, argument.text);
        body.set(argument.text, unknown, nullptr);
    }
    if (surrogate)
        for (const Default& parameter : surrogate->parameters)
            body.set(
                parameter.name.text,
                is_plain_number(*parameter.value) ? system_.unknown() : of(*parameter.value, body),
                parameter.value.get());
    inlining_.push_back(&declaration);
    of(value, body);
    inlining_.pop_back();
}

// ---- spikes --------------------------------------------------------------------------------

/// A spike takes an argument of any dimension. A surrogate without units counts it as it is.
void ExpressionDimensions::spike(const Reference& reference, const Expr& argument,
                                 DimensionNames& names) {
    const Path* path = reference.surrogate ? &*reference.surrogate : names.surrogate();
    if (!path || path->suffixes.empty()) return;
    const auto* call = std::get_if<CallSuffix>(&path->suffixes.back());
    if (!call) return;
    const bool units =
        std::any_of(call->arguments.begin(), call->arguments.end(), [&](const Argument& given) {
            return given.value.value && writes_units(*given.value.value, declarations_);
        });
    if (!units) return;
    const auto x = [&] {
        const DimensionMessages::Muted muted(messages_);  // its mistakes were reported
        return of(argument, names);
    }();
    surrogate(*path, x, names);
}

/// `boxcar(w = 5mV)`: the width fits what it is compared with.
void ExpressionDimensions::surrogate(const Path& path, const Dimension& x, DimensionNames& names) {
    const auto* behind = std::get_if<MemberSuffix>(&path.suffixes.front());
    const Declaration* found = behind
                                   ? declarations_.find(Space::Surrogate, behind->name, &path.head)
                                   : declarations_.find(Space::Surrogate, path.head);
    const auto* declaration = found ? std::get_if<SurrogateDecl>(&found->node) : nullptr;
    if (!declaration || declaration->arguments.size() != 1) return;
    const CallSuffix& call = std::get<CallSuffix>(path.suffixes.back());
    Body body(names);
    body.set(declaration->arguments[0].text, x, nullptr);
    std::map<std::string, Dimension> inside;
    for (const Default& parameter : declaration->parameters) {
        inside[parameter.name.text] = system_.unknown();
        body.set(parameter.name.text, inside[parameter.name.text], parameter.value.get());
    }
    {
        const DimensionMessages::Muted muted(messages_);
        of(*declaration->value, body);
        if (muted.mistakes() > 0) return;
    }
    for (const Argument& argument : call.arguments) {
        if (!argument.name || !inside.count(argument.name->text)) continue;
        const Expr& value = *argument.value.value;
        if (is_plain_number(value)) continue;
        fits(value, of(value, names), inside[argument.name->text], names,
             [&](const std::string& got, const std::string& wanted) {
                 return fmt::format("`{}` of `{}` is {} for this spike, but `{}` is {}",
                                    argument.name->text, declaration->name.text, wanted,
                                    messages_.text(value.range), got);
             });
    }
}

}  // namespace snnc::frontend
