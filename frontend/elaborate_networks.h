// Networks: inputs, settings, layers, cells and the edges between them (language.md section 4).
//
// First every name is found (nodes and edges, in text order), then shapes flow forward along the
// edges and tensors are declared, then the cells' equations are made. Losses and outputs look up
// tensors by path afterwards.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "frontend/elaborate_cells.h"
#include "frontend/network_dimensions.h"
#include "ir/net/patterns.h"

namespace snnc::frontend {

struct Node;
class NetworkBuilder;

/// From a node's output, or its variable `member`, to the port `port` (empty: the first).
struct Edge {
    Node* from = nullptr;
    std::string member;
    std::string port;
    SourceRange source_range, target_range;
    bool makes = false;  // of the chain that made its target: the shape follows from it
    const IndexSuffix* source_slice = nullptr;  // `pop[0:10] -> …`
    const IndexSuffix* target_slice = nullptr;  // `… -> pop[0:10]`
    const Path* source = nullptr;               // as it is written
    ir::TensorId part;                          // the source's slice, once it is made
    bool broken = false;                        // its slice was reported
};

/// An input, a layer, cells, or a network that is used as a layer.
struct Node {
    enum class Kind { Input, Layer, Cells, Network };
    enum class Progress { Waiting, Running, Done };
    Kind kind = Kind::Input;
    std::string name;   // qualified: "b1.conv1"
    std::string local;  // as it stands in the text: "conv1"
    bool default_name = false;
    SourceRange range;
    Expressions::Callee callee;      // layers and cells
    const CellDecl* cell = nullptr;  // cells
    const NetworkDecl* network = nullptr;
    std::unique_ptr<NetworkBuilder> inner;  // what the network is made of here
    std::optional<ir::Shape> shape;         // declared, or found
    const Path* shape_like = nullptr;       // `Leaky[second.shape]`
    const TypedName* input = nullptr;       // inputs
    SourceRange arrival;                    // inputs of a network that is a layer: of their edge
    const ShapeAssertion* assertion = nullptr;
    const Node* next = nullptr;  // behind it in its chain: for `dense()`
    std::vector<Edge> edges;     // that arrive
    Progress declared = Progress::Waiting, defined = Progress::Waiting;
    bool broken = false;                     // a mistake was reported; ask nothing of it
    ir::TensorId output;                     // inputs and layers
    std::unique_ptr<CellUse> use;            // cells
    std::unique_ptr<Node> recurrent;         // the layer that feeds them their own output
    std::vector<const Argument*> arguments;  // with those of --set
    std::optional<Dimension> dimension;      // of what inputs, layers and networks hand on

    bool takes_one_edge() const { return kind == Kind::Layer || kind == Kind::Network; }
};

class NetworkBuilder {
 public:
    NetworkBuilder(Context& context, Expressions& expressions, const NetworkDecl& network,
                   const Request& request, SourceManager& sources);

    void build();

    /// `out.s`, `fc1`, `fc1.weight`, `image`: a tensor; reports what is unknown. `what` says where
    /// the path stands ("an output").
    /// `depth`: how many names in front are of networks around this one.
    std::optional<ir::TensorId> tensor(const Path& path, const std::string& what,
                                       std::size_t depth = 0);
    /// All parameters of an element, or one; empty if the path names none.
    std::vector<ir::TensorId> parameters(const Path& path) const;
    std::vector<std::string> names() const;
    bool has(const std::string& name) const { return place(name).has_value(); }
    /// Was a mistake of this element reported?
    bool is_broken(const std::string& name) const;
    /// Where an element gets its name, or stands.
    std::optional<SourceRange> place(const std::string& name) const;
    Names& constants() { return constants_; }
    NetworkDimensions& dimensions() { return dimensions_; }
    const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }

 private:
    // Dimensions along the edges (elaborate_flow.cpp).
    void check_dimensions();
    void check_arrival(Node& node, Edge& edge);
    Dimension dimension_from(const Edge& edge);
    Dimension dimension_of(Node& node);
    Dimension dimension_inside(const Dimension& arriving);
    Dimension through(Node& layer, const Dimension& source);

    // Settings and constants (elaborate_settings.cpp).
    void collect_settings();
    void unknown_setting(const Setting& setting);
    const Expr* setting(const std::string& name) const;
    void read_parameters();
    void read_parameter(const std::string& name);
    void read_dt();
    void set_steps(const Expr* steps, const Expr* duration);
    std::optional<std::int64_t> steps_of(const Expr& duration);
    void read_sets();
    void read_sets_of_parameters();
    void apply_sets(Node& node);
    void check_sets_used();

