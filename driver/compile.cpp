// snnc compile: a network as a library for C programs, with its header and manifest.
#include <fmt/format.h>

#include <algorithm>

#include "driver/output_files.h"
#include "driver/parameters.h"
#include "driver/pipeline.h"
#include "driver/run_state.h"
#include "runtime/atomic_file.h"
#include "support/fnv.h"

#ifdef SNNC_CODEGEN
#include "codegen/library.h"
#endif

namespace snnc::driver {
namespace {

struct CompileOptions {
    NetworkOptions network;
    WeightOptions weights;
    std::string out, prefix;
    std::vector<std::string> targets;
    bool archive = false, gradients = false;
};

#ifdef SNNC_CODEGEN

using codegen::LibraryKind;

/// Where the three files go.
struct Names {
    std::string library, header, manifest, stem;
    LibraryKind kind = LibraryKind::Shared;
};

Names names_of(const CompileOptions& options) {
    Names names;
    names.library = options.out;
    const auto slash = options.out.find_last_of('/');
    const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
    const auto dot = options.out.find_last_of('.');
    const std::string ending =
        dot == std::string::npos || dot < begin ? "" : options.out.substr(dot);
    if (ending != ".so" && ending != ".a" && ending != ".o")
        fail(Code::BadCommandLine,
             fmt::format("`-o` takes a name that ends in .so, .a or .o, and `{}` does not",
                         options.out));
    if (options.archive && ending != ".a")
        fail(Code::BadCommandLine, "`--static` makes an archive, whose name ends in .a");
    names.kind = ending == ".so"  ? LibraryKind::Shared
                 : ending == ".a" ? LibraryKind::Archive
                                  : LibraryKind::Object;
    names.stem = options.out.substr(begin, dot - begin);
    if (names.stem.starts_with("lib") && names.stem.size() > 3) names.stem.erase(0, 3);
    const std::string folder = options.out.substr(0, begin);
    names.header = folder + names.stem + ".h";
    names.manifest = folder + names.stem + ".json";
    return names;
}

std::vector<codegen::Target> targets_of(const std::vector<std::string>& names) {
    std::vector<codegen::Target> targets;
    try {
        if (names.empty()) return {codegen::Target::host()};
        for (const std::string& name : names) targets.push_back(codegen::Target::level(name));
    } catch (const std::invalid_argument& error) {
        fail(Code::UnknownTarget, error.what());
    }
    // The best that fits is taken last.
    std::sort(targets.begin(), targets.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    const auto last = std::unique(targets.begin(), targets.end(),
                                  [](const auto& a, const auto& b) { return a.name == b.name; });
    targets.erase(last, targets.end());
    return targets;
}

class LibraryMaker {
 public:
    LibraryMaker(Session& session, const CompileOptions& options)
        : session_(session), options_(options), names_(names_of(options)) {}

    int run() {
        for (const std::string& file : {names_.library, names_.header, names_.manifest})
            check_writable_file(file);
        codegen::LibraryRequest request{
            names_.library, names_.header, {}, names_.kind, targets_of(options_.targets)};
        const frontend::Module module = load_module(session_, options_.network.file);
        ir::Network network = make_network(session_, module, options_.network.request());
        PortValues values(network);
        prepare_parameters(session_, network, options_.weights, 0, values);
        give_outputs_definitions(network);
        const RunState state(network, ir::pasts(network));
        ir::LoweringOptions lowering;
        lowering.results = network.outputs;
        for (const ir::TensorId id : state.results()) lowering.want(id);
        const ir::StepProgram program = make_program(network, lowering);
        request.source_hash = source_hash();
        write(codegen::make_library(network, program, model(network, program, state, values),
                                    request));
        return Done;
    }

 private:
    /// An output that is an input itself has an array of its own.
    static void give_outputs_definitions(ir::Network& network) {
        for (ir::TensorId& output : network.outputs) {
            if (network.definition(output)) continue;
            ir::Tensor copy = network[output];
            copy.role = ir::Role::Variable;
            copy.interval.reset();
            const ir::TensorId id = network.add(std::move(copy));
            network.define(id, ir::Formula{network.pool.read(output, 0)});
            output = id;
        }
    }

    codegen::LibraryModel model(const ir::Network& network, const ir::StepProgram& program,
                                const RunState& state, const PortValues& values) const {
        codegen::LibraryModel model;
        model.prefix =
            options_.prefix.empty() ? codegen::c_identifier(names_.stem) : options_.prefix;
        for (const ir::TensorId id : network.inputs)
            model.arrays.push_back({network[id].name, {}, id, false});
        for (const ir::TensorId id : network.outputs)
            model.arrays.push_back({network[id].name, {}, id, true});
        codegen::name_members(model.arrays);
        place_parameters(network, program, values, model);
        model.pasts = state.carried();
        model.identity = fnv1a(ir::print(network) + ir::print(network, program));
        return model;
    }

    /// Those that the program reads; edges stay with the library.
    void place_parameters(const ir::Network& network, const ir::StepProgram& program,
                          const PortValues& values, codegen::LibraryModel& model) const {
        std::vector<std::byte> block;
        const auto append = [](std::vector<std::byte>& to, const void* from, std::size_t bytes) {
            const auto* first = static_cast<const std::byte*>(from);
            to.insert(to.end(), first, first + bytes);
        };
        for (const ir::Parameter& parameter : network.parameters) {
            const ir::TensorId id = parameter.tensor;
            if (!program.port(id)) continue;
            const Values& numbers = values.at(id);
            if (network[id].kind == ir::DataKind::Index) {
                append(model.constants[id], numbers.ints.data(), 4 * numbers.ints.size());
                continue;
            }
            block.resize((block.size() + 63) / 64 * 64);
            model.parameters.push_back({id, std::int64_t(block.size())});
            append(block, numbers.floats.data(), 4 * numbers.floats.size());
        }
        model.parameter_bytes = std::int64_t(block.size());
        if (!options_.weights.file.empty()) model.weights = std::move(block);
    }

    std::string source_hash() const {
        std::string all;
        for (std::uint32_t i = 0; i < session_.sources.size(); ++i)
            all += session_.sources.file({i}).text();
        return fmt::format("fnv1a-64:{:016x}", fnv1a(all));
    }

    void write(const codegen::LibraryFiles& files) const {
        const std::string_view binary(reinterpret_cast<const char*>(files.binary.data()),
                                      files.binary.size());
        runtime::write_atomically(names_.header, files.header);
        runtime::write_atomically(names_.manifest, files.manifest);
        runtime::write_atomically(names_.library, binary);
    }

    Session& session_;
    const CompileOptions& options_;
    Names names_;
};

int compile(Session& session, const CompileOptions& options) {
    if (options.gradients)
        fail(Code::LaterGradients,
             "`--grad` is not in this version: a library runs and steps a network");
    return LibraryMaker(session, options).run();
}

#else

int compile(Session&, const CompileOptions&) {
    fail(Code::NoCodegen, "this snnc was built without code generation, which `compile` needs");
}

#endif

/// What C takes as the beginning of names.
CLI::Validator c_name() {
    return {[](const std::string& text) {
                const auto good = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
                return !text.empty() && !std::isdigit(static_cast<unsigned char>(text[0])) &&
                               std::all_of(text.begin(), text.end(), good)
                           ? std::string{}
                           : fmt::format("takes a name such as C has them, not `{}`", text);
            },
            "NAME"};
}

}  // namespace

void add_compile(Tool& tool) {
    auto* verb = add_verb(tool, "compile", "Shared library, C header and manifest of a network",
                          {"compile net.snn -o libnet.so      # with net.h and net.json",
                           "compile net.snn --weights w.safetensors -o libnet.so --prefix net",
                           "compile net.snn --static -o libnet.a",
                           "compile net.snn -o libnet.so --target x86-64-v3,x86-64-v4"});
    auto options = std::make_shared<CompileOptions>();
    options->network.add_to(*verb);
    verb->add_option("-o,--out", options->out,
                     "libX.so (shared), libX.a (archive) or X.o; X.h and X.json go beside it")
        ->required();
    options->weights.add_to(*verb);
    verb->add_option("--prefix", options->prefix, "beginning of every name (default: X)")
        ->check(c_name());
    verb->add_option("--target", options->targets,
                     "the processors to compile for, x86-64-v3 or x86-64-v4 or both: the library "
                     "takes the best that fits (default: this machine's)")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_flag("--static", options->archive, "an archive for static linking, libX.a");
    verb->add_flag("--grad", options->gradients, "loss, gradients and updates too (later version)");
    verb->callback([&tool, options] {
        tool.action = [options](Session& session) { return compile(session, *options); };
    });
}

}  // namespace snnc::driver
