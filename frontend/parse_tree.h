// From ANTLR's parse tree to the syntax tree of ast.h.
//
// Used by parse_rules.cpp only. Reports what the grammar leaves open: chained comparisons, forms of
// chains, numbers out of range. The tree is complete even where it reports.
#pragma once

#include <antlr4-runtime.h>

#include <string>
#include <vector>

#include "SnnParser.h"
#include "frontend/ast.h"
#include "frontend/layout.h"
#include "support/diagnostics.h"

namespace snnc::frontend {

class TreeBuilder {
 public:
    /// ANTLR's tokens carry indices into `tokens`.
    TreeBuilder(const SourceManager& sources, const std::vector<CodeToken>& tokens,
                Diagnostics& diagnostics)
        : sources_(sources), tokens_(tokens), diagnostics_(diagnostics) {}

    void program(SnnParser::ProgramContext* tree, Program& program);
    std::string version(SnnParser::VersionContext* tree);
    Declaration declaration(SnnParser::DeclContext* tree);
    void members(SnnParser::MemberContext* tree, std::vector<Member>& out);
    void network_statements(SnnParser::NetStmtContext* tree, std::vector<NetworkStatement>& out);
    void train_statements(SnnParser::TrainStmtContext* tree, std::vector<TrainStatement>& out);
    ExprPtr expression(SnnParser::ExprContext* tree);

 private:
    using P = SnnParser;

    // Places and names.
    SourceRange range(antlr4::ParserRuleContext* tree) const;
    SourceRange range(antlr4::tree::TerminalNode* node) const;
    std::string_view text(const SourceRange& range) const { return sources_.text(range); }
    Name name(antlr4::ParserRuleContext* tree) const;
    template <typename Contexts>
    std::vector<Name> names(const Contexts& trees) const {
        std::vector<Name> out;
        for (auto* tree : trees) out.push_back(name(tree));
        return out;
    }

    // Declarations and cells (parse_tree.cpp).
    ImportDecl import_declaration(P::ImportDeclContext* tree);
    CellDecl cell(P::CellDeclContext* tree);
    SurrogateDecl surrogate(P::SurrDeclContext* tree);
    FunctionDecl function(P::FnDeclContext* tree);
    LossDecl loss(P::LossDeclContext* tree);
    std::vector<Default> defaults(P::DefaultsContext* tree);
    Member equation(P::EquationContext* tree);
    Member differential_equation(P::EquationContext* tree);
    Assignment assignment(P::AssignContext* tree);
    Interval interval(P::IntervalContext* tree);

    // Networks and training (parse_tree_networks.cpp).
    NetworkDecl network(P::NetworkDeclContext* tree);
    TrainDecl training(P::TrainDeclContext* tree);
    void edges(P::EdgesContext* tree, std::vector<NetworkStatement>& out);
    bool setting(P::EdgesContext* tree, NetworkStatement& out);
    bool looks_like_setting(P::ElementContext* part);
    bool population(P::EdgesContext* tree, NetworkStatement& out);
    Element element(P::ElementContext* tree);
    ShapeAssertion shape(P::ElementTailContext* tree);
    void report_bare_shape(P::ElementTailContext* tree);
    TypedName typed(P::TypedContext* tree);

    // Expressions, paths, arguments (parse_tree_expressions.cpp).
    Path path(P::PathContext* tree);
    IndexSuffix index(P::IndexContext* tree);
    std::vector<Cut> cuts(P::IndicesContext* tree);
    CallSuffix call(P::SuffixContext* tree);
    ArgumentValue argument_value(P::ValueContext* tree);
    ExprPtr number(const SourceRange& range);
    ExprPtr conditional(P::CondContext* tree);
    ExprPtr match(P::ChooseContext* tree);
    ExprPtr parentheses(P::ParenOrTupleContext* tree);
    ExprPtr binary(P::ExprContext* tree, P::ExprContext* left, P::ExprContext* right,
                   antlr4::tree::TerminalNode* op);
    void check_comparison(P::CmpContext* tree, antlr4::tree::TerminalNode* op);

    const SourceManager& sources_;
    const std::vector<CodeToken>& tokens_;
    Diagnostics& diagnostics_;
    int line_groups_ = 0;
};

}  // namespace snnc::frontend
