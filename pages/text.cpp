#include "pages/text.h"

#include <sstream>

#include "support/xml.h"

namespace snnc::pages {
namespace {

/// Line ends become blanks.
std::string on_one_line(std::string text) {
    for (char& c : text)
        if (c == '\n') c = ' ';
    return text;
}

/// `a` between backticks.
std::string with_code(const std::string& text) {
    std::string result;
    bool inside = false;
    for (const char c : text) {
        if (c != '`') {
            result += c;
            continue;
        }
        result += inside ? "</code>" : "<code>";
        inside = !inside;
    }
    return inside ? result + "</code>" : result;
}

}  // namespace

std::string comment_html(const std::string& comment) {
    std::string html, open;  // the element that the line before stands in
    const auto begin = [&](const std::string& element) {
        if (open == element) {
            if (!open.empty()) html += "\n";
            return;
        }
        if (!open.empty()) html += open == "pre" ? "</code></pre>\n" : "</p>\n";
        if (!element.empty()) html += element == "pre" ? "<pre><code>" : "<p>";
        open = element;
    };
    std::istringstream lines(comment);
    for (std::string line; std::getline(lines, line);) {
        const bool code = line.starts_with("    ");
        begin(line.empty() ? "" : code ? "pre" : "p");
        html += code ? xml_escaped(line.substr(4)) : with_code(xml_escaped(line));
    }
    begin("");
    return html;
}

std::string comment_line_html(const std::string& comment) {
    return with_code(xml_escaped(on_one_line(comment)));
}

std::string comment_line_markdown(const std::string& comment) {
    std::string result;
    for (const char c : on_one_line(comment)) {
        if (c == '|') result += '\\';
        result += c;
    }
    return result;
}

}  // namespace snnc::pages
