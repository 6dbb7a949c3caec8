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
#include <set>
#include <string>
#include <vector>

#include "frontend/elaborate_expressions.h"
#include "frontend/solvers.h"

namespace snnc::frontend {

/// Where a cell stands and what its use says.
struct CellSite {
    std::string name;  // "hidden"
    ir::Shape shape;   // []: not known, because of a mistake that was reported
    std::vector<const Argument*> arguments;
    Names* names = nullptr;                // in which the arguments are read
    DimensionNames* dimensions = nullptr;  // the same for their dimensions
    SourceRange range;                     // the use, for messages
    bool proven = false;                   // what arrives lies in the intervals of the ports
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
    std::vector<std::string> input_names() const;
    /// The first declared output.
    const Name* first_output() const;
    /// A state, output, let, input or parameter, for edges, outputs, losses and records: its
    /// tensor. Invalid for what it does not have.
    ir::TensorId variable(const std::string& name) const;
    /// A state or output one step before, with a value before the first step.
    Value past(const std::string& name) { return variable_value(name, 1); }
    std::vector<std::string> variable_names() const;
    /// A let or an input, which has its tensor when the equations are defined, not before.
    bool is_made_late(const std::string& name) const { return lets_.count(name) || input(name); }
    /// Its tensor ahead of them, for a loop of cells that hand it round.
    ir::TensorId promise(const std::string& name);
    const std::string& name() const { return site_.name; }
    const ir::Shape& shape() const { return site_.shape; }

    /// What a variable has, and what an edge brings to a port (cell_dimensions.h).
    Dimension dimension(const std::string& name) { return dimensions_->variable(name); }
    void arrive(const std::string& port, const Dimension& dimension, const SourceRange& source,
                const SourceRange& target) {
        dimensions_->arrive(port, dimension, source, target);
    }

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
    /// Which value of a state a name without an index means (language.md 2 and 8.1).
    enum class Reading {
        Before,       // that of the equations, before the assignments of this step
        AlongStep,    // in a differential equation: for states that have one, along the step
        Assignments,  // on the right side of an assignment: what the earlier ones left
    };

    struct Parameter {
        const ParamMember* member = nullptr;
        const Argument* given = nullptr;
        bool read = false;  // by an equation, an initial value or another parameter
        Progress progress = Progress::Waiting;
        Value value;
        ir::TensorId tensor;  // of a stored one
        Context::TimeReads time_reads;
    };
    struct Let {
        const LetMember* member = nullptr;
        Progress progress = Progress::Waiting;
        Value value;
        ir::TensorId tensor;
        Context::TimeReads time_reads;
    };
    struct OptionUse {
        const OptionMember* member = nullptr;
        std::string chosen;
    };

    // Members and arguments (elaborate_cells.cpp).
    void collect_members();
    void collect(const Member& member);
    bool declare_name(const Name& name, const char* kind);
    void check_values(const OptionMember& option);
    void takes_names_only(const Argument& argument);
    void no_such_argument(const Name& name);
    void refuse_learning(const SourceRange& range);
    /// The random numbers of a variable: in each step, or for its initial value.
    ir::Stream stream(const Name& variable, runtime::Purpose purpose) const;
    bool read_arguments();
    void choose_option(OptionUse& option, const Argument& argument);
    bool choose_surrogate(const Argument& argument);
    void infer_dimensions();
    void declare_variables();
    void declare_state(const StateMember& state);
    ir::TensorId add_variable(const std::string& name);
    ir::TensorId start_tensor(const Name& name, const Value& value);

    // Parameters (elaborate_parameters.cpp).
    Value parameter(const std::string& name);
    Value parameter_value(Parameter& parameter);
    Value stored_parameter(Parameter& parameter, const Expr& value, Names& names, bool learned,
                           const std::optional<Name>& per);
    std::optional<ir::Initialiser> initialiser(const Expr& value, Names& names,
                                               const std::string& what,
                                               const std::optional<Interval>& interval);
    Value bounded(const Value& value, const ParamMember& member);
    bool add_sigmoid_bounds(const ParamMember& member);
    std::optional<Bounds> bounds(const std::optional<Interval>& interval);
    void check_interval(double value, const std::optional<Interval>& interval,
                        const std::string& name, const Expr& written);

    void check_given_parameters_are_read();

