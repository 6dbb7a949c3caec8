// What stands behind a command: `Leaky(beta = 0.8) I = 0.3 steps = 100`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/source.h"

namespace snnc::driver::repl {

/// `I = 0.3`, `hidden.beta = 0.8`, `I ~ bernoulli(0.2)`, `image = x.npy`.
struct Given {
    std::string name;
    bool draws = false;  // `~`
    std::string value;   // as it is written
    SourceRange name_range, value_range;
};

struct Arguments {
    std::string subject;  // what stands before the first of them
    SourceRange subject_range;
    std::vector<Given> given;

    /// Takes out what is given to this name.
    std::optional<Given> take(const std::string& name);
};

/// A value ends where the next name with `=` or `~` begins, outside of brackets. BadCommandLine for
/// a name without a value and for one that is given twice.
Arguments split_arguments(const SourceManager& sources, const SourceRange& part);

/// A word between blanks; in quotes blanks may stand in it.
struct Word {
    std::string text;  // without the quotes
    bool quoted = false;
    SourceRange range;  // with them
};
std::vector<Word> words_of(const SourceManager& sources, const SourceRange& part);

/// The name of a file, which may stand in quotes.
std::string without_quotes(const std::string& text);

/// A whole number that is not below `least`. BadCommandLine.
std::int64_t to_whole(const Given& given, std::int64_t least = 1);

}  // namespace snnc::driver::repl
