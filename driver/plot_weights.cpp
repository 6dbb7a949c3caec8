// snnc plot weights: a tensor of a weights file as an image.
#include <fmt/format.h>

#include <charconv>

#include "driver/picture_output.h"
#include "driver/plot.h"
#include "pictures/weights.h"
#include "runtime/safetensors.h"

namespace snnc::driver {
namespace {

struct WeightPictureOptions {
    std::string file, tile;
    PictureOptions picture;
};

/// "28x28".
std::optional<pictures::Tile> tile_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    pictures::Tile tile;
    const char* end = text.data() + text.size();
    const auto rows = std::from_chars(text.data(), end, tile.rows);
    bool good = rows.ec == std::errc{} && rows.ptr != end && *rows.ptr == 'x';
    if (good) {
        const auto columns = std::from_chars(rows.ptr + 1, end, tile.columns);
        good = columns.ec == std::errc{} && columns.ptr == end;
    }
    if (!good || tile.rows == 0 || tile.columns == 0)
        fail(Code::BadCommandLine,
             fmt::format("`--tile` takes ROWSxCOLUMNS such as 28x28, not `{}`", text));
    return tile;
}

/// FILE.safetensors:NAME; without NAME the only matrix.
struct TensorPlace {
    std::string file, name;
};
TensorPlace split_place(const std::string& text) {
    const std::string suffix = ".safetensors:";
    const auto at = text.find(suffix);
    if (at == std::string::npos) return {text, ""};
    return {text.substr(0, at + suffix.size() - 1), text.substr(at + suffix.size())};
}

std::vector<std::string> names_of(const runtime::TensorFile& file) {
    std::vector<std::string> names;
    for (const auto& [name, array] : file.tensors) names.push_back(name);
    return names;
}

const std::string& chosen_name(const runtime::TensorFile& contents, const TensorPlace& place) {
    if (!place.name.empty()) {
        const auto found = contents.tensors.find(place.name);
        if (found != contents.tensors.end()) return found->first;
        const std::string hint = did_you_mean(place.name, names_of(contents));
        fail(Code::TensorMissing, fmt::format("has no tensor `{}`", place.name), place.file,
             {hint.empty() ? "it holds " + quoted_list(names_of(contents)) : hint});
    }
    std::vector<const std::string*> matrices;
    for (const auto& [name, array] : contents.tensors)
        if (array.shape.size() >= 2) matrices.push_back(&name);
    if (matrices.size() == 1) return *matrices.front();
    if (contents.tensors.empty()) fail(Code::TensorMissing, "holds no tensor", place.file);
    fail(Code::BadCommandLine, fmt::format("`{}` holds several tensors; say which", place.file), {},
         {fmt::format("`{}:NAME`, where NAME is one of {}", place.file,
                      quoted_list(names_of(contents)))});
}

int plot_weights(const WeightPictureOptions& options) {
    options.picture.check();
    const std::optional<pictures::Tile> tile = tile_of(options.tile);
    const TensorPlace place = split_place(options.file);
    const runtime::TensorFile contents = runtime::read_safetensors(place.file);
    const std::string& name = chosen_name(contents, place);
    options.picture.show(pictures::weights(name, contents.tensors.at(name), place.file, tile));
    return Done;
}

}  // namespace

void add_weights_picture(Tool& tool, CLI::App& plot) {
    auto* kind =
        add_picture(plot, "weights", "Weights as an image, with how often which value occurs",
                    {"weights w.safetensors:fc1.weight",
                     "weights w.safetensors:fc1.weight --tile 28x28 --out fields.png"});
    auto options = std::make_shared<WeightPictureOptions>();
    kind->add_option("FILE", options->file, "W.safetensors:NAME, a tensor of a weights file")
        ->required();
    kind->add_option("--tile", options->tile,
                     "ROWSxCOLUMNS: the weights of each cell as an image of its own");
    options->picture.add_to(*kind);
    kind->callback(
        [&tool, options] { tool.action = [options](Session&) { return plot_weights(*options); }; });
}

}  // namespace snnc::driver
