// snnc compile: a network as a library for C programs, with its header and manifest.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "driver/output_files.h"
#include "driver/pipeline.h"
#include "runtime/atomic_file.h"
#include "support/fnv.h"

#ifdef SNNC_CODEGEN
#include "codegen/library.h"
#include "driver/library_programs.h"
#endif

namespace snnc::driver {
namespace {

struct CompileOptions {
    NetworkOptions network;
    WeightOptions weights;
    std::string out, prefix, train_block;
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
        for (const std::string& name : names) targets.push_back(codegen::Target::known(name));
    } catch (const std::invalid_argument& error) {
        fail(Code::UnknownTarget, error.what());
    }
    for (const codegen::Target& target : targets)
        if (target.architecture != targets[0].architecture)
            fail(Code::MixedTargets,
                 fmt::format("`{}` and `{}` are different architectures, and a library is for one; "
                             "compile twice, into two files",
                             targets[0].name, target.name));
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
        const codegen::LibraryModel model = make_model();
        request.source_hash = source_hash();
        write(codegen::make_library(model, request));
        return Done;
    }

 private:
    codegen::LibraryModel make_model() {
        const frontend::Module module = load_module(session_, options_.network.file);
        frontend::Request request = options_.network.request();
        std::optional<ir::Network> training;
        if (options_.gradients) {
            training = make_training_network(module);
            request.network = training->name;
        }
        if (training) refuse_equal_names(*training);
        ir::Network network = make_network(session_, module, request);
        if (training) network.seed = training->seed;  // edges that are drawn are the same for both
        refuse_equal_names(network);
        const PreparedNetwork run = prepare_network(session_, std::move(network), options_.weights);
        codegen::LibraryModel model;
        model.prefix =
            options_.prefix.empty() ? codegen::c_identifier(names_.stem) : options_.prefix;
        model.parameters = block_of_parameters(run.network);
        std::vector<std::byte> block = block_values(run, model.parameters);
        model.parameter_bytes = std::int64_t(block.size());
        if (!options_.weights.file.empty()) model.weights = std::move(block);
        model.run = run_program(run, model.parameters);
        if (training)
            model.training =
                training_programs(prepare_network(session_, std::move(*training), options_.weights),
                                  model.parameters);
        codegen::name_members(model);
        return model;
    }

    /// As `grad` makes it, which is as `train` does.
    ir::Network make_training_network(const frontend::Module& module) {
        if (frontend::train_names(module).empty())
            fail(Code::NoTraining, "`--grad` needs a `train` block, which says the loss",
                 options_.network.file);
        NetworkOptions options = options_.network;
        options.usual_mode = frontend::Mode::Train;
        frontend::Request request = options.request();
        request.training = true;
        request.train_block = options_.train_block;
        ir::Network network = make_network(session_, module, request);
        if (network.training->window)
            session_.diagnostics.report(
                Code::LaterWindows, network.training->range,
                "a library takes the gradients of whole runs, not in windows as `bptt = truncated` "
                "has them");
        session_.stop_on_errors();
        return network;
    }

    /// What the caller gives and receives has a member in a structure, by its name.
    void refuse_equal_names(const ir::Network& network) {
        std::map<std::string, const ir::Tensor*> known;
        const auto add = [&](const std::vector<ir::TensorId>& ids) {
            for (const ir::TensorId id : ids) {
                const ir::Tensor& tensor = network[id];
                const std::string name = codegen::c_identifier(tensor.name);
                const ir::Tensor& first = *known.emplace(name, &tensor).first->second;
                if (first.name == tensor.name) continue;
                session_.diagnostics
                    .report(Code::DuplicateName, tensor.range,
                            fmt::format("`{}` and `{}` are both `{}` in C", first.name, tensor.name,
                                        name))
                    .label(first.range, fmt::format("`{}` is declared here", first.name));
            }
        };
        add(network.inputs);
        if (network.training) add(network.training->targets);
        add(network.outputs);
        session_.stop_on_errors();
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
                           "compile net.snn --grad -o libnet.so  # training in a C program",
                           "compile net.snn -o libnet.so --target x86-64-v3,x86-64-v4",
                           "compile net.snn -o libnet.so --target aarch64"});
    auto options = std::make_shared<CompileOptions>();
    options->network.add_to(*verb);
    verb->add_option("-o,--out", options->out,
                     "libX.so (shared), libX.a (archive) or X.o; X.h and X.json go beside it")
        ->required();
    options->weights.add_to(*verb);
    verb->add_option("--prefix", options->prefix, "beginning of every name (default: X)")
        ->check(c_name());
    verb->add_option(
            "--target", options->targets,
            "the processors to compile for (default: this machine's): x86-64-v3 or x86-64-v4 "
            "or both, and the library takes the best that fits; or aarch64")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb->add_flag("--static", options->archive, "an archive for static linking, libX.a");
    auto* gradients = verb->add_flag("--grad", options->gradients,
                                     "loss, gradients and updates of a train block too");
    verb->add_option("--train-block", options->train_block,
                     "which train block, if there are several")
        ->needs(gradients);
    verb->callback([&tool, options] {
        tool.action = [options](Session& session) { return compile(session, *options); };
    });
}

}  // namespace snnc::driver
