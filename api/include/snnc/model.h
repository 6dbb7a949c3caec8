// A network of a text, compiled: its description, its parameters, runs, steps, gradients.
//
// Separate models may be used at the same time on any number of threads; one model by one thread at
// a time. Everything that a model is given is copied or used during the call only; everything that
// it returns belongs to the caller, but for a ParameterView, which lives as long as the model.
// What was moved from may be assigned to or destroyed, and nothing else.
#pragma once

#include <snnc/array.h>
#include <snnc/diagnostics.h>
#include <snnc/export.h>
#include <snnc/source.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snnc::api {

enum class Backend {
    Compiled,     // machine code, the usual one
    Interpreter,  // slow and plain; for comparison
};

/// What batchnorm and dropout do.
enum class Mode { Train, Evaluate };

struct ModelOptions {
    std::string network;                          // empty: the only one
    std::map<std::string, std::string> settings;  // "hidden.beta": "0.8", as `--set`
    std::optional<std::int64_t> steps;            // goes before the text's own
    /// Of parameters, edges and all else that is drawn; absent: what the network's train block says
    /// (where it has one), else 0.
    std::optional<std::uint64_t> seed;
    std::string weights;   // .safetensors to load; empty: none
    bool partial = false;  // `weights` may lack some parameters
    Backend backend = Backend::Compiled;
    std::string target;                // processor: "x86-64-v3", "x86-64-v4"; empty: this one
    int threads = 0;                   // up to 1024; 0: SNNC_THREADS, else all processors
    std::optional<std::string> cache;  // folder of compiled kernels; "": none; absent: as `snnc`
};

struct RunOptions {
    /// Absent: as many as the inputs or the text say; where the text says it (ModelOptions::steps
    /// changes that), no other number. Samples follow from the inputs, else 1.
    std::optional<std::int64_t> steps;
    /// Variables to return ("hidden.v"); empty: the declared outputs.
    std::vector<std::string> record;
    /// Values before the first step, by variable, [samples, shape…]; others follow their equations.
    Arrays states;
    /// Of random numbers in cells and encoders; absent: as the model's own, here and below.
    std::optional<std::uint64_t> seed;
    Mode mode = Mode::Evaluate;
};

struct GradientOptions {
    /// A formula of the language over variables and targets, for instance "sum_t(sum(w*out.v))";
    /// empty: the loss of the train block; not both. The gradient is that of its mean over the
    /// samples.
    std::string loss;
    std::string train_block;  // empty: the only one
    /// Parameters by name, inputs as "input.x", given states as "state.hidden.v"; empty: all.
    std::vector<std::string> with_respect_to;
    std::optional<std::int64_t> steps;
    Arrays states;
    std::optional<std::uint64_t> seed;
    Mode mode = Mode::Train;
};

/// For a run whose results go into a loss that is computed elsewhere.
struct LinearizeOptions {
    std::vector<std::string> record;           // variables with steps; empty: the declared outputs
    std::vector<std::string> with_respect_to;  // as GradientOptions has it
    std::optional<std::int64_t> steps;
    std::optional<std::uint64_t> seed;
    Mode mode = Mode::Train;
};

struct Linearization {
    Results results;
    std::uint64_t number = 0;  // for pull_back
};

struct Gradients {
    double loss = 0;
    /// Under the names of `with_respect_to`, in the shape of what they belong to (parameters:
    /// PyTorch's). Zeros where the loss does not depend on it.
    Results of;
};

/// A use of a cell: "hidden", made by `Leaky`, 1000 cells, with its variables ("v", "s").
struct PopulationInfo {
    std::string name, cell;
    Shape shape;
    std::vector<std::string> variables;
};

/// Where a run stands between its steps: the values that the next step reads. Belongs to the model
/// that began it, and can be copied: both copies go on from the same point.
class SNNC_API RunningState {
 public:
    ~RunningState();
    RunningState(const RunningState&);
    RunningState(RunningState&&) noexcept;
    RunningState& operator=(RunningState) noexcept;

