#include "pages/formulas.h"

#include "frontend/ast_printer.h"

namespace snnc::pages {
namespace {

using namespace frontend;

const Expr& without_parentheses(const Expr& expression) {
    const auto* parentheses = std::get_if<Parentheses>(&expression.node);
    return parentheses ? without_parentheses(*parentheses->inner) : expression;
}

class Typesetter {
 public:
    explicit Typesetter(const Notation& notation) : notation_(notation) {}

    std::string expression(const Expr& expression) const {
        return std::visit([&](const auto& node) { return write(node); }, expression.node);
    }

    /// `tau_m` has the letter tau and m below it; a time index goes below, too.
    std::string name(const std::string& text, const std::string& index = {}) const {
        const auto bar = text.find('_');
        if (bar == std::string::npos || bar == 0 || bar + 1 == text.size())
            return notation_.name(text, index);
        std::vector<std::string> below{notation_.words(text.substr(bar + 1))};
        if (!index.empty()) below.insert(below.end(), {notation_.sign(","), index});
        return notation_.name(text.substr(0, bar), notation_.row(below));
    }

    std::string at_step(const Name& variable, const std::optional<IndexSuffix>& index) const {
        return name(variable.text, index ? index_text(*index) : notation_.name("t", ""));
    }

    std::string equation(const std::string& left, const std::string& sign,
                         const Expr& right) const {
        return notation_.row({left, notation_.sign(sign), expression(right)});
    }

    std::string index_text(const IndexSuffix& index) const {
        std::vector<std::string> parts;
        for (const Cut& cut : index.cuts) {
            if (!parts.empty()) parts.push_back(notation_.sign(","));
            if (cut.begin) parts.push_back(expression(*cut.begin));
            if (cut.is_slice) parts.push_back(notation_.sign(":"));
            if (cut.end) parts.push_back(expression(*cut.end));
        }
        return notation_.row(parts);
    }

    std::string list(const std::vector<std::string>& parts) const {
        std::vector<std::string> row;
        for (const std::string& part : parts) {
            if (!row.empty()) row.push_back(notation_.sign(","));
            row.push_back(part);
        }
        return notation_.row(row);
    }

 private:
    std::string write(const Number& number) const {
        return notation_.number(number.digits, number.unit);
    }
    std::string write(const Parentheses& parentheses) const {
        return notation_.fenced("(", expression(*parentheses.inner), ")");
    }
    std::string write(const Tuple& tuple) const {
        std::vector<std::string> parts;
        for (const ExprPtr& element : tuple.elements) parts.push_back(expression(*element));
        return notation_.fenced("(", list(parts), ")");
    }
    std::string write(const Unary& unary) const {
        return notation_.row({notation_.sign(unary.op == UnaryOperator::Minus ? "-" : "not"),
                              expression(*unary.operand)});
    }

    std::string write(const Binary& binary) const {
        if (binary.op == BinaryOperator::Div)
            return notation_.fraction(expression(without_parentheses(*binary.left)),
                                      expression(without_parentheses(*binary.right)));
        if (binary.op == BinaryOperator::Pow)
            return notation_.power(base(*binary.left),
                                   expression(without_parentheses(*binary.right)));
        return notation_.row({expression(*binary.left),
                              notation_.sign(std::string(frontend::symbol(binary.op))),
                              expression(*binary.right)});
    }

    /// What ends in an exponent or a unit has to be told from its power: exp(x)^2 is no e^(x^2).
    std::string base(const Expr& expression) const {
        bool ambiguous = false;
        if (const auto* number = std::get_if<Number>(&expression.node)) {
            ambiguous = !number->unit.empty() || !scientific_parts(number->digits).second.empty();
        } else if (const auto* reference = std::get_if<Reference>(&expression.node)) {
            ambiguous = is_natural_power(reference->path);
        }
        const std::string text = this->expression(expression);
        return ambiguous ? notation_.fenced("(", text, ")") : text;
    }

    /// exp(x), which is written as a power.
    static bool is_natural_power(const Path& path) {
        if (path.head.text != "exp" || path.suffixes.size() != 1) return false;
        const auto* call = std::get_if<CallSuffix>(&path.suffixes.front());
        return call && call->arguments.size() == 1;
    }