    // Equations (elaborate_equations.cpp).
    void define_ports(const std::map<std::string, Value>& ports);
    void define_port(const Name& name, const Value& value);
    bool lies_within(const Value& value, const Bounds& limits);
    void define_equation(const Equation& equation, const SourceRange& range);
    bool check_equation_target(const Equation& equation);
    bool check_equation_index(const Equation& equation);
    void report_second_equation(const std::string& name, SourceRange here, SourceRange other);
    void check_undeclared_equations();
    bool report_derivative(const Name& name, const std::string& message);
    bool lacks_equation(const std::string& name) const;
    void check_time_step(const SourceRange& equation, bool in_steps);
    void report_let_cycle(const Name& name);
    void check_missing_equations();
    void define_variable(const std::string& name, Value value, const SourceRange& range);
    Value let_value(Let& let);
    ir::TensorId add_late_variable(const Name& name, const Value& value, const ir::Shape& shape);
    void check_promise(const Name& name, const Value& value);
    Value port_value(const std::string& name, int lag, const Path& path);
    Value variable_value(const std::string& name, int lag);
    bool variables_in_cell(ir::TensorId tensor) const;
    void prefer_members();
    void rename_reads(ir::TensorId from, ir::TensorId to, std::size_t first_definition);
    void register_population();

    // Differential equations (elaborate_solvers.cpp).
    void collect_differential(const DifferentialEquation& equation, const SourceRange& range);
    void check_differentials();
    bool check_differential(const DifferentialEquation& equation, const std::string& state);
    void report_no_state(const Name& name, const std::string& rule);
    void define_differentials();
    struct DifferentialPlace {
        const DifferentialEquation* equation;
        std::string state;
        SourceRange range;
    };
    Value right_side(const DifferentialPlace& place);
    bool reads_along_step(const Expr& expr, std::set<std::string>& seen) const;
    Value let_along_step(Let& let);

    // Assignments and refractory times (elaborate_events.cpp).
    struct RefractoryPlace {
        const Refractory* refractory;
        SourceRange range;
        ir::TensorId steps_left;  // for how many steps it will hold its states
        Value is_held;            // does it hold them in this step?
    };
    void declare_events();
    bool check_assigned(const Name& name);
    void check_assignment(const Assignment& assignment);
    void declare_refractory(RefractoryPlace& place);
    Value either(const Value& a, const Value& b, const SourceRange& range);
    Value whole_steps(const Refractory& refractory);
    void define_refractory();
    void define_events();
    void define_event(const OnEvent& event);
    bool passes_gradient(const Expr& condition) const;
    Value assigned(const OnEvent& event, const Value& condition, const Value& value,
                   const Value& kept, const SourceRange& range);
    Value while_held(const Value& is_held, const Value& held, const Value& free,
                     const SourceRange& range);

    Context& context_;
    Expressions& expressions_;
    const CellDecl& cell_;
    CellSite site_;
    Stage stage_ = Stage::Parameters;

    std::map<std::string, SourceRange> names_;  // everything declared
    std::set<std::string> refused_;             // declared in vain; was reported
    std::vector<const Name*> inputs_, outputs_, states_, let_order_;
    std::map<std::string, const StateMember*> state_members_;
    std::map<std::string, Parameter> parameters_;
    std::vector<std::string> parameter_order_;
    std::map<std::string, OptionUse> options_;
    std::map<std::string, Let> lets_;
    std::vector<const Name*> open_lets_;  // that are being evaluated
    struct EquationPlace {
        const Equation* equation;
        SourceRange range;
    };
    std::vector<EquationPlace> equations_;
    bool misread_ = false;  // a name that nothing declares may have been meant for a parameter
    std::map<std::string, SourceRange> defined_;  // states and outputs that have an equation

    Reading reading_ = Reading::Before;
    bool lacks_time_step_ = false;  // was reported
    std::vector<DifferentialPlace> differentials_;
    std::set<std::string> differential_states_;

    struct EventPlace {
        const OnEvent* event;
        SourceRange range;
    };
    std::vector<EventPlace> events_;
    std::map<std::string, ir::TensorId> before_;  // of states that are assigned: their values
    std::map<std::string, Value> assigned_;       // before and after the lines that were defined

    std::vector<RefractoryPlace> refractories_;
    std::map<std::string, Value> held_states_;  // with the steps in which they are held
    Value cannot_spike_;                        // poisoned: no cell is ever held
    std::optional<SurrogateUse> surrogate_;
    const Path* surrogate_path_ = nullptr;  // as it was written
    std::unique_ptr<CellDimensions> dimensions_;
    bool takes_noise_ = false;    // the solver at work knows `xi`
    std::string noisy_equation_;  // the state whose equation is being read for it; else empty

    std::map<std::string, ir::TensorId> variables_;  // states, outputs, ports
    std::map<std::string, Value> ports_;
};

/// `v[t-1]`: the number of steps back; 0 without an index. Reports anything else behind the name.
std::optional<int> lag_of(Context& context, Expressions& expressions, const Path& path,
                          Names& names);

}  // namespace snnc::frontend
