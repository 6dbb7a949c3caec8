// Files of events as data sets of train and eval.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "tests/e2e/small_network.h"
#include "tests/support/event_files.h"

namespace snnc::test {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t steps = 12, cells = 6;

/// `type` of the input, settings of the network and of the train block.
std::string network_text(const std::string& type, const std::string& settings = "dt = 10ms\n",
                         const std::string& more = "") {
    return "network Beats {\n    " + settings + "    input x" + type +
           "\n\n"
           "    x -> flatten -> dense(10) as fc1 -> Leaky(beta = 0.8) as hidden\n"
           "      -> dense(3) as fc2 -> LI(beta = 0.9) as out\n"
           "    output out.v\n"
           "}\n\n"
           "train of Beats {\n"
           "    target    label : class[3]\n"
           "    loss      = ce(mean_t(out.v), label)\n"
           "    metric    = accuracy(mean_t(out.v), label)\n"
           "    optimizer = adam(lr = 2e-2)\n"
           "    batch     = 8\n"
           "    epochs    = 8\n" +
           more + "}\n";
}

const std::string steps_and_dt = "dt = 10ms\n    steps = 12\n";

/// Samples of three classes: cells 2k and 2k + 1 are busy in class k. Some steps hold several
/// events of a cell; times lie at the beginning of steps and within.
struct Beats {
    EventFile file;
    Tensor counts{{steps, 0, cells}, {}};  // the same events as an array

    explicit Beats(std::int64_t samples, double start) {
        const Tensor chance = some_values({samples, steps, cells, 3}, 1);
        counts.shape[1] = samples;
        counts.data.resize(std::size_t(count_of(counts.shape)));
        double drift = start;
        std::size_t next = 0;
        for (std::int64_t sample = 0; sample < samples; ++sample) {
            const std::int64_t label = sample % 3;
            file.labels.push_back(label);
            file.times.emplace_back();
            file.units.emplace_back();
            for (std::int64_t step = 0; step < steps; ++step)
                for (std::int64_t cell = 0; cell < cells; ++cell)
                    for (int event = 0; event < 3; ++event) {
                        drift = std::fmod(drift + chance.data[next++], 1.0);
                        if (drift > (cell / 2 == label ? 0.4 : 0.1)) continue;
                        file.times.back().push_back((double(step) + 0.25 * event) * 0.01);
                        file.units.back().push_back(cell);
                        counts.data[std::size_t((step * samples + sample) * cells + cell)] += 1;
                    }
        }
    }
    Json labels() const { return {{"shape", {file.labels.size()}}, {"data", file.labels}}; }
    Tensor spikes() const {
        Tensor result = counts;
        for (float& value : result.data) value = std::min(value, 1.0f);
        return result;
    }
};

/// A folder set/ with beats_train.h5 and beats_test.h5.
struct Set {
    const SmallCase small;
    Beats train{36, 0.3}, test{15, 0.6};

    explicit Set(const std::string& network) {
        write_text(small.file("net.snn"), network);
        fs::create_directory(small.file("set"));
        train.file.real = EventFile::Real::F32;
        write();
    }
    void write() const {
        write_events(file("beats_train.h5"), train.file);
        write_events(file("beats_test.h5"), test.file);
    }
    std::string file(const std::string& name) const { return small.file("set/" + name); }
    ProcessResult run(const std::string& verb, const std::vector<std::string>& more) const {
        return small.run(verb, more, false);
    }
    ProcessResult run_on_set(const std::string& verb, std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {"--data", small.file("set")});
        return run(verb, more);
    }
};

