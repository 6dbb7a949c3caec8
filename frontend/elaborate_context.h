// What all parts of the elaborator share: where to report, where names are looked up, the network
// that is being made, and the values that expressions become.
//
// A Value is a formula with the shape of its elements. A mistake that was reported leaves a
// poisoned value behind; whatever is made of it is poisoned too, quietly, so that each mistake is
// reported once.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "frontend/cell_dimensions.h"
#include "frontend/elaborate_scope.h"
#include "ir/net/network.h"

namespace snnc::frontend {

struct Value {
    ir::ExprId expr;           // invalid: poisoned (or a tuple)
    ir::Shape shape;           // of the elements; [] fits everywhere
    bool is_class = false;     // an integer label: only ce, accuracy and one_hot take it
    std::int64_t classes = 0;  // how many; 0: not known
    std::vector<Value> tuple;  // of `(a, b)`
    bool is_tuple = false;

    Value() = default;
    Value(ir::ExprId e, ir::Shape s = {}) : expr(e), shape(std::move(s)) {}
    bool poisoned() const { return !expr.valid() && !is_tuple; }
};

/// Where a network's tensors stem from, beyond what ir::Tensor says.
struct Origins {
    std::map<std::uint32_t, SourceRange> equations;  // by tensor: the text that defines it
    std::map<std::string, SourceRange> own_edges;    // by port: the edge from its own cells
};

struct Context {
    const SourceManager& sources;
    const Declarations& declarations;
    Diagnostics& diagnostics;
    ir::Network& network;
    Origins origins;
    DimensionCheck dimensions;
    /// Greater than 0 in a branch that is only checked for names: no tensors are made there and
    /// types do not matter.
    int dry = 0;
    /// Called when `dt` is read: constants of a network may need it before its setting was reached.
    std::function<void()> before_dt;
    /// False: the network does not say how long a step is.
    bool has_dt = true;
    /// Where the expressions that were evaluated read `dt` and a number with a unit of time.
    struct TimeReads {
        SourceRange dt, time;
        TimeReads& operator+=(const TimeReads& other) {
            if (!dt.valid()) dt = other.dt;
            if (!time.valid()) time = other.time;
            return *this;
        }
    };
    TimeReads time_reads;
    /// A loss is taken over the steps of a window, so their number is not that of the run.
    bool in_windows = false;
    /// Names that helper tensors must keep clear of: those of elements and members.
    std::set<const NetworkDecl*> broken_networks;  // a mistake inside was reported
    int networks_inside = 0;                       // that were made so far
    std::set<std::string> taken;

    /// Bodies of functions and losses that are being inlined, the outermost first.
    struct Inlining {
        SourceRange body, call;
        std::map<std::string, SourceRange> arguments;  // as they are written at the call
    };
    std::vector<Inlining> inlinings;

    Context(const SourceManager& s, const Declarations& d, Diagnostics& g, ir::Network& n)
        : sources(s), declarations(d), diagnostics(g), network(n), dimensions(s, d, g) {}

    /// A value that does not fit inside an inlined body is a mistake of the call: it is reported
    /// there, with a label where it shows.
    DiagnosticBuilder error(Code code, const SourceRange& range, std::string message);
    /// "unknown NAME", with what may have been meant as a note and, if that is one name, as a fix;
    /// else with a list of what there is, if it is short.
    void unknown(const Name& name, const std::string& message,
                 const std::vector<std::string>& candidates);

    ir::TensorId add(ir::Tensor tensor, const SourceRange& equation = {});
    void define(ir::TensorId target, ir::DefinitionKind kind) { network.define(target, kind); }
};

/// While alive, branches are only checked for names.
class Dry {
 public:
    explicit Dry(Context& context, bool on = true) : context_(context), on_(on) {
        context_.dry += on_;
    }
    ~Dry() { context_.dry -= on_; }
    Dry(const Dry&) = delete;
    Dry& operator=(const Dry&) = delete;

 private:
    Context& context_;
    bool on_;
};

// ---- building values -----------------------------------------------------------------------

Value constant(Context& context, double value);
Value read(Context& context, ir::TensorId tensor, int lag = 0);

/// A value that is stored in a unit of its own, as formulas count it.
Value in_formulas(Context& context, const Value& stored, double unit, const SourceRange& range);

/// The number of a constant value.
std::optional<double> number(const Context& context, const Value& value);

/// Applies an operator element by element. Constants are folded in double precision, as Python
/// does before a number meets a tensor; x*1, x/1 and powers 1, 2, 3 become what PyTorch computes
/// for them. Shapes must be equal or []; else an error at `range` that names both.
Value apply(Context& context, ir::Op op, const std::vector<Value>& operands,
            const SourceRange& range);

/// Does the value differ between steps, between samples; is it 0 or 1 only?
struct Extent {
    bool per_step = false;
    bool per_sample = false;
};
Extent extent(const Context& context, const Value& value);
bool is_zero_or_one(const Context& context, ir::ExprId expr);

/// The tensor that holds the value: itself if the value just reads one, else a helper tensor
/// `PREFIX.WORD` (numbered from the second on) with the value as its formula.
ir::TensorId materialise(Context& context, const Value& value, const std::string& name,
                         const SourceRange& range);

/// A helper tensor without a definition yet; its name is made unique.
ir::TensorId helper(Context& context, const std::string& name, const ir::Shape& shape,
                    Extent extent, const SourceRange& range);

/// "a number", "2 numbers".
std::string counted(std::size_t count, const std::string& noun);
/// A number as a person writes it: shortest decimal form.
std::string to_text(double value);

}  // namespace snnc::frontend
