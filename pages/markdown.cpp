#include <fmt/format.h>

#include "pages/page.h"
#include "pages/text.h"

namespace snnc::pages {
namespace {

/// In a table a bar would end the cell.
std::string code_cell(const std::string& text) {
    return text.empty() ? "" : "`" + comment_line_markdown(text) + "`";
}

std::string table(const std::vector<Row>& rows) {
    if (rows.empty()) return {};
    std::string text = "| | name | default | unit | interval | |\n|---|---|---|---|---|---|\n";
    for (const Row& row : rows)
        text += fmt::format("| {} | {} | {} | {} | {} | {} |\n", row.kind, code_cell(row.name),
                            code_cell(row.value), code_cell(row.unit), code_cell(row.interval),
                            comment_line_markdown(row.comment));
    return text + "\n";
}

std::string section_markdown(const Section& section) {
    std::string text = fmt::format("## {} {}\n\n", section.kind, section.name);
    if (!section.comment.empty()) text += section.comment + "\n\n";
    text += table(section.rows);
    for (const std::string& formula : section.formulas) text += formula + "\n";
    if (!section.code.empty()) text += "```snn\n" + section.code + "\n```\n\n";
    if (!section.picture.empty())
        text += fmt::format("![{}]({})\n\n", section.caption, section.picture);
    return text;
}

}  // namespace

std::string markdown(const Page& page) {
    std::string text = "# " + page.title + "\n\n";
    for (const Section& section : page.sections) text += section_markdown(section);
    while (text.ends_with("\n\n")) text.pop_back();
    return text;
}

}  // namespace snnc::pages
