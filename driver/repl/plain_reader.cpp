// Lines of standard input, for scripts: `snnc repl < file`.
#include <cstdlib>
#include <iostream>

#include "driver/repl/line_reader.h"

namespace snnc::driver::repl {
namespace {

class PlainReader final : public LineReader {
 public:
    Line read(bool) override {
        Line line;
        if (!std::getline(std::cin, line.text)) return {};
        line.kind = Line::Kind::Text;
        if (line.text.ends_with('\r')) line.text.pop_back();
        return line;
    }
    void remember(const std::string&) override {}
    bool is_terminal() const override { return false; }
};

}  // namespace

std::unique_ptr<LineReader> plain_reader() { return std::make_unique<PlainReader>(); }

std::string history_file() {
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state && *state == '/') return std::string(state) + "/snnc/history";
    const char* home = std::getenv("HOME");
    return home && *home == '/' ? std::string(home) + "/.local/state/snnc/history" : "";
}

}  // namespace snnc::driver::repl
