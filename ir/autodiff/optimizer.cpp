// Update equations of the optimisers, as PyTorch defines them (torch.optim), in its order of
// operations.

#include <cmath>
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
        using Kind = OptimizerConfig::Kind;
        const Value weight = unbounded(parameter), slope = clipped(read(gradient));
        if (config_.kind == Kind::AdamW) return adam(decayed(weight), slope);
        const Value pulled = slope + config_.weight_decay * weight;
        switch (config_.kind) {
            case Kind::Sgd: return sgd(weight, pulled);
            case Kind::Adamax: return adamax(weight, pulled);
            case Kind::RmsProp: return rms_prop(weight, pulled);
            case Kind::Adagrad: return adagrad(weight, pulled);
            default: return adam(weight, pulled);
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
        network_.define(id, kind);
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

    /// A moving average that follows `value` with the rate 1 - `keep`, and its next value.
    Value average(const std::string& suffix, double keep, const Value& value) {
        const TensorId before = state(suffix);
        const Value next = read(before) + (1 - keep) * (value - read(before));
        update(before, next);
        return next;
    }

    /// The same for squares, in the order of operations that PyTorch has for these.
    Value average_square(const std::string& suffix, double keep, const Value& value) {
        const TensorId before = state(suffix);
        const Value next = keep * read(before) + (1 - keep) * value * value;
        update(before, next);
        return next;
    }

    /// buffer := momentum*buffer + (1 - dampening)*slope. The first step takes the slope itself.
    void sgd(const Value& weight, Value slope) {
        const Value rate = hyperparameter("lr");
        if (config_.momentum != 0) {
            const TensorId buffer = state("momentum");
            const Value pushed =
                config_.dampening == 0 ? slope : hyperparameter("sgd.undamped") * slope;
            const Value next = config_.momentum * read(buffer) + pushed;
            update(buffer, next);
            slope = config_.nesterov ? slope + config_.momentum * next : next;
        }
        update_parameter(weight - rate * slope);
    }

    Value decayed(const Value& weight) {
        if (config_.weight_decay == 0) return weight;
        return weight * (1 - hyperparameter("lr") * config_.weight_decay);
    }

    /// Kingma and Ba, 2015: the bias corrections stand in the step size and in the root's divisor.
    /// AMSGrad (Reddi, Kale and Kumar, 2018) divides by the largest mean square so far.
    void adam(const Value& weight, const Value& slope) {
        const Value step_size = hyperparameter("adam.step_size");
        const Value root_correction = hyperparameter("adam.sqrt_correction2");
        const Value mean = average("exp_avg", config_.beta1, slope);
        Value square = average_square("exp_avg_sq", config_.beta2, slope);
        if (config_.amsgrad) {
            const TensorId largest = state("max_exp_avg_sq");
            square = read(largest).call(Op::Max, square);
            update(largest, square);
        }
        const Value root = square.call(Op::Sqrt) / root_correction + config_.epsilon;
        update_parameter(weight - step_size * (mean / root));
    }

    /// Kingma and Ba, 2015, section 7.1: the largest slope takes the place of the root.
    void adamax(const Value& weight, const Value& slope) {
        const Value step_size = hyperparameter("adam.step_size");
        const Value mean = average("exp_avg", config_.beta1, slope);
        const TensorId largest = state("exp_inf");
        const Value next =
            (config_.beta2 * read(largest)).call(Op::Max, slope.call(Op::Abs) + config_.epsilon);
        update(largest, next);
        update_parameter(weight - step_size * (mean / next));
    }

    /// Tieleman and Hinton, 2012; centred (Graves, 2013) with the mean slope taken off.
    void rms_prop(const Value& weight, const Value& slope) {
        Value square = average_square("square_avg", config_.alpha, slope);
        if (config_.centered) {
            const Value mean = average("grad_avg", config_.alpha, slope);
            square = square - mean * mean;
        }
        Value push = slope / (square.call(Op::Sqrt) + config_.epsilon);
        if (config_.momentum != 0) {
            const TensorId buffer = state("momentum");
            push = config_.momentum * read(buffer) + push;
            update(buffer, push);
        }
        update_parameter(weight - hyperparameter("lr") * push);
    }

    /// Duchi, Hazan and Singer, 2011.
    void adagrad(const Value& weight, const Value& slope) {
        const TensorId sum = state("sum");
        const Value next = read(sum) + slope * slope;
        update(sum, next);
        const Value squares = config_.first_square == 0 ? next : next + config_.first_square;
        update_parameter(weight - hyperparameter("adagrad.rate") *
                                      (slope / (squares.call(Op::Sqrt) + config_.epsilon)));
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

std::optional<double> optimizer_number(const std::string& name, const OptimizerConfig& config,
                                       double learning_rate, std::int64_t update) {
    const auto k = double(update);
    if (name == "lr") return learning_rate;
    if (name == "adam.step_size") return learning_rate / (1 - std::pow(config.beta1, k));
    if (name == "adam.sqrt_correction2") return std::sqrt(1 - std::pow(config.beta2, k));
    if (name == "adagrad.rate") return learning_rate / (1 + (k - 1) * config.rate_decay);
    if (name == "sgd.undamped") return update == 1 ? 1 : 1 - config.dampening;
    return std::nullopt;
}

}  // namespace snnc::ir
