// Properties of random programs, from their text to what runs:
//
//   * the formatter keeps the tree, whatever the layout, and is idempotent;
//   * every variable and the loss are what the model of the program says (in double);
//   * gradients are the derivatives of the loss (programs without spikes and detach);
//   * float and compiled code give what double gives, up to rounding: the same spikes, unless a
//     decision lies next to a tie.
//
// SNNC_RANDOM_PROGRAMS says how many programs there are of each flavour, SNNC_RANDOM_SEED the first
// seed, SNNC_RANDOM_COMPILED how many of them are compiled (the slow part).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "frontend/ast_printer.h"
#include "frontend/format.h"
#include "frontend/parse.h"
#include "ir/autodiff/differentiate.h"
#include "ir/passes/forward_copies.h"
#include "tests/random/given.h"
#include "tests/random/margins.h"
#include "tests/random/program.h"
#include "tests/unit/ir/step/run.h"
#ifdef SNNC_HAS_CODEGEN
#include "codegen/backend.h"
#endif

namespace snnc::test {
namespace {

using namespace ir;
using ir::test::Run;

int setting(const char* name, int otherwise) {
    const char* given = std::getenv(name);
    return given ? std::atoi(given) : otherwise;
}

// ---- one program ---------------------------------------------------------------------------

struct Tally {
    int programs = 0, near_ties = 0, derivatives = 0, compiled = 0, ill_conditioned = 0;
};

class Trial {
 public:
    Trial(std::uint64_t seed, Flavour flavour, Tally& tally)
        : seed_(seed),
          flavour_(flavour),
          tally_(tally),
          program_(random_program(seed, flavour)),
          size_{1 + std::int64_t(seed % 6), 1 + std::int64_t(seed / 6 % 3)} {}

    const std::string& text() const { return program_.text; }

    void check_format() const {
        SourceManager sources;
        Diagnostics diagnostics;
        const auto tree = [&](const std::string& text, std::string* formatted) {
            const FileId file = sources.add("random.snn", text);
            const auto program = frontend::parse(sources, file, diagnostics);
            if (!program) {
                ADD_FAILURE() << diagnostics.all().front().message << "\n" << text;
                return std::string();
            }
            if (formatted) *formatted = frontend::format(sources, file, *program);
            return frontend::print_ast(*program);
        };
        const std::string other = relaid(program_.text, seed_);
        std::string once, twice;
        const std::string expected = tree(program_.text, nullptr);
        EXPECT_EQ(tree(other, &once), expected);
        EXPECT_EQ(tree(once, &twice), expected);
        EXPECT_EQ(twice, once);
    }

    void check_values(bool compile) {
        ++tally_.programs;
        auto network = network_of(program_.text, program_.trains);
        if (!network) return;
        for (const std::string& broken : verify(*network)) ADD_FAILURE() << broken;
        given_ = draw(*network, size_, seed_);
        for (int i = 0; i < program_.model->count(); ++i)
            if (const std::string& name = (*program_.model)[i].name; !name.empty()) {
                ASSERT_TRUE(network->find(name).valid()) << name;
                named_.push_back(i);
            }
        check_forward(*network);
        if (testing::Test::HasFailure()) return;
        check_gradients(*network, compile);
    }

 private:
    template <class Real>
    Run run(const Network& network, const StepProgram& program) const {
        return ir::test::run<Real>(network, program, size_, 1, by_tensor(network, given_));
    }

    TensorId tensor_of(const Network& network, int signal) const {
        return network.find((*program_.model)[signal].name);
    }

    static StepProgram lowered(const Network& network, std::vector<TensorId> results) {
        LoweringOptions options;
        std::sort(results.begin(), results.end());
        results.erase(std::unique(results.begin(), results.end()), results.end());
        options.results = std::move(results);
        StepProgram program = lower(network, options);
        for (const std::string& broken : verify(network, program)) ADD_FAILURE() << broken;
        return program;
    }

