// The network: tensors and what defines each of them.
//
// The elaborator turns the text into this (forward equations, loss, metrics); differentiation
// appends adjoint tensors and their definitions; lowering reads it. There is one way to say what a
// tensor is: a Definition, either a formula that holds element by element (Formula) or one of a few
// operators on whole tensors (products, sums, softmax …). A tensor has one value for each step of
// the run or one for the whole run, and one for each sample of the batch or one for all; a product
// with an input that is constant over the run is therefore constant itself and is made once.
//
// The definitions of one network form a single assignment program: every tensor has at most one
// definition; tensors without one come from outside (inputs, targets, parameters, hyperparameters).
// Their order does not matter; a cycle must pass through a lag. The verifier states the rules.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ir/expr/expr.h"
#include "ir/net/streams.h"
#include "ir/net/window.h"
#include "support/source.h"

namespace snnc::ir {

std::int64_t element_count(const Shape& shape);
std::string to_string(const Shape& shape);  // "[784]", "[]", "[edges]"

enum class Role : std::uint8_t {
    Input,           // data given by the caller
    Target,          // data given by the caller for the loss
    Parameter,       // weight, bias, learnable or stored cell parameter
    HyperParameter,  // a number that the training loop sets before each update (learning rate …)
    OptimizerState,  // kept between updates (momentum …)
    Initial,         // a state's value before the first step; may be given by the caller
    Variable,        // everything that equations define: states, outputs, lets, layer results
    Adjoint,         // derivative of the loss with respect to a tensor
};

enum class DataKind : std::uint8_t {
    Real,
    Spike,  // 0 or 1 only; may be stored as bits
    Index,  // an integer (class label, position); given from outside as int32
};

struct Tensor {
    std::string name;  // qualified: "hidden.v", "fc1.weight", "image"; adjoints "adj(hidden.v)"
    Shape shape;
    bool per_step = false;   // one value for each step, else one for the run
    bool per_sample = true;  // one value for each sample, else one for all (parameters)
    Role role = Role::Variable;
    DataKind kind = DataKind::Real;
    /// What a positive lag reads before the first step: this tensor (per run, and no finer than
    /// what a formula of this shape may read), or 0 if invalid. Beyond the last step (negative
    /// lags) every tensor is 0.
    TensorId initial;
    /// A [c] tensor that is read by [c, …] formulas acts as [c, 1, …].
    bool per_channel = false;
    /// The value must lie here ("in [a, b]" of inputs): checked when data arrive.
    std::optional<std::pair<double, double>> interval;
    /// Files and losses count the values of states in the unit of their declaration: this many of
    /// those in which the formulas count. (A parameter is stored in its unit, and formulas
    /// convert.)
    double unit = 1;
    /// Parameters: changed by training.
    bool trainable = false;
    /// Weights of products are kept with their outputs last, [in, out] and [in, kh, kw, out]; files
    /// hold the last axis first (PyTorch).
    bool transposed_in_files = false;
    SourceRange range;  // where it was declared
};

/// The shape that files have.
Shape shape_in_files(const Tensor& tensor);

/// How a parameter gets its first value (language.md 3 and 8.4); drawn by the runtime.
struct Initialiser {
    enum class Kind { Constant, Uniform, Normal };
    Kind kind = Kind::Constant;
    double a = 0;  // the value; the low end; the mean
    double b = 0;  // the high end; the standard deviation
};

// ---- definitions ---------------------------------------------------------------------------

/// target[…] = value, for every element, sample and step. A read of another tensor needs the same
/// shape, or a scalar shape [], or per_channel with a matching first dimension. A tensor without
/// steps or samples is the same for all of them.
struct Formula {
    ExprId value;
};

/// target[o] = sum_i source[i] * weight[i, o] (transposed: target[i] = sum_o source[o]*weight[i,
/// o]). Source and target are read row by row, whatever their shape: a product takes a [c, h, w]
/// tensor without a copy. Bias is a Formula behind it.
struct Dense {
    TensorId source;
    TensorId weight;  // [in, out]
    bool transposed = false;
};

/// target[i, o] = sum over samples (and steps, where both are per step) of source[i] * adjoint[o]:
/// the gradient of a weight. If only one of them is per step (per sample), the verifier refuses:
/// sum it first.
struct DenseWeight {
    TensorId source;
    TensorId adjoint;
};

/// target[o, y, x] = sum over the channels i of o's group and the window's places (r, c) of
/// source[i, …] * weight[i, r, c, o]; what lies outside of the source counts 0. With [c, l] shapes
/// there are no rows and no r. Bias is a Formula behind it.
struct Convolution {
    TensorId source;
    TensorId weight;  // [in/groups, kh, kw, out] or [in/groups, k, out]
    Window window;
    std::int64_t groups = 1;
};
/// The adjoint of a convolution's source: target has the source's shape.
struct ConvolutionSource {
    TensorId adjoint;
    TensorId weight;
    Window window;
    std::int64_t groups = 1;
};
/// The gradient of a convolution's weight: sum over samples, and steps as DenseWeight has it.
struct ConvolutionWeight {
    TensorId source;
    TensorId adjoint;
    Window window;
    std::int64_t groups = 1;
};

/// The edges of a sparse layer, one by one, in the order of their source cells and then of their
/// target cells (compressed sparse rows): those of source cell i are the edges starts[i] to
/// starts[i + 1] without it, and edge e ends in the target cell targets[e]. Source cell i is
/// element `from + i` of the tensor that is read, row by row. Both are Index tensors.
struct Edges {
    TensorId starts;   // [source cells + 1]
    TensorId targets;  // [edges]
    std::int64_t from = 0;
};
/// target[j] = sum over the edges e from some i to j of source[from + i] * weight[e], in ascending
/// i. Without a weight each counts 1.
struct Sparse {
    TensorId source;
    TensorId weight;  // [edges], or invalid
    Edges edges;
};
/// The adjoint of a sparse layer's source: target[from + i] = sum over the edges e from i to some j
/// of adjoint[j] * weight[e], in ascending j; 0 elsewhere.
struct SparseSource {
    TensorId adjoint;
    TensorId weight;
    Edges edges;
};
/// The gradient of a sparse layer's weight: target[e] = sum over samples, and steps as DenseWeight
/// has it, of source[from + i] * adjoint[j].
struct SparseWeight {
    TensorId source;
    TensorId adjoint;
    Edges edges;
};

/// Largest value (sum) over the places of a window that lie inside of the source, for each channel.
/// NaN is larger than everything.
struct MaxPool {
    TensorId source;
    Window window;
};
struct SumPool {
    TensorId source;
    Window window;
};
/// The adjoint of a pool's source. Of a largest value all of it goes to the first place, row by
/// row, that attains it.
struct MaxPoolAdjoint {
    TensorId source;
    TensorId adjoint;
    Window window;
};
struct SumPoolAdjoint {
    TensorId source;  // the adjoint of the pool's result
    Window window;
};

/// target[to + i] = source[from + i] for `count` elements row by row, 0 elsewhere: another shape, a
/// part, and what is a part of the target. The same for `blocks` pieces, each `from_stride` behind
/// the one before in the source and `to_stride` in the target: a part along an inner axis.
struct Segment {
    TensorId source;
    std::int64_t from = 0, to = 0, count = 0;
    std::int64_t blocks = 1, from_stride = 0, to_stride = 0;
};

/// Sums over every axis that the source has and the target has not: steps, samples, and the shape
/// (to [] or, for a per_channel target, to [c]). The order of summation is fixed: steps ascending,
/// then samples ascending, then elements.
struct SumTo {
    TensorId source;
};

/// target = largest value over the steps. FirstMaxOverTime: the first step that attains it.
struct MaxOverTime {
    TensorId source;
};
struct FirstMaxOverTime {
    TensorId source;
};
/// The value at the last step.
struct LastStep {
    TensorId source;
};
/// The first step with a non-zero value, steps - 1 if there is none.
struct FirstSpike {
    TensorId source;
};

// Operators along the (only) shape axis of a [c] source; the target is [] or [c].
/// -log softmax(source)[label]
struct CrossEntropy {
    TensorId source;
    TensorId label;  // Index, shape []
};
struct Softmax {
    TensorId source;
};
/// 1 at the label, else 0.
struct OneHot {
    TensorId label;
};
/// Index of the first largest element ([] target), as a number.
struct ArgMax {
    TensorId source;
};
/// 1 in the first largest element of the flattened source, else 0 (same shape).
struct Winner {
    TensorId source;
};

using DefinitionKind =
    std::variant<Formula, Dense, DenseWeight, Convolution, ConvolutionSource, ConvolutionWeight,
                 Sparse, SparseSource, SparseWeight, MaxPool, SumPool, MaxPoolAdjoint,
                 SumPoolAdjoint, Segment, SumTo, MaxOverTime, FirstMaxOverTime, LastStep,
                 FirstSpike, CrossEntropy, Softmax, OneHot, ArgMax, Winner>;

struct Definition {
    TensorId target;
    DefinitionKind kind;
};

/// After everything else, all at once: persistent tensor := value (optimiser, batch statistics).
/// The target comes from outside and has neither steps nor samples.
struct Update {
    TensorId target;
    ExprId value;
};

// ---- what the text said --------------------------------------------------------------------

/// One use of a cell: for printing, recording and plotting. Variables are named by tensors.
struct Population {
    std::string name;
    std::string cell;  // "Leaky"
    Shape shape;
    std::vector<std::pair<std::string, TensorId>> variables;  // member name -> tensor, text order
    SourceRange range;
};

struct Parameter {
    TensorId tensor;
    Initialiser initialiser;
    std::string population_or_layer;  // "fc1"
    /// Training moves u, where the value is low + (high - low)*sigmoid(u), instead of the value
    /// itself. What is kept, read, written and given a gradient is the value.
    std::optional<std::pair<double, double>> sigmoid_bounds = std::nullopt;
};

/// Which pairs of cells a sparse layer connects. Its edges are drawn with the parameters or come
/// from their file (ir/net/patterns.h); until then `unknown_extent(n)` stands for the number of
/// edges of pattern n in the shapes of all tensors.
struct Pattern {
    std::string name;  // of the layer
    std::int64_t source_cells = 0, target_cells = 0;
    ExprId chance;             // of each pair; a formula over Op::SourceCell and Op::TargetCell
    TensorId starts, targets;  // as in Edges
    TensorId weight;           // a parameter over the edges, or invalid
};
constexpr std::int64_t unknown_extent(std::size_t pattern) { return -1 - std::int64_t(pattern); }

struct StateVariable {
    TensorId variable;
    TensorId initial;  // given by --state, else defined by a Formula
};

struct Metric {
    std::string name;  // "accuracy", or the qualifier
    TensorId value;    // scalar, per sample: the mean over samples is reported
};

/// A piece of the learning rate's course over the updates: a factor of the rate.
struct ScheduleSegment {
    enum class Kind { Warmup, Cosine, Linear, Step };
    Kind kind = Kind::Cosine;
    /// Length in updates or in epochs; neither: to the end of the training. For Step the length of
    /// one stair.
    std::optional<double> updates, epochs;
    double from = 1;  // factor at the beginning (Linear)
    double to = 0;    // factor at the end (Linear, Cosine), of each stair to the one before (Step)
};

struct OptimizerConfig {
    enum class Kind { Sgd, Adam, AdamW, Adamax, RmsProp, Adagrad };
    Kind kind = Kind::Sgd;
    double learning_rate = 1e-3, epsilon = 1e-8, weight_decay = 0;
    double momentum = 0, dampening = 0;  // Sgd, RmsProp (without dampening)
    bool nesterov = false;
    double beta1 = 0.9, beta2 = 0.999;  // Adam, AdamW, Adamax
    bool amsgrad = false;               // Adam, AdamW
    double alpha = 0.99;                // RmsProp: smoothing of the squares
    bool centered = false;
    double rate_decay = 0, first_square = 0;  // Adagrad
    std::optional<double> clip_norm;          // the largest norm of all gradients together
    std::optional<double> clip_value;         // the largest magnitude of each entry
};

struct Training {
    std::string name;
    std::vector<TensorId> targets;
    TensorId loss;  // scalar, per sample
    std::vector<Metric> metrics;
    OptimizerConfig optimizer;
    std::vector<ScheduleSegment> schedule;
    std::int64_t batch = 1, epochs = 1;
    bool shuffle = true, drop_last = false;
    bool crop = false;  // events beyond the run are left out of the samples, not refused
    /// Products round their operands to bfloat16 (ir/passes/round_products.h).
    bool bf16 = false;
    /// Truncated: the run is cut into windows of so many steps, each with an update of its own.
    std::optional<std::int64_t> window;
    SourceRange range;
};

/// The port of a cell whose values must lie in an interval that nothing proves: debug runs look at
/// all of them.
struct CheckedPort {
    TensorId port;
    double low = 0, high = 0;
    SourceRange range;  // the interval in the text
    /// In which unit messages give the values: its name, and how much it is in coherent units.
    std::string unit_name = {};
    double unit = 1;
};

struct Network {
    std::string name;
    ExprPool pool;
    std::vector<Tensor> tensors;
    std::vector<Definition> definitions;
    std::vector<Update> updates;

