// Values in files, losses and gradients count in the unit of their declaration (language.md 8.9):
// the same network, written in millivolts and milliseconds and in volts and seconds.
#include <gtest/gtest.h>

#include "tests/e2e/small_network.h"

namespace snnc::test {
namespace {

std::string network(bool volts) {
    const std::string v = volts ? "0.06V" : "60mV";
    return "neuron Cell {\n"
           "    input  I\n"
           "    output s\n"
           "    learn  tau = " +
           std::string(volts ? "0.02s in [0.001s, 1s]" : "20ms in [1ms, 1s]") +
           "\n"
           "    param  rest = -" +
           v +
           "\n"
           "    state  v = rest\n"
           "    dv/dt = (rest - v + I)/tau solve euler\n"
           "    s[t]  = spike(v + 50mV)\n"
           "}\n\n"
           "network Units {\n"
           "    dt = 1ms\n"
           "    input x[t] : f32[2]\n"
           "    x -> scale(learn " +
           std::string(volts ? "0.005V" : "5mV") +
           ") as w -> Cell as c\n"
           "    output c.v, c.s\n"
           "}\n\n"
           "train of Units {\n"
           "    loss      = mean_t(mean(c.v))\n"
           "    optimizer = sgd(lr = 0.001)\n"
           "    batch     = 3\n"
           "}\n";
}

class UnitsInFiles : public testing::TestWithParam<const char*> {
 protected:
    UnitsInFiles() {
        write_text(small_.file("mV.snn"), network(false));
        write_text(small_.file("V.snn"), network(true));
        write_npy(small_.file("x.npy"), some_values({30, 3, 2}));
    }
    void tool(const std::string& verb, const std::string& unit, std::vector<std::string> more) {
        std::vector<std::string> command{verb,        small_.file(unit + ".snn"),
                                         "--input",   "x=" + small_.file("x.npy"),
                                         "--backend", GetParam()};
        command.insert(command.end(), more.begin(), more.end());
        const ProcessResult result = small_.tool(command);
        ASSERT_EQ(result.exit_code, 0) << result.err;
        out_ = result.out;
    }
    std::string start(const std::string& unit, double scale) {
        Tensor v = some_values({3, 2}, 0.01 * scale);
        for (float& value : v.data) value -= float(0.06 * scale);
        write_npy(small_.file("start_" + unit + ".npy"), v);
        return "c.v=" + small_.file("start_" + unit + ".npy");
    }
    static void expect_scaled(const Tensor& volts, const Tensor& millivolts, double factor,
                              const std::string& what) {
        ASSERT_EQ(volts.data.size(), millivolts.data.size()) << what;
        for (std::size_t i = 0; i < volts.data.size(); ++i)
            ASSERT_NEAR(volts.data[i] / factor, millivolts.data[i],
                        1e-5 * (1e-3 + std::abs(millivolts.data[i])))
                << what << " at " << i;
    }
    const SmallCase small_;
    std::string out_;
};

TEST_P(UnitsInFiles, states_records_and_weights) {
    for (const std::string unit : {"mV", "V"})
        tool("run", unit,
             {"--state", start(unit, unit == "V" ? 1 : 1000), "--out", small_.file("out_" + unit),
              "--record", "c.I=" + small_.file("I_" + unit + ".npy"), "--save-state",
              small_.file("state_" + unit), "--save-weights", small_.file(unit + ".safetensors")});
    const auto compare = [&](const std::string& name, double factor) {
        expect_scaled(read_npy(small_.file("out_V/" + name)),
                      read_npy(small_.file("out_mV/" + name)), factor, name);
    };
    compare("c.v.npy", 1e-3);
    compare("c.s.npy", 1);
    EXPECT_NEAR(read_npy(small_.file("out_V/c.v.npy")).data[0], -0.06, 0.01);
    expect_scaled(read_npy(small_.file("state_V/c.v.npy")),
                  read_npy(small_.file("state_mV/c.v.npy")), 1e-3, "state");
    // A port's declaration has no unit.
    expect_scaled(read_npy(small_.file("I_V.npy")), read_npy(small_.file("I_mV.npy")), 1, "I");
    Tensors volts = read_safetensors(small_.file("V.safetensors"));
    Tensors millivolts = read_safetensors(small_.file("mV.safetensors"));
    EXPECT_FLOAT_EQ(volts.at("c.tau").data[0], 0.02f);
    EXPECT_FLOAT_EQ(millivolts.at("c.tau").data[0], 20);
    EXPECT_FLOAT_EQ(volts.at("w.weight").data[0], 0.005f);
    // Files that were written are read in the same unit.
    for (const std::string unit : {"mV", "V"})
        tool("run", unit,
             {"--weights", small_.file(unit + ".safetensors"), "--state",
              "c.v=" + small_.file("state_" + unit + "/c.v.npy"), "--out",
              small_.file("out_" + unit)});
    compare("c.v.npy", 1e-3);
}

TEST_P(UnitsInFiles, losses_and_gradients) {
    for (const std::string unit : {"mV", "V"})
        tool("grad", unit,
             {"--loss", "mean_t(sum(c.v))", "--state", start(unit, unit == "V" ? 1 : 1000), "--out",
              small_.file(unit + ".safetensors")});
    Tensors volts = read_safetensors(small_.file("V.safetensors"));
    Tensors millivolts = read_safetensors(small_.file("mV.safetensors"));
    // V/s and mV/ms, V/V and mV/mV are the same.
    for (const char* name : {"c.tau", "w.weight", "state.c.v"})
        expect_scaled(volts.at(name), millivolts.at(name), 1, name);
    expect_scaled(volts.at("input.x"), millivolts.at("input.x"), 1e-3, "input.x");
    EXPECT_GT(std::abs(volts.at("c.tau").data[0]), 1e-3);
}

TEST_P(UnitsInFiles, training_moves_a_parameter_in_its_unit) {
    for (const std::string unit : {"mV", "V"}) {
        tool("grad", unit, {"--out", small_.file("g_" + unit + ".safetensors")});
        tool("train", unit, {"--max-steps", "1", "--out", small_.file(unit + ".safetensors")});
        Tensors gradient = read_safetensors(small_.file("g_" + unit + ".safetensors"));
        Tensors after = read_safetensors(small_.file(unit + ".safetensors"));
        const float first = unit == "V" ? 0.005f : 5;
        EXPECT_NEAR(after.at("w.weight").data[0], first - 0.001f * gradient.at("w.weight").data[0],
                    1e-6)
            << unit;
    }
}

#ifdef SNNC_HAS_CODEGEN
INSTANTIATE_TEST_SUITE_P(backends, UnitsInFiles, testing::Values("interpret", "cpu"));
#else
INSTANTIATE_TEST_SUITE_P(backends, UnitsInFiles, testing::Values("interpret"));
#endif

}  // namespace
}  // namespace snnc::test
