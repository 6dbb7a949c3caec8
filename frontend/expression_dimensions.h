// Dimensions of expressions: what an expression has, and where its parts do not fit together.
//
// A walk over the syntax tree beside that of elaborate_expressions.h, which makes values. What a
// name has is asked of a DimensionNames object. A mistake is reported once, and its expression then
// fits everywhere. Names, calls and shapes are not judged here: what has no meaning has any
// dimension.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "frontend/ast.h"
#include "frontend/dimension_messages.h"
#include "frontend/dimensions.h"
#include "frontend/elaborate_scope.h"

namespace snnc::frontend {

/// What names have in one place.
class DimensionNames {
 public:
    virtual ~DimensionNames() = default;
    /// Where the expression stands: in others some functions have no meaning
    /// (elaborate_expressions.h, Vocabulary).
    enum class Place { Constant, Cell, Loss };
    virtual Place place() const { return Place::Constant; }
    /// A path without calls whose head has no fixed meaning; any() for what is unknown.
    virtual Dimension member(const Path& path) = 0;
    /// The word chosen for an option.
    virtual std::optional<std::string> option(const std::string&) { return std::nullopt; }
    virtual Dimension dt() = 0;
    /// The number that a name stands for, for exponents; nothing if it is not known or changes.
    virtual std::optional<double> constant(const std::string&) { return std::nullopt; }
    /// Names whose values may be lacking somewhere.
    virtual std::vector<NamedDimension> hints() { return {}; }
    /// The surrogate that `spike(…)` takes here if it names none.
    virtual const Path* surrogate() const { return nullptr; }
};

/// Where nothing is known of names.
class UnknownNames : public DimensionNames {
 public:
    explicit UnknownNames(Dimension dt = Dimension::any(), Place place = Place::Constant)
        : dt_(std::move(dt)), place_(place) {}
    Place place() const override { return place_; }
    Dimension member(const Path&) override { return Dimension::any(); }
    Dimension dt() override { return dt_; }

 private:
    Dimension dt_;
    Place place_;
};

class ExpressionDimensions {
 public:
    ExpressionDimensions(const Declarations& declarations, DimensionSystem& system,
                         DimensionMessages& messages)
        : declarations_(declarations), system_(system), messages_(messages) {}

    Dimension of(const Expr& expr, DimensionNames& names);

    using Sentence = DimensionMessages::Sentence;
    /// Reports unless the expression, which has `got`, fits `wanted`.
    bool fits(const Expr& expr, const Dimension& got, const Dimension& wanted,
              DimensionNames& names, const Sentence& sentence);
    /// of() and fits(): what `wanted` says, or any() if it was reported.
    Dimension expect(const Expr& expr, DimensionNames& names, const Dimension& wanted,
                     const Sentence& sentence);
    /// The expression stands for a number; `what` says so: "`exp` takes".
    Dimension number(const Expr& expr, DimensionNames& names, const std::string& what);
    /// `uniform(a, b)` and the others, behind `~` or as a value; else as of().
    Dimension drawn(const Expr& expr, DimensionNames& names);

    /// A function or a surrogate by itself, with arguments of unknown dimensions.
    void check_body(const Declaration& declaration);

    /// The value of numbers and of names that stand for numbers.
    static std::optional<double> constant(const Expr& expr, DimensionNames& names);

 private:
    Dimension number_literal(const Expr& expr, const Number& number);
    Dimension unary(const Unary& node, DimensionNames& names);
    Dimension binary(const Expr& expr, const Binary& node, DimensionNames& names);
    Dimension sum(const Expr& expr, const Binary& node, DimensionNames& names);
    Dimension power(const Binary& node, DimensionNames& names);
    Dimension alike(const std::vector<const Expr*>& parts, DimensionNames& names,
                    const std::string& what);
    Dimension choice(const If& node, DimensionNames& names);
    Dimension match(const Match& node, DimensionNames& names);
    Dimension reference(const Expr& expr, const Reference& reference, DimensionNames& names);
    Dimension fixed(const std::string& name, DimensionNames& names);
    void index(const Path& path, DimensionNames& names);

    // Calls (function_dimensions.cpp).
    Dimension call(const Expr& expr, const Reference& reference, DimensionNames& names);
    std::optional<Dimension> builtin(const std::string& name,
                                     const std::vector<const Expr*>& arguments,
                                     DimensionNames& names);
    void spike(const Reference& reference, const Expr& argument, DimensionNames& names);
    void surrogate(const Path& path, const Dimension& x, DimensionNames& names);
    class Body;
    Dimension inlined(const Declaration& declaration, const CallSuffix& call,
                      DimensionNames& names);

    const Declarations& declarations_;
    DimensionSystem& system_;
    DimensionMessages& messages_;
    std::vector<const Declaration*> inlining_;
    int inlined_ = 0;  // calls so far
};

/// Does the expression hold a number with a unit, itself or in a function that it calls?
/// `times`: only units with a time count.
bool writes_units(const Expr& expr, const Declarations& declarations, bool times = false);
/// Does it read `dt`, itself or in a function that it calls?
bool reads_step(const Expr& expr, const Declarations& declarations);
/// Is it made of numbers alone: no names, no units?
bool is_plain_number(const Expr& expr);

}  // namespace snnc::frontend
