#include "frontend/statement_checker.h"

#include <algorithm>

namespace snnc::frontend {

namespace {

using Index = std::size_t;

bool separates(TokenType type) {
    return type == TokenType::Separator || type == TokenType::Semicolon;
}

bool begins_declaration(TokenType type) {
    switch (type) {
        case TokenType::Neuron:
        case TokenType::Encoder:
        case TokenType::Network:
        case TokenType::Train:
        case TokenType::Fn:
        case TokenType::Import:
        case TokenType::Surrogate:
        case TokenType::Loss: return true;
        default: return false;
    }
}

struct BlockKind {
    Rule rule;
    std::string_view place;
};

std::optional<BlockKind> block_kind(TokenType type) {
    switch (type) {
        case TokenType::Neuron: return BlockKind{Rule::Member, "a neuron"};
        case TokenType::Encoder: return BlockKind{Rule::Member, "an encoder"};
        case TokenType::Network: return BlockKind{Rule::NetworkStatement, "a network"};
        case TokenType::Train: return BlockKind{Rule::TrainStatement, "a train block"};
        default: return std::nullopt;
    }
}

class StatementChecker {
 public:
    StatementChecker(const SourceManager& sources, const std::vector<CodeToken>& code,
                     Diagnostics& diagnostics)
        : sources_(sources), code_(code), diagnostics_(diagnostics) {}

    std::optional<std::uint32_t> check() {
        for_each_statement(0, code_.size() - 1,
                           [&](Index begin, Index end) { declaration(begin, end); });
        return orphan_;
    }

 private:
    TokenType type(Index i) const { return code_[i].token.type; }

    bool is_closed(Index opening) const {
        return type(code_[opening].match) == partner(type(opening));
    }

    /// The first token behind the bracket's content and its closing partner.
    Index behind(Index opening) const {
        return code_[opening].match + (is_closed(opening) ? 1 : 0);
    }

    template <typename Use>
    void for_each_statement(Index begin, Index end, Use use) {
        Index start = begin;
        for (Index i = begin; i < end;) {
            if (separates(type(i))) {
                if (i > start) use(start, i);
                start = ++i;
            } else {
                i = is_opening(type(i)) ? std::max(behind(i), i + 1) : i + 1;
                i = std::min(i, end);
                // What nothing closes was taken to end at a separator.
                if (i < end && separates(type(i - 1))) {
                    use(start, i - 1);
                    start = i;
                }
            }
        }
        if (end > start) use(start, end);
    }

    bool damaged(Index begin, Index end) const {
        return std::any_of(code_.begin() + static_cast<std::ptrdiff_t>(begin),
                           code_.begin() + static_cast<std::ptrdiff_t>(end),
                           [](const CodeToken& t) { return t.damaged; });
    }

    const CodeToken* code_before(Index i) const {
        while (i > 0 && separates(type(i - 1))) --i;
        return i > 0 ? &code_[i - 1] : nullptr;
    }

    void declaration(Index begin, Index end) {
        const TokenType word = type(begin);
        if (word == TokenType::Snn && begin <= 1) {
            return statement(begin, end, {Rule::Version, "a file"});
        }
        if (!begins_declaration(word)) {
            if (!orphan_) {
                orphan_ = code_[begin].token.range.begin;
                if (!damaged(begin, end)) orphan(begin, end);
            }
            return;
        }
        const auto kind = block_kind(word);
        Index brace = begin;
        while (brace < end && type(brace) != TokenType::LeftBrace) {
            brace = is_opening(type(brace)) ? std::max(behind(brace), brace + 1) : brace + 1;
        }
        if (!kind || brace >= end) {
            // Without its `{` what follows stands outside, and that was no mistake of its own.
            if (kind && !orphan_) orphan_ = code_[begin].token.range.begin;
            return statement(begin, end, {Rule::Declaration, "a file"});
        }
        header(begin, brace);
        const Index last = std::min(code_[brace].match, end);
        for_each_statement(brace + 1, last, [&](Index b, Index e) { statement(b, e, *kind); });
        if (is_closed(brace) && code_[brace].match + 1 < end) {
            behind_block(code_[brace].match + 1, end);
        }
    }

    /// The declaration with an empty block.
    void header(Index begin, Index brace) {
        if (damaged(begin, brace)) return;
        std::vector<CodeToken> tokens(code_.begin() + static_cast<std::ptrdiff_t>(begin),
                                      code_.begin() + static_cast<std::ptrdiff_t>(brace) + 1);
        CodeToken close = code_[brace];
        close.token.type = TokenType::RightBrace;
        tokens.push_back(close);
        run(std::move(tokens), begin, TokenType::Separator, {Rule::Declaration, "a file"});
    }

    void behind_block(Index begin, Index end) {
        const SourceRange before = code_[begin - 1].token.range;
        if (begins_declaration(type(begin)) || type(begin) == TokenType::Snn) {
            diagnostics_
                .report(Code::MissingSeparator, code_[begin].token.range,
                        "two declarations on one line are separated by `;`")
                .edit({before.file, before.end, before.end}, ";");
            return declaration(begin, end);
        }
        diagnostics_.report(Code::UnexpectedText, code_[begin].token.range,
                            "a declaration ends with its `}`");
    }

    /// A statement at the top level that begins no declaration.
    void orphan(Index begin, Index end) {
        const auto member = {TokenType::Input, TokenType::Output, TokenType::Param,
                             TokenType::Learn, TokenType::State,  TokenType::Option,
                             TokenType::Let};
        const auto behind_name = {TokenType::LeftBracket, TokenType::Assign, TokenType::Arrow,
                                  TokenType::Colon};
        const bool inner =
            is_name(type(begin)) && begin + 1 < end &&
            std::find(behind_name.begin(), behind_name.end(), type(begin + 1)) != behind_name.end();
        if (inner || std::find(member.begin(), member.end(), type(begin)) != member.end()) {
            diagnostics_
                .report(Code::UnknownStatement, code_[begin].token.range,
                        "`" + std::string(sources_.text(code_[begin].token.range)) +
                            "` stands outside of every neuron and network")
                .note("is there a `}` too many before it?");
            return;
        }
        statement(begin, end, {Rule::Declaration, "a file"});
    }

    void statement(Index begin, Index end, const BlockKind& kind) {
        if (damaged(begin, end)) return;
        std::vector<CodeToken> tokens(code_.begin() + static_cast<std::ptrdiff_t>(begin),
                                      code_.begin() + static_cast<std::ptrdiff_t>(end));
        const auto next = run(std::move(tokens), begin, type(end), kind);
        if (next) statement(begin + *next, end, kind);
    }

    std::optional<Index> run(std::vector<CodeToken> tokens, Index begin, TokenType after,
                             const BlockKind& kind) {
        const SourceRange last = tokens.back().token.range;
        tokens.push_back(
            {{TokenType::EndOfFile, {last.file, last.end, last.end}}, false, false, 0});
        const auto fault = check_statement(sources_, tokens, kind.rule, diagnostics_);
        if (!fault) return std::nullopt;
        const FaultyStatement faulty{tokens, *fault, kind.rule, kind.place, code_before(begin),
                                     after};
        return report_fault(sources_, faulty, diagnostics_);
    }

    const SourceManager& sources_;
    const std::vector<CodeToken>& code_;
    Diagnostics& diagnostics_;
    std::optional<std::uint32_t> orphan_;
};

}  // namespace

std::optional<std::uint32_t> check_statements(const SourceManager& sources, const Layout& layout,
                                              Diagnostics& diagnostics) {
    return StatementChecker(sources, layout.code, diagnostics).check();
}

}  // namespace snnc::frontend
