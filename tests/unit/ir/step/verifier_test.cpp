// Programs that are wrong in one place each.
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "ir/autodiff/differentiate.h"
#include "ir/step/program.h"
#include "tests/unit/ir/step/build.h"

namespace snnc::ir::test {
namespace {

class ProgramVerifier : public testing::Test {
 protected:
    ProgramVerifier() : mlp_(8, 40, 3) {
        Network& network = mlp_.build.net;
        std::vector<TensorId> wrt;
        for (const Parameter& parameter : network.parameters) wrt.push_back(parameter.tensor);
        add_optimizer(network, differentiate(network, mlp_.loss, wrt), {});
        LoweringOptions options;
        options.results = {mlp_.loss};
        options.updates = true;
        program_ = lower(network, options);
        EXPECT_TRUE(verify(network, program_).empty());
    }

    void expect_broken(const std::string& rule) {
        const std::vector<std::string> broken = verify(mlp_.build.net, program_);
        const auto names = [&](const std::string& text) {
            return text.find(rule) != std::string::npos;
        };
        EXPECT_TRUE(std::any_of(broken.begin(), broken.end(), names))
            << rule << "\nfirst of " << broken.size() << ": " << (broken.empty() ? "" : broken[0]);
    }

    /// The last scan in a direction that computes something.
    ScanTask& scan(Order order) {
        ScanTask* found = nullptr;
        for (Task& task : program_.tasks) {
            auto* candidate = std::get_if<ScanTask>(&task);
            if (candidate && candidate->order == order && !candidate->body.empty()) {
                found = candidate;
            }
        }
        if (!found) throw std::logic_error("no scan in this direction computes anything");
        return *found;
    }

    Mlp mlp_;
    StepProgram program_;
};

TEST_F(ProgramVerifier, TaskBeforeItsOperands) {
    std::swap(program_.tasks[0], program_.tasks[2]);
    expect_broken("which is not there");
}

TEST_F(ProgramVerifier, TaskMissing) {
    program_.tasks.erase(program_.tasks.begin());
    expect_broken("which is not there");
}

TEST_F(ProgramVerifier, ResultThatNothingComputes) {
    program_.tasks.clear();
    expect_broken("loss: is a result that nothing computes");
}

TEST_F(ProgramVerifier, TaskTwice) {
    program_.tasks.push_back(program_.tasks[0]);
    expect_broken("computed twice");
}

TEST_F(ProgramVerifier, SpikesThatAreNotStored) {
    program_.storage[mlp_.hidden.s.index] = Storage::None;
    expect_broken("reads hidden.s, which is not there");
}

TEST_F(ProgramVerifier, BitsOfSomethingElse) {
    program_.storage[mlp_.out.v.index] = Storage::Bits;
    expect_broken("bits hold spikes of a formula only");
}

TEST_F(ProgramVerifier, BodyInTheWrongOrder) {
    std::vector<TensorId>& body = scan(Order::Forward).body;
    std::reverse(body.begin(), body.end());
    expect_broken("against the order");
}

TEST_F(ProgramVerifier, ScanInTheWrongDirection) {
    scan(Order::Forward).order = Order::Backward;
    expect_broken("against the order");
}

TEST_F(ProgramVerifier, RecomputationMissing) {
    ASSERT_FALSE(scan(Order::Backward).recompute.empty());
    scan(Order::Backward).recompute.clear();
    expect_broken("which is not there");
}

TEST_F(ProgramVerifier, ScanOverOtherElements) {
    scan(Order::Backward).shape = {41};
    expect_broken("over other elements");
}

TEST_F(ProgramVerifier, ReadAfterAnUpdate) {
    std::rotate(program_.tasks.begin(), program_.tasks.end() - 1, program_.tasks.end());
    program_.tasks.insert(program_.tasks.begin(),
                          ScanTask{Order::Once, {3}, false, {}, {}, {}, {3}});
    expect_broken("after its update");
}

TEST_F(ProgramVerifier, StorageForOtherTensors) {
    program_.storage.pop_back();
    expect_broken("storage is not given");
}

}  // namespace
}  // namespace snnc::ir::test
