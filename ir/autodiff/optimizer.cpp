// Update equations of the optimisers, as PyTorch defines them (torch.optim.SGD, Adam, AdamW).

#include <optional>
#include <utility>

#include "ir/autodiff/differentiate.h"
#include "ir/expr/value.h"

namespace snnc::ir {
namespace {

class OptimizerEquations {
 public:
    OptimizerEquations(Network& network, const OptimizerConfig& config)
        : network_(network), pool_(network.pool), config_(config) {}

    /// torch.nn.utils.clip_grad_norm_: all gradients times min(1, bound/(norm + 1e-6)).
    void measure_norm(const std::vector<TensorId>& gradients) {
        if (!config_.clip_norm || gradients.empty()) return;
        std::optional<Value> total;
        for (const TensorId gradient : gradients) {
            Tensor square = network_[gradient];
            square.name = "square(" + square.name + ")";
            square.role = Role::Adjoint;
            const TensorId squares =
                define(square, Formula{(read(gradient) * read(gradient)).id()});
            Tensor sum = square;
            sum.name = "sum(" + square.name + ")";
            sum.shape = {};
            sum.per_channel = false;
            const Value part = read(define(sum, SumTo{squares}));
            total = total ? *total + part : part;
        }
        Tensor factor;
        factor.name = "clip.factor";
        factor.role = Role::Adjoint;
        factor.per_sample = false;
        const Value norm = total->call(Op::Sqrt);
        const Value bounded = (*config_.clip_norm / (norm + 1e-6)).call(Op::Min, norm.constant(1));
        factor_ = read(define(factor, Formula{bounded.id()}));
    }

    /// What the optimiser follows: for a value bounded by a sigmoid the derivative by u.
    TensorId followed(const Parameter& parameter, TensorId gradient) {
        if (!parameter.sigmoid_bounds) return gradient;
        const auto [low, high] = *parameter.sigmoid_bounds;
        const Value value = inside(parameter);
        const Value slope = read(gradient) * ((value - low) * (high - value) * (1 / (high - low)));
        Tensor tensor = network_[gradient];
        tensor.name = "adj(unbounded(" + network_[parameter.tensor].name + "))";
        return define(tensor, Formula{slope.id()});
    }

    void add(const Parameter& parameter, TensorId gradient) {
        parameter_ = parameter.tensor;
        bounds_ = parameter.sigmoid_bounds;
        const Value weight = unbounded(parameter), slope = clipped(read(gradient));
        if (config_.kind == OptimizerConfig::Kind::Sgd) {
            sgd(weight, slope + config_.weight_decay * weight);
        } else if (config_.kind == OptimizerConfig::Kind::Adam) {
            adam(weight, slope + config_.weight_decay * weight);
        } else {
            adam(decayed(weight), slope);
        }
    }

 private:
    Value read(TensorId id) { return {pool_, pool_.read(id)}; }

    /// A number that the training loop sets before each update. Looked for by its role as well: the
    /// user's tensors may have the same name.
    Value hyperparameter(const std::string& name) {
        for (std::uint32_t i = 0; i < network_.tensors.size(); ++i)
            if (network_.tensors[i].role == Role::HyperParameter &&
                network_.tensors[i].name == name)
                return read({i});
        Tensor tensor;
        tensor.name = name;
        tensor.role = Role::HyperParameter;
        tensor.per_sample = false;
        return read(network_.add(std::move(tensor)));
    }

    TensorId define(Tensor tensor, DefinitionKind kind) {
        const TensorId id = network_.add(std::move(tensor));
        network_.define(id, std::move(kind));
        return id;
    }

    Value clipped(const Value& slope) {
        if (config_.clip_value) {
            const Value bound = slope.constant(*config_.clip_value);
            return slope.call(Op::Min, bound).call(Op::Max, -bound);
        }
        return factor_ ? *factor_ * slope : slope;
    }

    /// A tensor like the parameter that lives from update to update and starts at 0.
    TensorId state(const std::string& suffix) {
        Tensor tensor = network_[parameter_];
        tensor.name += "." + suffix;
        tensor.role = Role::OptimizerState;
        tensor.trainable = false;
        return network_.add(std::move(tensor));
    }

    /// Kept off the bounds, where u is infinite.
    Value inside(const Parameter& parameter) {
        const auto [low, high] = *parameter.sigmoid_bounds;
        const double margin = 1e-6 * (high - low);
        const Value value = read(parameter.tensor);
        return {pool_, pool_.make(Op::Clip, value.id(), pool_.constant(low + margin),
                                  pool_.constant(high - margin))};
    }

    /// The value, or u with value = low + (high - low)*sigmoid(u).
    Value unbounded(const Parameter& parameter) {
        if (!parameter.sigmoid_bounds) return read(parameter.tensor);
        const auto [low, high] = *parameter.sigmoid_bounds;
        const Value value = inside(parameter);
        return ((value - low) / (high - value)).call(Op::Ln);
    }

    void update_parameter(const Value& next) {
        if (!bounds_) return update(parameter_, next);
        const auto [low, high] = *bounds_;
        update(parameter_, low + (high - low) * next.call(Op::Sigmoid));
    }

    void update(TensorId target, const Value& value) {
        network_.updates.push_back({target, value.id()});
    }

    /// buffer := momentum*buffer + slope. From 0 the first step gives the slope itself, which is
    /// how PyTorch starts the buffer.
    void sgd(const Value& weight, Value slope) {
        const Value rate = hyperparameter("lr");
        if (config_.momentum != 0) {
            const TensorId buffer = state("momentum");
            const Value next = config_.momentum * read(buffer) + slope;
            update(buffer, next);
            slope = config_.nesterov ? slope + config_.momentum * next : next;
        }
        update_parameter(weight - rate * slope);
    }

    Value decayed(const Value& weight) {
        if (config_.weight_decay == 0) return weight;
        return weight * (1 - hyperparameter("lr") * config_.weight_decay);
    }

    /// Kingma and Ba, 2015, in the order of operations of torch.optim: the bias corrections stand
    /// in the step size and in the root's divisor.
    void adam(const Value& weight, const Value& slope) {
        const Value step_size = hyperparameter("adam.step_size");
        const Value root_correction = hyperparameter("adam.sqrt_correction2");
        const TensorId first = state("exp_avg"), second = state("exp_avg_sq");
        const Value mean = read(first) + (1 - config_.beta1) * (slope - read(first));
        const Value square = config_.beta2 * read(second) + (1 - config_.beta2) * slope * slope;
        update(first, mean);
        update(second, square);
        const Value root = square.call(Op::Sqrt) / root_correction + config_.epsilon;
        update_parameter(weight - step_size * (mean / root));
    }

    Network& network_;
    ExprPool& pool_;
    OptimizerConfig config_;
    TensorId parameter_;
    std::optional<std::pair<double, double>> bounds_;  // of the sigmoid of `parameter_`
    std::optional<Value> factor_;  // by which clipping by the norm shortens every gradient
};

}  // namespace

void add_optimizer(Network& network, const Gradients& gradients, const OptimizerConfig& config) {
    OptimizerEquations equations(network, config);
    std::vector<Parameter> trained;
    std::vector<TensorId> followed;
    for (const Parameter& parameter : network.parameters) {
        const TensorId gradient = gradients.of(parameter.tensor);
        if (!network[parameter.tensor].trainable || !gradient.valid()) continue;
        trained.push_back(parameter);
        followed.push_back(equations.followed(parameter, gradient));
    }
    equations.measure_norm(followed);
    for (std::size_t i = 0; i < trained.size(); ++i) equations.add(trained[i], followed[i]);
}

}  // namespace snnc::ir
