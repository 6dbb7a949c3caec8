#include "frontend/parse_tree.h"

#include "support/unicode.h"

namespace snnc::frontend {

SourceRange TreeBuilder::range(antlr4::ParserRuleContext* tree) const {
    const SourceRange first = tokens_[tree->start->getStartIndex()].token.range;
    if (tree->stop == nullptr) return first;
    const SourceRange last = tokens_[tree->stop->getStartIndex()].token.range;
    return {first.file, first.begin, std::max(first.begin, last.end)};
}

SourceRange TreeBuilder::range(antlr4::tree::TerminalNode* node) const {
    return tokens_[node->getSymbol()->getStartIndex()].token.range;
}

Name TreeBuilder::name(antlr4::ParserRuleContext* tree) const {
    const SourceRange place = range(tree);
    return {normal_name(text(place)), place};
}

void TreeBuilder::program(P::ProgramContext* tree, Program& program) {
    if (tree->version() != nullptr) program.version = version(tree->version());
    for (auto* decl : tree->decl()) program.declarations.push_back(declaration(decl));
}

std::string TreeBuilder::version(P::VersionContext* tree) {
    const SourceRange place = range(tree->NUM());
    std::string written(text(place));
    if (written != "1") {
        diagnostics_
            .report(Code::UnknownVersion, place,
                    "this snnc knows version 1 of the language, not " + written)
            .edit(place, "1");
    }
    return written;
}

Declaration TreeBuilder::declaration(P::DeclContext* tree) {
    Declaration out;
    out.range = range(tree);
    if (auto* import = tree->importDecl()) out.node = import_declaration(import);
    if (auto* decl = tree->cellDecl()) out.node = cell(decl);
    if (auto* decl = tree->surrDecl()) out.node = surrogate(decl);
    if (auto* decl = tree->fnDecl()) out.node = function(decl);
    if (auto* decl = tree->lossDecl()) out.node = loss(decl);
    if (auto* decl = tree->networkDecl()) out.node = network(decl);
    if (auto* decl = tree->trainDecl()) out.node = training(decl);
    return out;
}

ImportDecl TreeBuilder::import_declaration(P::ImportDeclContext* tree) {
    ImportDecl out;
    out.path_range = range(tree->STRING());
    const std::string_view quoted = text(out.path_range);
    if (quoted.size() >= 2) out.path = quoted.substr(1, quoted.size() - 2);
    if (out.path.empty()) {
        diagnostics_.report(Code::BadStatementForm, out.path_range, "an import names a file");
    }
    if (tree->AS() != nullptr) {
        out.as_name = name(tree->name(0));
    } else {
        out.names = names(tree->name());
    }
    return out;
}

std::vector<Default> TreeBuilder::defaults(P::DefaultsContext* tree) {
    std::vector<Default> out;
    if (tree == nullptr) return out;
    for (auto* value : tree->defaultValue()) {
        out.push_back({name(value->name()), expression(value->expr()), {}});
        if (value->interval() != nullptr) out.back().interval = interval(value->interval());
    }
    return out;
}

SurrogateDecl TreeBuilder::surrogate(P::SurrDeclContext* tree) {
    SurrogateDecl out;
    out.name = name(tree->name());
    if (auto* arguments = tree->formals()->names()) out.arguments = names(arguments->name());
    out.parameters = defaults(tree->formals()->defaults());
    out.value = expression(tree->expr());
    return out;
}

FunctionDecl TreeBuilder::function(P::FnDeclContext* tree) {
    FunctionDecl out;
    out.name = name(tree->name());
    if (auto* arguments = tree->names()) out.arguments = names(arguments->name());
    out.value = expression(tree->expr());
    return out;
}

LossDecl TreeBuilder::loss(P::LossDeclContext* tree) {
    LossDecl out;
    out.name = name(tree->name());
    if (auto* arguments = tree->formals()->names()) out.arguments = names(arguments->name());
    out.parameters = defaults(tree->formals()->defaults());
    out.value = expression(tree->expr());
    return out;
}

CellDecl TreeBuilder::cell(P::CellDeclContext* tree) {
    CellDecl out;
    out.encoder = tree->ENCODER() != nullptr;
    out.name = name(tree->name());
    for (auto* member : tree->block()->member()) members(member, out.members);
    return out;
}

Interval TreeBuilder::interval(P::IntervalContext* tree) {
    return {expression(tree->expr(0)), expression(tree->expr(1)), range(tree)};
}

void TreeBuilder::members(P::MemberContext* tree, std::vector<Member>& out) {
    const std::size_t first = out.size();
    const int group = line_groups_++;
    const auto add = [&](antlr4::ParserRuleContext* part, auto node) {
        out.push_back({std::move(node), range(part), {}, group});
    };
    if (auto* inputs = dynamic_cast<P::InputsContext*>(tree)) {
        for (auto* port : inputs->port()) {
            PortMember member{name(port->name()), {}};
            if (port->interval() != nullptr) member.interval = interval(port->interval());
            add(port, std::move(member));
        }
    } else if (auto* outputs = dynamic_cast<P::OutputsContext*>(tree)) {
        for (auto* output : outputs->name()) add(output, OutputMember{name(output)});
    } else if (auto* params = dynamic_cast<P::ParamsContext*>(tree)) {
        for (auto* param : params->param()) {
            ParamMember member;
            member.learn = params->LEARN() != nullptr;
            member.name = name(param->name(0));
            member.value = expression(param->expr());
            if (param->interval() != nullptr) member.interval = interval(param->interval());
            if (param->BY() != nullptr) member.by = name(param->name(1));
            add(param, std::move(member));
        }
    } else if (auto* states = dynamic_cast<P::StatesContext*>(tree)) {
        for (auto* state : states->stateVar()) {
            add(state, StateMember{name(state->name()), expression(state->expr())});
        }
    } else if (auto* options = dynamic_cast<P::OptionVarsContext*>(tree)) {
        for (auto* option : options->optionVar()) {
            OptionMember member{name(option->name(0)), names(option->name())};
            member.values.erase(member.values.begin());
            add(option, std::move(member));
        }
    } else if (auto* lets = dynamic_cast<P::LetsContext*>(tree)) {
        for (auto* let : lets->letVar()) {
            const bool draws = let->TILDE() != nullptr;
            add(let, LetMember{name(let->name()), draws, expression(let->expr())});
        }
    } else if (auto* event = dynamic_cast<P::EventContext*>(tree)) {
        OnEvent member;
        member.condition = expression(event->expr());
        member.block = event->assigns()->LB() != nullptr;
        for (auto* one : event->assigns()->assign()) {
            member.assignments.push_back(assignment(one));
        }
        add(event, std::move(member));
    } else if (auto* refractory = dynamic_cast<P::RefractoryContext*>(tree)) {
        add(refractory,
            Refractory{expression(refractory->expr()), names(refractory->names()->name())});
    } else if (auto* form = dynamic_cast<P::EquationContext*>(tree)) {
        out.push_back(form->SLASH() != nullptr ? differential_equation(form) : equation(form));
        out.back().line_group = group;
    }
    // The first of a group begins with its keyword.
    if (out.size() > first) out[first].range.begin = range(tree).begin;
}

Member TreeBuilder::equation(P::EquationContext* tree) {
    Equation node;
    node.name = name(tree->name(0));
    if (tree->index() != nullptr) node.index = index(tree->index());
    node.draws = tree->TILDE() != nullptr;
    node.value = expression(tree->expr());
    return {std::move(node), range(tree), {}, 0};
}

Member TreeBuilder::differential_equation(P::EquationContext* tree) {
    DifferentialEquation node;
    node.numerator = name(tree->name(0));
    node.denominator = name(tree->name(1));
    node.value = expression(tree->expr());
    if (tree->SOLVE() != nullptr) node.solver = name(tree->name(2));
    const SourceRange left = join(node.numerator.range, node.denominator.range);
    if (node.denominator.text != "dt") {
        diagnostics_
            .report(Code::BadStatementForm, node.denominator.range,
                    "a derivative is taken by time, `" + node.numerator.text + "/dt`")
            .edit(node.denominator.range, "dt");
    } else if (node.numerator.text.size() < 2 || node.numerator.text[0] != 'd') {
        diagnostics_
            .report(Code::BadStatementForm, left,
                    "the derivative of `" + node.numerator.text + "` is written `d" +
                        node.numerator.text + "/dt`")
            .edit(node.numerator.range, "d" + node.numerator.text);
    }
    return {std::move(node), range(tree), {}, 0};
}

Assignment TreeBuilder::assignment(P::AssignContext* tree) {
    Assignment out;
    out.name = name(tree->name());
    if (tree->index() != nullptr) out.index = index(tree->index());
    out.value = expression(tree->expr());
    out.range = range(tree);
    return out;
}

}  // namespace snnc::frontend
