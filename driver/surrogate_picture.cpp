#include "driver/surrogate_picture.h"

#include <fmt/format.h>

#include "driver/trial.h"
#include "frontend/parse.h"
#include "pictures/surrogates.h"

namespace snnc::driver {
namespace {

constexpr int place_count = 801;

/// From -reach to reach, the threshold in the middle.
std::vector<double> places_within(double reach) {
    std::vector<double> places;
    for (int i = 0; i < place_count; ++i)
        places.push_back(reach * (2.0 * i / (place_count - 1) - 1));
    return places;
}

/// The surrogate stands in the place of `atan`, with its own text as its place.
void put_in(frontend::Program& program, frontend::ExprPtr surrogate) {
    auto& network = std::get<frontend::NetworkDecl>(program.declarations.back().node);
    for (frontend::NetworkStatement& statement : network.statements) {
        auto* chain = std::get_if<frontend::Chain>(&statement.node);
        if (!chain) continue;
        for (frontend::Element& element : chain->elements)
            element.range = element.path.range = element.path.head.range = surrogate->range;
        auto& call = std::get<frontend::CallSuffix>(chain->elements.back().path.suffixes.front());
        frontend::Argument& argument = call.arguments.front();
        argument.range = argument.value.range = surrogate->range;
        argument.value.value = std::move(surrogate);
        return;
    }
}

struct Curves {
    std::vector<double> spike, derivative;
};

/// The membrane of the cells is their input, so that the gradient of their spikes is the surrogate.
class SurrogateNetwork {
 public:
    SurrogateNetwork(Session& session, const std::string& file, const std::string& text,
                     const std::string& surrogate, std::size_t places)
        : session_(session) {
        auto expr = frontend::parse_expression(
            session.sources, session.sources.add("NAME", surrogate), session.diagnostics);
        if (!expr) throw Stop{};
        const std::string cell = unused_name(text, "Spiking");
        request_.network = unused_name(text, "picture");
        request_.loss = "sum_t(sum(cells.s))";
        module_ = module_of_text(session, file,
                                 text + fmt::format(R"(
neuron {0} {{
    input x
    output s
    s[t] = spike(x)
}}
network {1} {{
    steps = 1
    input places[t] : f32[{2}]
    places -> {0}(surrogate = atan) as cells
    output cells.s
}}
)",
                                                    cell, request_.network, places));
        put_in(*module_.programs.front(), std::move(expr));
    }

    Curves run(const std::vector<double>& places) {
        ir::Network network = make_network(session_, module_, request_);
        const ir::TensorId input = network.inputs.front(), spikes = network.outputs.front();
        const ir::TensorId derivative = add_gradients(network, {input}).of(input);
        PortValues values(network);
        values[input].floats.assign(places.begin(), places.end());
        run_once(network, {spikes, derivative}, {1, 1}, values);
        const auto numbers = [&](ir::TensorId id) {
            const auto& floats = values.at(id).floats;
            return std::vector<double>(floats.begin(), floats.end());
        };
        return {numbers(spikes), numbers(derivative)};
    }

 private:
    Session& session_;
    frontend::Module module_;
    frontend::Request request_;
};

}  // namespace

pictures::Figure surrogate_picture(Session& session, const std::string& file,
                                   const std::string& text,
                                   const std::vector<std::string>& surrogates, double reach) {
    const std::vector<double> places = places_within(reach);
    std::vector<pictures::Surrogate> derivatives;
    std::vector<double> spike;
    for (const std::string& surrogate : surrogates) {
        Curves curves = SurrogateNetwork(session, file, text, surrogate, places.size()).run(places);
        derivatives.push_back({surrogate, std::move(curves.derivative)});
        spike = std::move(curves.spike);
    }
    return pictures::surrogates(places, spike, derivatives);
}

}  // namespace snnc::driver
