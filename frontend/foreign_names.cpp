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
    {"out_channels", "c"},
    {"kernel_size", "k"},
    // cells: NEST, SpikingJelly
    {"iaf_psc_delta", "LifRefractory"},
    {"iaf_psc_exp", "LifRefractory"},
    {"iaf_psc_alpha", "LifRefractory"},
    {"hh_psc_alpha", "HodgkinHuxley"},
    {"aeif_cond_alpha", "AdEx"},
    {"aeif_cond_exp", "AdEx"},
    {"izhikevich", "Izhikevich"},
    {"poisson_generator", "PoissonSource"},
    {"PoissonGroup", "PoissonSource"},
    {"LIFNode", "Leaky"},
    {"IFNode", "IF"},
    {"V_th", "theta"},
    {"v_threshold", "theta"},
    {"V_reset", "v_reset"},
    {"E_L", "v_rest"},
    {"V_m", "v"},
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
    {"mVolt", "mV"},
    {"ampere", "A"},
    {"Ampere", "A"},
    {"amp", "A"},
    {"namp", "nA"},
    {"hertz", "Hz"},
    {"hz", "Hz"},
    {"ohm", "Ohm"},
    {"siemens", "S"},
    {"farad", "F"},
};

struct Remark {
    std::string_view words, place, text;
};

// What has no name of its own here. `place` is a name that is possible where the remark helps.
constexpr Remark remarks[] = {
    {" Sequential ModuleList ", "dense",
     "elements are joined by a chain, `x -> dense(10) as fc -> Leaky as out`"},
    {" softmax Softmax log_softmax LogSoftmax ", "dense",
     "`ce` in the loss takes scores and makes probabilities of them itself"},
    {" softmax Softmax log_softmax LogSoftmax ", "ce",
     "`ce` takes scores and makes probabilities of them itself"},
    {" ReLU Sigmoid Tanh GELU ", "dense",
     "functions stand in the equations of a cell, `y[t] = relu(x)`"},
    {" units out_features features ", "init", "the number of outputs stands first, `dense(10)`"},
    {" activation ", "init", "functions stand in the equations of a cell, `y[t] = relu(x)`"},
    {" same SAME ", "pi",
     "`padding` is a number: half of k keeps rows and columns, `padding = 1` for k = 3"},
    {" recurrent ", "beta", "feedback stands behind a cell, `Leaky(beta = 0.9) recurrent dense()`"},
    {" delay ", "pattern", "a delay is a layer of its own, `-> delay(2ms) -> sparse(p = 0.1) ->`"},
    {" freeze ", "bptt", "it stands without `=`: `freeze fc1`"},
    {" NeuronGroup ", "dense",
     "a population is declared by `pop : Leaky[100](beta = 0.9)`, its equations by `neuron`"},
    {" Synapses Connection synapses ", "dense",
     "connections are layers, `a -> sparse(p = 0.1) -> b` or `a -> dense() -> b`"},
    {" nn snn torch snntorch F layer neuron ", "dense",
     "layers and cells are called without a module, `dense(100)`, `Leaky(beta = 0.9)`"},
    {" np numpy torch math F jnp ", "pi", "functions are called without a module, `exp(x)`"},
    {" rand randn random randint ", "exp",
     "a random number has a name, `let n ~ uniform(0, 1)` or `let n ~ normal(0, 1)`"},
    {" range list array zeros ones ", "exp", "there are no lists; one number stands alone"},
    {" init_hidden ", "beta", "the states of a cell are always kept from step to step"},
    {" all_to_all ", "V", "all-to-all feedback is written `Leaky(beta = 0.9) recurrent dense()`"},
    {" on_pre on_post ", "pattern",
     "what a spike does stands in the cell at which it arrives, `on e: g = g + e`"},
    {" refractory t_ref tau_ref ", "surrogate",
     "a cell of your own says `refractory 5ms: v`, of the library `LifRefractory` does"},
    {" device ", "steps", "where a network runs is said on the command line, `--backend`"},
    {" lr momentum weight_decay betas eps ", "optimizer",
     "it belongs to the optimizer, `optimizer = adam(lr = 1e-3)`"},
};

}  // namespace

std::string remark_on(std::string_view foreign, const std::vector<std::string>& candidates) {
    const std::string word = " " + std::string(foreign) + " ";
    for (const Remark& remark : remarks) {
        const bool possible =
            std::find(candidates.begin(), candidates.end(), remark.place) != candidates.end();
        if (possible && remark.words.find(word) != std::string_view::npos)
            return std::string(remark.text);
    }
    return {};
}

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
