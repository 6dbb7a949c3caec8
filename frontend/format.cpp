#include "frontend/format.h"

#include "frontend/format_lines.h"

namespace snnc::frontend {

std::string format(const SourceManager& sources, FileId file, const Program& program) {
    std::vector<Line> lines = make_lines(make_pieces(sources, file, program));
    align(lines);
    indent(lines);
    align_comments(lines);
    std::string out;
    for (const Line& line : lines) {
        if (line.blank_before) out += '\n';
        out.append(static_cast<std::size_t>(line.indent), ' ');
        for (std::size_t i = 0; i < line.pieces.size(); ++i) {
            out.append(static_cast<std::size_t>(line.gaps[i]), ' ');
            out += line.pieces[i].text;
        }
        out += '\n';
    }
    return out;
}

}  // namespace snnc::frontend
