// Dimensions of one use of a cell: what its text says, then what its arguments and edges bring
// (language.md 2, 3 and 8.9).
//
// The text first, with unknown dimensions for ports and for what the use gives: what does not fit
// then is a mistake of the cell. Then each argument, and later each edge, where it stands. Made by
// elaborate_cells.h before parameters are worked out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "frontend/expression_dimensions.h"

namespace snnc::frontend {

/// The length of a step, as its network gives it.
struct StepLength {
    enum class Kind {
        Free,     // a cell that nobody uses
        Absent,   // the network does not say it: steps are counted
        Written,  // its setting says it
    };
    Kind kind = Kind::Free;
    Dimension dimension;         // if written
    const Expr* expr = nullptr;  // the setting
};

/// What all uses in a network share.
struct DimensionCheck {
    DimensionCheck(const SourceManager& sources, const Declarations& declared,
                   Diagnostics& diagnostics)
        : declarations(declared),
          messages(sources, diagnostics, system),
          expressions(declared, system, messages) {}
    DimensionCheck(const DimensionCheck&) = delete;

    /// What `dt` has where `times` says whether times are written beside it. A step that is a
    /// number beside times is reported at its setting.
    Dimension step(bool times);

    const Declarations& declarations;
    DimensionSystem system;
    DimensionMessages messages;
    ExpressionDimensions expressions;
    StepLength step_length;
};

class CellDimensions : public DimensionNames {
 public:
    /// `options`: their chosen words. `arguments`: what the use gives to parameters, read in
    /// `outside`.
    CellDimensions(DimensionCheck& check, const CellDecl& cell,
                   std::map<std::string, std::string> options,
                   std::map<std::string, const Argument*> arguments, DimensionNames& outside,
                   const Path* surrogate);

    /// The text and the arguments.
    void infer();
    /// What arrives at a port from `source`, by an edge that ends at `target`.
    void arrive(const std::string& port, const Dimension& dimension, const SourceRange& source,
                const SourceRange& target);
    /// Of a state, an output, a port, a parameter or a `let`.
    Dimension variable(const std::string& name);

    /// How much 1 in files of a parameter or a state is in coherent units (declared_unit.h).
    double unit(const std::string& name);

    // As DimensionNames, for the cell's own expressions.
    Dimension member(const Path& path) override { return variable(path.head.text); }
    std::optional<std::string> option(const std::string& name) override;
    Dimension dt() override { return dt_; }
    Place place() const override { return Place::Cell; }
    std::optional<double> constant(const std::string& name) override;
    std::vector<NamedDimension> hints() override;
    const Path* surrogate() const override { return surrogate_; }

 private:
    struct Lets {
        const LetMember* member;
        std::optional<Dimension> dimension;
        bool running = false;
    };
    void collect();
    std::optional<double> declared(const std::string& name);
    void choose_step();
    bool text_holds(bool (*is_there)(const Expr&, const Declarations&)) const;
    bool counts_steps() const;
    void infer_text();
    void infer_defaults();
    void infer_first_values(bool bare);
    void infer_member(const Member& member);
    void infer_intervals();
    void infer_bounds(const std::string& name, const Expr* value,
                      const std::optional<Interval>& interval);
    void infer_arguments();
    void value_of(const std::string& name, const Expr& value, const char* what);
    void assign(const Assignment& assignment);
    void equation(const Equation& equation);
    void differential(const DifferentialEquation& equation);
    bool is_given(const std::string& name) const { return arguments_.count(name) > 0; }

    DimensionCheck& check_;
    const CellDecl& cell_;
    std::map<std::string, std::string> options_;
    std::map<std::string, const Argument*> arguments_;
    DimensionNames& outside_;
    const Path* surrogate_;

    Dimension dt_;
    bool has_units_ = false;  // in its text
    std::map<std::string, Dimension> variables_;
    std::map<std::string, Lets> lets_;
    std::map<std::string, const ParamMember*> parameters_;
    std::map<std::string, const StateMember*> states_;
    std::map<std::string, std::optional<double>> constants_, units_;  // that were asked for
};

}  // namespace snnc::frontend
