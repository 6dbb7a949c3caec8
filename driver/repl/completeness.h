// Does an input go on in the next line?
#pragma once

#include <string>

namespace snnc::driver::repl {

/// A bracket is open, the last line ends as a statement cannot, or there is nothing yet but `///`
/// comments. The lexer says so: what stands in strings and comments does not count. Commands have
/// one line.
bool goes_on(const std::string& input);

/// `:run …`
bool is_command(const std::string& input);

/// It declares something, or tries to; else it is an expression.
bool is_declaration(const std::string& input);

/// Neither blanks nor comments only.
bool says_something(const std::string& input);

}  // namespace snnc::driver::repl
