// snnc emit: a stage of the compiler as text.
#include "driver/emit.h"

#include <fmt/format.h>

#include <algorithm>

#include "driver/parameters.h"
#include "driver/pipeline.h"
#include "driver/run_state.h"
#include "frontend/ast_printer.h"
#include "frontend/parse.h"
#include "ir/net/equations.h"
#include "runtime/atomic_file.h"
#include "support/unicode.h"

#ifdef SNNC_CODEGEN
#include "codegen/backend.h"
#endif

namespace snnc::driver {
namespace {

void check_stage(const std::string& stage) {
    if (stage == "opencl" || stage == "ptx")
        fail(Code::LaterStage, fmt::format("the stage `{}` comes in a later version", stage));
}

FileId add_file(Session& session, const std::string& file) {
    return session.sources.add(file, runtime::read_file(file));
}

std::string emit_tokens(Session& session, const std::string& file) {
    const FileId id = add_file(session, file);
    const std::string& text = session.sources.file(id).text();
    if (const auto bad = first_invalid_utf8(text)) {
        const auto at = std::uint32_t(*bad);
        session.diagnostics.report(Code::NotUtf8, {id, at, at + 1}, "the file is not UTF-8 text");
        throw Stop{};
    }
    return frontend::print_tokens(session.sources, id);
}

std::string emit_ast(Session& session, const std::string& file) {
    const FileId id = add_file(session, file);
    const auto program = frontend::parse(session.sources, id, session.diagnostics);
    if (!program) throw Stop{};
    return frontend::print_ast(*program);
}

class NetworkStages {
 public:
    NetworkStages(Session& session, const EmitOptions& options)
        : session_(session), options_(options) {}

    std::string emit(const frontend::Module& module) {
        ir::Network network = make_network(session_, module, request(module));
        PortValues values(network);  // the edges say how large tensors are
        place_edges(session_, network, {}, network.seed, values);
        if (options_.stage == "net") return ir::print(network);
        if (options_.stage == "equations") return ir::print_equations(network);
        if (options_.stage == "grad") return emit_gradient(network);
        const ir::StepProgram program = make_program(network, lowering(network));
        if (options_.stage == "step") return ir::print(network, program);
        return emit_code(network, program);
    }

 private:
    /// With the loss where the file says one, unless only the forward run is asked for.
    frontend::Request request(const frontend::Module& module) const {
        frontend::Request request = options_.network.request();
        request.train_block = options_.train_block;
        const bool learns =
            !options_.loss.empty() || (!options_.forward && !frontend::train_names(module).empty());
        if (learns && options_.network.mode.empty()) request.mode = frontend::Mode::Train;
        if (!options_.loss.empty()) {
            request.loss = options_.loss;
        } else {
            request.training = learns;
        }
        return request;
    }

    /// Where nothing is learned, the gradient of the inputs is what a person wants to see.
    static std::vector<ir::TensorId> differentiated(const ir::Network& network) {
        const auto parameters = trainable_parameters(network);
        return parameters.empty() ? network.inputs : parameters;
    }

    /// A training in windows goes on from one to the next; returns what it hands on.
    static std::vector<ir::TensorId> cut_into_windows(ir::Network& network) {
        if (!network.training->window) return {};
        return RunState(network, ir::pasts(network)).results();
    }

    static std::string emit_gradient(ir::Network& network) {
        if (!network.training) {
            fail(Code::NoTraining, "the gradient needs a loss, and the file has no `train` block",
                 {}, {"give one: `--loss \"sum_t(sum(out.v))\"`"});
        }
        cut_into_windows(network);
        const auto gradients = add_gradients(network, differentiated(network));
        return ir::print_gradient(network, gradients);
    }

    /// One training step where there is an optimiser, loss and gradients for --loss, else the run.
    ir::LoweringOptions lowering(ir::Network& network) const {
        ir::LoweringOptions lowering;
        if (!network.training) {
            lowering.results = network.outputs;
            return lowering;
        }
        lowering.results = cut_into_windows(network);
        const auto gradients = add_gradients(network, differentiated(network));
        lowering.results.push_back(network.training->loss);
        if (options_.loss.empty()) {
            ir::add_optimizer(network, gradients, network.training->optimizer);
            lowering.updates = true;
            return lowering;
        }
        for (const ir::TensorId id : differentiated(network)) {
            if (gradients.of(id).valid()) lowering.results.push_back(gradients.of(id));
        }
        return lowering;
    }

#ifdef SNNC_CODEGEN
    std::string emit_code(const ir::Network& network, const ir::StepProgram& program) const {
        const Machine machine(options_.engine);
        codegen::CompileOptions compile;
        if (machine.interprets()) fail_interpreter();
        compile.target = codegen::Target::known(machine.target());
        return codegen::emit(network, program, compile, options_.stage);
    }
    [[noreturn]] static void fail_interpreter() {
        fail(Code::BadCommandLine, "the interpreter has no machine code to show");
    }
#else
    std::string emit_code(const ir::Network&, const ir::StepProgram&) const {
        fail(Code::NoCodegen,
             fmt::format("the stage `{}` needs code generation, which this snnc was "
                         "built without",
                         options_.stage));
    }
#endif

    Session& session_;
    const EmitOptions& options_;
};

int emit(Session& session, const EmitOptions& options) {
    std::string text;
    check_stage(options.stage);
    if (options.stage == "tokens") {
        text = emit_tokens(session, options.network.file);
    } else if (options.stage == "ast") {
        text = emit_ast(session, options.network.file);
    } else {
        text = emit_network(session, load_module(session, options.network.file), options);
    }
    if (!text.empty() && text.back() != '\n') text += '\n';
    write_out(text);
    return Done;
}

}  // namespace

std::string emit_network(Session& session, const frontend::Module& module,
                         const EmitOptions& options) {
    check_stage(options.stage);
    return NetworkStages(session, options).emit(module);
}

const std::vector<std::string>& emit_stages() {
    static const std::vector<std::string> stages{"tokens", "ast",    "equations", "net",
                                                 "grad",   "step",   "halide",    "llvm",
                                                 "asm",    "opencl", "ptx"};
    return stages;
}

void add_emit(Tool& tool) {
    auto* verb =
        add_verb(tool, "emit", "A stage of the compiler as text",
                 {"emit --stage=equations examples/02_fashion_mlp.snn",
                  "emit --stage=grad examples/02_fashion_mlp.snn",
                  "emit --stage=grad --loss \"sum_t(sum(lif.v))\" examples/01_leaky_cell.snn",
                  "emit --stage=asm --forward --target x86-64-v3 net.snn"});
    auto options = std::make_shared<EmitOptions>();
    verb->add_option("--stage", options->stage, "which one")
        ->required()
        ->check(CLI::IsMember(emit_stages()));
    options->network.add_to(*verb);
    verb->add_flag("--forward", options->forward,
                   "the forward run, although there is a train block");
    verb->add_option("--train-block", options->train_block,
                     "which train block, if there are several");
    verb->add_option("--loss", options->loss, "an expression in place of a train block");
    options->engine.add_to(*verb);
    options->engine.any_cpu = true;
    verb->add_option("--target", options->engine.cpu,
                     "the processor to compile for: x86-64-v3, x86-64-v4 or aarch64");
    verb->callback([&tool, options] {
        tool.action = [options](Session& session) { return emit(session, *options); };
    });
}

}  // namespace snnc::driver
