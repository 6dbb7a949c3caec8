// snnc explain: the long text of a diagnostic.
#include "driver/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "driver/command_line.h"

namespace snnc::driver {

std::string explanation(std::string_view code) {
    const std::string_view page = errors_page;
    const std::string heading = fmt::format("\n### {} ", code);
    const auto begin = page.find(heading);
    if (begin == std::string_view::npos) return {};
    auto end = std::min(page.find("\n### ", begin + 1), page.find("\n## ", begin + 1));
    std::string section(page.substr(begin + 1, end == page.npos ? end : end - begin - 1));
    while (!section.empty() && section.back() == '\n') section.pop_back();
    return section + "\n";
}

namespace {

std::string list_of_codes() {
    std::string text;
    for (const CodeInfo& row : all_codes()) text += fmt::format("{}  {}\n", row.text, row.title);
    return text;
}

int explain(const std::string& asked) {
    if (asked.empty()) {
        write_out(list_of_codes());
        return Done;
    }
    std::string code = asked;
    for (char& c : code) c = char(std::toupper(static_cast<unsigned char>(c)));
    const auto& rows = all_codes();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const CodeInfo& candidate) {
        return candidate.text == code;
    });
    if (row == rows.end()) {
        std::vector<std::string> codes;
        for (const CodeInfo& candidate : rows) codes.emplace_back(candidate.text);
        const std::string hint = did_you_mean(code, codes);
        fail(Code::UnknownCode, fmt::format("there is no diagnostic `{}`", asked), {},
             {hint.empty() ? "`snnc explain` without a code lists all of them" : hint});
    }
    const std::string section = explanation(code);
    write_out(section.empty() ? fmt::format("{}: {}\n", row->text, row->title) : section);
    return Done;
}

}  // namespace

void add_explain(Tool& tool) {
    auto* verb =
        add_verb(tool, "explain", "The long text of a diagnostic; without a code, the list",
                 {"explain E0301", "explain"});
    auto code = std::make_shared<std::string>();
    verb->add_option("CODE", *code, "a code such as E0301");
    verb->callback([&tool, code] { tool.action = [code](Session&) { return explain(*code); }; });
}

}  // namespace snnc::driver
