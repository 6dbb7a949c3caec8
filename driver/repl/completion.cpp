#include "driver/repl/completion.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "driver/arrays.h"
#include "driver/emit.h"
#include "driver/repl/commands.h"
#include "frontend/elaborate_scope.h"
#include "frontend/token.h"

namespace snnc::driver::repl {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// Those that begin so, each once, in order.
Completion beginning_with(const std::string& beginning, Words words) {
    std::erase_if(words, [&](const std::string& word) { return !word.starts_with(beginning); });
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return {beginning.size(), std::move(words)};
}

Words command_names() {
    Words names;
    for (const Command& command : commands()) names.push_back(std::string(":") + command.name);
    return names;
}

/// Files and folders that begin so; a folder ends in `/`.
Words files(const std::string& beginning) {
    const fs::path folder = fs::path(beginning).parent_path();
    Words names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, error)) {
        const std::string name = (folder / entry.path().filename()).string();
        names.push_back(entry.is_directory(error) ? name + "/" : name);
    }
    return names;
}

void add_keywords(Words& words) {
    for (int type = 0; type <= int(frontend::TokenType::Separator); ++type) {
        const auto word = frontend::TokenType(type);
        const auto kind = frontend::token_class(word);
        if (kind == frontend::TokenClass::Keyword || kind == frontend::TokenClass::SoftKeyword)
            words.emplace_back(frontend::spelling(word));
    }
}

void add_functions(Words& words) {
#define SNNC_OP(op, arity, text, kind) \
    if (ir::OpKind::kind == ir::OpKind::Call) words.emplace_back(text);
#include "ir/expr/ops.def"
#undef SNNC_OP
    for (const char* reduction : {"sum", "mean", "sum_t", "mean_t", "max_t", "last", "count"})
        words.emplace_back(reduction);
}

Words names(const Workspace& workspace) {
    Words words;
    add_keywords(words);
    add_functions(words);
    const frontend::Module& module = workspace.definitions.module();
    Diagnostics ignored;
    const frontend::Declarations declarations(module, ignored);
    for (const auto space :
         {frontend::Space::Cell, frontend::Space::Surrogate, frontend::Space::Function})
        for (std::string& name : declarations.candidates(space, module.main->file))
            words.push_back(std::move(name));
    if (workspace.last)
        for (const ir::TensorId id : nameable_variables(workspace.last->network()))
            words.push_back(workspace.last->network()[id].name);
    return words;
}

bool is_of_word(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) || letter == '_' || letter == '.' ||
           (letter & 0x80);
}

std::string last_word(const std::string& text) {
    std::size_t begin = text.size();
    while (begin > 0 && is_of_word(text[begin - 1])) --begin;
    return text.substr(begin);
}

}  // namespace

Completion complete(const Workspace& workspace, const std::string& text) {
    const auto first = text.find_first_not_of(" \t");
    const std::string line = first == std::string::npos ? "" : text.substr(first);
    const auto blank = line.find_first_of(" \t");
    if (line.starts_with(':') && blank == std::string::npos)
        return beginning_with(line, command_names());
    const std::string command = line.substr(0, blank);
    const std::string last = text.substr(text.find_last_of(" \t") + 1);
    if (command == ":load" || command == ":save") return beginning_with(last, files(last));
    const std::string word = last_word(text);
    if (command == ":emit" && line.find_first_not_of(" \t", blank) + word.size() >= line.size())
        return beginning_with(word, emit_stages());
    if (command == ":set") return beginning_with(word, setting_names());
    if (command == ":help") {
        Words known;
        for (const Command& one : commands()) known.emplace_back(one.name);
        return beginning_with(word, std::move(known));
    }
    return beginning_with(word, names(workspace));
}

}  // namespace snnc::driver::repl
