// check() and elaborate(): which declarations are looked at, in which order.
#include "frontend/elaborate.h"

#include <fmt/format.h>

#include <algorithm>

#include "frontend/elaborate_findings.h"
#include "frontend/elaborate_training.h"
#include "frontend/parse.h"

namespace snnc::frontend {
namespace {

template <class Kind>
std::vector<const Kind*> all_of(const Module& module) {
    std::vector<const Kind*> result;
    for (const Declaration& declaration : module.main->declarations)
        if (const auto* kind = std::get_if<Kind>(&declaration.node)) result.push_back(kind);
    return result;
}

template <class Kind, class Name>
std::string listed(const std::vector<const Kind*>& all, Name&& name) {
    std::string text;
    for (const Kind* one : all) text += (text.empty() ? "`" : ", `") + name(*one) + "`";
    return text;
}

std::string name_of_network(const NetworkDecl& network) { return network.name.text; }
std::string name_of_train(const TrainDecl& train) {
    return train.name ? train.name->text : train.network.text;
}

/// The one called `name`, or the only one; reports what is missing or open.
template <class Kind, class NameOf>
const Kind* choose(const std::vector<const Kind*>& all, const std::string& name,
                   const std::string& what, const std::string& option, NameOf name_of,
                   const std::string& file, Diagnostics& diagnostics) {
    std::vector<const Kind*> fitting;
    std::vector<std::string> names;
    for (const Kind* one : all) {
        names.push_back(name_of(*one));
        if (name.empty() || names.back() == name) fitting.push_back(one);
    }
    if (fitting.size() == 1) return fitting[0];
    if (fitting.empty()) {
        auto report =
            diagnostics.report(Code::NoNetwork, {},
                               name.empty() ? fmt::format("the file has no {}", what)
                                            : fmt::format("the file has no {} `{}`", what, name));
        report.file(file);
        if (const std::string hint = did_you_mean(name, names); !hint.empty())
            report.note(hint);
        else if (!all.empty())
            report.note("there are " + listed(all, name_of));
        return nullptr;
    }
    diagnostics
        .report(Code::SeveralNetworks, {},
                fmt::format("the file has several {}s; say which with `{}`", what, option))
        .file(file)
        .note("there are " + listed(fitting, name_of));
    return nullptr;
}

/// Such a network is a layer of others, and checked there.
bool has_open_shape(const NetworkDecl& network) {
    for (const NetworkStatement& statement : network.statements) {
        const auto* input = std::get_if<NetworkInput>(&statement.node);
        if (!input) continue;
        for (const Cut& cut : input->input.type.shape) {
            const Name* word = cut.begin ? as_word(*cut.begin) : nullptr;
            if (word && word->text == "_") return true;
        }
    }
    return false;
}

/// One network in the making, with all that the making needs.
struct Work {
    ir::Network network;
    Context context;
    Expressions expressions;
    NetworkBuilder builder;

    Work(SourceManager& sources, const Declarations& declarations, const NetworkDecl& decl,
         const Request& request, Diagnostics& diagnostics)
        : context(sources, declarations, diagnostics, network),
          expressions(context),
          builder(context, expressions, decl, request, sources) {
        network.name = decl.name.text;
    }
};

class Elaborator {
 public:
    Elaborator(SourceManager& sources, const Module& module, Diagnostics& diagnostics)
        : sources_(sources),
          module_(module),
          diagnostics_(diagnostics),
          declarations_(module, diagnostics) {}

    std::optional<ir::Network> run(const Request& request) {
        const TrainDecl* train = nullptr;
        if (request.training) {
            train = choose_train(request);
            if (!train) return std::nullopt;
        }
        const NetworkDecl* decl = train ? network_of(*train) : choose_network(request);
        if (!decl) return std::nullopt;
        Work work(sources_, declarations_, *decl, request, diagnostics_);
        work.builder.build();
        TrainingBuilder training(work.context, work.expressions, work.builder);
        if (train)
            training.build(*train);
        else
            read_seed(*decl, training);
        if (request.loss) build_loss(request, training);
        if (!diagnostics_.ok() || !check_cycles(work.context)) return std::nullopt;
        return std::move(work.network);
    }

    /// Every declaration by itself, then networks with their train blocks.
    void check() {
        for (const Declaration& declaration : module_.main->declarations) {
            if (std::holds_alternative<FunctionDecl>(declaration.node) ||
                std::holds_alternative<SurrogateDecl>(declaration.node) ||
                std::holds_alternative<LossDecl>(declaration.node))
                check_body(declaration);
            if (const auto* cell = std::get_if<CellDecl>(&declaration.node)) check_cell(*cell);
        }
        for (const NetworkDecl* decl : all_of<NetworkDecl>(module_)) {
            const bool trained = !trains_of(decl->name.text).empty();
            if (!trained && !has_open_shape(*decl)) check_network(*decl, nullptr);
        }
        for (const TrainDecl* train : all_of<TrainDecl>(module_))
            if (const NetworkDecl* decl = network_of(*train)) check_network(*decl, train);
    }