    void check_forward(Network network) {
        Margins margins(network);
        std::vector<TensorId> results = margins.tensors();
        for (const int signal : named_) results.push_back(tensor_of(network, signal));
        const StepProgram program = lowered(network, results);
        const Run exact = run<double>(network, program), single = run<float>(network, program);
        near_tie_ = margins.smallest(exact, single, size_, true) < 1e-4;
        near_kink_ = margins.smallest(exact, exact, size_, false) < 1e-4;
        tally_.near_ties += near_tie_;

        Model& model = *program_.model;
        for (const int signal : named_)
            if (model[signal].is_drawn)
                given_[model[signal].name] = exact[tensor_of(network, signal)];
        model.start(given_, {int(size_.steps), int(size_.samples)});
        for (const int signal : named_) {
            const TensorId id = tensor_of(network, signal);
            compare_with_model(network[id], exact[id], signal);
        }
        EXPECT_GT(named_.size(), 3);
    }

    void compare_with_model(const ir::Tensor& tensor, const std::vector<double>& values,
                            int signal) const {
        const auto n = std::size_t(element_count(tensor.shape));
        const std::int64_t samples = tensor.per_sample ? size_.samples : 1;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto row = std::int64_t(i / n);
            const double expected =
                program_.model->value(signal, {int(row / samples), int(row % samples), int(i % n)});
            ASSERT_NEAR(values[i], expected, 1e-9 * std::max(1.0, std::abs(expected)))
                << tensor.name << " at " << i;
        }
    }

    // ---- gradients -------------------------------------------------------------------------

    void check_gradients(Network& network, bool compile) {
        std::vector<TensorId> wrt = network.inputs;
        for (const Parameter& parameter : network.parameters)
            if (network[parameter.tensor].trainable) wrt.push_back(parameter.tensor);
        const TensorId loss = network.training->loss;
        const Gradients gradients = differentiate(network, loss, wrt);
        for (const std::string& broken : verify(network)) ADD_FAILURE() << broken;
        forward_copies(network);
        std::vector<TensorId> results{loss};
        for (const int signal : named_) results.push_back(tensor_of(network, signal));
        for (const TensorId id : wrt)
            if (gradients.of(id).valid()) results.push_back(gradients.of(id));
        const StepProgram program = lowered(network, results);
        const Run exact = run<double>(network, program), single = run<float>(network, program);
        if (flavour_ == Flavour::Smooth && !near_kink_)
            for (const TensorId id : wrt) check_derivative(network, loss, id, gradients, exact);
        if (!near_tie_) compare_float(network, program, exact, single);
        if (compile) check_compiled(network, program, exact, single);
    }

    double loss_at(const Network& network, const StepProgram& program, TensorId loss, TensorId id,
                   const std::vector<double>& direction, double distance) {
        std::vector<double>& values = given_.at(network[id].name);
        const std::vector<double> before = values;
        for (std::size_t i = 0; i < values.size(); ++i) values[i] += distance * direction[i];
        const std::vector<double> losses = run<double>(network, program)[loss];
        values = before;
        double total = 0;
        for (const double one : losses) total += one;
        return total / double(losses.size());
    }

    void check_derivative(const Network& network, TensorId loss, TensorId id,
                          const Gradients& gradients, const Run& exact) {
        if (network[id].kind == DataKind::Spike) return;
        Dice dice(seed_ + id.index);
        std::vector<double> direction;
        for (std::size_t i = 0; i < given_.at(network[id].name).size(); ++i)
            direction.push_back(dice.number());
        double slope = 0;
        if (gradients.of(id).valid())
            for (std::size_t i = 0; i < direction.size(); ++i)
                slope += exact[gradients.of(id)][i] * direction[i];
        const StepProgram forward = lowered(network, {loss});
        const double h = 1e-5;
        const double difference = (loss_at(network, forward, loss, id, direction, h) -
                                   loss_at(network, forward, loss, id, direction, -h)) /
                                  (2 * h);
        EXPECT_NEAR(slope, difference, 1e-6 * std::max(1.0, std::abs(difference)))
            << network[id].name;
        ++tally_.derivatives;
    }

    // ---- float and compiled code -----------------------------------------------------------

    struct Distance {
        double scale = 1, rounding = 0;
    };
    static Distance distance(const std::vector<double>& exact, const std::vector<double>& single) {
        Distance result;
        for (std::size_t i = 0; i < exact.size(); ++i) {
            result.scale = std::max(result.scale, std::abs(exact[i]));
            result.rounding = std::max(result.rounding, std::abs(exact[i] - single[i]));
        }
        return result;
    }

