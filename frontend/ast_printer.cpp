#include "frontend/ast_printer.h"

#include <fmt/format.h>

#include "frontend/layout.h"

namespace snnc::frontend {

std::string_view symbol(BinaryOperator op) {
    switch (op) {
        case BinaryOperator::Add: return "+";
        case BinaryOperator::Sub: return "-";
        case BinaryOperator::Mul: return "*";
        case BinaryOperator::Div: return "/";
        case BinaryOperator::Pow: return "^";
        case BinaryOperator::Lt: return "<";
        case BinaryOperator::Le: return "<=";
        case BinaryOperator::Gt: return ">";
        case BinaryOperator::Ge: return ">=";
        case BinaryOperator::Eq: return "==";
        case BinaryOperator::Ne: return "!=";
        case BinaryOperator::And: return "and";
        case BinaryOperator::Or: return "or";
    }
    return "?";
}

namespace {

std::string path_text(const Path& path);

template <typename Items, typename Text>
std::string joined(const Items& items, std::string_view between, Text text) {
    std::string out;
    for (const auto& item : items) {
        if (!out.empty()) out += between;
        out += text(item);
    }
    return out;
}

std::string names_text(const std::vector<Name>& names) {
    return joined(names, ", ", [](const Name& name) { return name.text; });
}

struct ExpressionText {
    std::string operator()(const Number& n) const { return n.digits + n.unit; }
    std::string operator()(const Reference& r) const {
        const std::string text = path_text(r.path);
        return r.surrogate ? fmt::format("(surrogate {} {})", text, path_text(*r.surrogate)) : text;
    }
    std::string operator()(const Unary& u) const {
        return fmt::format("({} {})", u.op == UnaryOperator::Minus ? "-" : "not",
                           print_expression(*u.operand));
    }
    std::string operator()(const Binary& b) const {
        return fmt::format("({} {} {})", symbol(b.op), print_expression(*b.left),
                           print_expression(*b.right));
    }
    std::string operator()(const If& i) const {
        return fmt::format("(if {} {} {})", print_expression(*i.condition),
                           print_expression(*i.then_value), print_expression(*i.else_value));
    }
    std::string operator()(const Match& m) const {
        return fmt::format(
            "(match {} {})", path_text(m.option), joined(m.arms, " ", [](const MatchArm& arm) {
                const std::string values =
                    joined(arm.values, "|", [](const Name& value) { return value.text; });
                return fmt::format("({} {})", values, print_expression(*arm.result));
            }));
    }
    std::string operator()(const Parentheses& p) const { return print_expression(*p.inner); }
    std::string operator()(const Tuple& t) const {
        return fmt::format("(tuple {})", joined(t.elements, " ", [](const ExprPtr& e) {
                               return print_expression(*e);
                           }));
    }
};

std::string cut_text(const Cut& cut) {
    std::string text = cut.begin ? print_expression(*cut.begin) : "";
    if (cut.is_slice) text += ":";
    return cut.end ? text + print_expression(*cut.end) : text;
}

std::string cuts_text(const std::vector<Cut>& cuts) {
    return "[" + joined(cuts, ", ", cut_text) + "]";
}

std::string argument_text(const Argument& argument) {
    std::string text = argument.name ? argument.name->text + " = " : "";
    if (argument.value.training == ArgumentValue::Training::Learn) text += "learn ";
    if (argument.value.training == ArgumentValue::Training::Fixed) text += "fixed ";
    text += print_expression(*argument.value.value);
    if (argument.value.per) text += " per " + argument.value.per->text;
    if (!argument.value.pattern_indices.empty()) {
        text += " in " + names_text(argument.value.pattern_indices);
    }
    return text;
}

std::string path_text(const Path& path) {
    std::string text = path.head.text;
    for (const Suffix& suffix : path.suffixes) {
        if (const auto* member = std::get_if<MemberSuffix>(&suffix)) {
            text += "." + member->name.text;
        } else if (const auto* index = std::get_if<IndexSuffix>(&suffix)) {
            text += cuts_text(index->cuts);
        } else {
            text += "(" + joined(std::get<CallSuffix>(suffix).arguments, ", ", argument_text) + ")";
        }
    }
    return text;
}

std::string index_text(const std::optional<IndexSuffix>& index) {
    return index ? cuts_text(index->cuts) : "";
}

std::string interval_text(const std::optional<Interval>& interval) {
    if (!interval) return "";
    return fmt::format(" in [{}, {}]", print_expression(*interval->low),
                       print_expression(*interval->high));
}

std::string typed_text(const TypedName& typed) {
    return fmt::format("{}{} : {}{}{}", typed.name.text, index_text(typed.index),
                       typed.type.kind.text, cuts_text(typed.type.shape),
                       interval_text(typed.interval));
}

std::string assignment_text(const Assignment& a) {
    return fmt::format("{}{} = {}", a.name.text, index_text(a.index), print_expression(*a.value));
}

struct MemberText {
    std::string operator()(const PortMember& m) const {
        return "input " + m.name.text + interval_text(m.interval);
    }
    std::string operator()(const OutputMember& m) const { return "output " + m.name.text; }
    std::string operator()(const ParamMember& m) const {
        return fmt::format("{} {} = {}{}{}", m.learn ? "learn" : "param", m.name.text,
                           print_expression(*m.value), interval_text(m.interval),
                           m.by ? " by " + m.by->text : "");
    }
    std::string operator()(const StateMember& m) const {
        return fmt::format("state {} = {}", m.name.text, print_expression(*m.value));
    }
    std::string operator()(const OptionMember& m) const {
        return fmt::format("option {} = {}", m.name.text,
                           joined(m.values, " | ", [](const Name& name) { return name.text; }));
    }
    std::string operator()(const LetMember& m) const {
        return fmt::format("let {} {} {}", m.name.text, m.draws ? "~" : "=",
                           print_expression(*m.value));
    }
    std::string operator()(const Equation& m) const {
        return fmt::format("equation {}{} {} {}", m.name.text, index_text(m.index),
                           m.draws ? "~" : "=", print_expression(*m.value));
    }
    std::string operator()(const DifferentialEquation& m) const {
        return fmt::format("differential {}/{} = {}{}", m.numerator.text, m.denominator.text,
                           print_expression(*m.value), m.solver ? " solve " + m.solver->text : "");
    }
    std::string operator()(const OnEvent& m) const {
        return fmt::format("on {}: {}", print_expression(*m.condition),
                           joined(m.assignments, "; ", assignment_text));
    }
    std::string operator()(const Refractory& m) const {
        return fmt::format("refractory {}: {}", print_expression(*m.duration),
                           names_text(m.states));
    }
};

std::string element_text(const Element& e) {
    std::string text = path_text(e.path);
    if (e.recurrent) text += " recurrent " + path_text(*e.recurrent);
    if (e.as_name) text += " as " + e.as_name->text;
    if (e.shape) {
        const std::string dims =
            joined(e.shape->dims, ", ", [](const ExprPtr& dim) { return print_expression(*dim); });
        text += e.shape->bracketed ? " : [" + dims + "]" : " : " + dims;
    }
    return text;
}

struct NetworkStatementText {
    std::string operator()(const NetworkInput& s) const { return "input " + typed_text(s.input); }
    std::string operator()(const NetworkOutput& s) const { return "output " + path_text(s.path); }
    std::string operator()(const Setting& s) const {
        return fmt::format("setting {} = {}", s.name.text, print_expression(*s.value));
    }
    std::string operator()(const PopulationDecl& s) const {
        return fmt::format("population {} : {}{}", s.name.text, path_text(s.cell),
                           s.recurrent ? " recurrent " + path_text(*s.recurrent) : "");
    }
    std::string operator()(const Chain& s) const {
        return "chain " + joined(s.elements, " -> ", element_text);
    }
};

struct TrainStatementText {
    std::string operator()(const Target& s) const { return "target " + typed_text(s.target); }
    std::string operator()(const Freeze& s) const {
        return "freeze " + joined(s.paths, ", ", path_text);
    }
    std::string operator()(const LossSetting& s) const {
        return "loss = " + print_expression(*s.value);
    }
    std::string operator()(const TrainSetting& s) const {
        std::string text =
            fmt::format("setting {}{} = {}", s.name.text,
                        s.qualifier ? " " + s.qualifier->text : "", print_expression(*s.value));
        for (const ExprPtr& next : s.then) text += " then " + print_expression(*next);
        return text;
    }
};

std::string formals_text(const std::vector<Name>& arguments,
                         const std::vector<Default>& parameters) {
    const std::string defaults = joined(parameters, ", ", [](const Default& d) {
        return d.name.text + " = " + print_expression(*d.value) + interval_text(d.interval);
    });
    return fmt::format("({}{}{})", names_text(arguments), defaults.empty() ? "" : "; ", defaults);
}

class TreePrinter {
 public:
    std::string print(const Program& program) {
        line(0, program.version ? "program version " + *program.version : "program");
        for (const Declaration& declaration : program.declarations) {
            doc(1, declaration.doc);
            std::visit([this](const auto& node) { print(node); }, declaration.node);
        }
        return std::move(out_);
    }