    std::optional<std::int64_t> steps;  // setting; else the length of the per-step inputs
    double dt = 1;
    /// What the text says of dt: nothing, a number, or a time, which dt then counts in ms.
    enum class StepLength : std::uint8_t { Absent, Number, Time };
    StepLength step_length = StepLength::Absent;
    /// Of all that is drawn, unless the user gives another one.
    std::uint64_t seed = 0;
    std::vector<TensorId> inputs;
    std::vector<TensorId> outputs;  // declared outputs, in text order
    std::vector<Parameter> parameters;
    std::vector<Pattern> patterns;
    std::vector<StateVariable> states;  // everything that has a past
    std::vector<Population> populations;
    std::vector<CheckedPort> checked_ports;
    std::vector<Stream> streams;  // of random numbers
    std::optional<Training> training;

    const Tensor& operator[](TensorId id) const { return tensors[id.index]; }
    Tensor& operator[](TensorId id) { return tensors[id.index]; }

    const Stream& operator[](StreamId id) const { return streams[id.index]; }

    TensorId add(Tensor tensor);
    /// The stream of this name and purpose, made if there is none yet.
    StreamId add(Stream stream);
    void define(TensorId target, DefinitionKind kind);
    /// The definition of a tensor, or nullptr if it comes from outside.
    const Definition* definition(TensorId target) const;
    /// By qualified name; invalid if there is none.
    TensorId find(const std::string& name) const;

 private:
    std::vector<std::int32_t> definition_of_;  // by tensor, -1: none
};

/// The tensors that a definition reads, with the lag (0 for operators on whole tensors).
struct Use {
    TensorId tensor;
    int lag = 0;
};
std::vector<Use> uses(const Network& network, const Definition& definition);

/// Checks every rule stated in this header; returns the broken ones (empty: sound).
std::vector<std::string> verify(const Network& network);

/// A draw as it stands in equations: "random(hidden.v)[t-1]".
std::string print_draw(const Network& network, StreamId stream, int lag);

/// The network as text: tensors, then definitions in the notation of .snn.
std::string print(const Network& network);
/// One line of it: "hidden.v[t] = …", "fc1.weight := …".
std::string print(const Network& network, const Definition& definition);
std::string print(const Network& network, const Update& update);

}  // namespace snnc::ir
