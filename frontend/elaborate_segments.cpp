// Other shapes and parts of tensors: flatten, reshape, slices of populations.
#include <fmt/format.h>

#include "frontend/elaborate_networks.h"

namespace snnc::frontend {

// ---- shapes --------------------------------------------------------------------------------

void NetworkBuilder::declare_flatten(Node& node, ir::TensorId source) {
    if (!check_layer_arguments(node, 0, {})) return;
    define_reshape(node, source, {ir::element_count(context_.network[source].shape)});
}

void NetworkBuilder::declare_reshape(Node& node, ir::TensorId source) {
    if (!check_layer_arguments(node, 8, {})) return;
    ir::Shape shape;
    for (const Argument* extent : node.arguments) {
        const auto number = expressions_.whole(*extent->value.value, constants_, "an extent", 1);
        if (!number) return;
        shape.push_back(*number);
    }
    if (shape.empty()) {
        context_.error(Code::WrongArguments, node.callee.name->range,
                       "`reshape` takes the new extents, `reshape(1, 28, 28)`");
        return;
    }
    const ir::Shape before = context_.network[source].shape;
    if (ir::element_count(shape) != ir::element_count(before)) {
        context_
            .error(Code::ShapeMismatch, node.callee.name->range,
                   fmt::format("{} elements of shape {} make no {}, which has {}",
                               ir::element_count(before), ir::to_string(before),
                               ir::to_string(shape), ir::element_count(shape)))
            .label(arrival(node), fmt::format("{} comes from here", ir::to_string(before)));
        return;
    }
    define_reshape(node, source, shape);
}

void NetworkBuilder::define_reshape(Node& node, ir::TensorId source, const ir::Shape& shape) {
    ir::Network& network = context_.network;
    node.output = add_layer_tensor(node, node.name, shape, source);
    network[node.output].kind = network[source].kind;
    if (network[source].shape == shape)
        context_.define(node.output, ir::Formula{network.pool.read(source)});
    else
        context_.define(node.output, ir::Segment{source, 0, 0, ir::element_count(shape)});
}

/// What products read row by row needs no copy in another shape.
ir::TensorId NetworkBuilder::before_reshape(ir::TensorId tensor) const {
    const ir::Definition* definition = context_.network.definition(tensor);
    const auto* segment = definition ? std::get_if<ir::Segment>(&definition->kind) : nullptr;
    if (!segment || segment->from != 0 || segment->to != 0 || segment->blocks != 1) return tensor;
    const auto count = [&](ir::TensorId id) {
        return ir::element_count(context_.network[id].shape);
    };
    if (segment->count != count(tensor) || segment->count != count(segment->source)) return tensor;
    return before_reshape(segment->source);
}

/// What reads elements one by one needs no copy of contiguous ones.
NetworkBuilder::Part NetworkBuilder::before_parting(ir::TensorId tensor) const {
    const ir::Definition* definition = context_.network.definition(tensor);
    const auto* segment = definition ? std::get_if<ir::Segment>(&definition->kind) : nullptr;
    if (!segment || segment->to != 0 || segment->blocks != 1 ||
        segment->count != ir::element_count(context_.network[tensor].shape))
        return {tensor, 0};
    const Part inner = before_parting(segment->source);
    return {inner.whole, inner.first + segment->from};
}

// ---- slices --------------------------------------------------------------------------------

namespace {

/// `extent` cells from `first` on along one axis of `whole`. What lies before the axis are blocks
/// of their own.
struct AxisPart {
    ir::Shape whole;
    std::size_t axis;
    std::int64_t first, extent;

    bool is_all() const { return extent == whole[axis]; }
    ir::Segment to_part() const {
        return {{},
                first * inner(),
                0,
                extent * inner(),
                blocks(),
                whole[axis] * inner(),
                extent * inner()};
    }
    ir::Segment to_whole() const {
        return {{},
                0,
                first * inner(),
                extent * inner(),
                blocks(),
                extent * inner(),
                whole[axis] * inner()};
    }

