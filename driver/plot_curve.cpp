// snnc plot curve: what a training wrote into its log.
#include "driver/learning_log.h"
#include "driver/picture_output.h"
#include "driver/plot.h"

namespace snnc::driver {
namespace {

struct CurveOptions {
    std::string file;
    PictureOptions picture;
};

}  // namespace

void add_curve_picture(Tool& tool, CLI::App& plot) {
    auto* kind = add_picture(plot, "curve", "How a training went: loss, metrics, activity",
                             {"curve log.jsonl", "curve log.jsonl --out curve.svg"});
    auto options = std::make_shared<CurveOptions>();
    kind->add_option("LOG", options->file, "the file that `train --log` wrote")->required();
    options->picture.add_to(*kind);
    kind->callback([&tool, options] {
        tool.action = [options](Session&) {
            options->picture.check();
            const pictures::Learning learning = read_learning_log(options->file);
            if (learning.empty())
                fail(Code::BadFormat,
                     "holds no step and no epoch of a training; `train --log` writes such a file",
                     options->file);
            options->picture.show(pictures::learning_curve(learning));
            return int(Done);
        };
    });
}

}  // namespace snnc::driver
