// Expressions with operators, so that rules of calculus read as mathematics.
//
// For derivatives only: the operators drop zeros and ones as they build (0*x is 0, x+0 and 1*x are
// x), which is what one means by a derivative that is zero. Formulas of the user are built through
// the pool as they were written.
#pragma once

#include "ir/expr/expr.h"

namespace snnc::ir {

class Value {
 public:
    Value(ExprPool& pool, ExprId id) : pool_(&pool), id_(id) {}

    ExprId id() const { return id_; }
    ExprPool& pool() const { return *pool_; }
    bool is(double value) const { return pool_->is_constant(id_, value); }
    Value constant(double value) const { return {*pool_, pool_->constant(value)}; }
    Value call(Op op) const { return {*pool_, pool_->make(op, id_)}; }
    Value call(Op op, const Value& other) const {
        return {*pool_, pool_->make(op, id_, other.id_)};
    }

 private:
    ExprPool* pool_;
    ExprId id_;
};

inline Value operator-(const Value& a) {
    if (a.pool().is_constant(a.id())) return a.constant(-a.pool()[a.id()].constant);
    if (a.pool()[a.id()].op == Op::Neg) return {a.pool(), a.pool()[a.id()].args[0]};
    return a.call(Op::Neg);
}
inline Value operator-(const Value& a, const Value& b) {
    if (b.is(0)) return a;
    if (a.is(0)) return -b;
    return a.call(Op::Sub, b);
}
inline Value operator+(const Value& a, const Value& b) {
    if (a.is(0)) return b;
    if (b.is(0)) return a;
    if (b.pool()[b.id()].op == Op::Neg) return a - Value(b.pool(), b.pool()[b.id()].args[0]);
    return a.call(Op::Add, b);
}
inline Value operator*(const Value& a, const Value& b) {
    if (a.is(0) || b.is(0)) return a.constant(0);
    if (a.is(1)) return b;
    if (b.is(1)) return a;
    if (a.is(-1)) return -b;
    if (b.is(-1)) return -a;
    return a.call(Op::Mul, b);
}
inline Value operator/(const Value& a, const Value& b) {
    if (a.is(0) || b.is(1)) return a;
    return a.call(Op::Div, b);
}
inline Value operator+(const Value& a, double b) { return a + a.constant(b); }
inline Value operator+(double a, const Value& b) { return b.constant(a) + b; }
inline Value operator-(double a, const Value& b) { return b.constant(a) - b; }
inline Value operator-(const Value& a, double b) { return a - a.constant(b); }
inline Value operator*(double a, const Value& b) { return b.constant(a) * b; }
inline Value operator*(const Value& a, double b) { return a * a.constant(b); }
inline Value operator/(double a, const Value& b) { return b.constant(a) / b; }
inline Value operator<(const Value& a, const Value& b) { return a.call(Op::Lt, b); }
inline Value operator<=(const Value& a, const Value& b) { return a.call(Op::Le, b); }
inline Value operator>(const Value& a, const Value& b) { return a.call(Op::Gt, b); }
inline Value operator==(const Value& a, const Value& b) { return a.call(Op::Eq, b); }
inline Value operator&&(const Value& a, const Value& b) { return a.call(Op::And, b); }

/// `condition ? then : otherwise`; equal branches need no condition.
inline Value select(const Value& condition, const Value& then, const Value& otherwise) {
    if (then.id() == otherwise.id()) return then;
    return {then.pool(), then.pool().make(Op::Select, condition.id(), then.id(), otherwise.id())};
}

}  // namespace snnc::ir
