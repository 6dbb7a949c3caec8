#include "driver/learning_log.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "runtime/atomic_file.h"

namespace snnc::driver {
namespace {

using Json = nlohmann::json;

/// What JSON has no number for was written as null.
double number(const Json& value) {
    return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

class Log {
 public:
    explicit Log(const std::string& file) : file_(file) {}

    pictures::Learning read() {
        std::istringstream lines(runtime::read_file(file_));
        for (std::string line; std::getline(lines, line);) {
            if (lines.eof()) break;  // a training is writing this line
            ++number_;
            if (line.empty()) continue;
            const Json event = Json::parse(line, nullptr, false);
            if (!event.is_object() || !event.contains("event"))
                refuse(fmt::format("line {} is no event of a training", number_));
            try {
                add(event);
            } catch (const Json::exception&) {
                refuse(fmt::format("line {} is an event without its numbers", number_));
            }
        }
        return std::move(learning_);
    }

 private:
    [[noreturn]] void refuse(const std::string& message) const {
        throw runtime::DataError(runtime::DataErrorKind::BadFormat, file_,
                                 message + "; `train --log` writes such a file");
    }

    void add(const Json& event) {
        const std::string kind = event.at("event").get<std::string>();
        if (kind == "start")
            learning_.title = learning_title(event.at("network"), event.at("data"),
                                             event.at("batch"), event.at("seed"));
        if (kind == "step") {
            step_ = event.at("step").get<double>();
            learning_.forget_from(step_);
            learning_.losses.push_back({step_, number(event.at("loss"))});
        }
        if (kind == "epoch") add_epoch(event);
    }

    void add_epoch(const Json& event) {
        for (const std::string part : {"validation", "test"})
            for (const auto& [key, value] : event.items())
                if (key.starts_with(part + "_"))
                    learning_.add_score(part, key.substr(part.size() + 1), {step_, number(value)});
        if (!event.contains("layers")) return;
        for (const Json& layer : event.at("layers"))
            learning_.add_rate(layer.at("name").get<std::string>(),
                               {step_, number(layer.at("rate"))});
    }

    const std::string& file_;
    pictures::Learning learning_;
    std::size_t number_ = 0;
    double step_ = 0;
};

}  // namespace

std::string learning_title(const std::string& network, const std::string& data, std::int64_t batch,
                           std::uint64_t seed) {
    return fmt::format("{}, {}, batch {}, seed {}", network, data, batch, seed);
}

pictures::Learning read_learning_log(const std::string& file) { return Log(file).read(); }

}  // namespace snnc::driver
