// Dimensions of a network's constants: its parameters, its settings, the arguments of its elements
// (language.md 4 and 8.9). How they run along its edges is in elaborate_flow.cpp.
#pragma once

#include <map>
#include <string>

#include "frontend/cell_dimensions.h"

namespace snnc::frontend {

class NetworkDimensions : public DimensionNames {
 public:
    NetworkDimensions(DimensionCheck& check, const NetworkDecl& network)
        : check_(check), network_(network) {}

    /// What goes before the default of a parameter: that of a use, read in `where`, or of --set.
    void give(const std::string& parameter, const Expr& value, DimensionNames& where) {
        given_[parameter] = {&value, &where};
    }

    /// `dt`, `steps`, `duration`, shapes and intervals of inputs. Sets the step's length for all
    /// that follows.
    void check_settings();
    /// Is it a time, which is counted in steps of dt, or a number of steps?
    bool is_time(const Expr& expr);
    bool is_number(const Expr& expr);
    /// A time that `dt` can count, or a number of steps.
    void check_length(const Expr& expr, const std::string& what);
    /// A number: an extent, a width, a chance. `what` as "`dense` takes".
    void check_number(const Expr& expr, const std::string& what);
    void check_steps(const Expr& steps);

    /// How much 1 in a file of this value is in coherent units (declared_unit.h).
    double unit(const Expr& expr);

    Dimension member(const Path& path) override;
    Dimension dt() override;
    std::optional<double> constant(const std::string& name) override;

 private:
    struct Given {
        const Expr* value;
        DimensionNames* where;
    };
    std::optional<Given> value_of(const std::string& name);
    const Expr* setting(const std::string& name) const;
    void check_step(const Expr& dt);
    void check_shape(const std::vector<Cut>& shape);
    bool writes_times() const;
    Dimension known(const Expr& expr);

    DimensionCheck& check_;
    const NetworkDecl& network_;
    std::map<std::string, Given> given_;
    std::map<std::string, Dimension> members_;  // that were asked for
    std::map<std::string, std::optional<double>> constants_;
};

}  // namespace snnc::frontend