    // Nodes and edges (elaborate_wiring.cpp).
    void declare_inputs();
    void declare_input(const TypedName& input);
    void declare_input_like(Node& node);
    void make_input(Node& node, const std::optional<ir::Shape>& shape);
    void declare_populations();
    void no_shape_of(const PopulationDecl& population, const Node& node);
    void collect_names();
    void read_chains();
    void read_chain(const Chain& chain);
    void check_one_edge(Node& node);
    struct Place {
        Node* node = nullptr;
        std::string member;  // behind the name
        SourceRange range;
        const IndexSuffix* slice = nullptr;
        const Path* path = nullptr;
    };
    std::optional<Place> element(const Element& element);
    std::optional<Place> reference(const Element& element);
    Node* new_element(const Element& element, bool first);
    Node* member(const std::string& name) const;
    bool names_member(const Path& path) const;
    void connect(const Place& from, const Place& to, bool makes);
    std::string default_name(const std::string& kind);
    void check_default_name(const Node& node);
    Node* add_node(Node::Kind kind, std::string name, const SourceRange& range);
    const CellDecl* find_cell(const Expressions::Callee& callee, const SourceRange& range);
    void name_twice(const Name& name, const SourceRange& first);

    // Shapes and tensors (elaborate_networks.cpp, elaborate_layers.cpp).
    void declare(Node& node);
    void declare_cells(Node& node);
    void define(Node& node);
    ir::TensorId source(Edge& edge);
    ir::TensorId whole_source(const Edge& edge);
    static bool waits_for_open(const Node& node, std::set<const Node*>& seen);
    ir::TensorId inside(const Edge& edge);
    void check_assertion(Node& node, const ir::Shape& shape);
    void mark_spikes();
    void read_outputs();

    // Networks as layers (elaborate_blocks.cpp).
    NetworkBuilder(NetworkBuilder& outer, const Node& use);
    NetworkBuilder& outermost();
    const NetworkDecl* find_network(const Expressions::Callee& callee);
    bool report_too_many_networks(const Node& node);
    void declare_network(Node& node);
    struct Arrival {
        ir::TensorId tensor;
        SourceRange range;
    };
    using Arrivals = std::map<std::string, Arrival>;  // by input
    static std::vector<const TypedName*> inputs_of(const NetworkDecl& network);
    static std::string port_of(const Node& node, const Edge& edge);
    bool has_input(const Node& node, const Name& port);
    ir::TensorId build_inside(const Node& use, const Arrivals& arrivals);
    bool take_arguments(const Node& use);
    bool bind_inputs(const Node& use, const Arrivals& arrivals);
    bool bind_input(const TypedName& input, const Node& use, const Arrival* arrival);
    std::optional<ir::Shape> open_shape(const TypedName& input);
    bool fits_input(const TypedName& input, const ir::Shape& wanted, const Arrival& arrival);
    bool check_interval(const TypedName& input, ir::TensorId arriving);
    ir::TensorId nothing_arrives(const TypedName& input, const ir::Shape& shape);
    std::optional<ir::TensorId> output_called(const Name& name);
    std::optional<ir::Shape> shape_of(const Path& path);
    void find_shape(Node& node);

    void declare_layer(Node& node);
    void declare_dense(Node& node, ir::TensorId source);

    // Layers that formulas suffice for, and `recurrent` (elaborate_feedback.cpp).
    void declare_scale(Node& node, ir::TensorId source);
    void declare_one_to_one(Node& node, ir::TensorId source);
    void declare_factor(Node& node, ir::TensorId source, const ir::Shape& stored_shape);
    std::optional<Value> factor(Node& node, const Argument& given, const ir::Shape& stored_shape,
                                const ir::Shape& shape);
    void declare_delay(Node& node, ir::TensorId source);
    std::optional<std::int64_t> delay_steps(const Argument& given);
    void add_recurrent(Node& cells, const Path* path);
    Value recurrent_input(Node& cells);

    // Convolutions and pools (elaborate_windows.cpp).
    void declare_convolution(Node& node, ir::TensorId source);
    void define_convolution(Node& node, ir::TensorId source, const ir::Window& window,
                            std::int64_t out, std::int64_t groups);
    void declare_pool(Node& node, ir::TensorId source);
    void define_max_pool(Node& node, ir::TensorId source, const ir::Window& window);
    void define_sum_pool(Node& node, ir::TensorId source, const ir::Window& window, bool mean);
    std::optional<ir::Window> window(const Node& node, const Argument& size, bool pool, bool line);
    std::optional<ir::Window::Pair> pair(const Node& node, const Argument& given,
                                         const std::string& what, std::int64_t least);
    std::optional<ir::Window::Pair> pair(const Node& node, const std::string& name,
                                         std::int64_t least, const ir::Window::Pair& otherwise);
    /// Where the text says what arrives.
    static const SourceRange& arrival(const Node& node) {
        return node.edges.empty() ? node.range : node.edges[0].source_range;
    }
    bool fits(const Node& node, const ir::Window& window, const ir::Shape& shape);
    bool takes_planes(const Node& node, const ir::Shape& shape, bool planes, bool lines);
    const ir::ExprNode* sum_of(ir::TensorId tensor) const;
    ir::TensorId channel_bias(ir::TensorId tensor) const;

