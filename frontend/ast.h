// The syntax tree: what the user wrote, before any meaning.
//
// Made by parse.cpp (the only user of ANTLR), read by the formatter, the AST printer and the
// elaborator (elaborate*.cpp); never rewritten. Structs in variants, a range in each; names are
// kept as written in NFC form. Nothing here decides what a name refers to.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "support/source.h"

namespace snnc::frontend {

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct Name {
    std::string text;
    SourceRange range;
};

// ---- paths and arguments -------------------------------------------------------------------

/// One entry between brackets: an index `e`, or a slice `a:b` (either side may be absent).
struct Cut {
    ExprPtr begin;
    ExprPtr end;  // only for slices
    bool is_slice = false;
    SourceRange range;
};

/// `learn 0.95 per neuron`, `fixed 0.9`, `e in i, j`: the value of an argument.
struct ArgumentValue {
    enum class Training { Default, Learn, Fixed };
    Training training = Training::Default;
    ExprPtr value;
    std::optional<Name> per;            // `neuron` or `channel`
    std::vector<Name> pattern_indices;  // `in i, j`: two names, or none
    SourceRange range;
};

struct Argument {
    std::optional<Name> name;  // named argument
    ArgumentValue value;
    SourceRange range;
};

struct MemberSuffix {
    Name name;  // `.name`
};
struct IndexSuffix {
    std::vector<Cut> cuts;  // `[…]`
    SourceRange range;
};
struct CallSuffix {
    std::vector<Argument> arguments;  // `(…)`
    SourceRange range;
};
using Suffix = std::variant<MemberSuffix, IndexSuffix, CallSuffix>;

/// A name with members, indices and calls behind it: `v[t-1]`, `Leaky(beta = 0.9)`, `out.s`.
struct Path {
    Name head;
    std::vector<Suffix> suffixes;
    SourceRange range;
};

// ---- expressions ---------------------------------------------------------------------------

enum class UnaryOperator { Minus, Not };
enum class BinaryOperator { Add, Sub, Mul, Div, Pow, Lt, Le, Gt, Ge, Eq, Ne, And, Or };

constexpr bool is_comparison(BinaryOperator op) {
    return op >= BinaryOperator::Lt && op <= BinaryOperator::Ne;
}

/// A number as written: `20ms` has digits "20" and unit "ms".
struct Number {
    std::string digits;
    std::string unit;  // empty: none
    double value = 0;  // of the digits
    SourceRange unit_range;
};
struct Reference {
    Path path;
    std::optional<Path> surrogate;  // `spike(x) surrogate g(…)`
};
struct Unary {
    UnaryOperator op;
    ExprPtr operand;
};
struct Binary {
    BinaryOperator op;
    ExprPtr left, right;
    SourceRange op_range;
};
struct If {
    ExprPtr condition, then_value, else_value;  // `else if` nests in else_value
};
struct MatchArm {
    std::vector<Name> values;  // `a | b => …`: one result for several values
    ExprPtr result;
    SourceRange range;
};
struct Match {
    Path option;
    std::vector<MatchArm> arms;
};
struct Parentheses {
    ExprPtr inner;
};
struct Tuple {
    std::vector<ExprPtr> elements;
};

struct Expr {
    std::variant<Number, Reference, Unary, Binary, If, Match, Parentheses, Tuple> node;
    SourceRange range;
};

// ---- cells ---------------------------------------------------------------------------------

struct Interval {
    ExprPtr low, high;
    SourceRange range;
};

struct PortMember {
    Name name;
    std::optional<Interval> interval;
};
struct OutputMember {
    Name name;
};
struct ParamMember {
    bool learn = false;
    Name name;
    ExprPtr value;
    std::optional<Interval> interval;
    std::optional<Name> by;  // `clamp` or `sigmoid`
};
struct StateMember {
    Name name;
    ExprPtr value;
};
struct OptionMember {
    Name name;
    std::vector<Name> values;
};
struct LetMember {
    Name name;
    bool draws = false;  // `~`
    ExprPtr value;
};
struct Equation {
    Name name;
    std::optional<IndexSuffix> index;
    bool draws = false;  // `~`
    ExprPtr value;
};
struct DifferentialEquation {
    Name numerator;    // `dv`
    Name denominator;  // `dt`
    ExprPtr value;
    std::optional<Name> solver;
};
struct Assignment {
    Name name;
    std::optional<IndexSuffix> index;
    ExprPtr value;
    SourceRange range;
};
struct OnEvent {
    ExprPtr condition;
    bool block = false;  // braces were written
    std::vector<Assignment> assignments;
};
struct Refractory {
    ExprPtr duration;
    std::vector<Name> states;
};

/// One member of a cell. Members written on one line with commas have the same `line_group`.
struct Member {
    std::variant<PortMember, OutputMember, ParamMember, StateMember, OptionMember, LetMember,
                 Equation, DifferentialEquation, OnEvent, Refractory>
        node;
    SourceRange range;
    std::string doc;  // text of its `///` lines, joined by '\n'
    int line_group = 0;
};

struct CellDecl {
    bool encoder = false;  // else neuron
    Name name;
    std::vector<Member> members;
};

// ---- networks ------------------------------------------------------------------------------

/// `f32[784]`, `spike[700]`, `class[10]`, `f32[_, _]`.
struct DataType {
    Name kind;
    std::vector<Cut> shape;
    SourceRange range;
};
/// `image : f32[784] in [0, 1]`; an index `[t]` makes it per step.
struct TypedName {
    Name name;
    std::optional<IndexSuffix> index;
    DataType type;
    std::optional<Interval> interval;
    SourceRange range;
};

struct ShapeAssertion {
    std::vector<ExprPtr> dims;  // one entry without brackets for `: 1024`
    bool bracketed = false;
    SourceRange range;
};

/// One element of a chain: a source, a layer, a cell.
struct Element {
    Path path;
    std::optional<Path> recurrent;
    std::optional<Name> as_name;
    std::optional<ShapeAssertion> shape;
    SourceRange range;
};

struct NetworkInput {
    TypedName input;
    int line_group = 0;
};
struct NetworkOutput {
    Path path;
    int line_group = 0;
};
struct Setting {
    Name name;
    ExprPtr value;
};
struct PopulationDecl {
    Name name;
    Path cell;
    std::optional<Path> recurrent;
};
struct Chain {
    std::vector<Element> elements;
};

struct NetworkStatement {
    std::variant<NetworkInput, NetworkOutput, Setting, PopulationDecl, Chain> node;
    SourceRange range;
    std::string doc;
};

struct Default {
    Name name;
    ExprPtr value;
    std::optional<Interval> interval;
};

struct NetworkDecl {
    Name name;
    bool has_parentheses = false;
    std::vector<Default> parameters;
    std::vector<NetworkStatement> statements;
};

// ---- training ------------------------------------------------------------------------------

struct Target {
    TypedName target;
    int line_group = 0;
};
struct Freeze {
    std::vector<Path> paths;
};
struct LossSetting {
    ExprPtr value;
    SourceRange keyword_range;
};
/// `optimizer = …`, `metric late = …` (then `qualifier` is `late`), `schedule = a then b`.
struct TrainSetting {
    Name name;
    std::optional<Name> qualifier;
    ExprPtr value;
    std::vector<ExprPtr> then;
};
struct TrainStatement {
    std::variant<Target, Freeze, LossSetting, TrainSetting> node;
    SourceRange range;
    std::string doc;
};
struct TrainDecl {
    std::optional<Name> name;
    Name network;
    std::vector<TrainStatement> statements;
};

// ---- the rest ------------------------------------------------------------------------------

struct ImportDecl {
    std::string path;
    SourceRange path_range;
    std::vector<Name> names;
    std::optional<Name> as_name;
};
struct SurrogateDecl {
    Name name;
    std::vector<Name> arguments;
    std::vector<Default> parameters;
    ExprPtr value;
};
struct FunctionDecl {
    Name name;
    std::vector<Name> arguments;
    ExprPtr value;
};
struct LossDecl {
    Name name;
    std::vector<Name> arguments;
    std::vector<Default> parameters;
    ExprPtr value;
};

struct Declaration {
    std::variant<ImportDecl, CellDecl, SurrogateDecl, FunctionDecl, LossDecl, NetworkDecl,
                 TrainDecl>
        node;
    SourceRange range;
    std::string doc;
};

/// A file. Comments and blank lines live in the token stream, which the formatter reads beside it.
struct Program {
    FileId file;
    std::optional<std::string> version;
    std::vector<Declaration> declarations;
};

}  // namespace snnc::frontend
