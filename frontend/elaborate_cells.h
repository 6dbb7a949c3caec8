// One use of a cell: its options are chosen, its parameters become constants or stored tensors, its
// states, outputs and lets become tensors with formulas (language.md sections 2 and 3).
//
// declare() makes what others may read (the tensors of states and outputs), define() the equations,
// which need the ports' values. Between the two, wiring may go round in circles. Made by
// elaborate_networks.cpp, and by check() for a cell that nobody uses.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "frontend/elaborate_expressions.h"

namespace snnc::frontend {

/// Where a cell stands and what its use says.
struct CellSite {
    std::string name;  // "hidden"
    ir::Shape shape;
    std::vector<const Argument*> arguments;
    Names* names = nullptr;  // in which the arguments are read
    SourceRange range;       // the use, for messages
};

class CellUse : public Names {
 public:
    CellUse(Context& context, Expressions& expressions, const CellDecl& cell, CellSite site);

    /// Options, parameters, tensors of states and outputs. False if nothing can be made of it.
    bool declare();
    /// The equations. `ports` holds the sum of the edges of each connected port.
    void define(const std::map<std::string, Value>& ports);

    /// The first declared input; nullptr for a cell without.
    const Name* first_input() const;
    const Name* input(const std::string& name) const;
    /// The first declared output.
    const Name* first_output() const;
    /// A state, output, let, input or parameter, for edges, outputs, losses and records: its
    /// tensor. Invalid for what it does not have.
    ir::TensorId variable(const std::string& name) const;
    /// A state or output one step before, with a value before the first step.
    Value past(const std::string& name) { return variable_value(name, 1); }
    std::vector<std::string> variable_names() const;
    const std::string& name() const { return site_.name; }
    const ir::Shape& shape() const { return site_.shape; }

    // As Names, for the cell's own expressions.
    Vocabulary vocabulary() const override;
    bool has_time() const override { return stage_ == Stage::Equations; }
    Value member(const Path& path) override;
    std::optional<Option> option(const std::string& name) override;
    const SurrogateUse* surrogate() override { return surrogate_ ? &*surrogate_ : nullptr; }
    std::string prefix() const override { return site_.name; }
    std::string noisy_variable() const override {
        return noisy_equation_.empty() ? "" : site_.name + "." + noisy_equation_;
    }
    ir::Shape noise_shape() const override { return site_.shape; }
    std::vector<std::string> candidates() const override;

 private:
    /// Which names may be read: parameters only, or all.
    enum class Stage { Parameters, Equations };
    enum class Progress { Waiting, Running, Done };

    struct Parameter {
        const ParamMember* member = nullptr;
        const Argument* given = nullptr;
        bool read = false;  // by an equation, an initial value or another parameter
        Progress progress = Progress::Waiting;
        Value value;
        ir::TensorId tensor;  // of a stored one
    };
    struct Let {
        const LetMember* member = nullptr;
        Progress progress = Progress::Waiting;
        Value value;
        ir::TensorId tensor;
    };
    struct OptionUse {
        const OptionMember* member = nullptr;
        std::string chosen;
    };

    // Members and arguments (elaborate_cells.cpp).
    void collect_members();
    void collect(const Member& member);
    void declare_name(const Name& name, const char* kind);
    void limited(const SourceRange& range, const std::string& what);
    void refuse_learning(const SourceRange& range);
    /// The random numbers of a variable: in each step, or for its initial value.
    ir::Stream stream(const Name& variable, runtime::Purpose purpose) const;
    bool read_arguments();
    void choose_option(OptionUse& option, const Argument& argument);
    bool choose_surrogate(const Argument& argument);
    void declare_variables();
    void declare_state(const StateMember& state);
    ir::TensorId add_variable(const Name& name);
    ir::TensorId start_tensor(const Name& name, const Value& value);

    // Parameters (elaborate_parameters.cpp).
    const Value& parameter(const std::string& name);
    Value parameter_value(Parameter& parameter);
    Value stored_parameter(Parameter& parameter, const Expr& value, Names& names, bool learned,
                           const std::optional<Name>& per);
    std::optional<ir::Initialiser> initialiser(const Expr& value, Names& names,
                                               const std::string& what,
                                               const std::optional<Interval>& interval);
    struct Bounds {
        double low, high;
    };
    std::optional<Bounds> bounds(const std::optional<Interval>& interval);
    void check_interval(double value, const std::optional<Interval>& interval,
                        const std::string& name, const SourceRange& range);

    void check_given_parameters_are_read();

    // Equations (elaborate_equations.cpp).
    void define_ports(const std::map<std::string, Value>& ports);
    void define_port(const Name& name, const Value& value);
    void check_port_interval(const PortMember& port, const Value& value);
    void define_equation(const Equation& equation, const SourceRange& range);
    bool check_equation_target(const Equation& equation);
    void check_missing_equations();
    Value let_value(Let& let);
    Value port_value(const std::string& name, int lag, const Path& path);
    Value variable_value(const std::string& name, int lag);
    bool variables_in_cell(ir::TensorId tensor) const;
    void prefer_members();
    void rename_reads(ir::TensorId from, ir::TensorId to, std::size_t first_definition);
    void register_population();

    Context& context_;
    Expressions& expressions_;
    const CellDecl& cell_;
    CellSite site_;
    Stage stage_ = Stage::Parameters;

    std::map<std::string, SourceRange> names_;  // everything declared
    std::vector<const Name*> inputs_, outputs_, states_, let_order_;
    std::map<std::string, const StateMember*> state_members_;
    std::map<std::string, Parameter> parameters_;
    std::vector<std::string> parameter_order_;
    std::map<std::string, OptionUse> options_;
    std::map<std::string, Let> lets_;
    struct EquationPlace {
        const Equation* equation;
        SourceRange range;
    };
    std::vector<EquationPlace> equations_;
    std::map<std::string, SourceRange> defined_;  // states and outputs that have an equation
    std::optional<SurrogateUse> surrogate_;
    /// The state whose equation is being read by a solver that takes `xi`; else empty.
    std::string noisy_equation_;

    std::map<std::string, ir::TensorId> variables_;  // states, outputs, ports
    std::map<std::string, Value> ports_;
};

/// `v[t-1]`: the number of steps back; 0 without an index. Reports anything else behind the name.
std::optional<int> lag_of(Context& context, Expressions& expressions, const Path& path,
                          Names& names);

}  // namespace snnc::frontend
