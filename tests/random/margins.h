// How far the decisions of a network are from a tie: where rounding could decide a spike or a
// branch.
#pragma once

#include <set>
#include <tuple>
#include <vector>

#include "ir/net/network.h"
#include "tests/unit/ir/step/run.h"

namespace snnc::test {

/// Adds tensors to a network that say how far each of its decisions is from a tie.
class Margins {
 public:
    explicit Margins(ir::Network& network);

    /// To be asked for as results of a run.
    std::vector<ir::TensorId> tensors() const;

    /// The smallest distance in two runs; `exact` leaves out ties that are exact in both.
    double smallest(const ir::test::Run& a, const ir::test::Run& b, const ir::RunSize& size,
                    bool exact) const;

 private:
    void look(ir::ExprId root, ir::TensorId target);
    void decision(const ir::ExprNode& node, ir::TensorId target);
    void add(ir::ExprId distance, ir::TensorId target);

    ir::Network& network_;
    std::vector<ir::TensorId> distances_, ranked_, courses_, pooled_;
    std::set<std::tuple<ir::ExprId, bool, bool, ir::Shape>> known_;
};

}  // namespace snnc::test
