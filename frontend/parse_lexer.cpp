// scan(): ANTLR's lexer, its tokens turned into ours.
#include <antlr4-runtime.h>

#include "SnnLexer.h"
#include "SnnParser.h"
#include "frontend/token.h"
#include "support/unicode.h"

namespace snnc::frontend {

namespace {

#define SNNC_TOKEN(name, antlr, text, class)                                                     \
    static_assert(                                                                               \
        static_cast<std::size_t>(TokenType::name) == static_cast<std::size_t>(SnnParser::antlr), \
        "token.def and grammar/Snn.g4 list the tokens in different order");
#include "frontend/token.def"
#undef SNNC_TOKEN

/// ANTLR counts code points, a SourceRange bytes.
std::vector<std::uint32_t> byte_offsets(const std::string& text) {
    std::vector<std::uint32_t> offsets;
    offsets.reserve(text.size() + 1);
    for (std::size_t i = 0; i < text.size();) {
        offsets.push_back(static_cast<std::uint32_t>(i));
        next_code_point(text, i);
    }
    offsets.push_back(static_cast<std::uint32_t>(text.size()));
    return offsets;
}

}  // namespace

std::vector<Token> scan(const SourceManager& sources, FileId file) {
    const std::string& text = sources.file(file).text();
    if (text.empty()) return {};
    antlr4::ANTLRInputStream input;
    // One byte order mark may stand first. ANTLRInputStream drops one, so it is given its own: a
    // second one in the text is a character like others and shifts no place.
    const std::string mark = "\xEF\xBB\xBF";
    const std::uint32_t shift = text.compare(0, 3, mark) == 0 ? 3 : 0;
    const std::string body = text.substr(shift);
    input.load(mark + body);
    const std::vector<std::uint32_t> offsets = byte_offsets(body);

    SnnLexer lexer(&input);
    lexer.removeErrorListeners();
    std::vector<Token> tokens;
    for (;;) {
        const std::unique_ptr<antlr4::Token> token = lexer.nextToken();
        if (token->getType() == antlr4::Token::EOF) break;
        const auto type = static_cast<TokenType>(token->getType());
        if (type == TokenType::Blank) continue;
        const std::uint32_t begin = shift + offsets[token->getStartIndex()];
        const std::uint32_t end = shift + offsets[token->getStopIndex() + 1];
        tokens.push_back({type, {file, begin, end}});
    }
    return tokens;
}

}  // namespace snnc::frontend