    // Layers with two modes (elaborate_batchnorm.cpp, elaborate_dropout.cpp).
    class BatchNorm;
    void declare_dropout(Node& node, ir::TensorId source);
    void declare_batchnorm(Node& node, ir::TensorId source);
    Value learns();

    // Other shapes and parts (elaborate_segments.cpp).
    void declare_flatten(Node& node, ir::TensorId source);
    void declare_reshape(Node& node, ir::TensorId source);
    void define_reshape(Node& node, ir::TensorId source, const ir::Shape& shape);
    ir::TensorId before_reshape(ir::TensorId tensor) const;
    struct Part {
        ir::TensorId whole;
        std::int64_t first = 0;  // element
    };
    Part before_parting(ir::TensorId tensor) const;
    struct Range {
        ir::Shape shape;
        std::vector<std::int64_t> first;  // cell along each axis that is cut
    };
    std::optional<Range> range(const IndexSuffix& slice, const std::string& name,
                               const ir::Shape& shape);
    ir::TensorId source_part(Edge& edge, ir::TensorId whole);
    Value target_part(const Edge& edge, const Node& node, ir::TensorId from);
    ir::TensorId moved(ir::TensorId source, const std::string& name, const ir::Shape& shape,
                       const SourceRange& range, ir::Segment segment);

    // Layers with edges of their own (elaborate_sparse.cpp).
    void declare_sparse(Node& node, ir::TensorId source);
    std::optional<ir::ExprId> chance(const Node& node);
    std::optional<ir::ExprId> pattern_chance(const Argument& given);
    std::optional<ir::Expectation> expectation(const Node& node, const ir::Pattern& pattern);
    struct EdgeWeight {
        std::optional<double> constant;  // else stored for each edge
        std::optional<ir::Initialiser> first;
        bool learned = false;
    };
    std::optional<EdgeWeight> edge_weight(const Node& node, const ir::Pattern& pattern,
                                          double edges);

    std::optional<ir::Shape> shape_behind(const Node& node);
    std::optional<std::int64_t> dense_width(Node& node);
    std::optional<ir::Initialiser> weight_initialiser(const Node& node, double fan_in,
                                                      double fan_out);
    bool flag(const Node& node, const std::string& name, bool otherwise);
    const Argument* argument(const Node& node, const std::string& name) const;
    /// The positional argument of this number, or the one of this name.
    const Argument* argument(const Node& node, std::size_t position, const std::string& name) const;
    bool check_layer_arguments(const Node& node, std::size_t most_positional,
                               const std::vector<std::string>& named);
    ir::TensorId add_parameter(Node& node, const std::string& name, const ir::Shape& shape,
                               const ir::Initialiser& initialiser);
    ir::TensorId add_layer_tensor(const Node& node, const std::string& name, const ir::Shape& shape,
                                  ir::TensorId like);

    Context& context_;
    Expressions& expressions_;
    const NetworkDecl& decl_;
    const Request& request_;
    SourceManager& sources_;
    ConstantNames constants_;
    NetworkDimensions dimensions_;
    Dimension arriving_;               // at its inputs
    NetworkBuilder* outer_ = nullptr;  // of a network that is used as a layer
    std::string prefix_;               // of its names, "b1."
    bool arrival_refused_ = false;     // a mistake of the use was reported, not one inside
    std::map<std::string, const Setting*> settings_;
    std::set<std::string> reading_;  // parameters, and "dt", whose value is being worked out
    bool dt_known_ = false;
    std::vector<std::unique_ptr<Node>> nodes_;
    std::map<std::string, Node*> by_name_;
    std::map<const Element*, Node*> made_;      // elements that are not references
    std::map<std::string, SourceRange> named_;  // members, with their place
    std::set<std::string> misdeclared_;         // names that were given as if by a setting
    std::map<std::string, int> counts_;         // unnamed elements by kind
    struct Set {
        std::string element, argument, path;
        Argument value;
        bool used = false;
    };
    std::vector<std::unique_ptr<Set>> sets_;
};

/// `[784]`, `[c, h]`: numbers known now, each at least 1.
std::optional<ir::Shape> constant_shape(Context& context, Expressions& expressions, Names& names,
                                        const std::vector<Cut>& cuts, const SourceRange& range);

/// An input or a target: its name, shape, kind, interval, and whether it has a value per step.
/// The shape is read there, unless it is known.
std::optional<ir::Tensor> typed_tensor(Context& context, Expressions& expressions, Names& names,
                                       const TypedName& typed,
                                       const std::optional<ir::Shape>& known = std::nullopt);

/// The settings of train blocks.
const std::vector<std::string>& train_settings();

/// `second.shape`, where that is the whole shape; else nullptr.
const Path* shape_reference(const std::vector<Cut>& cuts);

/// The layers of the language.
bool is_layer(const std::string& name);
const std::vector<std::string>& layer_names();

}  // namespace snnc::frontend
