#include "runtime/event_file.h"

#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

namespace snnc::runtime {
namespace {

[[noreturn]] void bad(DataErrorKind kind, const std::string& file, const std::string& message) {
    throw DataError(kind, file, message);
}

// ---- HDF5 ----------------------------------------------------------------------------------

/// An open object of the library, closed at the end of the scope.
class Handle {
 public:
    Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Handle& operator=(Handle&&) = delete;
    operator hid_t() const { return id_; }  // NOLINT: the library takes it everywhere
    bool valid() const { return id_ >= 0; }

 private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

/// The library prints what fails unless it is told not to.
class Silence {
 public:
    Silence() {
        H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    ~Silence() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

 private:
    H5E_auto2_t print_ = nullptr;
    void* data_ = nullptr;
};

/// Does the library's last failure say that the file ends early?
bool ended_early() {
    bool found = false;
    const auto look = [](unsigned, const H5E_error2_t* error, void* result) -> herr_t {
        if (error->min_num == H5E_TRUNCATED || error->min_num == H5E_OVERFLOW)
            *static_cast<bool*>(result) = true;
        return 0;
    };
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, look, &found);
    return found;
}

void check_beginning(const std::string& path) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        bad(DataErrorKind::FileMissing, path, "does not exist");
    std::ifstream file(path, std::ios::binary);
    if (std::filesystem::is_directory(path, ignored) || !file)
        bad(DataErrorKind::FileUnreadable, path, "cannot be read");
    char bytes[2] = {};
    file.read(bytes, 2);
    if (file.gcount() == 0) bad(DataErrorKind::FileEmpty, path, "is empty");
    if (bytes[0] == '\x1f' && bytes[1] == '\x8b')
        bad(DataErrorKind::BadFormat, path, "is packed by gzip; `gunzip` makes an HDF5 file of it");
    if (H5Fis_hdf5(path.c_str()) <= 0) bad(DataErrorKind::BadFormat, path, "is no HDF5 file");
}

Handle open_file(const std::string& path) {
    check_beginning(path);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    // Some file systems have no locks, and a file that is only read needs none.
    H5Pset_file_locking(access, false, true);
    Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), H5Fclose);
    if (file.valid()) return file;
    if (ended_early()) bad(DataErrorKind::FileTruncated, path, "is cut short");
    bad(DataErrorKind::BadFormat, path, "is a damaged HDF5 file");
}

// ---- members -------------------------------------------------------------------------------

/// A data set of the file with one entry for each sample.
class Member {
 public:
    Member(const std::string& path, const Handle& file, const std::string& name)
        : path_(path),
          name_(name),
          set_(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose),
          space_(H5Dget_space(set_), H5Sclose),
          type_(H5Dget_type(set_), H5Tclose) {
        if (!set_.valid() || !space_.valid() || !type_.valid())
            bad(DataErrorKind::BadFormat, path_, "has a damaged `" + name_ + "`");
        if (H5Sget_simple_extent_ndims(space_) != 1)
            bad(DataErrorKind::BadShape, path_,
                "has a `" + name_ + "` that is no row with an entry for each sample");
        hsize_t count = 0;
        H5Sget_simple_extent_dims(space_, &count, nullptr);
        count_ = std::int64_t(count);
    }

    std::int64_t count() const { return count_; }

 protected:
    /// `part` as "sample 3 of ".
    [[noreturn]] void fail_read(const std::string& part) const {
        bad(ended_early() ? DataErrorKind::FileTruncated : DataErrorKind::BadFormat, path_,
            "is damaged: " + part + "`" + name_ + "` cannot be read");
    }
    [[noreturn]] void fail_type(const std::string& wanted) const {
        bad(DataErrorKind::BadDtype, path_, "has a `" + name_ + "` that is no " + wanted);
    }

    const std::string& path_;
    const std::string name_;
    Handle set_, space_, type_;
    std::int64_t count_ = 0;
};

class Labels : public Member {
 public:
    Labels(const std::string& path, const Handle& file) : Member(path, file, "labels") {
        if (H5Tget_class(type_) != H5T_INTEGER) fail_type("row of integers");
    }

    Array read() const {
        Array labels(Dtype::I64, {count()});
        if (H5Dread(set_, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, labels.bytes.data()) < 0)
            fail_read("");
        return labels;
    }
};

/// A list of numbers for each sample.
class Lists : public Member {
 public:
    Lists(const std::string& path, const Handle& file, const std::string& name, bool may_be_real)
        : Member(path, file, name), one_(H5Screate_simple(1, &one_entry, nullptr), H5Sclose) {
        const std::string wanted =
            "row of lists of " + std::string(may_be_real ? "numbers" : "integers");
        if (H5Tget_class(type_) != H5T_VLEN) fail_type(wanted);
        const Handle element(H5Tget_super(type_), H5Tclose);
        const H5T_class_t kind = H5Tget_class(element);
        if (kind != H5T_INTEGER && !(may_be_real && kind == H5T_FLOAT)) fail_type(wanted);
        if (kind == H5T_FLOAT) precision_ = significant_bits(element);
    }

    /// Of the stored numbers; 0 for integers, which are exact.
    int precision() const { return precision_; }

    /// The list of a sample as T, `element` to the library.
    template <class T>
    void read(std::int64_t sample, hid_t element, std::vector<T>& list) {
        const auto start = hsize_t(sample);
        H5Sselect_hyperslab(space_, H5S_SELECT_SET, &start, nullptr, &one_entry, nullptr);
        const Handle type(H5Tvlen_create(element), H5Tclose);
        hvl_t found{};
        if (H5Dread(set_, type, one_, space_, H5P_DEFAULT, &found) < 0)
            fail_read("sample " + std::to_string(sample) + " of ");
        const T* values = static_cast<const T*>(found.p);
        list.assign(values, values + found.len);
        H5Dvlen_reclaim(type, one_, H5P_DEFAULT, &found);
    }

