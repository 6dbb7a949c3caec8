// The edges of sparse layers: from a file, or drawn.
#include <fmt/format.h>

#include "driver/parameters.h"
#include "ir/net/patterns.h"

namespace snnc::driver {
namespace {

class EdgePlacer {
 public:
    EdgePlacer(Session& session, ir::Network& network, const runtime::TensorFile& contents,
               const std::string& file)
        : session_(session), network_(network), contents_(contents), file_(file) {}

    void place(std::uint64_t seed, PortValues& values) {
        for (std::size_t i = 0; i < network_.patterns.size(); ++i) {
            const ir::Pattern pattern = network_.patterns[i];
            auto edges = from_file(pattern);
            if (!edges) continue;  // reported
            if (edges->starts.empty()) edges = ir::draw_edges(network_.pool, pattern, seed);
            ir::set_edge_count(network_, i, std::int64_t(edges->targets.size()));
            values[pattern.starts].ints = std::move(edges->starts);
            values[pattern.targets].ints = std::move(edges->targets);
        }
        session_.stop_on_errors();
    }

 private:
    /// Empty if the file has none.
    std::optional<ir::EdgeList> from_file(const ir::Pattern& pattern) {
        const runtime::Array* starts = find(pattern.starts);
        const runtime::Array* targets = find(pattern.targets);
        if (!starts && !targets) return ir::EdgeList{};
        if (!starts || !targets) {
            report(Code::TensorMissing,
                   fmt::format("the file has no tensor `{}`",
                               network_[starts ? pattern.targets : pattern.starts].name))
                .note("the edges of a sparse layer are two tensors, and the other is there");
            return std::nullopt;
        }
        for (const runtime::Array* array : {starts, targets}) {
            if (runtime::is_integer(array->dtype)) continue;
            report(Code::BadDtype,
                   fmt::format("the edges of `{}` are integers, but the file holds {}",
                               pattern.name, runtime::name_of(array->dtype)));
            return std::nullopt;
        }
        ir::EdgeList edges{starts->to_i32(), targets->to_i32()};
        if (const std::string fault = fault_of(pattern, edges); !fault.empty()) {
            report(Code::BadEdges,
                   fmt::format("the edges of `{}` do not fit it: {}", pattern.name, fault))
                .note(fmt::format("it connects {} cells with {}", pattern.source_cells,
                                  pattern.target_cells));
            return std::nullopt;
        }
        return edges;
    }

    const runtime::Array* find(ir::TensorId id) const {
        const auto found = contents_.tensors.find(network_[id].name);
        return found == contents_.tensors.end() ? nullptr : &found->second;
    }

    /// What keeps them from being compressed sparse rows over the layer's cells; empty: nothing.
    std::string fault_of(const ir::Pattern& pattern, const ir::EdgeList& edges) const {
        const std::string starts = "`" + network_[pattern.starts].name + "`";
        const std::string targets = "`" + network_[pattern.targets].name + "`";
        if (std::int64_t(edges.starts.size()) != pattern.source_cells + 1)
            return fmt::format("{} has {} numbers in place of {}", starts, edges.starts.size(),
                               pattern.source_cells + 1);
        if (edges.starts.front() != 0 || edges.starts.back() != std::int64_t(edges.targets.size()))
            return fmt::format("{} must go from 0 to {}, the length of {}", starts,
                               edges.targets.size(), targets);
        for (std::size_t i = 0; i + 1 < edges.starts.size(); ++i) {
            if (edges.starts[i + 1] < edges.starts[i] || edges.starts[i] < 0)
                return fmt::format("{} descends behind {}", starts, i);
        }
        for (std::size_t i = 0; i + 1 < edges.starts.size(); ++i) {
            std::int64_t before = -1;
            for (auto e = std::size_t(edges.starts[i]); e < std::size_t(edges.starts[i + 1]); ++e) {
                const std::int64_t target = edges.targets[e];
                if (target < 0 || target >= pattern.target_cells)
                    return fmt::format("{} holds {} at {}", targets, target, e);
                if (target <= before)
                    return fmt::format("the targets of source cell {} do not ascend", i);
                before = target;
            }
        }
        return {};
    }

    DiagnosticBuilder report(Code code, const std::string& message) {
        auto builder = session_.diagnostics.report(code, {}, message);
        return builder.file(file_);
    }

    Session& session_;
    ir::Network& network_;
    const runtime::TensorFile& contents_;
    const std::string& file_;
};

}  // namespace

void place_edges(Session& session, ir::Network& network, const std::string& file,
                 std::uint64_t seed, PortValues& values) {
    const bool reads = !file.empty() && !network.patterns.empty();
    place_edges(session, network, reads ? runtime::read_safetensors(file) : runtime::TensorFile{},
                file, seed, values);
}

void place_edges(Session& session, ir::Network& network, const runtime::TensorFile& contents,
                 const std::string& file, std::uint64_t seed, PortValues& values) {
    EdgePlacer(session, network, contents, file).place(seed, values);
}

}  // namespace snnc::driver