    std::int64_t steps() const;    // made so far
    std::int64_t samples() const;  // fixed when it began

    struct Data;  // of snnc itself

 private:
    friend class Model;
    explicit RunningState(std::unique_ptr<Data> data);
    std::unique_ptr<Data> data_;
};

class SNNC_API Model {
 public:
    /// Checks the text and makes the network; code is compiled when it is first needed, and kept.
    /// Error.
    explicit Model(Source source, ModelOptions options = {});
    ~Model();
    Model(Model&&) noexcept;
    Model& operator=(Model&&) noexcept;

    // ---- description ------------------------------------------------------------------------

    const std::string& name() const;
    /// "x86-64-v3", or "interpreter".
    const std::string& target() const;
    /// Seconds; 1 where the text counts in steps.
    double time_step() const;
    /// The usual number of steps, where the text says it.
    std::optional<std::int64_t> steps() const;
    std::vector<TensorInfo> inputs() const;
    std::vector<TensorInfo> outputs() const;
    /// Everything that `record` may name.
    std::vector<TensorInfo> variables() const;
    std::vector<TensorInfo> parameters() const;
    /// Of a train block (empty: the only one). Error if there is none of this name.
    std::vector<TensorInfo> targets(const std::string& train_block = {}) const;
    std::vector<PopulationInfo> populations() const;
    /// What was said of the text without refusing it.
    const std::vector<Diagnostic>& warnings() const;
    /// The equations as formulas (`snnc emit --stage=equations`).
    std::string equations() const;
    /// The equations of the gradient of a loss, as GradientOptions::loss has it.
    std::string gradient_equations(const std::string& loss = {},
                                   const std::string& train_block = {}) const;

    // ---- parameters: float, finite ----------------------------------------------------------

    /// Error for a name that no parameter has; edges of sparse layers have no view, only a value.
    Array parameter(const std::string& name) const;
    ParameterView parameter_view(const std::string& name);
    /// Error also for another shape.
    void set_parameter(const std::string& name, const ArrayView& values);
    /// Draws all of them anew, as a model of this seed begins with them.
    void draw_parameters(std::uint64_t seed);
    /// .safetensors with PyTorch's names and layouts. Error, and nothing is changed, if tensors are
    /// missing (unless `partial`), unknown or of another shape. Edges of sparse layers come along.
    void load_weights(const std::string& path, bool partial = false);
    void save_weights(const std::string& path) const;

    // ---- runs -------------------------------------------------------------------------------

    /// A whole run from step 0. Needs every input. Results have [steps, samples, shape…].
    Results run(const Arrays& inputs, const RunOptions& options = {});

    /// A run that is made step by step: begins before step 0.
    RunningState begin(std::int64_t samples = 1, std::optional<std::uint64_t> seed = {});
    /// Goes on by `steps` steps (inputs that change have that many) and moves the state. The values
    /// are those of one long run, however it is cut. `record`: as in RunOptions.
    Results step(RunningState& state, const Arrays& inputs, std::int64_t steps = 1,
                 const std::vector<std::string>& record = {});

    /// Loss and gradients of a run.
    Gradients differentiate(const Arrays& inputs, const Arrays& targets,
                            const GradientOptions& options = {});

    /// A run that keeps what its derivative needs. The inputs must stay as they are until then.
    Linearization linearize(const Arrays& inputs, const LinearizeOptions& options = {});
    /// The derivative of that run, transposed: from the derivatives of some loss by the results
    /// (by name, in their shapes; absent: 0) to those by what linearize() was asked for. It must be
    /// the last one with its options: Error if it is not. That inputs and parameters are as they
    /// were then is not checked.
    /// Memory of earlier results of the same names that are given in `reuse` serves again.
    Results pull_back(std::uint64_t number, const Arrays& cotangents, Results reuse = {});

    struct Data;  // of snnc itself

 private:
    friend class Trainer;
    std::unique_ptr<Data> data_;
};

}  // namespace snnc::api