 private:
    std::int64_t blocks() const {
        return ir::element_count({whole.begin(), whole.begin() + std::ptrdiff_t(axis)});
    }
    std::int64_t inner() const {
        return ir::element_count({whole.begin() + std::ptrdiff_t(axis) + 1, whole.end()});
    }
};

}  // namespace

/// A member with its variable and its part: `pop`, `pop.v`, `pop[0:10]`, `pop[0:10].v`.
std::optional<NetworkBuilder::Place> NetworkBuilder::reference(const Element& element) {
    const Path& path = element.path;
    Place place{member(path.head.text), {}, path.range, nullptr, &path};
    const bool deep = place.node && place.node->network;  // `b1.join.v`
    for (const Suffix& suffix : path.suffixes) {
        if (const auto* named = std::get_if<MemberSuffix>(&suffix);
            named && (place.member.empty() || deep)) {
            place.member += (place.member.empty() ? "" : ".") + named->name.text;
            place.range = named->name.range;
        } else if (const auto* cut = std::get_if<IndexSuffix>(&suffix); cut && !place.slice) {
            place.slice = cut;
        } else {
            context_.error(
                Code::MisplacedElement, path.range,
                fmt::format("`{}` names no variable and no part of `{}`",
                            path.suffixes.size() > 1 ? "this" : path.head.text, path.head.text));
            return std::nullopt;
        }
    }
    if (!place.node) return std::nullopt;  // its element was reported
    if (element.as_name)
        context_.error(Code::MisplacedElement, element.as_name->range,
                       fmt::format("`{}` has a name already", path.head.text));
    if (element.recurrent)
        context_.error(Code::MisplacedElement, element.recurrent->range,
                       "`recurrent` stands where the cells are made");
    if (element.shape) place.node->assertion = &*element.shape;
    return place;
}

/// `[a:b]`, `[a:b, c:d]` of the first axes, the others whole: which cells, and their shape.
std::optional<NetworkBuilder::Range> NetworkBuilder::range(const IndexSuffix& slice,
                                                           const std::string& name,
                                                           const ir::Shape& shape) {
    if (slice.cuts.size() > shape.size()) {
        context_.error(Code::ShapeMismatch, slice.range,
                       fmt::format("`{}` has shape {}, and this part says more axes", name,
                                   ir::to_string(shape)));
        return std::nullopt;
    }
    Range result;
    result.shape = shape;
    for (std::size_t axis = 0; axis < slice.cuts.size(); ++axis) {
        const Cut& cut = slice.cuts[axis];
        if (!cut.is_slice) {
            context_.error(Code::WrongType, cut.range,
                           fmt::format("a part of `{}` says its first cell and its end, `{}[0:10]`",
                                       name, name));
            return std::nullopt;
        }
        std::optional<std::int64_t> begin = 0, end = shape[axis];
        if (cut.begin)
            begin = expressions_.whole(*cut.begin, constants_, "the first cell of a slice", 0);
        if (cut.end) end = expressions_.whole(*cut.end, constants_, "the end of a slice", 1);
        if (!begin || !end) return std::nullopt;
        if (*begin >= *end || *end > shape[axis]) {
            context_.error(Code::ShapeMismatch, cut.range,
                           fmt::format("`{}` has shape {}, and [{}:{}] is no part of {}", name,
                                       ir::to_string(shape), *begin, *end,
                                       shape.size() == 1 ? "it" : "this axis"));
            return std::nullopt;
        }
        result.shape[axis] = *end - *begin;
        result.first.push_back(*begin);
    }
    return result;
}

/// The part of a source's variable that an edge takes, cut along one axis after the other.
ir::TensorId NetworkBuilder::source_part(Edge& edge, ir::TensorId whole) {
    if (!edge.source_slice) return whole;
    if (edge.part.valid()) return edge.part;
    const auto taken = range(*edge.source_slice, edge.from->name, context_.network[whole].shape);
    if (!taken) {
        edge.source_slice = nullptr;  // reported once
        edge.broken = true;
        return {};
    }
    edge.part = whole;
    const std::string name = context_.network[whole].name + ".part";
    for (std::size_t axis = 0; axis < taken->first.size(); ++axis) {
        ir::Shape shape = context_.network[edge.part].shape;
        const AxisPart part{shape, axis, taken->first[axis], taken->shape[axis]};
        if (part.is_all()) continue;
        shape[axis] = part.extent;
        edge.part = moved(edge.part, name, shape, edge.source_range, part.to_part());
    }
    return edge.part;
}

/// What arrives at a part of a population, as a value for all of it: 0 elsewhere.
Value NetworkBuilder::target_part(const Edge& edge, const Node& node, ir::TensorId from) {
    const ir::Shape whole = node.use->shape();
    const auto met = range(*edge.target_slice, node.name, whole);
    if (!met) return {};
    const ir::Shape arriving = context_.network[from].shape;
    if (arriving != met->shape) {
        context_
            .error(Code::ShapeMismatch, edge.target_range,
                   fmt::format("this part of `{}` has shape {}, but {} arrives", node.name,
                               ir::to_string(met->shape), ir::to_string(arriving)))
            .label(edge.source_range, "it comes from here");
        return {};
    }
    const std::string name = context_.network[from].name + ".spread";
    ir::Shape shape = arriving;
    for (std::size_t axis = met->first.size(); axis-- > 0;) {
        shape[axis] = whole[axis];
        const AxisPart part{shape, axis, met->first[axis], met->shape[axis]};
        if (!part.is_all()) from = moved(from, name, shape, edge.target_range, part.to_whole());
    }
    return read(context_, from);
}

/// A tensor of its own for a part, or for what a part is spread to.
ir::TensorId NetworkBuilder::moved(ir::TensorId source, const std::string& name,
                                   const ir::Shape& shape, const SourceRange& range,
                                   ir::Segment segment) {
    const ir::Tensor& model = context_.network[source];
    const ir::TensorId target =
        helper(context_, name, shape, {model.per_step, model.per_sample}, range);
    context_.network[target].kind = context_.network[source].kind;
    segment.source = source;
    context_.define(target, segment);
    return target;
}

}  // namespace snnc::frontend
