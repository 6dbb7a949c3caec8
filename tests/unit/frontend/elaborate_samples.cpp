#include "tests/unit/frontend/elaborate_samples.h"

#include <sstream>

#include "ir/net/equations.h"

namespace snnc::frontend::test {
namespace {

std::string listed(const SourceManager& sources, Diagnostics& diagnostics, bool messages) {
    diagnostics.sort_by_place();
    std::string lines;
    for (const Diagnostic& diagnostic : diagnostics.all()) {
        lines += std::string(info(diagnostic.code).text);
        if (diagnostic.range.valid()) lines += " " + std::string(sources.text(diagnostic.range));
        if (messages) lines += ": " + diagnostic.message;
        lines += "\n";
    }
    return lines;
}

std::string checked(const std::string& text, bool messages) {
    SourceManager sources;
    Diagnostics diagnostics;
    if (const auto module = load_text(sources, "test.snn", text, diagnostics))
        check(sources, *module, diagnostics);
    return listed(sources, diagnostics, messages);
}

}  // namespace

Elaborated elaborated(const std::string& text, const Request& request) {
    SourceManager sources;
    Diagnostics diagnostics;
    Elaborated result;
    if (const auto module = load_text(sources, "test.snn", text, diagnostics))
        result.network = elaborate(sources, *module, request, diagnostics);
    result.problems = listed(sources, diagnostics, true);
    if (result.network)
        for (const std::string& broken : ir::verify(*result.network))
            result.problems += "unsound: " + broken + "\n";
    return result;
}

std::string equations(const std::string& text, const Request& request) {
    const Elaborated result = elaborated(text, request);
    if (!result.network || !result.problems.empty()) return result.problems;
    std::istringstream lines(ir::print_equations(*result.network));
    std::string line, out;
    std::getline(lines, line);
    while (std::getline(lines, line))
        if (!line.empty()) out += line.substr(line.find_first_not_of(' ')) + "\n";
    return out;
}

std::string equations_of(const std::string& name, const std::string& text, const Request& request) {
    const Elaborated result = elaborated(text, request);
    if (!result.network || !result.problems.empty()) return result.problems;
    std::istringstream lines(equations(text, request));
    std::string line, out;
    while (std::getline(lines, line))
        if (line.rfind(name, 0) == 0) out += line + "\n";
    return out;
}

std::string findings(const std::string& text) { return checked(text, false); }
std::string messages(const std::string& text) { return checked(text, true); }

std::string with_use(const std::string& declarations, const std::string& use,
                     const std::string& more) {
    return declarations + "\nnetwork N {\n    input x[t] : f32[2]\n    x -> " + use +
           " as c\n    output c.s\n" + more + "\n}\n";
}

std::string with_loss(const std::string& loss, const std::string& more) {
    return "network N {\n    steps = 8\n    input x[t] : f32[3]\n    input h : f32[3]\n"
           "    x -> dense(3) as fc -> Leaky as out\n    output out.s\n}\n"
           "train of N {\n    target label : class[3]\n    target y : f32[3]\n"
           "    loss = " +
           loss + "\n    optimizer = sgd(lr = 0.1)\n" + more + "\n}\n";
}

Request training() {
    Request request;
    request.training = true;
    return request;
}

}  // namespace snnc::frontend::test