void train_as_from_arrays(const std::string& type, const Tensor& (*array)(const Beats&, Tensor&)) {
    const Set set(network_text(type, steps_and_dt));
    const SmallCase& small = set.small;
    const ProcessResult result =
        set.run_on_set("train", {"--log", small.file("log"), "--out", small.file("w.safetensors")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    const auto epochs = events(read_text(small.file("log")), "epoch");
    EXPECT_LT(epochs.back().at("train_loss").get<double>(),
              0.7 * epochs.front().at("train_loss").get<double>());
    EXPECT_GT(epochs.back().at("test_accuracy").get<double>(), 0.8);

    Tensor room;
    write_npy(small.file("x.npy"), array(set.train, room));
    write_npy_labels(small.file("y.npy"), set.train.labels());
    const std::vector<std::string> arrays{"--input", "x=" + small.file("x.npy"), "--target",
                                          "label=" + small.file("y.npy")};
    std::vector<std::string> again = arrays;
    again.insert(again.end(), {"--out", small.file("again.safetensors")});
    ASSERT_EQ(set.run("train", again).exit_code, 0);
    EXPECT_EQ(read_text(small.file("w.safetensors")), read_text(small.file("again.safetensors")));
}

TEST(Events, several_in_a_step_are_one_spike) {
    train_as_from_arrays("[t] : spike[6]", [](const Beats& beats, Tensor& room) -> const Tensor& {
        return room = beats.spikes();
    });
}

TEST(Events, several_in_a_step_are_counted_by_numbers) {
    train_as_from_arrays("[t] : f32[2, 3] in [0, 3]",
                         [](const Beats& beats, Tensor& room) -> const Tensor& {
                             room = beats.counts;
                             room.shape = {steps, room.shape[1], 2, 3};
                             return room;
                         });
}

double loss_of(const ProcessResult& eval) {
    EXPECT_EQ(eval.exit_code, 0) << eval.err;
    return eval.exit_code == 0 ? Json::parse(eval.out).at("loss").get<double>() : NAN;
}

TEST(Events, both_back_ends_and_a_single_file) {
    const Set set(network_text("[t] : spike[6]", steps_and_dt, "    bptt = truncated(5)\n"));
    const std::string weights = set.small.file("w.safetensors");
    ASSERT_EQ(set.run_on_set("train", {"--backend", "interpret", "--epochs", "2", "--out",
                                       set.small.file("plain.safetensors")})
                  .exit_code,
              0);
    ASSERT_EQ(set.run("train", {"--data", set.file("beats_train.h5"), "--test-data",
                                set.file("beats_test.h5"), "--epochs", "2", "--out", weights})
                  .exit_code,
              0);
    const auto compiled = read_safetensors(weights);
    for (const auto& [name, plain] : read_safetensors(set.small.file("plain.safetensors")))
        for (std::size_t i = 0; i < plain.data.size(); ++i)
            EXPECT_NEAR(compiled.at(name).data[i], plain.data[i], 1e-4) << name;

    const double loss = loss_of(set.run_on_set("eval", {"--weights", weights, "--json"}));
    EXPECT_NEAR(
        loss_of(set.run_on_set("eval", {"--weights", weights, "--json", "--backend", "interpret"})),
        loss, 1e-5);
    EXPECT_EQ(loss_of(set.run(
                  "eval", {"--weights", weights, "--json", "--data", set.file("beats_test.h5")})),
              loss);
}

TEST(Events, beyond_the_run_are_cropped_where_the_text_says_so) {
    const std::string shorter = "dt = 10ms\n    steps = 9\n";
    const Set refused(network_text("[t] : spike[6]", shorter));
    const ProcessResult result = refused.run_on_set("train");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.err.find("[E0724]"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("beats_train.h5"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("a run of 12 steps would hold all"), std::string::npos);
    EXPECT_NE(result.err.find("`crop = true`"), std::string::npos) << result.err;

    const Set cropped(network_text("[t] : spike[6]", shorter, "    crop      = true\n"));
    EXPECT_EQ(cropped.run_on_set("train", {"--max-steps", "2"}).exit_code, 0);
}

// ---- wrong input -----------------------------------------------------------------------------

/// The training is refused with that code before it begins, in words of snnc.
void expect_refused(const Set& set, const std::string& code, const std::string& words) {
    const std::string log = set.small.file("log");
    const ProcessResult result = set.run_on_set("train", {"--log", log});
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_NE(result.err.find("[" + code + "]"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find(words), std::string::npos) << result.err;
    EXPECT_EQ(result.err.find("HDF5-DIAG"), std::string::npos) << result.err;
    EXPECT_FALSE(fs::exists(log));
}

TEST(BadEvents, in_the_files) {
    Set set(network_text("[t] : spike[6]", steps_and_dt));
    const Beats whole = set.train;
    set.train.file.units[4][2] = 6;
    set.write();
    expect_refused(set, "E0724", "has the unit 6 at event 2 of sample 4");
    set.train = whole;
    set.train.file.times[4][2] = NAN;
    set.write();
    expect_refused(set, "E0708", "has the time nan at event 2 of sample 4");
    set.train = whole;
    set.train.file.units[3].pop_back();
    set.write();
    expect_refused(set, "E0713", "in sample 3");
    set.train = whole;
    set.test.file.labels[7] = 3;
    set.write();
    expect_refused(set, "E0709", "holds the label 3 at [7], but there are 3 classes");
    set.test.file.without = {"labels"};
    set.write();
    expect_refused(set, "E0711", "has no `labels`");
    const std::string bytes = read_text(set.file("beats_train.h5"));
    write_text(set.file("beats_train.h5"), bytes.substr(0, bytes.size() / 2));
    expect_refused(set, "E0703", "is cut short");
    write_text(set.file("beats_train.h5"), "no events at all");
    expect_refused(set, "E0705", "is no HDF5 file");
    fs::remove(set.file("beats_train.h5"));
    expect_refused(set, "E0714", "none is called train.h5");
}

TEST(BadEvents, in_the_network) {
    const auto refused = [](const std::string& network, const std::string& code,
                            const std::string& words) {
        expect_refused(Set(network), code, words);
    };
    refused(network_text(" : f32[6]", steps_and_dt), "E0707", "`x` is held over the run");
    refused(network_text("[t] : f32[6]"), "E0719", "a file of events does not");
    refused(network_text("[t] : f32[6] in [0, 1]", steps_and_dt), "E0710", "outside of [0, 1]");
}

TEST(BadEvents, several_inputs) {
    std::string text = network_text("[t] : spike[6]", steps_and_dt);
    text.replace(text.find("    output"), 0,
                 "    input y[t] : spike[6]\n    y -> hidden2\n"
                 "    hidden2 : LI[6]\n");
    expect_refused(Set(text), "E0716", "feeds one input and one target");
}

TEST(BadEvents, times_without_a_step_count_steps) {
    Set set(network_text("[t] : spike[6]", "steps = 12\n"));
    const ProcessResult result = set.run_on_set("train", {"--max-steps", "1"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.err.find("[W0725]"), std::string::npos) << result.err;
    write_text(set.small.file("net.snn"),
               network_text("[t] : spike[6]", "dt = 1\n    steps = 12\n"));
    EXPECT_EQ(set.run_on_set("train", {"--max-steps", "1"}).err, "");
}

}  // namespace
}  // namespace snnc::test
