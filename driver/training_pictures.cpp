#include "driver/training_pictures.h"

#include "driver/attempt.h"
#include "driver/inspection.h"
#include "driver/parameters.h"
#include "driver/picture_output.h"
#include "pictures/recordings.h"
#include "pictures/weights.h"

namespace snnc::driver {

TrainingPictures::TrainingPictures(Session& session, std::string folder, pictures::Learning before,
                                   const ir::Network& network, const PortValues& values,
                                   SampleSpikes& spikes)
    : session_(session),
      folder_(std::move(folder)),
      learning_(std::move(before)),
      network_(network),
      values_(values),
      spikes_(spikes) {}

bool TrainingPictures::step(const StepReport& report) {
    learning_.forget_from(double(report.step));
    learning_.losses.push_back({double(report.step), report.loss});
    changed_ = true;
    return true;
}

bool TrainingPictures::epoch(const EpochReport& report) {
    const auto at = double(report.step);
    for (const Score& score : report.validation)
        learning_.add_score("validation", score.name, {at, score.value});
    for (const Score& score : report.test)
        learning_.add_score("test", score.name, {at, score.value});
    if (report.inspection)
        for (const Activity& layer : report.inspection->activities())
            learning_.add_rate(layer.population, {at, layer.rate});
    write();
    return true;
}

void TrainingPictures::end() {
    if (changed_) write();
}

void TrainingPictures::write() {
    if (!ok_ || learning_.empty()) return;
    if (const auto failure = failure_of([this] { write_all(); })) give_up(*failure);
    changed_ = false;
}

/// Printed but not reported: a training without pictures is still one.
void TrainingPictures::give_up(Diagnostic reason) {
    ok_ = false;
    if (reason.code == Code::OutOfMemory) reason.message = "a picture does not fit into memory";
    reason.notes.emplace_back("the training goes on without pictures");
    session_.print(reason);
}

void TrainingPictures::write_all() {
    write_picture_files(folder_ + "/learning_curve", pictures::learning_curve(learning_));
    write_weights();
    for (const auto& [name, recording] : spikes_.run()) {
        pictures::Figure figure = pictures::raster(recording, {});
        figure.title = name + " of one sample";
        write_picture_files(folder_ + "/" + name, figure);
    }
}

void TrainingPictures::write_weights() const {
    for (const ir::TensorId id : trainable_parameters(network_)) {
        const ir::Tensor& tensor = network_[id];
        if (tensor.shape.size() < 2) continue;
        const std::string file = folder_ + "/" + tensor.name;
        write_picture_files(
            file, pictures::weights(tensor.name, to_file_layout(tensor, values_.at(id)), file));
    }
}

}  // namespace snnc::driver
