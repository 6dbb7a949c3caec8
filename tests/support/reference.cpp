#include "tests/support/reference.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

#include "tests/support/process.h"

namespace snnc::test {

std::vector<Json> reference_cases(const std::string& name) {
    const char* other = std::getenv("SNNC_REFERENCE");
    const std::filesystem::path folder =
        other ? std::filesystem::path(other)
              : std::filesystem::path(SNNC_SOURCE_DIR) / "tests/reference";
    const auto path = folder / (name + ".json");
    return Json::parse(read_text(path)).at("cases").get<std::vector<Json>>();
}

Tensor tensor(const Json& json) {
    Tensor result{json.at("shape").get<std::vector<std::int64_t>>(), {}};
    for (const Json& value : json.at("data")) {
        result.data.push_back(value.is_string()
                                  ? std::strtof(value.get<std::string>().c_str(), nullptr)
                                  : static_cast<float>(value.get<double>()));
    }
    return result;
}

Tensors tensors(const Json& json) {
    Tensors result;
    for (const auto& [name, value] : json.items()) result[name] = tensor(value);
    return result;
}

std::string number_text(double value) {
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, static_cast<float>(value),
                                   std::chars_format::fixed);
    return {buffer, end.ptr};
}

std::string parameter_name(const std::string& reference_name) {
    static const std::map<std::string, std::string> names{{"threshold", "theta"},
                                                          {"graded_spikes_factor", "gain"}};
    const auto found = names.find(reference_name);
    return found == names.end() ? reference_name : found->second;
}

SurrogateText surrogate_text(const Json& surrogate) {
    const std::string name = surrogate.at("name");
    static const std::map<std::string, std::string> library{
        {"atan", "atan"},
        {"fast_sigmoid", "fast_sigmoid"},
        {"sigmoid", "sigmoid"},
        {"spike_rate_escape", "spike_rate_escape"},
        {"triangular", "triangular_snntorch"},
        {"straight_through_estimator", "straight_through"},
        {"heaviside", "heaviside"},
        {"SFS", "sfs_snntorch"},
        {"LSO", "lso"},
    };
    if (name == "custom_pw_linear") return {"hat", "surrogate hat(x) = max(0, 1 - abs(x))\n"};
    if (name == "custom_leaky") {
        return {"two_slopes", "surrogate two_slopes(x) = if x > 0 { 1 } else { 0.1 }\n"};
    }
    // Its slope below the threshold has the factor `variance`, which is 0 in every case.
    if (name == "SSO") return {"heaviside", {}};

    std::string arguments;
    for (const char* parameter : {"alpha", "slope", "threshold", "beta", "B"}) {
        if (!surrogate.contains(parameter)) continue;
        if (!arguments.empty()) arguments += ", ";
        arguments += parameter + (" = " + number_text(surrogate.at(parameter).get<double>()));
    }
    return {library.at(name) + (arguments.empty() ? "" : "(" + arguments + ")"), {}};
}

namespace {

std::string recurrence_of(const Json& neuron) {
    return neuron.contains("recurrent") ? neuron.at("recurrent").at("kind").get<std::string>() : "";
}

/// Recurrence by weights, `cell recurrent dense()` or `recurrent conv(c, k)`.
bool has_recurrent_layer(const Json& neuron) {
    const std::string kind = recurrence_of(neuron);
    return kind == "linear" || kind == "conv2d";
}

/// The library's class; recurrence by weights is that of the plain cell.
std::string cell_of(const Json& neuron) {
    const std::string name = neuron.at("neuron");
    return has_recurrent_layer(neuron) ? name.substr(1) : name;
}

std::string recurrent_layer(const Json& neuron) {
    if (recurrence_of(neuron) == "linear") return "dense()";
    const auto shape = tensor(neuron.at("recurrent").at("weight")).shape;
    return "conv(" + std::to_string(shape[0]) + ", (" + std::to_string(shape[2]) + ", " +
           std::to_string(shape[3]) + "))";
}

/// snnTorch's "zero" keeps the input for its Leaky and drops it everywhere else.
std::string reset_of(const Json& neuron) {
    std::string reset = neuron.at("reset");
    const std::string name = neuron.at("neuron");
    if (reset == "zero" && name == "Leaky") return "zero_state";
    if (reset == "subtract" && name == "Alpha") return "snntorch_subtract";
    return reset;
}

/// The parameters that the step of the class reads.
std::map<std::string, Tensor> parameters_of(const Json& neuron) {
    std::map<std::string, Tensor> result;
    const bool circuit = neuron.at("neuron") == "Lapicque";
    for (const auto& [name, value] : neuron.at("params").items()) {
        const bool informative = circuit && (name == "beta" || name == "time_step");
        if (!informative) result[parameter_name(name)] = tensor(value);
    }
    if (recurrence_of(neuron) == "one_to_one") result["V"] = tensor(neuron.at("recurrent").at("V"));
    return result;
}

}  // namespace

std::string state_name(const std::string& reference_name) {
    static const std::map<std::string, std::string> names{
        {"mem", "v"}, {"syn", "i"}, {"spk", "s"}, {"syn_exc", "exc"}, {"syn_inh", "inh"}};
    return names.at(reference_name);
}

std::string sample_shape(const Tensor& x) {
    std::string text;
    for (std::size_t i = 2; i < x.shape.size(); ++i)
        text += (text.empty() ? "" : ", ") + std::to_string(x.shape[i]);
    return text;
}

CellText cell_text(const Json& neuron, const std::string& name, CellParameters parameters,
                   const std::string& surrogate, const std::set<std::string>& learned) {
    CellText result;
    std::string arguments;
    const bool circuit = neuron.at("neuron") == "Lapicque";
    std::set<std::string> always;
    for (const std::string& reference_name : learned) always.insert(parameter_name(reference_name));
    for (const auto& [parameter, values] : parameters_of(neuron)) {
        const std::string first = number_text(values.data[0]);
        arguments += parameter + " = ";
        if (!values.shape.empty()) {
            // The text's value is only the first guess; the values stand in the weights file.
            arguments += "learn 0.5 per neuron, ";
        } else if (always.contains(parameter) ||
                   (parameters == CellParameters::Learned && !(circuit && parameter != "theta"))) {
            arguments += "learn " + first + ", ";
        } else {
            arguments += first + ", ";
            continue;
        }
        result.weights[name + "." + parameter] = values;
    }
    arguments += "reset = " + reset_of(neuron);
    if (!neuron.at("reset_delay").get<bool>()) arguments += ", timing = snntorch_immediate";
    if (neuron.at("inhibition").get<bool>()) arguments += ", inhibition = on";
    if (!surrogate.empty()) arguments += ", surrogate = " + surrogate;
    result.use = cell_of(neuron) + "(" + arguments + ")";
    if (has_recurrent_layer(neuron)) {
        result.use += " recurrent " + recurrent_layer(neuron);
        for (const char* part : {"weight", "bias"})
            result.weights[name + ".recurrent." + part] = tensor(neuron.at("recurrent").at(part));
    }
    if (circuit) {
        const Tensor dt = tensor(neuron.at("params").at("time_step"));
        result.settings = "    dt = " + number_text(dt.data[0]) + "\n";
    }
    return result;
}

std::string identifier(std::string text) {
    for (char& c : text) {
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    }
    return text;
}

}  // namespace snnc::test
