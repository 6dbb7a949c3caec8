#include "frontend/doc_comments.h"

namespace snnc::frontend {

namespace {

struct Documented {
    SourceRange range;
    std::string* doc;
};

std::vector<Documented> documented_nodes(Program& program) {
    std::vector<Documented> nodes;
    for (Declaration& declaration : program.declarations) {
        nodes.push_back({declaration.range, &declaration.doc});
        const auto add = [&](auto& parts) {
            for (auto& part : parts) nodes.push_back({part.range, &part.doc});
        };
        if (auto* cell = std::get_if<CellDecl>(&declaration.node)) add(cell->members);
        if (auto* network = std::get_if<NetworkDecl>(&declaration.node)) add(network->statements);
        if (auto* train = std::get_if<TrainDecl>(&declaration.node)) add(train->statements);
    }
    return nodes;
}

/// The text behind `///`, without one blank and without the blanks at its end.
std::string doc_text(std::string_view written) {
    written.remove_prefix(3);
    if (!written.empty() && written.front() == ' ') written.remove_prefix(1);
    while (!written.empty() && (written.back() == ' ' || written.back() == '\t')) {
        written.remove_suffix(1);
    }
    return std::string(written);
}

void append_line(std::string& doc, const std::string& line) {
    if (!doc.empty()) doc += '\n';
    doc += line;
}

}  // namespace

void attach_doc_comments(const SourceManager& sources, const std::vector<Token>& tokens,
                         Program& program) {
    const std::vector<Documented> nodes = documented_nodes(program);  // in the order of the text
    std::size_t next_node = 0;         // the first that begins behind the current token
    const Token* last_code = nullptr;  // on the current line, separators aside
    std::vector<std::string> waiting;  // lines for what follows
    std::uint32_t last_line = 0;       // of the text, where they end

    for (const Token& token : tokens) {
        if (token.type == TokenType::LineEnd) {
            last_code = nullptr;
        } else if (token.type == TokenType::Doc && last_code == nullptr) {
            const std::uint32_t line =
                sources.file(token.range.file).line_column(token.range.begin).line;
            if (!waiting.empty() && line > last_line + 1) waiting.emplace_back();  // a paragraph
            waiting.push_back(doc_text(sources.text(token.range)));
            last_line = line;
        } else if (token.type == TokenType::Doc) {
            // The smallest node around the last word: of the nodes that hold it, the last to begin.
            const Documented* owner = nullptr;
            for (std::size_t i = 0; i < next_node; ++i) {
                const bool holds = nodes[i].range.begin <= last_code->range.begin &&
                                   nodes[i].range.end >= last_code->range.end;
                if (holds) owner = &nodes[i];
            }
            if (owner != nullptr) append_line(*owner->doc, doc_text(sources.text(token.range)));
        } else if (token.type != TokenType::Comment) {
            while (next_node < nodes.size() && nodes[next_node].range.begin < token.range.begin) {
                ++next_node;
            }
            if (next_node < nodes.size() && nodes[next_node].range.begin == token.range.begin) {
                for (const std::string& line : waiting) append_line(*nodes[next_node].doc, line);
                ++next_node;
            }
            waiting.clear();
            const bool separates =
                token.type == TokenType::Comma || token.type == TokenType::Semicolon;
            if (!separates || last_code == nullptr) last_code = &token;
        }
    }
}

}  // namespace snnc::frontend
