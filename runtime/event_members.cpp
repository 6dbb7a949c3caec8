#include "runtime/event_members.h"

#include <hdf5.h>

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

}  // namespace

// ---- all three -----------------------------------------------------------------------------

struct EventMembers::Parts {
    explicit Parts(const std::string& given)
        : path(given),
          file(open_file(path)),
          times(path, checked(), "spikes/times", true),
          units(path, file, "spikes/units", false),
          labels(path, file) {}

    /// The file, once it is known to have the members that are opened next.
    const Handle& checked() const {
        check_members(path, file);
        return file;
    }

    const Silence silence;
    const std::string path;
    const Handle file;
    Lists times, units;
    const Labels labels;
};

EventMembers::EventMembers(const std::string& path) : parts_(std::make_unique<Parts>(path)) {}
EventMembers::~EventMembers() = default;

EventMembers::Counts EventMembers::counts() const {
    return {parts_->times.count(), parts_->units.count(), parts_->labels.count()};
}
int EventMembers::precision() const { return parts_->times.precision(); }

void EventMembers::read_times(std::int64_t sample, std::vector<double>& times) {
    parts_->times.read(sample, H5T_NATIVE_DOUBLE, times);
}
void EventMembers::read_units(std::int64_t sample, std::vector<std::int64_t>& units) {
    parts_->units.read(sample, H5T_NATIVE_INT64, units);
}
Array EventMembers::read_labels() const { return parts_->labels.read(); }

}  // namespace snnc::runtime
