#include <fmt/format.h>
#include <snnc/adam.h>

#include <cmath>

#include "api/call.h"
#include "driver/pipeline.h"

namespace snnc::api {
namespace {

ir::OptimizerConfig config_of(const AdamOptions& options) {
    using Kind = ir::OptimizerConfig::Kind;
    ir::OptimizerConfig config;
    config.kind = options.decoupled_weight_decay ? Kind::AdamW : Kind::Adam;
    config.beta1 = options.beta1;
    config.beta2 = options.beta2;
    config.epsilon = options.epsilon;
    config.weight_decay = options.weight_decay;
    return config;
}

driver::EngineOptions engine_options(const AdamOptions& options) {
    driver::EngineOptions engine;
    engine.threads = options.threads;
    engine.cache = options.cache;
    return engine;
}

}  // namespace

/// The update equations alone, as a network of parameters and gradients without shape.
struct Adam::Data {
    Data(std::vector<std::int64_t> given_sizes, const AdamOptions& options)
        : sizes(std::move(given_sizes)),
          config(config_of(options)),
          machine(engine_options(options)) {
        check_sizes();
        check_options(options);
        ir::Gradients gradients;
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            const ir::TensorId parameter = add(fmt::format("p{}", i), ir::Role::Parameter, i);
            network[parameter].trainable = true;
            network.parameters.push_back({parameter, {}, {}});
            const ir::TensorId gradient = add(fmt::format("gradient{}", i), ir::Role::Adjoint, i);
            gradients.adjoint.resize(network.tensors.size());
            gradients.adjoint[parameter.index] = gradient;
        }
        ir::add_optimizer(network, gradients, config);
        ir::LoweringOptions lowering;
        lowering.updates = true;
        program = driver::make_program(network, lowering);
        engine = machine.load(network, program);
    }

    void update(std::int64_t number, double learning_rate, const std::vector<AdamArrays>& arrays) {
        check(number, learning_rate, arrays);
        std::map<std::string, void*> places;
        for (std::size_t i = 0; i < arrays.size(); ++i) {
            const std::string name = fmt::format("p{}", i);
            places[name] = arrays[i].parameter.data();
            // Only read.
            places[fmt::format("gradient{}", i)] = const_cast<float*>(arrays[i].gradient.data());
            places[name + ".exp_avg"] = arrays[i].mean.data();
            places[name + ".exp_avg_sq"] = arrays[i].mean_square.data();
        }
        std::vector<float> numbers;
        numbers.reserve(program.ports.size());
        std::vector<void*> ports;
        for (const ir::Port& port : program.ports) {
            const ir::Tensor& tensor = network[port.tensor];
            if (tensor.role == ir::Role::HyperParameter) {
                numbers.push_back(float(
                    ir::optimizer_number(tensor.name, config, learning_rate, number).value()));
                ports.push_back(&numbers.back());
            } else {
                ports.push_back(places.at(tensor.name));
            }
        }
        engine->run({1, 1}, ports, {});
    }

    driver::Session session;
    std::vector<std::int64_t> sizes;
    ir::OptimizerConfig config;
    driver::Machine machine;
    ir::Network network;
    ir::StepProgram program;
    std::unique_ptr<driver::Engine> engine;

 private:
    ir::TensorId add(std::string name, ir::Role role, std::size_t number) {
        ir::Tensor tensor;
        tensor.name = std::move(name);
        tensor.role = role;
        tensor.shape = {sizes[number]};
        tensor.per_sample = false;
        return network.add(std::move(tensor));
    }

    void check_sizes() const {
        if (sizes.empty()) driver::fail(Code::BadShape, "Adam has no parameters to move");
        for (const std::int64_t size : sizes)
            if (size < 1)
                driver::fail(Code::BadShape, fmt::format("a parameter has {} elements", size));
    }

    static void check_options(const AdamOptions& options) {
        const auto is_decay = [](double beta) { return beta >= 0 && beta < 1; };
        if (!is_decay(options.beta1) || !is_decay(options.beta2))
            driver::fail(Code::BadCommandLine,
                         fmt::format("the betas of Adam lie in [0, 1), and {} and {} do not",
                                     options.beta1, options.beta2));
        for (const double number : {options.epsilon, options.weight_decay})
            if (!(number >= 0 && std::isfinite(number)))
                driver::fail(Code::BadCommandLine,
                             fmt::format("`epsilon` and `weight_decay` of Adam are at least 0, "
                                         "not {}",
                                         number));
    }

    void check(std::int64_t number, double learning_rate,
               const std::vector<AdamArrays>& arrays) const {
        if (number < 1)
            driver::fail(Code::ValueOutOfRange,
                         fmt::format("updates count from 1, and this is number {}", number));
        if (!std::isfinite(learning_rate))
            driver::fail(Code::BadCommandLine,
                         fmt::format("`learning_rate` is a finite number, not {}", learning_rate));
        if (arrays.size() != sizes.size())
            driver::fail(Code::BadShape, fmt::format("{} parameters are given, but {} are moved",
                                                     arrays.size(), sizes.size()));
        for (std::size_t i = 0; i < arrays.size(); ++i)
            for (const std::size_t size : {arrays[i].parameter.size(), arrays[i].gradient.size(),
                                           arrays[i].mean.size(), arrays[i].mean_square.size()})
                if (std::int64_t(size) != sizes[i])
                    driver::fail(Code::BadShape,
                                 fmt::format("parameter {} has {} elements, but an array of it has "
                                             "{}",
                                             i, sizes[i], size));
    }
};

Adam::Adam(std::vector<std::int64_t> sizes, const AdamOptions& options) {
    driver::Session session;
    data_ = guarded(session, [&] { return std::make_unique<Data>(std::move(sizes), options); });
}

Adam::~Adam() = default;
Adam::Adam(Adam&&) noexcept = default;
Adam& Adam::operator=(Adam&&) noexcept = default;

void Adam::update(std::int64_t number, double learning_rate,
                  const std::vector<AdamArrays>& arrays) {
    guarded(data_->session, [&] { data_->update(number, learning_rate, arrays); });
}

}  // namespace snnc::api
