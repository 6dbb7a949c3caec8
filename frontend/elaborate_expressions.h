// Expressions: from syntax to values, in the three places where they stand: constants, equations of
// cells, and losses over time courses.
//
// What a name means differs between those places and is asked of a Names object; operators, calls,
// inlined functions and losses, surrogates and reductions are the same everywhere and live here.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "frontend/elaborate_context.h"

namespace snnc::frontend {

/// Which functions may be called.
enum class Vocabulary {
    Constant,  // element by element only
    Cell,      // with spike, sum, mean, winner
    Loss,      // with what removes time and shape
};

/// A surrogate with its parameters chosen.
struct SurrogateUse {
    const SurrogateDecl* declaration = nullptr;
    std::map<std::string, Value> parameters;
};

/// What names mean in one place.
class Names {
 public:
    virtual ~Names() = default;
    virtual Vocabulary vocabulary() const = 0;
    /// A path without calls whose head has no fixed meaning. Reports what is unknown.
    virtual Value member(const Path& path) = 0;
    /// The option of this name: its values and the chosen one.
    struct Option {
        const std::vector<Name>* values;  // nullptr: any word
        std::string chosen;
    };
    virtual std::optional<Option> option(const std::string&) { return std::nullopt; }
    /// For `spike` without a surrogate of its own; nullptr where none may stand.
    virtual const SurrogateUse* surrogate() { return nullptr; }
    /// How helper tensors of this place are called: "hidden", "loss".
    virtual std::string prefix() const { return ""; }
    /// The variable whose equation may read `xi` here; empty: none may.
    virtual std::string noisy_variable() const { return ""; }
    virtual ir::Shape noise_shape() const { return {}; }
    /// Does `t` have a meaning here?
    virtual bool has_time() const { return vocabulary() != Vocabulary::Constant; }
    /// All names that could have been meant, for "did you mean".
    virtual std::vector<std::string> candidates() const = 0;
};

/// Names of an inlined body: its arguments; everything else as where it is called.
class ArgumentNames : public Names {
 public:
    /// `timeless`: `t` and `steps` may not be read (functions, surrogates).
    ArgumentNames(Context& context, Names& caller, std::map<std::string, Value> values,
                  std::map<std::string, std::string> words = {}, bool timeless = false)
        : context_(context),
          caller_(caller),
          values_(std::move(values)),
          words_(std::move(words)),
          timeless_(timeless) {}
    Vocabulary vocabulary() const override { return caller_.vocabulary(); }
    bool has_time() const override { return !timeless_ && caller_.has_time(); }
    const SurrogateUse* surrogate() override { return caller_.surrogate(); }
    std::string prefix() const override { return caller_.prefix(); }
    Value member(const Path& path) override;
    std::optional<Option> option(const std::string& name) override;
    std::vector<std::string> candidates() const override;

 private:
    Context& context_;
    Names& caller_;
    std::map<std::string, Value> values_;
    std::map<std::string, std::string> words_;  // parameters that stand for a word
    bool timeless_;
};

/// Names of constants: parameters of a network, or none.
class ConstantNames : public Names {
 public:
    ConstantNames(Context& context, std::string where, std::map<std::string, Value> values = {})
        : context_(context), where_(std::move(where)), values_(std::move(values)) {}
    Vocabulary vocabulary() const override { return Vocabulary::Constant; }
    Value member(const Path& path) override;
    std::vector<std::string> candidates() const override;
    void set(const std::string& name, Value value) { values_[name] = std::move(value); }
    bool has(const std::string& name) const { return values_.count(name) > 0; }
    /// Asked for names without a value yet; may set them.
    void set_resolver(std::function<void(const std::string&)> resolver) {
        resolver_ = std::move(resolver);
    }

 private:
    Context& context_;
    std::string where_;  // "in a setting": for messages
    std::map<std::string, Value> values_;
    std::function<void(const std::string&)> resolver_;
};

struct Bounds {
    double low, high;
};

/// A port to be looked at in debug runs, in the unit of its interval.
ir::CheckedPort checked_port(ir::TensorId port, double low, double high, const Interval& interval);

class Expressions {
 public:
    explicit Expressions(Context& context) : context_(context) {}