    std::string write(const If& choice) const {
        std::vector<std::pair<std::string, std::string>> rows;
        const If* open = &choice;
        for (;;) {
            rows.emplace_back(
                expression(*open->then_value),
                notation_.row({notation_.words("if "), expression(*open->condition)}));
            const auto* next = std::get_if<If>(&open->else_value->node);
            if (!next) break;
            open = next;
        }
        rows.emplace_back(expression(*open->else_value), notation_.words("otherwise"));
        return notation_.cases(rows);
    }

    std::string write(const Match& match) const {
        std::vector<std::pair<std::string, std::string>> rows;
        for (const MatchArm& arm : match.arms) {
            std::string values;
            for (const Name& value : arm.values)
                values += (values.empty() ? "" : ", ") + value.text;
            rows.emplace_back(expression(*arm.result),
                              notation_.words(match.option.head.text + " = " + values));
        }
        return notation_.cases(rows);
    }

    std::string write(const Reference& reference) const {
        const Path& path = reference.path;
        std::string text = path.head.text, index;
        const CallSuffix* call = nullptr;
        for (const Suffix& suffix : path.suffixes) {
            if (const auto* member = std::get_if<MemberSuffix>(&suffix)) {
                text += "." + member->name.text;
            } else if (const auto* at = std::get_if<IndexSuffix>(&suffix)) {
                index = index_text(*at);
            } else {
                call = &std::get<CallSuffix>(suffix);
            }
        }
        if (call) return called(text, *call);
        return text == "inf" ? notation_.sign("inf") : name(text, index);
    }

    std::string called(const std::string& function, const CallSuffix& call) const {
        std::vector<std::string> arguments;
        for (const Argument& argument : call.arguments) {
            const std::string value = expression(*argument.value.value);
            arguments.push_back(argument.name ? notation_.row({notation_.words(argument.name->text),
                                                               notation_.sign("="), value})
                                              : value);
        }
        const std::string inner = list(arguments);
        if (arguments.size() == 1) {
            if (function == "exp") return notation_.power(notation_.name("e", ""), inner);
            if (function == "sqrt") return notation_.root(inner);
            if (function == "abs") return notation_.fenced("|", inner, "|");
        }
        return notation_.row({notation_.function(function), notation_.fenced("(", inner, ")")});
    }

    const Notation& notation_;
};

struct MemberText {
    const Typesetter& typesetter;
    const Notation& notation;

    std::string operator()(const LetMember& member) const {
        return typesetter.equation(typesetter.name(member.name.text), member.draws ? "~" : "=",
                                   *member.value);
    }
    std::string operator()(const Equation& member) const {
        return typesetter.equation(typesetter.at_step(member.name, member.index),
                                   member.draws ? "~" : "=", *member.value);
    }
    std::string operator()(const DifferentialEquation& member) const {
        const auto differential = [&](const Name& name) {
            return notation.row({notation.function("d"), typesetter.name(name.text.substr(1))});
        };
        return typesetter.equation(
            notation.fraction(differential(member.numerator), differential(member.denominator)),
            "=", *member.value);
    }
    std::string operator()(const OnEvent& member) const {
        std::vector<std::string> assignments;
        for (const Assignment& one : member.assignments)
            assignments.push_back(
                typesetter.equation(typesetter.at_step(one.name, one.index), "<-", *one.value));
        return notation.row({notation.words("on "), typesetter.expression(*member.condition),
                             notation.sign(":"), typesetter.list(assignments)});
    }
    std::string operator()(const Refractory& member) const {
        std::vector<std::string> states;
        for (const Name& state : member.states) states.push_back(typesetter.name(state.text));
        return notation.row({typesetter.list(states), notation.words(" held for "),
                             typesetter.expression(*member.duration),
                             notation.words(" after a spike")});
    }
    template <class Other>
    std::string operator()(const Other&) const {
        return {};
    }
};

}  // namespace

std::string typeset(const Expr& expression, const Notation& notation) {
    return Typesetter(notation).expression(expression);
}

std::string typeset(const Member& member, const Notation& notation) {
    const Typesetter typesetter(notation);
    return std::visit(MemberText{typesetter, notation}, member.node);
}

std::string typeset_definition(const std::string& name, const std::vector<Name>& arguments,
                               const Expr& value, const Notation& notation) {
    const Typesetter typesetter(notation);
    std::vector<std::string> parts;
    for (const Name& argument : arguments) parts.push_back(typesetter.name(argument.text));
    return typesetter.equation(
        notation.row({notation.function(name), notation.fenced("(", typesetter.list(parts), ")")}),
        "=", value);
}

}  // namespace snnc::pages
