// `schedule = warmup(500) then cosine(epochs = 30)`, `clip = norm(1)` and `bptt = truncated(25)`
// (language.md sections 5 and 8.6).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "frontend/elaborate_training.h"

namespace snnc::frontend {
namespace {

using Kind = ir::ScheduleSegment::Kind;

/// What a piece of a schedule takes besides its length.
struct SegmentForm {
    const char* name;
    Kind kind;
    double to;                               // where nothing is said
    std::vector<std::string> own_arguments;  // beyond `steps` and `epochs`
};

const std::vector<SegmentForm>& segment_forms() {
    static const std::vector<SegmentForm> forms{
        {"cosine", Kind::Cosine, 0, {"to"}},
        {"linear", Kind::Linear, 0, {"from", "to"}},
        {"step", Kind::Step, 0.1, {"factor"}},
        {"warmup", Kind::Warmup, 1, {}},
    };
    return forms;
}

}  // namespace

/// The call of `name(…)` or a word, with the arguments' values; nothing if that was reported.
std::optional<TrainingBuilder::SettingCall> TrainingBuilder::setting_call(
    const Expr& value, const std::string& example) {
    const auto* reference = std::get_if<Reference>(&value.node);
    const auto callee = reference ? expressions_.callee(reference->path) : Expressions::Callee{};
    if (!reference || callee.used != reference->path.suffixes.size() || callee.module) {
        context_.error(Code::BadSetting, value.range, "this is written as a call, " + example);
        return std::nullopt;
    }
    SettingCall result{*callee.name, {}, {}};
    if (!callee.call) return result;
    ConstantNames constants(context_, "in the train block");
    for (const Argument& argument : callee.call->arguments) {
        const auto known = expressions_.number(*argument.value.value, constants, "this");
        if (!known) return std::nullopt;
        if (!argument.name)
            result.positional.push_back(*known);
        else
            result.named.push_back({*argument.name, *known, argument.range});
    }
    return result;
}

void TrainingBuilder::read_schedule(const TrainSetting& setting) {
    std::vector<const Expr*> pieces{setting.value.get()};
    for (const ExprPtr& next : setting.then) pieces.push_back(next.get());
    for (const Expr* piece : pieces) read_segment(*piece, piece == pieces.back());
}

void TrainingBuilder::read_segment(const Expr& value, bool last) {
    const auto call = setting_call(value, "`cosine(epochs = 30)`");
    if (!call) return;
    const auto& forms = segment_forms();
    const auto form = std::find_if(forms.begin(), forms.end(),
                                   [&](const SegmentForm& f) { return f.name == call->name.text; });
    std::vector<std::string> names;
    for (const SegmentForm& f : forms) names.emplace_back(f.name);
    if (form == forms.end()) {
        context_.unknown(call->name, fmt::format("there is no schedule `{}`", call->name.text),
                         names);
        return;
    }
    ir::ScheduleSegment segment{form->kind, {}, {}, 1, form->to};
    std::vector<std::string> known = form->own_arguments;
    known.insert(known.end(), {"steps", "epochs"});
    for (const auto& [name, number, range] : call->named) {
        if (std::find(known.begin(), known.end(), name.text) == known.end())
            context_.unknown(name, fmt::format("`{}` has no argument `{}`", form->name, name.text),
                             known);
        else if (number < 0 || (number == 0 && (name.text == "steps" || name.text == "epochs")))
            context_.error(Code::OutOfInterval, range,
                           fmt::format("`{}` must be above 0", name.text));
        else if (name.text == "steps")
            segment.updates = number;
        else if (name.text == "epochs")
            segment.epochs = number;
        else
            (name.text == "from" ? segment.from : segment.to) = number;
    }
    if (call->positional.size() == 1 && !segment.updates) segment.updates = call->positional[0];
    const bool has_length = segment.updates || segment.epochs;
    if (call->positional.size() > 1 || (segment.updates && segment.epochs) ||
        (segment.updates && !(*segment.updates >= 1)))
        context_.error(
            Code::BadSetting, value.range,
            fmt::format("`{}` takes one length, `steps = 500` or `epochs = 5`", form->name));
    else if (!has_length && (!last || form->kind == Kind::Warmup || form->kind == Kind::Step))
        context_.error(
            Code::BadSetting, value.range,
            fmt::format("`{}` needs a length here, `steps = 500` or `epochs = 5`", form->name));
    training_.schedule.push_back(segment);
}

void TrainingBuilder::read_clip(const Expr& value) {
    const auto call = setting_call(value, "`norm(1)` or `value(0.5)`");
    if (!call) return;
    const std::string& kind = call->name.text;
    if (kind != "norm" && kind != "value") {
        context_.unknown(call->name, fmt::format("gradients are not clipped by `{}`", kind),
                         {"norm", "value"});
        return;
    }
    if (call->positional.size() != 1 || !call->named.empty() || !(call->positional[0] > 0)) {
        context_.error(Code::BadSetting, value.range,
                       fmt::format("`{}` takes one bound above 0, `{}(1)`", kind, kind));
        return;
    }
    (kind == "norm" ? training_.optimizer.clip_norm : training_.optimizer.clip_value) =
        call->positional[0];
}

void TrainingBuilder::read_bptt(const Expr& value) {
    const auto call = setting_call(value, "`truncated(25)`");
    if (!call) return;
    const bool bare = call->positional.empty() && call->named.empty();
    if (call->name.text == "full" && bare) return;
    if (call->name.text != "full" && call->name.text != "truncated") {
        context_.unknown(
            call->name,
            fmt::format("gradients are not taken through time by `{}`", call->name.text),
            {"full", "truncated"});
        return;
    }
    const double steps = call->positional.size() == 1 ? call->positional[0] : 0;
    if (call->name.text == "full" || !call->named.empty() || !(steps >= 1) || steps > 1e15 ||
        steps != std::floor(steps)) {
        context_.error(Code::BadSetting, value.range,
                       "`bptt` is `full`, or `truncated(25)` with the steps of a window");
        return;
    }
    training_.window = std::int64_t(steps);
}

}  // namespace snnc::frontend