    /// Poisoned if a mistake was reported.
    Value value(const Expr& expr, Names& names);

    /// Does a bare name mean a function or a loss, without its arguments?
    bool is_function(const Name& name) const;

    /// A number known now; reports what is not one, calling it `what` ("the number of steps").
    std::optional<double> number(const Expr& expr, Names& names, const std::string& what);
    /// The same, and whole and at least `least`.
    std::optional<std::int64_t> whole(const Expr& expr, Names& names, const std::string& what,
                                      std::int64_t least);

    /// The numbers of an interval; nothing if one of them is none, or the interval is empty.
    std::optional<Bounds> bounds(const Interval& interval, Names& names);
    /// Reports a value outside of the bounds of `interval`; `written` is what stands for it.
    void check_interval(double value, const Bounds& bounds, const Interval& interval,
                        const std::string& name, const Expr& written);
    /// The same for a parameter of a loss, a surrogate or a network; `names` are those of its
    /// declaration. Poisoned where the value lies outside.
    Value inside(const Value& value, const Default& parameter, Names& names, const Expr& written);

    /// `uniform(a, b)`, `normal(mean, sd)` with constants: how a stored value is drawn. Reports
    /// what cannot be drawn so.
    std::optional<ir::Initialiser> drawn(const Expr& draw, Names& names);

    /// What stands behind `~`: a number for each element of `shape`, from a stream of its own.
    Value draw(const Expr& draw, Names& names, ir::Stream stream, const ir::Shape& shape);

    /// `[t]` is 0, `[t-k]` is k; reports every other index.
    std::optional<int> lag(const IndexSuffix& index, Names& names);

    /// `fast_sigmoid(slope = 25)`.
    std::optional<SurrogateUse> surrogate(const Path& path, Names& names);
    /// The surrogate of a cell that names none.
    SurrogateUse default_surrogate();
    /// The surrogate's formula at `x`.
    Value surrogate_at(const SurrogateUse& use, const Value& x, Names& names);

    /// The callee of a path that ends with a call: `f(…)`, `module.f(…)`.
    struct Callee {
        const Name* module = nullptr;
        const Name* name = nullptr;
        const CallSuffix* call = nullptr;    // nullptr: no call was written
        const IndexSuffix* index = nullptr;  // between name and call: `Leaky[10](…)`
        std::size_t used = 0;                // suffixes up to here
    };
    Callee callee(const Path& path) const;

    /// The expression of an argument that is neither `learn`, `fixed` nor `per …`, which are
    /// reported: they stand at parameters of cells only.
    const Expr* plain(const Argument& argument);

    /// Checks the body of a declaration with arguments of unknown shape: names and calls only.
    void check_body(const Declaration& declaration);

 private:
    struct Arguments {
        std::vector<const Argument*> positional;
        std::map<std::string, const Argument*> named;
    };
    std::optional<Arguments> arguments(const Name& callee, const CallSuffix& call,
                                       std::size_t positional,
                                       const std::vector<std::string>& named);
    std::optional<std::vector<Value>> draw_arguments(const Expr& draw, Names& names);

    Value number_literal(const Expr& expr, const Number& number, Names& names);
    bool compares_option(const Binary& node, Names& names);
    Value reference(const Expr& expr, const Reference& reference, Names& names);
    std::optional<Value> fixed(const Path& path, Names& names);
    Value binary(const Expr& expr, const Binary& binary, Names& names);
    Value choice(const Expr& expr, const If& node, Names& names);
    Value match(const Expr& expr, const Match& node, Names& names);

    Value call(const Expr& expr, const Reference& reference, Names& names);
    Value elementwise(const Expr& expr, ir::Op op, const Callee& callee, Names& names);
    Value spike(const Expr& expr, const Reference& reference, const Callee& callee, Names& names);
    Value inlined(const Declaration& declaration, const Expr& expr, const Callee& callee,
                  Names& names);
    Value unknown_function(const Callee& callee, Names& names);

