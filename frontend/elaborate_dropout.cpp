// Dropout (Srivastava et al., 2014): one mask for each sample and run, scaled by 1/(1 - p).
#include <fmt/format.h>

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

using ir::Op;

void NetworkBuilder::declare_dropout(Node& node, ir::TensorId source) {
    if (!check_layer_arguments(node, 1, {"p"})) return;
    const Argument* given = argument(node, 0, "p");
    if (!given) {
        context_.error(Code::WrongArguments, node.callee.name->range,
                       "`dropout` takes the probability of a cell to be left out, `dropout(0.2)`");
        return;
    }
    const auto p = expressions_.number(*given->value.value, constants_, "a probability");
    if (!p) return;
    if (!(*p >= 0 && *p < 1)) {
        context_.error(Code::OutOfInterval, given->value.range,
                       fmt::format("the probability lies in [0, 1), and {} does not", to_text(*p)));
        return;
    }
    const ir::Shape shape = context_.network[source].shape;
    const Value x = read(context_, source);
    node.output = add_layer_tensor(node, node.name, shape, source);
    if (request_.mode == Mode::Evaluate || *p == 0) {
        context_.network[node.output].kind = context_.network[source].kind;
        context_.define(node.output, ir::Formula{x.expr});
        return;
    }
    const auto op = [&](Op op, const std::vector<Value>& operands) {
        return apply(context_, op, operands, node.range);
    };
    ir::Network& network = context_.network;
    const ir::StreamId mask = network.add(ir::Stream{node.name, runtime::Purpose::Dropout, false});
    const Value u{network.pool.uniform(mask), shape};
    const Value kept = op(Op::Ge, {u, constant(context_, *p)});
    const Value factor =
        op(Op::Select, {kept, constant(context_, 1 / (1 - *p)), constant(context_, 0)});
    Value result = op(Op::Mul, {x, factor});
    if (request_.mode == Mode::Either) result = op(Op::Select, {learns(), result, x});
    context_.define(node.output, ir::Formula{result.expr});
}

}  // namespace snnc::frontend