 private:
    static constexpr hsize_t one_entry = 1;

    static int significant_bits(const Handle& type) {
        std::size_t sign = 0, exponent = 0, exponent_size = 0, mantissa = 0, mantissa_size = 0;
        H5Tget_fields(type, &sign, &exponent, &exponent_size, &mantissa, &mantissa_size);
        return int(mantissa_size) + (H5Tget_norm(type) == H5T_NORM_IMPLIED ? 1 : 0);
    }

    Handle one_;
    int precision_ = 0;
};

void check_members(const std::string& path, const Handle& file) {
    std::string missing;
    const auto look = [&](const char* group, const char* name) {
        if ((!group || H5Lexists(file, group, H5P_DEFAULT) > 0) &&
            H5Lexists(file, name, H5P_DEFAULT) > 0)
            return;
        missing += (missing.empty() ? "`" : ", `") + std::string(name) + "`";
    };
    look("spikes", "spikes/times");
    look("spikes", "spikes/units");
    look(nullptr, "labels");
    if (!missing.empty()) bad(DataErrorKind::TensorMissing, path, "has no " + missing);
}

// ---- samples -------------------------------------------------------------------------------

std::string event_text(std::int64_t sample, std::size_t event) {
    return "event " + std::to_string(event) + " of sample " + std::to_string(sample);
}

/// A time as a user would write it.
std::string number_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

class EventReader {
 public:
    EventReader(const std::string& path, const EventGrid& grid)
        : path_(path), grid_(grid), file_(open_file(path)) {
        check_members(path_, file_);
    }

    EventSamples read() {
        Lists times(path_, file_, "spikes/times", true), units(path_, file_, "spikes/units", false);
        const Labels labels(path_, file_);
        check_counts(times, units, labels);
        EventSamples samples{EventTrains(grid_), labels.read()};
        for (std::int64_t sample = 0; sample < times.count(); ++sample) {
            times.read(sample, H5T_NATIVE_DOUBLE, times_);
            units.read(sample, H5T_NATIVE_INT64, units_);
            if (times_.size() != units_.size())
                bad(DataErrorKind::CountMismatch, path_,
                    "has " + std::to_string(times_.size()) + " times, but " +
                        std::to_string(units_.size()) + " units in sample " +
                        std::to_string(sample));
            for (std::size_t event = 0; event < times_.size(); ++event)
                add(samples.trains, sample, event, times.precision());
            samples.trains.end_sample();
        }
        check_end();
        return samples;
    }

 private:
    void check_counts(const Lists& times, const Lists& units, const Labels& labels) const {
        if (times.count() != units.count() || times.count() != labels.count())
            bad(DataErrorKind::CountMismatch, path_,
                "has times of " + std::to_string(times.count()) + " samples, units of " +
                    std::to_string(units.count()) + " and labels of " +
                    std::to_string(labels.count()));
        if (times.count() == 0) bad(DataErrorKind::CountMismatch, path_, "has no samples");
    }

    void add(EventTrains& trains, std::int64_t sample, std::size_t event, int precision) {
        const double time = times_[event];
        const std::int64_t unit = units_[event];
        if (!std::isfinite(time))
            bad(DataErrorKind::NotFinite, path_,
                "has the time " + number_text(time) + " at " + event_text(sample, event));
        if (time < 0)
            bad(DataErrorKind::EventOutOfRange, path_,
                "has the negative time " + number_text(time) + " at " + event_text(sample, event));
        if (unit < 0 || unit >= grid_.cells)
            bad(DataErrorKind::EventOutOfRange, path_,
                "has the unit " + std::to_string(unit) + " at " + event_text(sample, event) +
                    ", but the input has the cells 0 to " + std::to_string(grid_.cells - 1));
        const double step = step_of(time, grid_.step_length, precision);
        if (step < double(grid_.steps))
            trains.add(std::int64_t(step), unit);
        else
            note_beyond(sample, time, step);
    }

    void note_beyond(std::int64_t sample, double time, double step) {
        if (beyond_.events++ == 0) beyond_ = {1, sample, time, step, step};
        beyond_.last_step = std::max(beyond_.last_step, step);
    }

    /// All events are looked at first, so that the message can say what would hold them.
    void check_end() const {
        if (grid_.crop || beyond_.events == 0) return;
        bad(DataErrorKind::EventBeyondRun, path_,
            "has " + std::to_string(beyond_.events) + " event" + (beyond_.events == 1 ? "" : "s") +
                " beyond the run of " + std::to_string(grid_.steps) + " steps, the first at time " +
                number_text(beyond_.time) + ", in step " + number_text(beyond_.step) +
                " of sample " + std::to_string(beyond_.sample) + "; a run of " +
                number_text(beyond_.last_step + 1) + " steps would hold all");
    }

    struct Beyond {
        std::int64_t events = 0, sample = 0;
        double time = 0, step = 0, last_step = 0;
    };

    const std::string& path_;
    const EventGrid grid_;
    Handle file_;
    std::vector<double> times_;
    std::vector<std::int64_t> units_;
    Beyond beyond_;
};

}  // namespace

EventSamples read_event_file(const std::string& path, const EventGrid& grid) {
    const Silence silence;
    return EventReader(path, grid).read();
}

}  // namespace snnc::runtime