    // Reductions and losses (elaborate_loss_functions.cpp).
    using Builtin = Value (Expressions::*)(const Expr&, const Callee&, Names&);
    struct BuiltinRow {
        const char* name;
        Vocabulary least;  // Cell: also in losses
        Builtin function;
    };
    static const std::vector<BuiltinRow>& builtins();
    std::optional<Value> one_argument(const Callee& callee, Names& names);
    std::optional<std::vector<Value>> plain_arguments(const Callee& callee, std::size_t count,
                                                      Names& names);
    Value number_value(const Expr& expr, Names& names);
    /// A helper tensor with this definition, read.
    Value made(const std::string& word, const ir::Shape& shape, Extent extent,
               ir::DefinitionKind kind, Names& names, const SourceRange& range);
    /// The value as an operand of an operator on whole tensors.
    ir::TensorId operand(const Value& x, Names& names, const SourceRange& range);
    Value sum_over(const Value& x, const std::string& word, Names& names, const SourceRange& range);
    Value mean_over(const Value& x, Names& names, const SourceRange& range);
    Value over_time(const Value& x, const std::string& word, ir::DefinitionKind kind, Names& names,
                    const SourceRange& range);
    Value sum(const Expr&, const Callee&, Names&);
    Value mean(const Expr&, const Callee&, Names&);
    Value winner(const Expr&, const Callee&, Names&);
    Value max_all(const Expr&, const Callee&, Names&);
    Value sum_t(const Expr&, const Callee&, Names&);
    Value mean_t(const Expr&, const Callee&, Names&);
    Value max_t(const Expr&, const Callee&, Names&);
    Value last(const Expr&, const Callee&, Names&);
    Value first_spike(const Expr&, const Callee&, Names&);
    Value l1(const Expr&, const Callee&, Names&);
    Value l2(const Expr&, const Callee&, Names&);
    Value mse(const Expr&, const Callee&, Names&);
    Value huber(const Expr&, const Callee&, Names&);
    Value bce(const Expr&, const Callee&, Names&);
    Value ce(const Expr&, const Callee&, Names&);
    Value accuracy(const Expr&, const Callee&, Names&);
    Value one_hot(const Expr&, const Callee&, Names&);
    Value class_count(const Expr&, const Callee&, Names&);
    Value group_sum(const Expr&, const Callee&, Names&);  // elaborate_group_sum.cpp
    struct Scores {
        Value scores, label;
    };
    std::optional<Scores> scores_and_label(const Callee& callee, const Arguments& arguments,
                                           Names& names);
    Value class_weight(const Argument& weight, const Scores& scores, Names& names);
    std::optional<bool> is_normalized(const Argument& weighted, Names& names);
    Value over_mean_weight(const Value& weight, Names& names, const SourceRange& range);
    bool has_classes(const Value& label, const Argument& argument);

    Value steps();

    Context& context_;
    bool report_too_many_calls(const Callee& callee);
    std::vector<const Declaration*> inlining_;  // to refuse recursion
    int inlined_ = 0;                           // calls so far
    bool refused_calls_ = false;                // they were too many
    bool reads_bound_ = false;                  // of an interval
};

/// The word of an expression that is one name and nothing else.
const Name* as_word(const Expr& expr);
/// `uniform(…)`, `normal(…)` and the other draws: the call, else nullptr.
const CallSuffix* as_draw(const Expr& expr);
bool is_draw(const std::string& name);
/// `xi` in the equation of a variable: normal numbers with standard deviation 1/sqrt(dt), so that
/// dt*xi, which a step of Euler's method adds, has sqrt(dt). One number for each element and step,
/// the same wherever the equation reads it.
Value white_noise(Context& context, const std::string& variable, const ir::Shape& shape,
                  const SourceRange& range);
/// The operator that is called by this name, element by element; not `spike`, which takes a
/// surrogate.
std::optional<ir::Op> elementwise_op(const std::string& name);
/// Names of the element-by-element functions and the reductions.
bool is_builtin_function(const std::string& name);

}  // namespace snnc::frontend
