#include "driver/data_options.h"

#include <fmt/format.h>

namespace snnc::driver {
namespace {

/// What stands for the data where the command line names none.
constexpr const char* default_data = "fashion-mnist";

SizeFinder sizes_of(const ir::Network& network) {
    SizeFinder sizes;
    if (network.steps) sizes.see_steps(*network.steps, "`--steps` or the network's settings");
    return sizes;
}

void check_not_both(const DataOptions& options) {
    if (options.data.empty() || (options.inputs.empty() && options.targets.empty())) return;
    fail(Code::BadCommandLine,
         "`--data` and `--input` or `--target` both say what the samples are");
}

}  // namespace

void DataOptions::add_to(CLI::App& verb, bool testing) {
    verb.add_option("--data", data,
                    "fashion-mnist, mnist, builtin (a small generated set), a folder of IDX files, "
                    "or an .npz (default: fashion-mnist)");
    add_assignments(verb, "--input", inputs, "NAME=X.npy: an input's values for all samples");
    add_assignments(verb, "--target", targets, "NAME=Y.npy: a target's values for all samples");
    if (testing) return;
    verb.add_option("--test-data", test_data, "another data set, whose test part is used");
    add_assignments(verb, "--test-input", test_inputs, "NAME=X.npy: inputs of the test samples");
    add_assignments(verb, "--test-target", test_targets, "NAME=Y.npy: targets of the test samples");
}

TrainingData load_data(Session& session, const ir::Network& network, const DataOptions& options) {
    check_not_both(options);
    TrainingData result;
    SizeFinder sizes = sizes_of(network);
    if (options.inputs.empty() && options.targets.empty()) {
        const std::string name = options.data.empty() ? default_data : options.data;
        runtime::DataSet set = runtime::load_data_set(name);
        result.train = samples_of(network, std::move(set.train), set.name, sizes);
        if (options.test_data.empty()) {
            SizeFinder test_sizes = sizes;
            result.test = samples_of(network, std::move(set.test), set.name, test_sizes);
        }
    } else {
        result.train =
            samples_of_arrays(session, network, options.inputs, options.targets, "--", sizes);
    }
    if (!options.test_data.empty()) {
        SizeFinder test_sizes = sizes;
        runtime::DataSet set = runtime::load_data_set(options.test_data);
        result.test = samples_of(network, std::move(set.test), set.name, test_sizes);
    } else if (!options.test_inputs.empty() || !options.test_targets.empty()) {
        SizeFinder test_sizes = sizes;
        result.test = samples_of_arrays(session, network, options.test_inputs, options.test_targets,
                                        "--test-", test_sizes);
    }
    result.steps = sizes.size(network).steps;
    return result;
}

TrainingData load_test_data(Session& session, const ir::Network& network,
                            const DataOptions& options) {
    check_not_both(options);
    TrainingData result;
    SizeFinder sizes = sizes_of(network);
    if (options.inputs.empty() && options.targets.empty()) {
        const std::string name = options.data.empty() ? default_data : options.data;
        runtime::DataSet set = runtime::load_data_set(name);
        result.test = samples_of(network, std::move(set.test), set.name, sizes);
    } else {
        result.test =
            samples_of_arrays(session, network, options.inputs, options.targets, "--", sizes);
    }
    result.steps = sizes.size(network).steps;
    return result;
}

}  // namespace snnc::driver
