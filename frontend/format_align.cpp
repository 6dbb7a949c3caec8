// Alignment. A run is a sequence of statements of one kind in one block without a blank line.
#include <algorithm>
#include <compare>
#include <functional>
#include <map>
#include <optional>

#include "frontend/format_lines.h"
#include "support/unicode.h"

namespace snnc::frontend {

namespace {

using Index = std::size_t;

/// The first piece of that type in the line that stands directly in the block of the statement.
std::optional<Index> find_in_statement(const Line& line, std::initializer_list<TokenType> types) {
    for (Index i = 1; i < line.pieces.size(); ++i) {
        const Piece& piece = line.pieces[i];
        if (piece.inside != line.pieces[0].inside) continue;
        if (std::find(types.begin(), types.end(), piece.type) != types.end()) return i;
    }
    return std::nullopt;
}

bool is_member_keyword(TokenType type) {
    switch (type) {
        case TokenType::Input:
        case TokenType::Output:
        case TokenType::Option:
        case TokenType::Param:
        case TokenType::Learn:
        case TokenType::State: return true;
        default: return false;
    }
}

bool starts_statement(const Line& line) { return line.pieces[0].starts_statement; }

bool is_member(const Line& line) {
    return starts_statement(line) && line.pieces[0].inside == Bracket::CellBlock &&
           is_member_keyword(line.pieces[0].type) && line.pieces.size() > 1;
}

bool is_train_statement(const Line& line) {
    return starts_statement(line) && line.pieces[0].inside == Bracket::TrainBlock;
}

bool is_arm(const Line& line) {
    return starts_statement(line) && line.pieces[0].inside == Bracket::MatchBlock;
}

bool is_differential(const Line& line) {
    return starts_statement(line) && line.pieces[0].inside == Bracket::CellBlock &&
           line.pieces.size() > 3 && line.pieces[1].type == TokenType::Slash &&
           line.pieces[3].type == TokenType::Assign;
}

/// Runs of lines for which `key` gives the same value. Lines that begin no statement of the block
/// (continuations, deeper blocks) do not end a run; blank lines do, and comments on request.
template <typename Key>
std::vector<std::vector<Line*>> runs(std::vector<Line>& lines, Key key,
                                     bool comments_end_runs = false) {
    struct Open {
        std::optional<int> key;
        std::vector<Line*> run;
    };
    std::vector<std::vector<Line*>> found;
    std::vector<Open> open(1);  // one for each bracket around the line
    const auto close = [&](Open& level) {
        if (!level.run.empty()) found.push_back(std::move(level.run));
        level = Open();
    };
    for (Line& line : lines) {
        const bool comment = comments_end_runs && is_comment(line.pieces[0].type);
        if (line.blank_before || comment) close(open.back());
        if (is_closing(line.pieces[0].type) && open.size() > 1) {
            // Its block ends before the line is looked at.
        } else if (starts_statement(line)) {
            const std::optional<int> own = key(line);
            if (own != open.back().key) close(open.back());
            open.back().key = own;
            if (own) open.back().run.push_back(&line);
        }
        for (const Piece& piece : line.pieces) {
            if (is_opening(piece.type)) open.emplace_back();
            if (is_closing(piece.type) && open.size() > 1) {
                close(open.back());
                open.pop_back();
            }
        }
    }
    while (!open.empty()) {
        close(open.back());
        open.pop_back();
    }
    return found;
}

/// Brings the chosen piece of each line to one column, at least `gap` behind the longest text.
void pad(const std::vector<Line*>& run, int gap,
         const std::function<std::optional<Index>(const Line&)>& choose) {
    int column = 0;
    for (Line* line : run) {
        const auto piece = choose(*line);
        if (!piece) continue;
        line->gaps[*piece] = gap;
        column = std::max(column, column_of(*line, *piece));
    }
    for (Line* line : run) {
        const auto piece = choose(*line);
        if (piece) line->gaps[*piece] += column - column_of(*line, *piece);
    }
}

void align_members(std::vector<Line>& lines) {
    const auto second = [](const Line&) { return std::optional<Index>(1); };
    for (const auto& run : runs(lines, [](const Line& line) {
             return is_member(line) ? std::optional<int>(0) : std::nullopt;
         })) {
        pad(run, 1, second);
    }
    const auto equals = [](const Line& line) {
        return find_in_statement(line, {TokenType::Assign});
    };
    const auto keyword = [](const Line& line) {
        return is_member(line) ? std::optional<int>(static_cast<int>(line.pieces[0].type))
                               : std::nullopt;
    };
    for (const auto& run : runs(lines, keyword, true)) pad(run, 1, equals);
}

void align_train(std::vector<Line>& lines) {
    const auto behind_key = [](const Line& line) -> std::optional<Index> {
        const TokenType first = line.pieces[0].type;
        const bool setting = line.pieces.size() > 1 && line.pieces[1].type == TokenType::Assign;
        if ((first == TokenType::Target || first == TokenType::Freeze) && !setting) {
            return line.pieces.size() > 1 ? std::optional<Index>(1) : std::nullopt;
        }
        return find_in_statement(line, {TokenType::Assign});
    };
    for (const auto& run : runs(lines, [](const Line& line) {
             return is_train_statement(line) ? std::optional<int>(0) : std::nullopt;
         })) {
        pad(run, 1, behind_key);
    }
}

void align_arms(std::vector<Line>& lines) {
    for (const auto& run : runs(lines, [](const Line& line) {
             return is_arm(line) ? std::optional<int>(0) : std::nullopt;
         })) {
        pad(run, 1,
            [](const Line& line) { return find_in_statement(line, {TokenType::FatArrow}); });
    }
}

void align_differentials(std::vector<Line>& lines) {
    for (const auto& run : runs(lines, [](const Line& line) {
             return is_differential(line) ? std::optional<int>(0) : std::nullopt;
         })) {
        if (run.size() < 2) continue;
        pad(run, 1, [](const Line&) { return std::optional<Index>(3); });
        pad(run, 2, [](const Line& line) { return find_in_statement(line, {TokenType::Solve}); });
    }
}

// ---- what the user had aligned ---------------------------------------------------------------

bool may_be_kept(const Line& line, Index i) {
    switch (line.pieces[i].type) {
        case TokenType::Arrow:
        case TokenType::Assign:
        case TokenType::Tilde:
        case TokenType::Colon:
        case TokenType::As:
        case TokenType::In:
        case TokenType::By:
        case TokenType::Solve: return plain_gap(line.pieces[i - 1], line.pieces[i]) == 1;
        default: return false;
    }
}

/// Lines whose gaps a rule above decides.
bool has_rule(const Line& line) {
    return is_member(line) || is_train_statement(line) || is_arm(line) || is_differential(line);
}

struct Spot {
    Line* line;
    Index piece;
};

/// By line: the bracket around its start, as the number of opening brackets up to it (0: none).
std::map<const Line*, int> brackets_around(const std::vector<Line>& lines) {
    std::map<const Line*, int> around;
    std::vector<int> open{0};
    int count = 0;
    for (const Line& line : lines) {
        around[&line] = open.back();
        for (const Piece& piece : line.pieces) {
            if (is_opening(piece.type)) open.push_back(++count);
            if (is_closing(piece.type) && open.size() > 1) open.pop_back();
        }
    }
    return around;
}

/// What tokens of one group have in common: type and column, and that their lines will start at one
/// indent, without which the columns could not be compared here: statements of one block, or
/// continuations in one bracket that begin alike.
struct Place {
    int column;
    TokenType type;
    int bracket;
    std::optional<TokenType> continuation;  // its first token
    auto operator<=>(const Place&) const = default;
};

/// Groups of equal tokens in neighbouring lines, of which one at least stands apart; left to right.
std::vector<std::vector<Spot>> kept_groups(std::vector<Line>& lines) {
    struct Open {
        Line* last = nullptr;
        std::vector<Spot> group;
    };
    std::map<int, std::vector<std::vector<Spot>>> by_column;
    std::map<Place, Open> open;
    const auto close = [&](const Place& place, Open& group) {
        const bool apart = std::any_of(group.group.begin(), group.group.end(), [](const Spot& s) {
            return s.line->pieces[s.piece].source_gap > 1;
        });
        if (apart && group.group.size() > 1) by_column[place.column].push_back(group.group);
    };
    const auto around = brackets_around(lines);
    Line* before = nullptr;
    for (Line& line : lines) {
        std::optional<TokenType> continuation;
        if (!starts_statement(line)) continuation = line.pieces[0].type;
        for (Index i = 1; i < line.pieces.size(); ++i) {
            const Piece& piece = line.pieces[i];
            if (piece.source_column < 0 || has_rule(line) || !may_be_kept(line, i)) continue;
            const Place place{piece.source_column, piece.type, around.at(&line), continuation};
            Open& group = open[place];
            if (group.last != before || line.blank_before) {
                close(place, group);
                group.group.clear();
            }
            group.group.push_back({&line, i});
            group.last = &line;
        }
        before = &line;
    }
    for (auto& [place, group] : open) close(place, group);
    std::vector<std::vector<Spot>> groups;
    for (auto& [column, several] : by_column) {
        for (auto& group : several) groups.push_back(std::move(group));
    }
    return groups;
}

void keep_alignment(std::vector<Line>& lines) {
    for (const auto& group : kept_groups(lines)) {
        int gap = 2;
        for (const Spot& s : group) gap = std::min(gap, s.line->pieces[s.piece].source_gap);
        std::vector<Line*> run;
        for (const Spot& s : group) run.push_back(s.line);
        pad(run, std::max(gap, 1), [&](const Line& line) -> std::optional<Index> {
            for (const Spot& s : group) {
                if (s.line == &line) return s.piece;
            }
            return std::nullopt;
        });
    }
}

}  // namespace

void align(std::vector<Line>& lines) {
    align_members(lines);
    align_train(lines);
    align_arms(lines);
    align_differentials(lines);
    keep_alignment(lines);
}

void align_comments(std::vector<Line>& lines) {
    const auto trails = [](const Line& line) {
        return line.pieces.size() > 1 && is_comment(line.pieces.back().type);
    };
    for (Index begin = 0; begin < lines.size();) {
        if (!trails(lines[begin])) {
            ++begin;
            continue;
        }
        const int source = lines[begin].pieces.back().source_column;
        Index end = begin + 1;
        while (end < lines.size() && trails(lines[end]) && !lines[end].blank_before &&
               lines[end].pieces.back().source_column == source) {
            ++end;
        }
        int gap = lines[begin].pieces.back().source_gap;
        int longest = 0;
        for (Index i = begin; i < end; ++i) {
            Line& line = lines[i];
            gap = std::min(gap, line.pieces.back().source_gap);
            line.gaps.back() = 0;
            longest = std::max(longest, line.indent + column_of(line, line.pieces.size() - 1));
        }
        const int column = longest + std::max(gap, 2);
        for (Index i = begin; i < end; ++i) {
            Line& line = lines[i];
            line.gaps.back() = column - line.indent - column_of(line, line.pieces.size() - 1);
        }
        begin = end;
    }
}

}  // namespace snnc::frontend
