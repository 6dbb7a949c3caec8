#include "driver/repl/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "driver/session.h"
#include "frontend/token.h"

namespace snnc::driver::repl {
namespace {

using frontend::Token;
using frontend::TokenType;

/// Without the blanks around it.
SourceRange trimmed(const SourceManager& sources, SourceRange part) {
    const std::string_view text = sources.text(part);
    const auto first = text.find_first_not_of(" \t\n");
    if (first == std::string_view::npos) return {part.file, part.begin, part.begin};
    const auto last = text.find_last_not_of(" \t\n");
    return {part.file, part.begin + std::uint32_t(first), part.begin + std::uint32_t(last + 1)};
}

/// A name with its sign, by offsets.
struct Head {
    std::uint32_t begin, sign, value;
};

/// `=` and `~` outside of brackets that stand behind a name.
std::vector<Head> heads(const SourceManager& sources, const SourceRange& part) {
    std::vector<Token> tokens = frontend::scan(sources, part.file);
    std::erase_if(tokens, [&](const Token& token) { return token.range.begin < part.begin; });
    std::vector<Head> result;
    int depth = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const TokenType type = tokens[i].type;
        if (frontend::is_opening(type)) ++depth;
        if (frontend::is_closing(type)) --depth;
        const bool sign = type == TokenType::Assign || type == TokenType::Tilde;
        const bool named = i > 0 && (frontend::is_name(tokens[i - 1].type) ||
                                     frontend::is_keyword(tokens[i - 1].type));  // `loss = …`
        if (!sign || depth != 0 || !named) continue;
        std::size_t name = i - 1;
        while (name >= 2 && tokens[name - 1].type == TokenType::Dot &&
               frontend::is_name(tokens[name - 2].type))
            name -= 2;
        result.push_back({tokens[name].range.begin, tokens[i].range.begin, tokens[i].range.end});
    }
    return result;
}

}  // namespace

std::optional<Given> Arguments::take(const std::string& name) {
    const auto found = std::find_if(given.begin(), given.end(),
                                    [&](const Given& one) { return one.name == name; });
    if (found == given.end()) return std::nullopt;
    Given taken = std::move(*found);
    given.erase(found);
    return taken;
}

Arguments split_arguments(const SourceManager& sources, const SourceRange& part) {
    const std::vector<Head> found = heads(sources, part);
    const auto cut = [&](std::uint32_t begin, std::uint32_t end) {
        return trimmed(sources, {part.file, begin, end});
    };
    const auto text = [&](const SourceRange& range) { return std::string(sources.text(range)); };
    Arguments result;
    result.subject_range = cut(part.begin, found.empty() ? part.end : found[0].begin);
    result.subject = text(result.subject_range);
    for (std::size_t i = 0; i < found.size(); ++i) {
        Given one;
        one.name_range = cut(found[i].begin, found[i].sign);
        one.name = text(one.name_range);
        one.draws = sources.text({part.file, found[i].sign, found[i].value}) == "~";
        one.value_range = cut(found[i].value, i + 1 < found.size() ? found[i + 1].begin : part.end);
        one.value = text(one.value_range);
        if (one.value.empty())
            fail_at(Code::BadCommandLine, one.name_range,
                    fmt::format("`{}` is given no value", one.name));
        for (const Given& other : result.given)
            if (other.name == one.name)
                fail_at(Code::BadCommandLine, one.name_range,
                        fmt::format("`{}` is given twice", one.name));
        result.given.push_back(std::move(one));
    }
    return result;
}

std::vector<Word> words_of(const SourceManager& sources, const SourceRange& part) {
    const std::string_view text = sources.text(part);
    std::vector<Word> words;
    for (std::size_t at = text.find_first_not_of(" \t"); at < text.size();
         at = text.find_first_not_of(" \t", at)) {
        const bool quoted = text[at] == '"';
        std::size_t end = quoted ? text.find('"', at + 1) : text.find_first_of(" \t", at);
        if (quoted && end == std::string_view::npos)
            fail_at(Code::BadCommandLine, {part.file, part.begin + std::uint32_t(at), part.end},
                    "these quotes are not closed");
        if (quoted) ++end;
        end = std::min(end, text.size());
        words.push_back(
            {without_quotes(std::string(text.substr(at, end - at))),
             quoted,
             {part.file, part.begin + std::uint32_t(at), part.begin + std::uint32_t(end)}});
        at = end;
    }
    return words;
}

std::string without_quotes(const std::string& text) {
    const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return quoted ? text.substr(1, text.size() - 2) : text;
}

std::int64_t to_whole(const Given& given, std::int64_t least) {
    std::int64_t number = 0;
    const char* end = given.value.data() + given.value.size();
    const auto read = std::from_chars(given.value.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end || number < least)
        fail_at(Code::BadCommandLine, given.value_range,
                fmt::format("`{}` takes a whole number from {}, not `{}`", given.name, least,
                            given.value));
    return number;
}

}  // namespace snnc::driver::repl
