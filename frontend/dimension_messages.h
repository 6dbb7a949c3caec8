// How dimensions are called in messages: in the units that the user wrote (language.md 8.10).
//
// Every unit of the text is noted when it is met; a dimension is then written as one of them or as
// a product of few (`mV/ms`), never in metres and kilograms. Used by expression_dimensions.h.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "frontend/ast.h"
#include "frontend/dimensions.h"
#include "support/diagnostics.h"

namespace snnc::frontend {

/// A name whose value may be what a product lacks: "divided by `tau` it would fit".
struct NamedDimension {
    std::string name;
    Dimension dimension;
};

/// What stands where something else is needed.
struct Misfit {
    const Expr* expr = nullptr;  // what is wrong; nullptr: `range` says where
    SourceRange range;
    Dimension got, wanted;
    std::vector<NamedDimension> names = {};  // that may help
    std::vector<Label> labels = {};
    std::vector<std::string> notes = {};
};

class DimensionMessages {
 public:
    DimensionMessages(const SourceManager& sources, Diagnostics& diagnostics,
                      const DimensionSystem& system)
        : sources_(sources), diagnostics_(diagnostics), system_(system) {}

    /// The text uses this unit.
    void note_unit(const std::string& unit);
    /// An unknown dimension is that of this name.
    void note_unknown(const Dimension& unknown, const std::string& name);

    /// "a voltage (`mV`)", "a number", "a quantity in `mV/ms`".
    std::string describe(const Dimension& dimension) const;
    /// "mV/ms"; empty for numbers.
    std::string unit(const Dimension& dimension) const;
    /// How much 1 of that unit is in coherent units.
    double unit_value(const Dimension& dimension) const;
    std::string text(const SourceRange& range) const { return std::string(sources_.text(range)); }

    /// `sentence` makes a message of the two descriptions, of what is there and of what is needed.
    using Sentence = std::function<std::string(const std::string& got, const std::string& wanted)>;
    void report(const Misfit& misfit, const Sentence& sentence);

    /// While one is alive, mistakes are counted and not reported.
    class Muted {
     public:
        explicit Muted(DimensionMessages& messages)
            : messages_(messages), before_(messages.count_) {
            ++messages_.muted_;
        }
        ~Muted() {
            --messages_.muted_;
            messages_.count_ = before_;
        }
        Muted(const Muted&) = delete;
        Muted& operator=(const Muted&) = delete;
        int mistakes() const { return messages_.count_ - before_; }

     private:
        DimensionMessages& messages_;
        int before_;
    };
    /// Was something at this place reported?
    bool was_wrong(const SourceRange& range) const;

 private:
    struct Factor {
        std::string unit;
        Rational power;
    };
    std::vector<Factor> factors(const Dimension& dimension) const;
    void label_origin(DiagnosticBuilder& report, const Dimension& dimension,
                      const SourceRange& place) const;
    void suggest(DiagnosticBuilder& report, const Misfit& misfit) const;

    const SourceManager& sources_;
    Diagnostics& diagnostics_;
    const DimensionSystem& system_;
    std::vector<std::string> units_;       // of the text, in the order in which they were met
    std::map<int, std::string> unknowns_;  // names of unknown dimensions
    std::vector<SourceRange> wrong_;
    int muted_ = 0;
    int count_ = 0;  // of mistakes
};

/// A bare number, perhaps with a sign: what lacks nothing but its unit. Its end, else nothing.
const Expr* bare_number(const Expr& expr);

}  // namespace snnc::frontend
