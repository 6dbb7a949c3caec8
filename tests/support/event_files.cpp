#include "tests/support/event_files.h"

#include <hdf5.h>

#include <algorithm>

namespace snnc::test {
namespace {

/// A type of the library with IEEE's half precision, which HDF5 1.10 does not name.
hid_t half_precision() {
    const hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(type, 15, 10, 5, 0, 10);
    H5Tset_size(type, 2);
    H5Tset_ebias(type, 15);
    return type;
}

hid_t type_of(EventFile::Real real) {
    switch (real) {
        case EventFile::Real::F16: return half_precision();
        case EventFile::Real::F32: return H5Tcopy(H5T_IEEE_F32LE);
        case EventFile::Real::F64: return H5Tcopy(H5T_IEEE_F64LE);
    }
    return -1;
}

/// `given` is the type of T in memory, `stored` that in the file.
template <class T>
void write_lists(hid_t file, const std::string& name, const std::vector<std::vector<T>>& lists,
                 hid_t given, hid_t stored) {
    std::vector<hvl_t> entries;
    for (const std::vector<T>& list : lists)
        entries.push_back({list.size(), const_cast<T*>(list.data())});
    const hsize_t count = lists.size();
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t in_memory = H5Tvlen_create(given), in_file = H5Tvlen_create(stored);
    const hid_t set =
        H5Dcreate2(file, name.c_str(), in_file, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, in_memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, entries.data());
    H5Dclose(set);
    H5Tclose(in_file);
    H5Tclose(in_memory);
    H5Sclose(space);
}

void write_labels(hid_t file, const std::vector<std::int64_t>& labels) {
    const hsize_t count = labels.size();
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t set =
        H5Dcreate2(file, "labels", H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, labels.data());
    H5Dclose(set);
    H5Sclose(space);
}

}  // namespace

void write_events(const std::filesystem::path& path, const EventFile& events) {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    if (!events.without.contains("spikes/times")) {
        const hid_t stored = type_of(events.real);
        write_lists(file, "spikes/times", events.times, H5T_NATIVE_DOUBLE, stored);
        H5Tclose(stored);
    }
    if (!events.without.contains("spikes/units"))
        write_lists(file, "spikes/units", events.units, H5T_NATIVE_INT64, H5T_STD_I32LE);
    if (!events.without.contains("labels")) write_labels(file, events.labels);
    H5Fclose(file);
}

}  // namespace snnc::test
