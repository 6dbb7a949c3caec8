// The step program: in which order a network's definitions are computed, over which steps, and
// what is kept in memory. Made by lower(), run by the interpreter and by compiled code alike.
//
// Definitions are grouped by the classical method: those that depend on each other through lags
// form a recurrence and share one loop over the steps; all others stand alone and, in dependency
// order, do all their steps before the next begins (loop distribution). Neighbouring formulas over
// the same elements are then fused. Adjoints run backward in time by the same code.
//
// A ScanTask walks the steps for one strip of elements with its states in registers. What the
// backward scan of a population needs of the forward one is computed again inside the strip
// (`recompute`) instead of being stored.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "ir/net/network.h"

namespace snnc::ir {

enum class Order : std::uint8_t {
    Once,      // no steps
    Forward,   // t = 0 … T-1
    Backward,  // t = T-1 … 0
};

/// Where a tensor lives while the program runs. A tensor with a port lives in the caller's array
/// (Float, Int). A spike tensor that is a result and is also read by other tasks has Storage::Bits
/// and an Out port: its scan writes the bits and, besides, the port's array as 0 and 1. Bits are
/// used only for per-step, per-sample Formula targets; spikes given from outside are Float.
enum class Storage : std::uint8_t {
    None,   // only inside a ScanTask, in registers (recomputed tensors too)
    Float,  // f32
    Int,    // i32 (labels)
    Bits,   // spikes, one bit each, a row of ceil(elements/64) 64-bit words per sample and step
};

/// Formulas over one space of elements ([samples] x shape), computed strip by strip.
///  * `recompute` (Order::Backward only): Formulas of an earlier forward task over the same space,
///    run forward over all steps first, their values kept for the strip only; body and recompute
///    read them with any lag. None of them is stored; then
///  * `body`: in this order at each step, in direction `order`. Besides Formula a backward body may
///    hold a transposed Dense with at most narrow_terms outputs (the adjoint of a narrow read-out);
///    its source is stored by an earlier task, its target is not stored; and
///  * `sums`: SumTo definitions over steps only whose source is in the body, accumulated from 0 in
///    the order of the scan (a backward scan adds the last step first), stored at the end.
/// A body reads its own values of the same step (those above), with positive lags in forward scans
/// and negative lags in backward ones; everything else it reads is stored by an earlier task.
/// With Order::Once there are no steps and no target is per step (except inside a LoopTask).
/// `updates` of one task see the old values of all their targets, element by element: all values
/// are computed, then written. No later task reads an updated tensor.
struct ScanTask {
    Order order = Order::Once;
    Shape shape;
    bool per_sample = true;
    std::vector<TensorId> recompute;  // targets of the definitions
    std::vector<TensorId> body;
    std::vector<TensorId> sums;
    std::vector<std::uint32_t> updates;  // indices into Network::updates (Order::Once only)
};

/// One operator on whole tensors (any Definition but Formula), for all its steps at once; inside a
/// LoopTask for the current step only.
struct OperatorTask {
    TensorId target;
};

struct LoopTask;
using Task = std::variant<ScanTask, OperatorTask, LoopTask>;

/// A recurrence that passes through operators on whole tensors: its tasks run step by step.
/// Scans inside have Order::Once semantics for the current step: no recompute, sums or updates.
/// All targets inside are per step; those read by another task or with a lag are stored, so a read
/// with a lag takes the stored value of that step (before the first: the initial value).
struct LoopTask {
    Order order = Order::Forward;
    std::vector<Task> tasks;
};

/// A tensor that the caller gives or receives, as f32 (Index: i32) in row-major order
/// [steps if per_step, samples if per_sample, shape…].
struct Port {
    enum class Direction { In, Out, InOut };
    TensorId tensor;
    Direction direction;
};

/// The most terms of a transposed product inside a scan.
inline constexpr std::int64_t narrow_terms = 32;

/// Ports: first what comes from outside (In, and InOut for what updates change), by tensor index,
/// then the results (Out) in the order asked for. What nothing needs has no port; a result that
/// comes from outside has only its In port.
struct StepProgram {
    std::string name;
    std::vector<Task> tasks;
    /// Where LoweringOptions::given_later names something: so many tasks are the first part of the
    /// program, which reads none of it; the rest may be run by a call of its own. Else 0.
    std::size_t first_part = 0;
    std::vector<Storage> storage;  // by tensor
    std::vector<Port> ports;       // order of the arguments of a run
    const Port* port(TensorId tensor) const;
};

struct LoweringOptions {
    /// Tensors to hand out after the run (outputs, records, losses, gradients).
    std::vector<TensorId> results;
    /// Run Network::updates at the end.
    bool updates = false;
    /// Initial values that the caller gives (--state) instead of their formula.
    std::vector<TensorId> given_initials;
    /// What the caller knows only after the first part has run: the derivative of something that
    /// is made outside of the results. No results of the first part depend on it.
    std::vector<TensorId> given_later;

    /// Adds a result if it is not among them.
    void want(TensorId tensor);
};

/// Only what the results (and updates) need is computed. The network must be verified, and have
/// gone through forward_copies() (ir/passes), without which copies may be stored needlessly; one
/// that cannot be ordered (a cycle within a step, mixed directions of time in one recurrence) is a
/// defect: std::logic_error that names the tensors.
StepProgram lower(const Network& network, const LoweringOptions& options);

/// Checks the program against the network: every value is computed before it is read, storage
/// exists for what crosses tasks, shapes of fused definitions agree. Empty: sound.
std::vector<std::string> verify(const Network& network, const StepProgram& program);

/// For `emit --stage=step`.
std::string print(const Network& network, const StepProgram& program);

}  // namespace snnc::ir
