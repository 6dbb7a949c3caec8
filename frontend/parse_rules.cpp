#include "frontend/parse_rules.h"

#include <antlr4-runtime.h>

#include <memory>

#include "SnnLexer.h"
#include "SnnParser.h"
#include "frontend/parse_tree.h"

namespace snnc::frontend {

namespace {

using antlr4::CommonToken;
using antlr4::Parser;

/// Hands our tokens to ANTLR. A token's start index is its index in our vector.
class TokenFeed : public antlr4::TokenSource {
 public:
    explicit TokenFeed(const std::vector<CodeToken>& tokens) : tokens_(tokens) {}

    std::unique_ptr<antlr4::Token> nextToken() override {
        const std::size_t index = std::min(next_, tokens_.size() - 1);
        ++next_;
        const TokenType type = tokens_[index].token.type;
        auto token = std::make_unique<CommonToken>(
            type == TokenType::EndOfFile ? antlr4::Token::EOF : static_cast<std::size_t>(type));
        token->setStartIndex(index);
        token->setStopIndex(index);
        return token;
    }

    std::size_t getLine() const override { return 0; }
    std::size_t getCharPositionInLine() override { return 0; }
    antlr4::CharStream* getInputStream() override { return nullptr; }
    std::string getSourceName() override { return {}; }
    antlr4::TokenFactory<CommonToken>* getTokenFactory() override {
        return antlr4::CommonTokenFactory::DEFAULT.get();
    }

 private:
    const std::vector<CodeToken>& tokens_;
    std::size_t next_ = 0;
};

/// Leaves the parser at the first token that does not fit.
class FirstFault : public antlr4::DefaultErrorStrategy {
 public:
    explicit FirstFault(Effort effort) : effort_(effort) {}

    const SyntaxFault& fault() const { return fault_; }

    void reportError(Parser*, const antlr4::RecognitionException&) override {}

    void recover(Parser* parser, std::exception_ptr problem) override {
        try {
            std::rethrow_exception(problem);
        } catch (const antlr4::NoViableAltException& e) {
            // The decision began at an earlier token; what was expected there is no help here,
            // unless it is the very token.
            const bool here = e.getStartToken() == e.getOffendingToken();
            stop(parser, e.getOffendingToken(), here);
        } catch (const antlr4::RecognitionException& e) {
            stop(parser, e.getOffendingToken(), true);
        }
    }

    antlr4::Token* recoverInline(Parser* parser) override {
        stop(parser, parser->getCurrentToken(), true);
    }

    void sync(Parser* parser) override {
        if (effort_ == Effort::Fast) return;
        const auto& atn = parser->getInterpreter<antlr4::atn::ATNSimulator>()->atn;
        const auto next = atn.nextTokens(atn.states[parser->getState()]);
        const std::size_t type = parser->getTokenStream()->LA(1);
        if (next.contains(antlr4::Token::EPSILON) || next.contains(type)) return;
        stop(parser, parser->getCurrentToken(), true);
    }

 private:
    [[noreturn]] void stop(Parser* parser, antlr4::Token* token, bool with_expected) {
        fault_.token = token->getStartIndex();
        if (with_expected && effort_ == Effort::Exact) {
            const antlr4::misc::IntervalSet expected = parser->getExpectedTokens();
            for (const auto& interval : expected.getIntervals()) {
                for (auto type = interval.a; type <= interval.b; ++type) {
                    fault_.expected.push_back(type < 0 ? TokenType::EndOfFile
                                                       : static_cast<TokenType>(type));
                }
            }
        }
        throw antlr4::ParseCancellationException();
    }

    Effort effort_;
    SyntaxFault fault_;
};

/// Runs `rule` and, if it fits, `build` on its tree.
template <typename RuleFunction, typename Build>
std::optional<SyntaxFault> run(const std::vector<CodeToken>& tokens, Effort effort,
                               RuleFunction rule, Build build) {
    TokenFeed feed(tokens);
    antlr4::CommonTokenStream stream(&feed);
    SnnParser parser(&stream);
    parser.removeErrorListeners();
    auto strategy = std::make_shared<FirstFault>(effort);
    parser.setErrorHandler(strategy);
    parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
        effort == Effort::Fast ? antlr4::atn::PredictionMode::SLL
                               : antlr4::atn::PredictionMode::LL);
    try {
        build((parser.*rule)());
    } catch (const antlr4::ParseCancellationException&) {
        return strategy->fault();
    }
    return std::nullopt;
}

}  // namespace

std::optional<SyntaxFault> parse_program(const SourceManager& sources,
                                         const std::vector<CodeToken>& tokens, Effort effort,
                                         Program& program, Diagnostics& diagnostics) {
    TreeBuilder builder(sources, tokens, diagnostics);
    return run(tokens, effort, &SnnParser::program,
               [&](auto* tree) { builder.program(tree, program); });
}

std::optional<SyntaxFault> check_statement(const SourceManager& sources,
                                           const std::vector<CodeToken>& tokens, Rule rule,
                                           Diagnostics& diagnostics) {
    TreeBuilder builder(sources, tokens, diagnostics);
    const auto with = [&](auto function, auto build) {
        return run(tokens, Effort::Exact, function, build);
    };
    switch (rule) {
        case Rule::Version:
            return with(&SnnParser::loneVersion,
                        [&](auto* tree) { builder.version(tree->version()); });
        case Rule::Declaration:
            return with(&SnnParser::loneDecl,
                        [&](auto* tree) { builder.declaration(tree->decl()); });
        case Rule::Member:
            return with(&SnnParser::loneMember, [&](auto* tree) {
                std::vector<Member> dropped;
                builder.members(tree->member(), dropped);
            });
        case Rule::NetworkStatement:
            return with(&SnnParser::loneNetStmt, [&](auto* tree) {
                std::vector<NetworkStatement> dropped;
                builder.network_statements(tree->netStmt(), dropped);
            });
        case Rule::TrainStatement:
            return with(&SnnParser::loneTrainStmt, [&](auto* tree) {
                std::vector<TrainStatement> dropped;
                builder.train_statements(tree->trainStmt(), dropped);
            });
    }
    return std::nullopt;
}

std::optional<SyntaxFault> parse_lone_expression(const SourceManager& sources,
                                                 const std::vector<CodeToken>& tokens,
                                                 ExprPtr& expression, Diagnostics& diagnostics) {
    TreeBuilder builder(sources, tokens, diagnostics);
    return run(tokens, Effort::Exact, &SnnParser::loneExpr,
               [&](auto* tree) { expression = builder.expression(tree->expr()); });
}

}  // namespace snnc::frontend
