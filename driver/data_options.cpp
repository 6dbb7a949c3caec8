#include "driver/data_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "driver/event_samples.h"
#include "runtime/data_folders.h"
#include "runtime/event_set.h"

namespace snnc::driver {
namespace {

/// What stands for the data where the command line names none.
constexpr const char* default_data = "fashion-mnist";

SizeFinder sizes_of(const ir::Network& network) {
    SizeFinder sizes;
    if (network.steps) sizes.see_steps(*network.steps, "`--steps` or the network's settings");
    return sizes;
}

/// What gives each port its own array, for messages.
std::string ways_out(const runtime::PortNames& ports) {
    std::vector<std::string> options, members;
    for (const std::string& name : ports.inputs)
        options.push_back(fmt::format("--input {0}={0}.npy", name));
    for (const std::string& name : ports.targets)
        options.push_back(fmt::format("--target {0}={0}.npy", name));
    for (const auto* names : {&ports.inputs, &ports.targets})
        for (const std::string& name : *names) members.push_back(name + "_train");
    return fmt::format(
        "`{}` give each its own array; `--data` takes an .npz with {} and the same for _test",
        fmt::join(options, " "), quoted_list(members));
}

/// The data sets that there are, or which of them was meant.
std::string known_sets(const std::string& name) {
    std::vector<std::string> known = runtime::data_folder_names();
    known.emplace_back("builtin");
    const std::string hint = did_you_mean(name, known);
    return hint.empty() ? "there are " + quoted_list(known) : hint;
}

/// What `read` returns; where the set is missing or does not fit the ports, the message says what
/// would do.
template <class Read>
auto with_ways_out(const std::string& name, const runtime::PortNames& ports, const Read& read) {
    try {
        return read();
    } catch (const runtime::DataError& error) {
        const bool missing = error.kind == runtime::DataErrorKind::DataSetMissing;
        if (!missing && error.kind != runtime::DataErrorKind::PortsDiffer) throw;
        Diagnostic diagnostic = to_diagnostic(error);
        diagnostic.notes.push_back(missing ? known_sets(name) : ways_out(ports));
        throw Failure{std::move(diagnostic)};
    }
}

/// A data set that the command line names: event files, or arrays. Each part is taken once.
class NamedSet {
 public:
    NamedSet(Session& session, const ir::Network& network, const std::string& name)
        : session_(session), network_(network) {
        const runtime::PortNames ports = port_names(network);
        if (!name.ends_with(".npz") && name != "builtin") events_ = runtime::find_event_set(name);
        with_ways_out(name, ports, [&] {
            if (events_)
                runtime::check_one_of_each(name, ports);
            else
                arrays_ = runtime::load_data_set(name, ports);
        });
    }

    SampleSet train(SizeFinder& sizes) {
        if (events_) return samples_of_events(session_, network_, events_->train, sizes);
        return samples_of(network_, std::move(arrays_.train), arrays_.name, sizes);
    }
    /// A file of events that trains is no test of what it taught.
    bool has_test() const { return !events_ || !events_->one_file(); }
    SampleSet test(SizeFinder& sizes) {
        if (events_) return samples_of_events(session_, network_, events_->test, sizes);
        return samples_of(network_, std::move(arrays_.test), arrays_.name, sizes);
    }

 private:
    Session& session_;
    const ir::Network& network_;
    std::optional<runtime::EventSet> events_;
    runtime::DataSet arrays_;
};

/// The set that `--data` names.
NamedSet chosen_set(Session& session, const ir::Network& network, const DataOptions& options) {
    return {session, network, options.data.empty() ? default_data : options.data};
}

/// Are the samples arrays of their own?
bool arrays_given(const DataOptions& options) {
    const bool given = !options.inputs.empty() || !options.targets.empty();
    if (given && !options.data.empty())
        fail(Code::BadCommandLine,
             "`--data` and `--input` or `--target` both say what the samples are");
    return given;
}

}  // namespace

void DataOptions::add_to(CLI::App& verb, bool testing) {
    verb.add_option("--data", data,
                    "fashion-mnist, mnist, builtin (a small generated set), a folder of IDX files "
                    "or of event files (shd_train.h5, shd_test.h5), an .npz, or one event file "
                    "(.h5, .hdf5) (default: fashion-mnist)");
    add_assignments(verb, "--input", inputs, "NAME=X.npy: an input's values for all samples");
    add_assignments(verb, "--target", targets, "NAME=Y.npy: a target's values for all samples");
    if (testing) return;
    verb.add_option("--test-data", test_data, "another data set, whose test part is used");
    add_assignments(verb, "--test-input", test_inputs, "NAME=X.npy: inputs of the test samples");
    add_assignments(verb, "--test-target", test_targets, "NAME=Y.npy: targets of the test samples");
}

TrainingData load_data(Session& session, const ir::Network& network, const DataOptions& options) {
    TrainingData result;
    SizeFinder sizes = sizes_of(network);
    if (arrays_given(options)) {
        result.train =
            samples_of_arrays(session, network, options.inputs, options.targets, "--", sizes);
    } else {
        NamedSet set = chosen_set(session, network, options);
        result.train = set.train(sizes);
        if (options.test_data.empty() && set.has_test()) {
            SizeFinder test_sizes = sizes;
            result.test = set.test(test_sizes);
        }
    }
    SizeFinder test_sizes = sizes;
    if (!options.test_data.empty()) {
        result.test = NamedSet(session, network, options.test_data).test(test_sizes);
    } else if (!options.test_inputs.empty() || !options.test_targets.empty()) {
        result.test = samples_of_arrays(session, network, options.test_inputs, options.test_targets,
                                        "--test-", test_sizes);
    }
    result.steps = sizes.size(network).steps;
    return result;
}

TrainingData load_test_data(Session& session, const ir::Network& network,
                            const DataOptions& options) {
    TrainingData result;
    SizeFinder sizes = sizes_of(network);
    if (arrays_given(options)) {
        result.test =
            samples_of_arrays(session, network, options.inputs, options.targets, "--", sizes);
    } else {
        result.test = chosen_set(session, network, options).test(sizes);
    }
    result.steps = sizes.size(network).steps;
    return result;
}

}  // namespace snnc::driver
