// Networks in which one rule of network.h is broken; each must give one message.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ir/net/network.h"
#include "tests/unit/ir/step/build.h"

namespace snnc::ir::test {

class NetworkVerifier : public testing::Test {
 protected:
    void expect_sound() const { EXPECT_EQ(verify(build_.net), std::vector<std::string>{}); }
    void expect_broken(const std::string& message) const {
        EXPECT_EQ(verify(build_.net), std::vector<std::string>{message});
    }
    TensorId define(Shape shape, Kind kind, DefinitionKind definition) {
        return build_.op("y", std::move(shape), kind, std::move(definition));
    }
    TensorId define(Shape shape, Kind kind, Term value) {
        return define(std::move(shape), kind, Formula{value.id});
    }
    Term read(TensorId id, int lag = 0) { return build_.read(id, lag); }

    Builder build_;
    Network& net_ = build_.net;
    const TensorId x_ = build_.input("x", {3}, true);
    const TensorId fixed_ = build_.input("fixed", {3}, false);
    const TensorId w_ = build_.weight("w", {3, 2});
    const TensorId label_ = build_.label("label");
    const TensorId missing_{1000};
};

}  // namespace snnc::ir::test
