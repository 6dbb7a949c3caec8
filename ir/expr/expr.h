// Expressions: the equations of a network, interned in one append-only pool.
//
// An expression is named by a 32-bit id; equal expressions have equal ids, so sharing is free and
// derivatives, which repeat sub-expressions, stay small. Expressions are scalar formulas that hold
// for every element of a tensor alike: where an operand is a whole tensor (a product, a softmax),
// the network has a definition for it (ir/net/network.h) and the formula reads its result.
//
// Arithmetic is meant as written: each operation rounds once, nothing is reassociated or
// contracted.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

namespace snnc::ir {

enum class Op : std::uint8_t {
#define SNNC_OP(name, arity, text, kind) name,
#include "ir/expr/ops.def"
#undef SNNC_OP
};

enum class OpKind : std::uint8_t { Leaf, Prefix, Infix, Call };

struct OpInfo {
    const char* name;  // enumerator
    const char* text;  // as written in .snn
    int arity;
    OpKind kind;
};
const OpInfo& info(Op op);

struct ExprId {
    std::uint32_t index = UINT32_MAX;
    bool valid() const { return index != UINT32_MAX; }
    friend bool operator==(ExprId, ExprId) = default;
    friend auto operator<=>(ExprId, ExprId) = default;
};

struct TensorId {
    std::uint32_t index = UINT32_MAX;
    bool valid() const { return index != UINT32_MAX; }
    friend bool operator==(TensorId, TensorId) = default;
    friend auto operator<=>(TensorId, TensorId) = default;
};

/// A stream of random numbers of the network (Network::streams).
struct StreamId {
    std::uint32_t index = UINT32_MAX;
    bool valid() const { return index != UINT32_MAX; }
    friend bool operator==(StreamId, StreamId) = default;
};

struct ExprNode {
    Op op = Op::Constant;
    ExprId args[3];
    double constant = 0;   // Constant
    TensorId tensor;       // Read
    std::int32_t lag = 0;  // Read: value at [t - lag]; negative only in adjoint equations
    StreamId stream;       // Uniform

    std::span<const ExprId> arguments() const { return {args, std::size_t(info(op).arity)}; }
    friend bool operator==(const ExprNode&, const ExprNode&);  // constants by bit pattern
};

/// The pool. Building functions intern; they do not simplify (ir/expr/value.h does, for
/// derivatives).
class ExprPool {
 public:
    const ExprNode& operator[](ExprId id) const { return nodes_[id.index]; }
    std::size_t size() const { return nodes_.size(); }

    ExprId constant(double value);
    ExprId read(TensorId tensor, int lag = 0);
    ExprId leaf(Op op);  // StepIndex, StepCount, BatchSize, SourceCell, TargetCell
    ExprId uniform(StreamId stream);
    ExprId make(Op op, ExprId a);
    ExprId make(Op op, ExprId a, ExprId b);
    ExprId make(Op op, ExprId a, ExprId b, ExprId c);

    bool is_constant(ExprId id) const { return (*this)[id].op == Op::Constant; }
    bool is_constant(ExprId id, double value) const;

 private:
    ExprId intern(const ExprNode& node);
    struct Hash {
        std::size_t operator()(const ExprNode& node) const;
    };
    std::vector<ExprNode> nodes_;
    std::unordered_map<ExprNode, std::uint32_t, Hash> ids_;
};

/// Calls `visit` once for every Read below `root`, in a fixed order.
void for_each_read(const ExprPool& pool, ExprId root,
                   const std::function<void(const ExprNode&)>& visit);

/// The same for every Uniform.
void for_each_draw(const ExprPool& pool, ExprId root,
                   const std::function<void(const ExprNode&)>& visit);

/// The same for every leaf.
void for_each_leaf(const ExprPool& pool, ExprId root,
                   const std::function<void(const ExprNode&)>& visit);

/// All expressions below `root`, operands first, `root` last.
std::vector<ExprId> operands_first(const ExprPool& pool, ExprId root);

/// Rebuilds `root` with every leaf replaced by `replace(leaf id)` (which may return the same id).
ExprId rewrite_leaves(ExprPool& pool, ExprId root,
                      const std::function<ExprId(ExprId, const ExprNode&)>& replace);

}  // namespace snnc::ir
