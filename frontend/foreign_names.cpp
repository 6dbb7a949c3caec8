#include "frontend/foreign_names.h"

#include <algorithm>

namespace snnc::frontend {
namespace {

struct Row {
    std::string_view foreign, here;
};

// A word may stand in several rows; the place decides which of the meanings is possible there.
constexpr Row rows[] = {
    // cells: snnTorch, Norse, Brian2
    {"threshold", "theta"},
    {"thresh", "theta"},
    {"v_th", "theta"},
    {"vth", "theta"},
    {"decay", "beta"},
    {"reset_mechanism", "reset"},
    {"spike_grad", "surrogate"},
    {"surrogate_function", "surrogate"},
    {"mem", "v"},
    {"membrane", "v"},
    {"u", "v"},
    {"spk", "s"},
    {"spikes", "s"},
    {"spike", "s"},
    {"LIF", "Leaky"},
    {"LIFCell", "Leaky"},
    {"Lif", "Leaky"},
    {"LICell", "LI"},
    {"FastSigmoid", "fast_sigmoid"},
    {"ATan", "atan"},
    {"Triangular", "triangular"},
    // layers: PyTorch
    {"Linear", "dense"},
    {"linear", "dense"},
    {"Conv2d", "conv"},
    {"conv2d", "conv"},
    {"Conv1d", "conv1d"},
    {"MaxPool2d", "maxpool"},
    {"AvgPool2d", "avgpool"},
    {"Flatten", "flatten"},
    {"Dropout", "dropout"},
    {"BatchNorm2d", "batchnorm"},
    {"BatchNorm1d", "batchnorm"},
    // functions: NumPy, MATLAB, PyTorch
    {"log", "ln"},
    {"heaviside", "step"},
    {"maximum", "max"},
    {"minimum", "min"},
    {"clamp", "clip"},
    {"ReLU", "relu"},
    {"CrossEntropyLoss", "ce"},
    {"cross_entropy", "ce"},
    {"MSELoss", "mse"},
    {"mse_loss", "mse"},
    {"BCELoss", "bce"},
    // settings and training
    {"num_steps", "steps"},
    {"timesteps", "steps"},
    {"time_steps", "steps"},
    {"time_step", "dt"},
    {"batch_size", "batch"},
    {"num_epochs", "epochs"},
    {"learning_rate", "lr"},
    {"scheduler", "schedule"},
    {"lr_scheduler", "schedule"},
    {"criterion", "loss"},
    {"SGD", "sgd"},
    {"AdamW", "adamw"},
    // types and constants
    {"float32", "f32"},
    {"float", "f32"},
    {"float64", "f32"},
    {"double", "f32"},
    {"True", "true"},
    {"False", "false"},
    // units: Brian2 and habit
    {"sec", "s"},
    {"second", "s"},
    {"msec", "ms"},
    {"msecond", "ms"},
    {"usec", "us"},
    {"volt", "V"},
    {"Volt", "V"},
    {"mvolt", "mV"},
    {"amp", "A"},
    {"namp", "nA"},
    {"hertz", "Hz"},
    {"hz", "Hz"},
    {"ohm", "Ohm"},
    {"siemens", "S"},
    {"farad", "F"},
};

}  // namespace

std::vector<std::string> names_for(std::string_view foreign,
                                   const std::vector<std::string>& candidates) {
    std::vector<std::string> names;
    for (const Row& row : rows) {
        const bool possible =
            std::find(candidates.begin(), candidates.end(), row.here) != candidates.end();
        if (row.foreign == foreign && possible) names.emplace_back(row.here);
    }
    return names;
}

}  // namespace snnc::frontend
