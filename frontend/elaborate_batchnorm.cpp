// Batch normalisation (Ioffe and Szegedy, 2015) as torch.nn.BatchNorm1d/2d compute it: statistics
// over the batch and the places of a channel, anew in each step.
#include <fmt/format.h>

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

using ir::Op;

/// The tensors of one layer: everything but its result has one value for each channel.
class NetworkBuilder::BatchNorm {
 public:
    struct Settings {
        double eps = 1e-5, momentum = 0.1;
        bool over_run = false;  // one statistic for all steps
    };

    BatchNorm(NetworkBuilder& builder, Node& node, ir::TensorId source, const Settings& settings)
        : builder_(builder),
          context_(builder.context_),
          node_(node),
          source_(source),
          shape_(context_.network[source].shape),
          settings_(settings) {}

    ir::TensorId make(Mode mode) {
        weight_ = parameter("weight", 1, true);
        bias_ = parameter("bias", 0, true);
        running_mean_ = parameter("running_mean", 0, false);
        running_var_ = parameter("running_var", 1, false);
        Value result;
        if (mode == Mode::Evaluate) {
            result = normalised(channel(running_mean_), channel(running_var_));
        } else {
            measure();
            move_statistics();
            result = normalised(channel(mean_), channel(var_));
        }
        if (mode == Mode::Either) {
            const Value fixed = normalised(channel(running_mean_), channel(running_var_));
            result = op(Op::Select, {builder_.learns(), result, fixed});
        }
        const ir::TensorId output = builder_.add_layer_tensor(node_, node_.name, shape_, source_);
        context_.define(output, ir::Formula{result.expr});
        return output;
    }

 private:
    Value op(Op op, const std::vector<Value>& operands) {
        return apply(context_, op, operands, node_.range);
    }
    Value number(double value) { return constant(context_, value); }
    Value x() { return read(context_, source_); }

    /// A [c] tensor acts on every place of its channel.
    Value channel(ir::TensorId id) { return Value(context_.network.pool.read(id), shape_); }

    ir::TensorId parameter(const std::string& name, double first, bool trained) {
        const ir::TensorId id = builder_.add_parameter(node_, name, {shape_[0]},
                                                       {ir::Initialiser::Kind::Constant, first, 0});
        context_.network[id].per_channel = shape_.size() > 1;
        context_.network[id].trainable = trained;
        return id;
    }

    /// A tensor with one value for each channel, the same for all samples.
    ir::TensorId statistic(const std::string& name, bool per_step, ir::DefinitionKind kind) {
        const ir::TensorId id =
            builder_.add_layer_tensor(node_, node_.name + "." + name, {shape_[0]}, source_);
        ir::Tensor& tensor = context_.network[id];
        tensor.per_step = per_step;
        tensor.per_sample = false;
        tensor.per_channel = shape_.size() > 1;
        context_.define(id, kind);
        return id;
    }

    /// How many values a statistic is taken of.
    Value count() {
        ir::ExprPool& pool = context_.network.pool;
        const std::int64_t places = ir::element_count(shape_) / shape_[0];
        Value in_step = op(Op::Mul, {Value(pool.leaf(Op::BatchSize)), number(double(places))});
        if (!settings_.over_run) return in_step;
        return op(Op::Mul, {in_step, Value(pool.leaf(Op::StepCount))});
    }

    void measure() {
        const bool held = !context_.network[source_].per_step;
        const bool steps = !held && !settings_.over_run;
        const auto mean_of = [&](const std::string& name, ir::TensorId values) {
            const ir::TensorId sum = statistic(name + "_sum", steps, ir::SumTo{values});
            Value total = read(context_, sum);
            if (held && settings_.over_run)  // the same in every step
                total = op(Op::Mul, {total, Value(context_.network.pool.leaf(Op::StepCount))});
            const Value mean = op(Op::Div, {total, count()});
            return statistic(name, steps, ir::Formula{mean.expr});
        };
        mean_ = mean_of("mean", source_);
        const Value distance = op(Op::Sub, {x(), channel(mean_)});
        const ir::TensorId squares =
            builder_.add_layer_tensor(node_, node_.name + ".squares", shape_, source_);
        context_.define(squares, ir::Formula{op(Op::Mul, {distance, distance}).expr});
        var_ = mean_of("var", squares);
    }

