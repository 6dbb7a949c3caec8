#include <fmt/format.h>

#include "pages/page.h"
#include "pages/text.h"
#include "support/xml.h"

namespace snnc::pages {
namespace {

constexpr const char* style = R"(
body{max-width:48rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui,sans-serif;color:#24292f;background:#fff}
h2{border-top:1px solid #d0d7de;padding-top:1rem}
h2 small{font-weight:400;color:#656d76}
table{border-collapse:collapse;margin:1rem 0}
th,td{border:1px solid #d0d7de;padding:.3rem .6rem;text-align:left;vertical-align:top}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{background:#f6f8fa;padding:.8rem;overflow-x:auto}
svg{max-width:100%;height:auto}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}pre{background:#161b22}th,td,h2{border-color:#30363d}h2 small{color:#9ba4ae}a{color:#79c0ff}}
)";

std::string anchor(const Section& section) {
    std::string text = section.kind + "-" + section.name;
    for (char& c : text)
        if (c == ' ') c = '-';
    return xml_escaped(text);
}

std::string code_cell(const std::string& text) {
    return text.empty() ? "<td></td>" : "<td><code>" + xml_escaped(text) + "</code></td>";
}

std::string table(const std::vector<Row>& rows) {
    if (rows.empty()) return {};
    std::string html =
        "<table>\n<tr><th></th><th>name</th><th>default</th><th>unit</th><th>interval</th>"
        "<th></th></tr>\n";
    for (const Row& row : rows)
        html += fmt::format("<tr><td>{}</td>{}{}{}{}<td>{}</td></tr>\n", xml_escaped(row.kind),
                            code_cell(row.name), code_cell(row.value), code_cell(row.unit),
                            code_cell(row.interval), comment_line_html(row.comment));
    return html + "</table>\n";
}

std::string section_html(const Section& section) {
    std::string html = fmt::format("<h2 id=\"{}\">{} <small>{}</small></h2>\n", anchor(section),
                                   xml_escaped(section.name), xml_escaped(section.kind));
    html += comment_html(section.comment) + table(section.rows);
    for (const std::string& formula : section.formulas) html += formula;
    if (!section.code.empty())
        html += "<pre><code>" + xml_escaped(section.code) + "</code></pre>\n";
    if (!section.picture.empty())
        html += fmt::format("<figure>\n{}<figcaption>{}</figcaption>\n</figure>\n", section.picture,
                            xml_escaped(section.caption));
    return html;
}

}  // namespace

std::string html(const Page& page) {
    std::string text = fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta "
        "name=\"viewport\" content=\"width=device-width\"/>\n<title>{0}</title>\n"
        "<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n<ul>\n",
        xml_escaped(page.title), style);
    for (const Section& section : page.sections)
        text += fmt::format("<li><a href=\"#{}\">{}</a> {}</li>\n", anchor(section),
                            xml_escaped(section.name), xml_escaped(section.kind));
    text += "</ul>\n";
    for (const Section& section : page.sections) text += section_html(section);
    return text + "</body>\n</html>\n";
}

}  // namespace snnc::pages
