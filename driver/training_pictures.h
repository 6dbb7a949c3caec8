// `train --plot`: pictures of a training while it goes on, written anew after each epoch and at the
// end: the learning curve, the weights, and when cells spike for one sample.
#pragma once

#include <string>

#include "driver/sample_spikes.h"
#include "driver/training_listener.h"
#include "pictures/learning_curve.h"

namespace snnc::driver {

class TrainingPictures final : public TrainingListener {
 public:
    /// The folder must be there. `before`: what an earlier process saw of the same training. All
    /// others must outlive it; parameters stand in `values`.
    TrainingPictures(Session& session, std::string folder, pictures::Learning before,
                     const ir::Network& network, const PortValues& values, SampleSpikes& spikes);

    void begin(std::int64_t, std::int64_t, std::int64_t) override {}
    bool step(const StepReport& report) override;
    bool epoch(const EpochReport& report) override;
    void end() override;
    /// False once a picture could not be drawn or written: that is said, files of before stay
    /// whole, and the training goes on without pictures.
    bool ok() const { return ok_; }

 private:
    void write();
    void write_all();
    void write_weights() const;
    void give_up(Diagnostic reason);

    Session& session_;
    std::string folder_;
    pictures::Learning learning_;
    const ir::Network& network_;
    const PortValues& values_;
    SampleSpikes& spikes_;
    bool ok_ = true;
    bool changed_ = false;  // since the pictures were written
};

}  // namespace snnc::driver
