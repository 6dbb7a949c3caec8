// What a model holds: its text, its networks, its parameters, its programs.
#pragma once

#include <snnc/model.h>

#include "api/call.h"
#include "api/program.h"
#include "driver/gradients.h"
#include "driver/run_state.h"
#include "runtime/safetensors.h"

namespace snnc::api {

/// Of an object, for others that outlive it: addresses are given again, an identity is not.
class Identity {
 public:
    friend bool operator==(const Identity&, const Identity&) = default;

 private:
    std::shared_ptr<const char> token_ = std::make_shared<char>();
};

/// A program of a run, and what it was made for.
struct Run {
    std::unique_ptr<Program> program;
    std::vector<ir::TensorId> results;
};

/// A program of a loss and its gradients.
struct GradientRun {
    std::unique_ptr<Program> program;
    driver::GivenState given;
    std::vector<driver::WantedGradient> wanted;
    ir::Gradients gradients;
};

/// A program in two parts: the run, then its derivative.
struct LinearRun {
    std::unique_ptr<Program> program;
    std::vector<ir::TensorId> results, cotangents;  // one for each other
    std::vector<driver::WantedGradient> wanted;
    ir::Gradients gradients;
    // Of the last run.
    std::uint64_t number = 0;
    ir::RunSize size;
    ir::Draws draws;
};

/// The network whose runs can be cut, before it is lowered for what is to be recorded.
struct SteppedNetwork {
    explicit SteppedNetwork(ir::Network whole)
        : network(std::move(whole)), start(network, ir::pasts(network)) {}
    ir::Network network;
    driver::RunState start;  // before step 0
    Identity identity;
    std::map<std::string, Run> runs;  // by what they record
};

struct Model::Data {
    /// The session is the caller's too, so that a failure can be told with its text.
    Data(const std::shared_ptr<driver::Session>& session, Source source, ModelOptions options);
    /// Error.
    static std::unique_ptr<Data> make(Source source, ModelOptions options);
    /// The same text with other options.
    std::unique_ptr<Data> again(ModelOptions changed) const {
        return make(source, std::move(changed));
    }

    /// A network of the text with the model's edges. Reports as the driver does.
    ir::Network elaborate(const frontend::Request& request);
    void place_edges(ir::Network& made);
    /// What all networks of this model are asked for.
    frontend::Request request() const;
    frontend::Request training_request(const std::string& train_block) const;
    /// A network that nothing is compiled of, for descriptions.
    ir::Network with_loss(const std::string& loss, const std::string& train_block);

    /// The seed of a run: the one that it is given, or the model was, else that of its train block.
    std::uint64_t seed(std::optional<std::uint64_t> given, const ir::Network& run) const {
        return given.value_or(options.seed.value_or(run.seed));
    }

    /// Puts these values into the memory of the parameters.
    void set_parameters(const driver::PortValues& values);
    void load_weights(const std::string& path, bool partial);
    const ir::Tensor& find_parameter(const std::string& name) const;
    /// The parameters as a weights file has them.
    runtime::TensorFile weights() const;

    std::shared_ptr<driver::Session> session_owner;
    driver::Session& session;
    Source source;
    ModelOptions options;
    frontend::Module module;
    driver::Machine machine;
    ir::Network network;        // as it runs, with its edges
    runtime::TensorFile edges;  // of its sparse layers, for further networks of the text
    Parameters parameters;
    std::vector<Diagnostic> warnings;

    std::map<std::string, Run> runs;  // by what they record and are given
    std::unique_ptr<SteppedNetwork> stepped;
    std::map<std::string, GradientRun> gradients;
    std::map<std::string, LinearRun> linear;
    std::uint64_t linear_runs = 0;  // so far
    Identity identity;
};

/// Where a run stands.
struct RunningState::Data {
    driver::RunState state;
    std::int64_t samples;
    std::uint64_t seed;
    Identity owner;  // the network that began it
};

frontend::Mode to_frontend(Mode mode);

/// E0801 for a number below 1.
void require_positive(const char* option, std::optional<std::int64_t> number);

/// The tensors that `record` names; the declared outputs if it is empty.
std::vector<ir::TensorId> recorded(const ir::Network& network,
                                   const std::vector<std::string>& record);

}  // namespace snnc::api