    void compare_float(const Network& network, const StepProgram& program, const Run& exact,
                       const Run& single) {
        for (const Port& port : program.ports) {
            const Distance d = distance(exact[port.tensor], single[port.tensor]);
            if (d.rounding > 1e-3 * d.scale) {
                ++tally_.ill_conditioned;
                if (std::getenv("SNNC_RANDOM_VERBOSE"))
                    std::printf("seed %llu: %s differs by %g of %g in float\n",
                                static_cast<unsigned long long>(seed_),
                                network[port.tensor].name.c_str(), d.rounding, d.scale);
            }
        }
    }

    void check_compiled([[maybe_unused]] const Network& network,
                        [[maybe_unused]] const StepProgram& program,
                        [[maybe_unused]] const Run& exact, [[maybe_unused]] const Run& single) {
#ifdef SNNC_HAS_CODEGEN
        ++tally_.compiled;
        codegen::CompileOptions options;
        if (seed_ % 2) options.target = codegen::Target::named("x86-64-v3");
        options.threads = 1 + int(seed_ / 2 % 2);
        const auto executable = codegen::compile(network, program, options);
        const auto given = by_tensor(network, given_);
        const Run got = ir::test::run_by(
            network, program, size_, 1, [&](const auto& ports) { executable->run(size_, ports); },
            given);
        if (near_tie_) return;
        for (const Port& port : program.ports) {
            const ir::Tensor& tensor = network[port.tensor];
            const auto& a = got[port.tensor];
            const auto& b = single[port.tensor];
            const Distance d = distance(exact[port.tensor], b);
            const bool spikes = tensor.kind == DataKind::Spike;
            const double bound = spikes ? 0 : 1e-5 * d.scale + 4 * d.rounding;
            for (std::size_t i = 0; i < a.size(); ++i)
                ASSERT_TRUE(std::abs(a[i] - b[i]) <= bound ||
                            (std::isnan(a[i]) && std::isnan(b[i])))
                    << tensor.name << " at " << i << ": " << a[i] << ", interpreted " << b[i]
                    << ", in double " << exact[port.tensor][i] << "; " << options.target.name;
        }
#endif
    }

    std::uint64_t seed_;
    Flavour flavour_;
    Tally& tally_;
    Program program_;
    RunSize size_;
    Given given_;
    std::vector<int> named_;  // signals that are tensors
    bool near_tie_ = false, near_kink_ = false;
};

class RandomPrograms : public testing::TestWithParam<Flavour> {};

TEST_P(RandomPrograms, MeanWhatTheySay) {
    const bool smooth = GetParam() == Flavour::Smooth;
    const int count = setting("SNNC_RANDOM_PROGRAMS", 60);
    const int compiled = setting("SNNC_RANDOM_COMPILED", 6);
    const int first = setting("SNNC_RANDOM_SEED", 0);
    Tally tally;
    for (int i = 0; i < count; ++i) {
        Trial trial(std::uint64_t(first + i), GetParam(), tally);
        trial.check_format();
        trial.check_values(i < compiled);
        if (HasFailure()) {
            ADD_FAILURE() << (smooth ? "smooth" : "spiking")
                          << " program, SNNC_RANDOM_SEED=" << first + i << "\n"
                          << trial.text();
            return;
        }
    }
    std::printf("%d programs, %d near a tie, %d derivatives, %d compiled, %d ill-conditioned\n",
                tally.programs, tally.near_ties, tally.derivatives, tally.compiled,
                tally.ill_conditioned);
    EXPECT_LT(tally.near_ties, tally.programs / 2 + 1);
    // Of thousands of tensors: sums that nearly cancel.
    EXPECT_LE(tally.ill_conditioned, tally.programs / 100);
    if (smooth) {
        EXPECT_GT(tally.derivatives, tally.programs / 2);
    }
}

INSTANTIATE_TEST_SUITE_P(, RandomPrograms, testing::Values(Flavour::Smooth, Flavour::Spiking),
                         [](const auto& item) {
                             return item.param == Flavour::Smooth ? "smooth" : "spiking";
                         });

}  // namespace
}  // namespace snnc::test