 private:
    const TrainDecl* choose_train(const Request& request) {
        if (!request.network.empty() && !choose_network(request)) return nullptr;
        const auto trains =
            request.network.empty() ? all_of<TrainDecl>(module_) : trains_of(request.network);
        return choose(trains, request.train_block, "train block", "--train-block", name_of_train,
                      file_name(), diagnostics_);
    }

    std::vector<const TrainDecl*> trains_of(const std::string& network) const {
        auto trains = all_of<TrainDecl>(module_);
        std::erase_if(trains,
                      [&](const TrainDecl* train) { return train->network.text != network; });
        return trains;
    }

    const NetworkDecl* choose_network(const Request& request) {
        return choose(all_of<NetworkDecl>(module_), request.network, "network", "--network",
                      name_of_network, file_name(), diagnostics_);
    }

    std::string file_name() const { return sources_.file(module_.main->file).name(); }

    /// A train block may speak of a network of another file.
    const NetworkDecl* network_of(const TrainDecl& train) {
        const Declaration* declaration = declarations_.find(Space::Cell, train.network);
        const auto* network = declaration ? std::get_if<NetworkDecl>(&declaration->node) : nullptr;
        if (network) return network;
        auto report = diagnostics_.report(
            Code::UnknownName, train.network.range,
            declaration ? fmt::format("`{}` is no network", train.network.text)
                        : fmt::format("there is no network `{}`", train.network.text));
        const auto near = nearest_names(train.network.text, network_names(module_));
        report.note(did_you_mean(train.network.text, network_names(module_)));
        if (near.size() == 1) report.edit(train.network.range, near[0]);
        return nullptr;
    }

    /// What is drawn is the same in a run as in the training of the network, if it has one
    /// training.
    void read_seed(const NetworkDecl& network, TrainingBuilder& training) {
        const auto trains = trains_of(network.name.text);
        if (trains.size() == 1) training.read_seed(*trains[0]);
    }

    void build_loss(const Request& request, TrainingBuilder& training) {
        const ExprPtr loss =
            request.loss_place.valid()
                ? parse_expression(sources_, request.loss_place, diagnostics_)
                : parse_expression(sources_, sources_.add("--loss", *request.loss), diagnostics_);
        if (loss) training.build_loss(*loss, request.extra_targets);
    }

    void check_body(const Declaration& declaration) {
        ir::Network scratch;
        Context context(sources_, declarations_, diagnostics_, scratch);
        Expressions(context).check_body(declaration);
        context.dimensions.expressions.check_body(declaration);
    }

    /// With the default options and one element; a use with other options is checked where it is.
    void check_cell(const CellDecl& cell) {
        ir::Network scratch;
        Context context(sources_, declarations_, diagnostics_, scratch);
        Expressions expressions(context);
        ConstantNames names(context, "here");
        UnknownNames dimensions;
        CellUse use(context, expressions, cell,
                    {cell.name.text, {1}, {}, &names, &dimensions, cell.name.range, true});
        use.declare();
        std::map<std::string, Value> ports;
        for (const Member& member : cell.members)
            if (const auto* port = std::get_if<PortMember>(&member.node))
                ports[port->name.text] = any_input(context, *port);
        use.define(ports);
        check_cycles(context);
    }

    /// Something that arrives at a port.
    static Value any_input(Context& context, const PortMember& port) {
        ir::Tensor tensor;
        tensor.name = port.name.text;
        tensor.shape = {1};
        tensor.per_step = true;
        tensor.role = ir::Role::Input;
        return read(context, context.add(std::move(tensor)));
    }

    void check_network(const NetworkDecl& decl, const TrainDecl* train) {
        Work work(sources_, declarations_, decl, no_request_, diagnostics_);
        work.builder.build();
        TrainingBuilder training(work.context, work.expressions, work.builder);
        if (train) training.build(*train);
        check_cycles(work.context);
        // What is wrong in a cell was told before, and a network with gaps teaches less.
        if (!train || !diagnostics_.ok()) return;
        warn_default_names(work.context, work.builder);
        warn_unreached(work.context);
    }

    SourceManager& sources_;
    const Module& module_;
    Diagnostics& diagnostics_;
    Declarations declarations_;
    /// As for training, where the layers that have two modes are at their fullest.
    static Request training_mode() {
        Request request;
        request.mode = Mode::Train;
        return request;
    }
    const Request no_request_ = training_mode();
};

}  // namespace

void check(SourceManager& sources, const Module& module, Diagnostics& diagnostics) {
    Elaborator(sources, module, diagnostics).check();
}

std::optional<ir::Network> elaborate(SourceManager& sources, const Module& module,
                                     const Request& request, Diagnostics& diagnostics) {
    return Elaborator(sources, module, diagnostics).run(request);
}

}  // namespace snnc::frontend
