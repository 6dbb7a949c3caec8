// The manifest of a library: everything that a program needs to call it without the header.
#include <nlohmann/json.hpp>

#include "codegen/library_errors.h"
#include "codegen/library_fields.h"
#include "codegen/library_text.h"

namespace snnc::codegen {
namespace {

using Json = nlohmann::ordered_json;
using Use = LibraryArray::Use;

Json to_json(const SizeFormula& size) {
    return {{"constant", size.constant},
            {"per_step", size.per_step},
            {"per_sample", size.per_sample},
            {"per_step_and_sample", size.per_step_and_sample}};
}

Json to_json(const LibraryArray& array, std::int64_t offset) {
    Json json{{"name", array.name},
              {"member", array.member},
              {"offset", offset},
              {"dtype", array.kind == ir::DataKind::Index ? "int32" : "float32"},
              {"shape", array.shape},
              {"per_step", array.per_step},
              {"per_sample", array.per_sample}};
    if (array.kind != ir::DataKind::Index) json["spikes"] = array.kind == ir::DataKind::Spike;
    if (array.classes > 0) json["classes"] = array.classes;
    if (array.gradient) json["gradient"] = true;
    if (array.optional) json["optional"] = true;
    return json;
}

Json to_json(const std::vector<BlockTensor>& tensors) {
    Json json = Json::array();
    for (const BlockTensor& one : tensors)
        json.push_back({{"name", one.tensor.name},
                        {"dtype", "float32"},
                        {"shape", ir::shape_in_files(one.tensor)},
                        {"offset", one.offset},
                        {"stored_shape", one.tensor.shape},
                        {"last_axis_first", one.tensor.transposed_in_files}});
    return json;
}

/// Of a structure: its size, fields and arrays.
class StructureWriter {
 public:
    StructureWriter(const LibraryModel& model, Interface interface)
        : fields_(fields_of(model, interface)), arrays_(arrays_of(model, interface)) {}

    std::int64_t bytes() const { return array_offset(fields_, arrays_.size()); }

    Json fields() const {
        Json json = Json::array();
        for (std::size_t i = 0; i < fields_.size(); ++i)
            json.push_back({{"name", fields_[i].name},
                            {"offset", field_offset(fields_, i)},
                            {"type", fields_[i].type}});
        return json;
    }

    Json arrays(Use use) const {
        Json json = Json::array();
        for (std::size_t i = 0; i < arrays_.size(); ++i)
            if (arrays_[i].use == use)
                json.push_back(to_json(arrays_[i], array_offset(fields_, i)));
        return json;
    }

 private:
    std::vector<FieldInfo> fields_;
    const std::vector<LibraryArray>& arrays_;
};

Json training_json(const LibraryModel& model, const LibrarySizes& sizes) {
    const LibraryTraining& training = *model.training;
    const StructureWriter grad(model, Interface::Grad), update(model, Interface::Update);
    Json json{{"train_block", training.block},
              {"batch", training.settings.batch},
              {"epochs", training.settings.epochs},
              {"seed", training.seed}};
    json["grad"] = {{"arguments_bytes", grad.bytes()},
                    {"fields", grad.fields()},
                    {"inputs", grad.arrays(Use::Input)},
                    {"targets", grad.arrays(Use::Target)},
                    {"outputs", grad.arrays(Use::Output)},
                    {"memory_bytes", to_json(sizes.gradients)},
                    {"memory_bytes_with_inputs", to_json(sizes.input_gradients)}};
    json["update"] = {{"arguments_bytes", update.bytes()},
                      {"fields", update.fields()},
                      {"memory_bytes", sizes.update.constant}};
    json["optimizer"] = to_json(training.optimizer);
    json["optimizer_bytes"] = training.optimizer_bytes;
    return json;
}

}  // namespace

std::string library_manifest(const LibraryModel& model, const LibrarySizes& sizes,
                             const LibraryRequest& request) {
    const ir::Network& network = model.run.network;
    const StructureWriter run(model, Interface::Run);
    Json manifest;
    manifest["network"] = network.name;
    manifest["abi_version"] = abi_version;
    manifest["snnc_version"] = SNNC_VERSION;
    manifest["library"] = file_name(request.file);
    manifest["prefix"] = model.prefix;
    manifest["source_hash"] = request.source_hash;
    manifest["targets"] = Json::array();
    for (const Target& target : request.targets) manifest["targets"].push_back(target.name);
    manifest["dt"] = network.dt;
    manifest["steps"] = network.steps ? Json(*network.steps) : Json(nullptr);
    manifest["arguments_bytes"] = run.bytes();
    manifest["fields"] = run.fields();
    manifest["inputs"] = run.arrays(Use::Input);
    manifest["outputs"] = run.arrays(Use::Output);
    manifest["parameters"] = to_json(model.parameters);
    manifest["parameters_bytes"] = model.parameter_bytes;
    manifest["has_weights"] = model.weights.has_value();
    manifest["state_bytes"] = to_json(state_size(model.run));
    manifest["memory_bytes"] = to_json(sizes.run);
    if (model.training) manifest["training"] = training_json(model, sizes);
    manifest["errors"] = Json::object();
    for (const ErrorText& error : error_texts(model))
        manifest["errors"][error.name] = {{"code", error.code}, {"message", error.message}};
    return manifest.dump(2) + "\n";
}

}  // namespace snnc::codegen
