// snnc plot surrogate: a spike and what stands for its derivative.
#include <fmt/format.h>

#include <algorithm>

#include "driver/picture_output.h"
#include "driver/plot.h"
#include "driver/surrogate_picture.h"
#include "runtime/atomic_file.h"

namespace snnc::driver {
namespace {

struct SurrogateOptions {
    std::vector<std::string> words;
    double reach = 2;
    PictureOptions picture;
};

int plot_surrogates(Session& session, const SurrogateOptions& options) {
    options.picture.check();
    check_drawable("--reach", options.reach);
    std::vector<std::string> names = options.words;
    std::string file = "the standard library", text;
    if (names.front().ends_with(".snn")) {
        file = names.front();
        text = runtime::read_file(file);
        names.erase(names.begin());
    }
    if (names.empty() || std::find(names.begin(), names.end(), "") != names.end())
        fail(Code::BadCommandLine, fmt::format("say which surrogate of `{}` to draw", file));
    options.picture.show(surrogate_picture(session, file, text, names, options.reach));
    return Done;
}

}  // namespace

void add_surrogate_picture(Tool& tool, CLI::App& plot) {
    auto* kind =
        add_picture(plot, "surrogate", "A spike and what stands for its derivative",
                    {"surrogate atan", "surrogate \"atan(alpha = 4)\" fast_sigmoid --reach 1",
                     "surrogate mine.snn narrow --out narrow.svg"});
    auto options = std::make_shared<SurrogateOptions>();
    kind->add_option("NAME", options->words,
                     "surrogates as a cell names them; before them the .snn file that declares "
                     "them, if the library does not")
        ->required();
    kind->add_option("--reach", options->reach, "how far from the threshold (default 2)")
        ->check(positive_number());
    options->picture.add_to(*kind);
    kind->callback([&tool, options] {
        tool.action = [options](Session& session) { return plot_surrogates(session, *options); };
    });
}

}  // namespace snnc::driver
