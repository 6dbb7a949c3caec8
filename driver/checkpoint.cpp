#include "driver/checkpoint.h"

#include <fmt/format.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "driver/parameters.h"
#include "runtime/safetensors.h"

namespace snnc::driver {
namespace {

using Json = nlohmann::json;

constexpr const char* metadata_key = "snnc.checkpoint";
constexpr const char* best_key = "snnc.best";
constexpr int format_version = 2;

/// Parameters and what the optimiser keeps beside them.
std::vector<ir::TensorId> kept_tensors(const ir::Network& network) {
    std::vector<ir::TensorId> result;
    for (std::uint32_t i = 0; i < network.tensors.size(); ++i) {
        const ir::Role role = network.tensors[i].role;
        if (role == ir::Role::Parameter || role == ir::Role::OptimizerState) result.push_back({i});
    }
    return result;
}

/// The sum goes on to the last bit, so it is kept as bits.
Json to_json(const TrainingPosition& position) {
    return {{"format", format_version},
            {"epoch", position.epoch},
            {"batch_in_epoch", position.batch_in_epoch},
            {"window", position.window},
            {"window_length", position.window_length},
            {"step", position.step},
            {"loss_sum_bits", std::bit_cast<std::uint64_t>(position.loss_sum)},
            {"samples_seen", position.samples_seen},
            {"seed", position.seed},
            {"batch", position.batch},
            {"sample_count", position.sample_count},
            {"validation_count", position.validation_count},
            {"shuffle", position.shuffle}};
}

[[noreturn]] void fail_format(const std::string& file) {
    fail(Code::BadFormat, "the file is no checkpoint of snnc", file);
}

TrainingPosition parse_position(const runtime::TensorFile& contents, const std::string& file) {
    const auto found = contents.metadata.find(metadata_key);
    if (found == contents.metadata.end()) fail_format(file);
    try {
        const Json json = Json::parse(found->second);
        if (json.at("format") != format_version) fail_format(file);
        TrainingPosition position;
        json.at("epoch").get_to(position.epoch);
        json.at("batch_in_epoch").get_to(position.batch_in_epoch);
        json.at("window").get_to(position.window);
        json.at("window_length").get_to(position.window_length);
        json.at("step").get_to(position.step);
        position.loss_sum = std::bit_cast<double>(json.at("loss_sum_bits").get<std::uint64_t>());
        json.at("samples_seen").get_to(position.samples_seen);
        json.at("seed").get_to(position.seed);
        json.at("batch").get_to(position.batch);
        json.at("sample_count").get_to(position.sample_count);
        json.at("validation_count").get_to(position.validation_count);
        json.at("shuffle").get_to(position.shuffle);
        return position;
    } catch (const Json::exception&) {
        fail_format(file);
    }
}

void check_same_training(const TrainingPosition& position, const TrainingPosition& expected,
                         const std::string& file) {
    const auto check = [&](const char* what, auto in_file, auto now) {
        if (in_file == now) return;
        fail(Code::CheckpointMismatch,
             fmt::format("the checkpoint belongs to a training with {} {}, but this one has {}",
                         what, in_file, now),
             file);
    };
    check("seed", position.seed, expected.seed);
    check("batch", position.batch, expected.batch);
    check("a number of samples of", position.sample_count, expected.sample_count);
    check("a number of validation samples of", position.validation_count,
          expected.validation_count);
    check("shuffle", position.shuffle, expected.shuffle);
    check("windows of length", position.window_length, expected.window_length);
    if (position.window < 0 || position.epoch < 0 || position.batch_in_epoch < 0 ||
        position.step < 0)
        fail_format(file);
}

/// Under which name the state between two windows is kept.
std::string past_name(std::size_t index) { return fmt::format("past({})", index); }

/// Under which name a tensor of the best weights is kept.
std::string best_name(const std::string& tensor) { return "best(" + tensor + ")"; }

Json to_json(const BestSoFar& best) {
    return {{"epoch", best.epoch},
            {"score_bits", std::bit_cast<std::uint64_t>(best.score)},
            {"waited", best.waited}};
}

std::optional<BestSoFar> parse_best(const runtime::TensorFile& contents, const std::string& file) {
    const auto found = contents.metadata.find(best_key);
    if (found == contents.metadata.end()) return std::nullopt;
    BestSoFar best;
    try {
        const Json json = Json::parse(found->second);
        json.at("epoch").get_to(best.epoch);
        best.score = std::bit_cast<double>(json.at("score_bits").get<std::uint64_t>());
        json.at("waited").get_to(best.waited);
    } catch (const Json::exception&) {
        fail_format(file);
    }
    for (const auto& [name, array] : contents.tensors)
        if (name.starts_with("best(") && name.ends_with(")"))
            best.weights.tensors[name.substr(5, name.size() - 6)] = array;
    return best;
}

}  // namespace

std::string checkpoint_file(const std::string& folder) {
    return folder + "/checkpoint.safetensors";
}

void save_checkpoint(const std::string& folder, const ir::Network& network,
                     const PortValues& values, const TrainingMemory& memory) {
    runtime::TensorFile file;
    for (const ir::TensorId id : kept_tensors(network)) {
        file.tensors[network[id].name] = to_file_layout(network[id], values.at(id));
    }
    for (std::size_t i = 0; i < memory.pasts.size(); ++i) {
        const PastValues& past = memory.pasts[i];
        file.tensors[past_name(i)] = runtime::Array::of_f32({std::int64_t(past.size())}, past);
    }
    file.metadata[metadata_key] = to_json(memory.position).dump();
    if (memory.best) {
        file.metadata[best_key] = to_json(*memory.best).dump();
        for (const auto& [name, array] : memory.best->weights.tensors)
            file.tensors[best_name(name)] = array;
    }
    runtime::write_safetensors(checkpoint_file(folder), file);
}

TrainingMemory load_checkpoint(const std::string& folder, const ir::Network& network,
                               const TrainingPosition& expected, PortValues& values) {
    const std::string file = checkpoint_file(folder);
    const runtime::TensorFile contents = runtime::read_safetensors(file);
    TrainingMemory memory{parse_position(contents, file), {}, parse_best(contents, file)};
    check_same_training(memory.position, expected, file);
    const auto kept = kept_tensors(network);
    for (const ir::TensorId id : kept) {
        const auto found = contents.tensors.find(network[id].name);
        if (found == contents.tensors.end() ||
            found->second.shape != ir::shape_in_files(network[id])) {
            fail(Code::CheckpointMismatch,
                 fmt::format(
                     "the checkpoint has no tensor `{}` of shape {}, so it belongs to another "
                     "network or optimiser",
                     network[id].name, runtime::to_string(ir::shape_in_files(network[id]))),
                 file);
        }
        values[id] = from_file_layout(network[id], found->second);
    }
    for (std::size_t i = 0; contents.tensors.contains(past_name(i)); ++i)
        memory.pasts.push_back(contents.tensors.at(past_name(i)).to_f32());
    const std::size_t best = memory.best ? memory.best->weights.tensors.size() : 0;
    if (contents.tensors.size() != kept.size() + memory.pasts.size() + best) {
        fail(Code::CheckpointMismatch,
             "the checkpoint holds further tensors, so it belongs to another network or optimiser",
             file);
    }
    return memory;
}

}  // namespace snnc::driver