    Value normalised(const Value& mean, const Value& var) {
        const Value root = op(Op::Sqrt, {op(Op::Add, {var, number(settings_.eps)})});
        const Value scaled = op(Op::Div, {op(Op::Sub, {x(), mean}), root});
        return op(Op::Add, {op(Op::Mul, {scaled, channel(weight_)}), channel(bias_)});
    }

    /// The running statistics move once in every step, also where the input is held, or once in a
    /// run that has one statistic. The variance that they see is the unbiased one.
    void move_statistics() {
        const Value others = op(Op::Max, {op(Op::Sub, {count(), number(1)}), number(1)});
        const Value unbiased = op(Op::Mul, {read(context_, var_), op(Op::Div, {count(), others})});
        move("moved_mean", running_mean_, read(context_, mean_));
        move("moved_var", running_var_, unbiased);
    }

    void move(const std::string& name, ir::TensorId buffer, const Value& value) {
        if (settings_.over_run) {
            const Value next = moved_by(read(context_, buffer), value);
            context_.network.updates.push_back({buffer, next.expr});
            return;
        }
        const ir::TensorId moved = statistic(name, true, ir::Formula{});
        ir::Network& network = context_.network;
        network[moved].initial = buffer;
        const Value next = moved_by(read(context_, moved, 1), value);
        network.definitions.back().kind = ir::Formula{next.expr};
        const ir::TensorId last = statistic(name + "_last", false, ir::LastStep{moved});
        network.updates.push_back({buffer, network.pool.read(last)});
    }

    Value moved_by(const Value& before, const Value& value) {
        const Value kept = op(Op::Mul, {number(1 - settings_.momentum), before});
        return op(Op::Add, {kept, op(Op::Mul, {number(settings_.momentum), value})});
    }

    NetworkBuilder& builder_;
    Context& context_;
    Node& node_;
    ir::TensorId source_;
    ir::Shape shape_;
    Settings settings_;
    ir::TensorId weight_, bias_, running_mean_, running_var_, mean_, var_;
};

/// 1 where the run is one of training, a number that the caller sets.
Value NetworkBuilder::learns() {
    const char* name = "mode.train";
    ir::TensorId id = context_.network.find(name);
    if (!id.valid()) {
        ir::Tensor tensor;
        tensor.name = name;
        tensor.role = ir::Role::HyperParameter;
        tensor.per_sample = false;
        id = context_.network.add(std::move(tensor));
    }
    return read(context_, id);
}

void NetworkBuilder::declare_batchnorm(Node& node, ir::TensorId source) {
    if (!check_layer_arguments(node, 0, {"over", "eps", "momentum"})) return;
    BatchNorm::Settings settings;
    if (const Argument* over = argument(node, "over")) {
        const Name* word = as_word(*over->value.value);
        settings.over_run = word && word->text == "run";
        if (!settings.over_run) {
            context_.error(Code::WrongType, over->range,
                           "statistics are taken `over = run`, or in each step where nothing is "
                           "said");
            return;
        }
    }
    if (context_.network[source].shape.empty()) {
        context_.error(Code::ShapeMismatch, node.callee.name->range,
                       "`batchnorm` takes channels, [c] or [c, h, w], but [] arrives");
        return;
    }
    const auto value = [&](const std::string& name, double otherwise) -> std::optional<double> {
        const Argument* given = argument(node, name);
        if (!given) return otherwise;
        return expressions_.number(*given->value.value, constants_, "`" + name + "`");
    };
    const auto eps = value("eps", settings.eps), momentum = value("momentum", settings.momentum);
    if (!eps || !momentum) return;
    settings.eps = *eps;
    settings.momentum = *momentum;
    node.output = BatchNorm(*this, node, source, settings).make(request_.mode);
}

}  // namespace snnc::frontend
