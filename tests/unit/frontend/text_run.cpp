#include "tests/unit/frontend/text_run.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ir/interpreter/interpreter.h"
#include "ir/step/program.h"

namespace snnc::frontend::test {
namespace {

std::size_t size_of(const ir::Tensor& tensor, const ir::RunSize& size) {
    return std::size_t(ir::element_count(tensor.shape) * (tensor.per_step ? size.steps : 1) *
                       (tensor.per_sample ? size.samples : 1));
}

Named run_network(const ir::Network& network, const ir::RunSize& size, const Named& given,
                  const std::vector<ir::TensorId>& results) {
    ir::LoweringOptions options;
    options.results = results;
    for (const auto& [name, numbers] : given)
        if (network[network.find(name)].role == ir::Role::Initial)
            options.given_initials.push_back(network.find(name));
    const ir::StepProgram program = ir::lower(network, options);
    EXPECT_EQ(ir::verify(network, program), std::vector<std::string>{});
    std::vector<Numbers> arrays;
    for (const ir::Port& port : program.ports) {
        const ir::Tensor& tensor = network[port.tensor];
        const auto found = given.find(tensor.name);
        arrays.push_back(found != given.end() ? found->second : Numbers(size_of(tensor, size)));
        EXPECT_EQ(arrays.back().size(), size_of(tensor, size)) << tensor.name;
        if (found != given.end()) continue;
        for (const ir::Parameter& parameter : network.parameters)
            if (parameter.tensor == port.tensor)
                arrays.back().assign(arrays.back().size(), parameter.initialiser.a);
    }
    std::vector<void*> pointers;
    for (Numbers& array : arrays) pointers.push_back(array.data());
    ir::interpret<double>(network, program, size, pointers);
    Named values;
    for (const ir::TensorId id : results)
        for (std::size_t i = 0; i < program.ports.size(); ++i)
            if (program.ports[i].tensor == id) values[network[id].name] = arrays[i];
    return values;
}

}  // namespace

TextRun::TextRun(const std::string& text, const std::string& loss) {
    SourceManager sources;
    Diagnostics diagnostics;
    const auto module = load_text(sources, "test.snn", text, diagnostics);
    if (module) {
        Request request;
        if (!loss.empty()) request.loss = loss;
        if (auto network = elaborate(sources, *module, request, diagnostics))
            network_ = std::move(*network);
    }
    diagnostics.sort_by_place();
    for (const Diagnostic& one : diagnostics.all()) {
        std::string message = fmt::format("{} at `{}`: {}", info(one.code).text,
                                          sources.text(one.range), one.message);
        for (const Label& label : one.labels)
            message += fmt::format(" | `{}`: {}", sources.text(label.range), label.message);
        messages_.push_back(std::move(message));
    }
    if (diagnostics.ok()) {
        EXPECT_EQ(ir::verify(network_), std::vector<std::string>{});
    }
}

std::string TextRun::formula(const std::string& name) const {
    const ir::TensorId tensor = network_.find(name);
    const ir::Definition* definition = tensor.valid() ? network_.definition(tensor) : nullptr;
    return definition ? ir::print(network_, *definition) : "";
}

Named TextRun::run(std::int64_t steps, const Named& given,
                   const std::vector<std::string>& wanted) const {
    std::vector<ir::TensorId> results;
    for (const std::string& name : wanted) results.push_back(network_.find(name));
    return run_network(network_, {steps, 1}, given, results);
}

Named TextRun::gradients(std::int64_t steps, const Named& given,
                         const std::vector<std::string>& wrt) const {
    ir::Network network = network_;
    std::vector<ir::TensorId> operands, adjoints;
    for (const std::string& name : wrt) operands.push_back(network.find(name));
    const ir::Gradients gradients = ir::differentiate(network, network.training->loss, operands);
    for (const ir::TensorId id : operands) adjoints.push_back(gradients.of(id));
    const Named values = run_network(network, {steps, 1}, given, adjoints);
    Named result;
    for (std::size_t i = 0; i < wrt.size(); ++i)
        result[wrt[i]] = values.at(network[adjoints[i]].name);
    return result;
}

void TextRun::expect_gradient(std::int64_t steps, const Named& given, const std::string& wrt,
                              double relative_error) const {
    const std::string loss = network_[network_.training->loss].name;
    const Numbers gradient = gradients(steps, given, {wrt}).at(wrt);
    const auto loss_at = [&](std::size_t i, double step) {
        Named moved = given;
        moved.at(wrt)[i] += step;
        return run(steps, moved, {loss}).at(loss)[0];
    };
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        // Richardson's extrapolation of central differences.
        const double h = 1e-3 * std::max(1e-2, std::abs(given.at(wrt)[i]));
        const double coarse = (loss_at(i, 2 * h) - loss_at(i, -2 * h)) / (4 * h);
        const double fine = (loss_at(i, h) - loss_at(i, -h)) / (2 * h);
        const double expected = (4 * fine - coarse) / 3;
        EXPECT_NEAR(gradient[i], expected, relative_error * std::abs(expected) + 1e-10)
            << wrt << "[" << i << "]";
    }
}

}  // namespace snnc::frontend::test