 private:
    void line(int depth, const std::string& text) {
        out_.append(2 * static_cast<std::size_t>(depth), ' ');
        out_ += text + "\n";
    }

    void doc(int depth, const std::string& text) {
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            line(depth, "/// " + text.substr(at, end - at));
            at = end + 1;
        }
    }

    template <typename Parts, typename Text>
    void parts(const Parts& parts, Text text) {
        for (const auto& part : parts) {
            doc(2, part.doc);
            line(2, std::visit(text, part.node));
        }
    }

    void print(const ImportDecl& d) {
        std::string text = "import \"" + d.path + "\"";
        if (d.as_name) text += " as " + d.as_name->text;
        if (!d.names.empty()) text += " (" + names_text(d.names) + ")";
        line(1, text);
    }
    void print(const CellDecl& d) {
        line(1, (d.encoder ? "encoder " : "neuron ") + d.name.text);
        parts(d.members, MemberText());
    }
    void print(const SurrogateDecl& d) {
        line(1, fmt::format("surrogate {}{} = {}", d.name.text,
                            formals_text(d.arguments, d.parameters), print_expression(*d.value)));
    }
    void print(const FunctionDecl& d) {
        line(1, fmt::format("fn {}{} = {}", d.name.text, formals_text(d.arguments, {}),
                            print_expression(*d.value)));
    }
    void print(const LossDecl& d) {
        line(1, fmt::format("loss {}{} = {}", d.name.text, formals_text(d.arguments, d.parameters),
                            print_expression(*d.value)));
    }
    void print(const NetworkDecl& d) {
        line(1,
             "network " + d.name.text + (d.has_parentheses ? formals_text({}, d.parameters) : ""));
        parts(d.statements, NetworkStatementText());
    }
    void print(const TrainDecl& d) {
        line(1,
             (d.name ? "train " + d.name->text : std::string("train")) + " of " + d.network.text);
        parts(d.statements, TrainStatementText());
    }

    std::string out_;
};

}  // namespace

std::string print_expression(const Expr& expression) {
    return std::visit(ExpressionText(), expression.node);
}

std::string print_ast(const Program& program) { return TreePrinter().print(program); }

}  // namespace snnc::frontend
