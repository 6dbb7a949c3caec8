#include <fmt/format.h>

#include <algorithm>

#include "frontend/written_number.h"
#include "pages/formulas.h"
#include "pages/page.h"

namespace snnc::pages {
namespace {

using namespace frontend;

class Document {
 public:
    Document(const SourceManager& sources, const Notation& notation)
        : sources_(sources), notation_(notation) {}

    std::optional<Section> section(const Declaration& declaration) const {
        std::optional<Section> section =
            std::visit([&](const auto& node) { return describe(node); }, declaration.node);
        if (!section) return section;
        section->comment = declaration.doc;
        const bool is_code = std::holds_alternative<NetworkDecl>(declaration.node) ||
                             std::holds_alternative<TrainDecl>(declaration.node);
        if (is_code) section->code = sources_.text(declaration.range);
        return section;
    }

 private:
    std::string text(const Expr& expression) const {
        return std::string(sources_.text(expression.range));
    }
    std::string text(const std::optional<Interval>& interval) const {
        return interval ? fmt::format("[{}, {}]", text(*interval->low), text(*interval->high)) : "";
    }

    /// A number and its unit stand in columns of their own.
    void put_value(const Expr& value, Row& row) const {
        row.value = text(value);
        const auto* number = std::get_if<Number>(&value.node);
        if (const auto unit = written_unit(value)) row.unit = unit->name;
        if (number && !number->unit.empty()) row.value = number->digits;
        if (const auto* unary = std::get_if<Unary>(&value.node)) {
            const auto* inner = std::get_if<Number>(&unary->operand->node);
            if (inner && unary->op == UnaryOperator::Minus) row.value = "-" + inner->digits;
        }
    }

    Row row(const std::string& kind, const Name& name) const {
        Row row;
        row.kind = kind;
        row.name = name.text;
        return row;
    }

    std::vector<Row> defaults(const std::vector<Default>& parameters) const {
        std::vector<Row> rows;
        for (const Default& parameter : parameters) {
            Row one = row("parameter", parameter.name);
            put_value(*parameter.value, one);
            one.interval = text(parameter.interval);
            rows.push_back(one);
        }
        return rows;
    }

    std::optional<Row> member_row(const Member& member) const {
        struct {
            const Document& document;
            std::optional<Row> operator()(const PortMember& port) const {
                Row row = document.row("input", port.name);
                row.interval = document.text(port.interval);
                return row;
            }
            std::optional<Row> operator()(const OutputMember& output) const {
                return document.row("output", output.name);
            }
            std::optional<Row> operator()(const ParamMember& parameter) const {
                Row row = document.row(parameter.learn ? "learned" : "parameter", parameter.name);
                document.put_value(*parameter.value, row);
                row.interval = document.text(parameter.interval);
                return row;
            }
            std::optional<Row> operator()(const StateMember& state) const {
                Row row = document.row("state", state.name);
                document.put_value(*state.value, row);
                return row;
            }
            std::optional<Row> operator()(const OptionMember& option) const {
                Row row = document.row("option", option.name);
                for (const Name& value : option.values)
                    row.value += (row.value.empty() ? "" : " | ") + value.text;
                return row;
            }
            std::optional<Row> operator()(const LetMember&) const { return std::nullopt; }
            std::optional<Row> operator()(const Equation&) const { return std::nullopt; }
            std::optional<Row> operator()(const DifferentialEquation&) const {
                return std::nullopt;
            }
            std::optional<Row> operator()(const OnEvent&) const { return std::nullopt; }
            std::optional<Row> operator()(const Refractory&) const { return std::nullopt; }
        } kinds{*this};
        std::optional<Row> row = std::visit(kinds, member.node);
        if (row) row->comment = member.doc;
        return row;
    }

    std::optional<Section> describe(const CellDecl& cell) const {
        Section section;
        section.kind = cell.encoder ? "encoder" : "neuron";
        section.name = cell.name.text;
        for (const Member& member : cell.members) {
            if (const auto row = member_row(member)) section.rows.push_back(*row);
            std::string formula = typeset(member, notation_);
            if (!formula.empty()) section.formulas.push_back(notation_.display(formula));
        }
        // Ports first, then what one may set, then what a cell keeps.
        const std::vector<std::string> order{"input",   "output", "parameter",
                                             "learned", "option", "state"};
        std::stable_sort(section.rows.begin(), section.rows.end(), [&](const Row& a, const Row& b) {
            return std::find(order.begin(), order.end(), a.kind) <
                   std::find(order.begin(), order.end(), b.kind);
        });
        return section;
    }

    /// A surrogate, a loss or a function.
    Section definition(const std::string& kind, const Name& name,
                       const std::vector<Name>& arguments, std::vector<Row> rows,
                       const Expr& value) const {
        Section section;
        section.kind = kind;
        section.name = name.text;
        section.rows = std::move(rows);
        section.formulas = {
            notation_.display(typeset_definition(name.text, arguments, value, notation_))};
        return section;
    }

    std::optional<Section> describe(const SurrogateDecl& node) const {
        return definition("surrogate", node.name, node.arguments, defaults(node.parameters),
                          *node.value);
    }
    std::optional<Section> describe(const LossDecl& node) const {
        return definition("loss", node.name, node.arguments, defaults(node.parameters),
                          *node.value);
    }
    std::optional<Section> describe(const FunctionDecl& node) const {
        return definition("function", node.name, node.arguments, {}, *node.value);
    }
    std::optional<Section> describe(const ImportDecl&) const { return std::nullopt; }

    std::optional<Section> describe(const NetworkDecl& node) const {
        Section section;
        section.kind = "network";
        section.name = node.name.text;
        section.rows = defaults(node.parameters);
        for (const NetworkStatement& statement : node.statements) {
            std::optional<Row> one;
            if (const auto* input = std::get_if<NetworkInput>(&statement.node)) {
                one = row("input", input->input.name);
                one->value = std::string(sources_.text(input->input.type.range));
                one->interval = text(input->input.interval);
            } else if (const auto* output = std::get_if<NetworkOutput>(&statement.node)) {
                one.emplace();
                one->kind = "output";
                one->name = std::string(sources_.text(output->path.range));
            } else if (const auto* setting = std::get_if<Setting>(&statement.node)) {
                one = row("setting", setting->name);
                put_value(*setting->value, *one);
            }
            if (!one) continue;
            one->comment = statement.doc;
            section.rows.push_back(*one);
        }
        return section;
    }

    std::optional<Section> describe(const TrainDecl& node) const {
        Section section;
        section.kind = "training";
        section.name = (node.name ? node.name->text + " of " : "of ") + node.network.text;
        return section;
    }

    const SourceManager& sources_;
    const Notation& notation_;
};

}  // namespace

Page document(const SourceManager& sources, const Program& program, const std::string& title,
              const Notation& notation) {
    Page page;
    page.title = title;
    const Document document(sources, notation);
    for (const Declaration& declaration : program.declarations)
        if (auto section = document.section(declaration))
            page.sections.push_back(std::move(*section));
    return page;
}

}  // namespace snnc::pages
