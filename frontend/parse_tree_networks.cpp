// The part of TreeBuilder for networks and training.
#include "frontend/parse_tree.h"

namespace snnc::frontend {

NetworkDecl TreeBuilder::network(P::NetworkDeclContext* tree) {
    NetworkDecl out;
    out.name = name(tree->name());
    out.has_parentheses = tree->LP() != nullptr;
    out.parameters = defaults(tree->defaults());
    for (auto* statement : tree->netBlock()->netStmt()) {
        network_statements(statement, out.statements);
    }
    return out;
}

void TreeBuilder::network_statements(P::NetStmtContext* tree, std::vector<NetworkStatement>& out) {
    const std::size_t first = out.size();
    const int group = line_groups_++;
    if (auto* inputs = dynamic_cast<P::NetInputContext*>(tree)) {
        for (auto* input : inputs->typed()) {
            out.push_back({NetworkInput{typed(input), group}, range(input), {}});
        }
    } else if (auto* outputs = dynamic_cast<P::NetOutputContext*>(tree)) {
        for (auto* output : outputs->path()) {
            out.push_back({NetworkOutput{path(output), group}, range(output), {}});
        }
    } else if (auto* form = dynamic_cast<P::EdgesContext*>(tree)) {
        edges(form, out);
    }
    if (out.size() > first) out[first].range.begin = range(tree).begin;
}

void TreeBuilder::edges(P::EdgesContext* tree, std::vector<NetworkStatement>& out) {
    NetworkStatement statement;
    statement.range = range(tree);
    if (tree->ASSIGN() != nullptr) {
        if (setting(tree, statement)) out.push_back(std::move(statement));
        return;
    }
    if (tree->ARROW().empty()) {
        if (population(tree, statement)) out.push_back(std::move(statement));
        return;
    }
    Chain chain;
    for (auto* part : tree->element()) chain.elements.push_back(element(part));
    statement.node = std::move(chain);
    out.push_back(std::move(statement));
}

bool TreeBuilder::setting(P::EdgesContext* tree, NetworkStatement& out) {
    auto* left = tree->element(0);
    const bool one_name = left->path()->suffix().empty() && left->recurrent() == nullptr &&
                          left->elementTail().empty();
    if (!one_name) {
        auto builder = diagnostics_.report(Code::BadStatementForm, range(left),
                                           "the left side of a setting is one name");
        builder.note("a network has settings such as `steps = 25`; equations belong into a neuron");
        return false;
    }
    out.node = Setting{name(left->path()->name()), expression(tree->expr())};
    return true;
}

bool TreeBuilder::population(P::EdgesContext* tree, NetworkStatement& out) {
    auto* part = tree->element(0);
    const auto tails = part->elementTail();
    const bool declares = tails.size() == 1 && tails[0]->path() != nullptr &&
                          part->recurrent() == nullptr && part->path()->suffix().empty();
    if (declares) {
        PopulationDecl node{name(part->path()->name()), path(tails[0]->path()), {}};
        if (tails[0]->recurrent() != nullptr) {
            node.recurrent = path(tails[0]->recurrent()->path());
        }
        out.node = std::move(node);
        return true;
    }
    if (looks_like_setting(part)) return false;
    auto builder = diagnostics_.report(Code::BadStatementForm, range(part),
                                       "a chain joins two elements or more with `->`");
    builder.note("a population is declared by `name : Cell[n]`, a setting by `name = value`");
    return false;
}

/// `steps: 25`
bool TreeBuilder::looks_like_setting(P::ElementContext* part) {
    const std::string_view name = text(range(part->path()));
    const auto tails = part->elementTail();
    if ((name != "steps" && name != "dt" && name != "duration") || tails.size() != 1 ||
        tails[0]->COLON() == nullptr) {
        return false;
    }
    const SourceRange colon = range(tails[0]->COLON());
    diagnostics_.report(Code::BadStatementForm, colon, "a setting is given with `=`")
        .edit(colon, " =");
    return true;
}

Element TreeBuilder::element(P::ElementContext* tree) {
    Element out;
    out.range = range(tree);
    out.path = path(tree->path());
    if (tree->recurrent() != nullptr) out.recurrent = path(tree->recurrent()->path());
    for (auto* tail : tree->elementTail()) {
        if (tail->AS() != nullptr) {
            const Name written = name(tail->name());
            if (out.as_name) {
                diagnostics_
                    .report(Code::BadStatementForm, written.range,
                            "an element has one name, and this one has `" + out.as_name->text +
                                "` already")
                    .label(out.as_name->range, "the first name");
            } else {
                out.as_name = written;
            }
        } else if (tail->path() != nullptr) {
            report_bare_shape(tail);
        } else if (out.shape) {
            diagnostics_
                .report(Code::BadStatementForm, range(tail), "an element has one asserted shape")
                .label(out.shape->range, "the first shape");
        } else {
            out.shape = shape(tail);
        }
    }
    return out;
}

ShapeAssertion TreeBuilder::shape(P::ElementTailContext* tree) {
    auto* written = tree->shape();
    ShapeAssertion out;
    out.range = range(written);
    out.bracketed = written->LK() != nullptr;
    if (!out.bracketed) {
        out.dims.push_back(number(range(written->NUM())));
        return out;
    }
    for (auto* dim : written->expr()) out.dims.push_back(expression(dim));
    return out;
}

void TreeBuilder::report_bare_shape(P::ElementTailContext* tree) {
    SourceRange place = range(tree->path());
    auto builder = diagnostics_.report(Code::BadStatementForm, place,
                                       "an asserted shape is a number or a bracketed list");
    // `fc : dense(3)` means a name, not a shape.
    const bool called = std::string(text(place)).find('(') != std::string::npos;
    if (tree->recurrent() == nullptr && !called) {
        builder.edit(place, "[" + std::string(text(place)) + "]");
    }
    if (called) builder.note("a name stands behind its element, `-> dense(10) as fc`");
    builder.note("a population is declared by a statement of its own, `name : Cell[n]`");
}

TypedName TreeBuilder::typed(P::TypedContext* tree) {
    TypedName out;
    out.name = name(tree->name());
    if (tree->index() != nullptr) out.index = index(tree->index());
    out.type.kind = name(tree->dataType()->name());
    out.type.shape = cuts(tree->dataType()->indices());
    out.type.range = range(tree->dataType());
    if (tree->interval() != nullptr) out.interval = interval(tree->interval());
    out.range = range(tree);
    return out;
}

TrainDecl TreeBuilder::training(P::TrainDeclContext* tree) {
    TrainDecl out;
    const auto written = tree->name();
    if (written.size() > 1) out.name = name(written[0]);
    out.network = name(written.back());
    for (auto* statement : tree->trainStmt()) train_statements(statement, out.statements);
    return out;
}

void TreeBuilder::train_statements(P::TrainStmtContext* tree, std::vector<TrainStatement>& out) {
    const std::size_t first = out.size();
    const int group = line_groups_++;
    if (auto* targets = dynamic_cast<P::TargetsContext*>(tree)) {
        for (auto* target : targets->typed()) {
            out.push_back({Target{typed(target), group}, range(target), {}});
        }
    } else if (auto* frozen = dynamic_cast<P::FrozenContext*>(tree)) {
        Freeze node;
        for (auto* one : frozen->path()) node.paths.push_back(path(one));
        out.push_back({std::move(node), range(tree), {}});
    } else if (auto* loss = dynamic_cast<P::LossSettingContext*>(tree)) {
        out.push_back(
            {LossSetting{expression(loss->expr()), range(loss->LOSS())}, range(tree), {}});
    } else if (auto* form = dynamic_cast<P::TrainSettingContext*>(tree)) {
        TrainSetting node;
        node.name = name(form->name(0));
        if (form->name().size() > 1) node.qualifier = name(form->name(1));
        node.value = expression(form->expr(0));
        for (std::size_t i = 1; i < form->expr().size(); ++i)
            node.then.push_back(expression(form->expr(i)));
        if (node.qualifier && node.name.text != "metric") {
            diagnostics_.report(Code::BadStatementForm, node.qualifier->range,
                                "only a `metric` takes a name of its own");
        }
        out.push_back({std::move(node), range(tree), {}});
    }
    if (out.size() > first) out[first].range.begin = range(tree).begin;
}

}  // namespace snnc::frontend
