#include "arrays.h"

using namespace nanobind::literals;

namespace snnc::python {
namespace {

template <class Element>
using Readable = nb::ndarray<const Element, nb::c_contig, nb::device::cpu>;

template <class Element>
bool is_lent(nb::handle array, std::vector<nb::object>& kept, std::optional<api::ArrayView>& view) {
    Readable<Element> lent;
    if (!nb::try_cast(array, lent, false)) return false;
    api::Shape shape;
    for (std::size_t axis = 0; axis < lent.ndim(); ++axis)
        shape.push_back(std::int64_t(lent.shape(axis)));
    view.emplace(std::span<const Element>(lent.data(), lent.size()), std::move(shape));
    kept.push_back(nb::borrow(array));
    return true;
}

[[noreturn]] void refuse(const std::string& name) {
    const std::string text =
        "`" + name + "` takes an array of numbers: float32, or int32 for labels";
    throw nb::type_error(text.c_str());
}

/// As float32, or int32 where it holds integers; in C order.
nb::object converted(nb::handle array, const std::string& name) {
    const nb::object numpy = nb::module_::import_("numpy");
    const nb::object plain = numpy.attr("asarray")(array);
    const std::string kind = nb::cast<std::string>(plain.attr("dtype").attr("kind"));
    if (kind == "i" || kind == "u") {
        nb::object narrow = numpy.attr("asarray")(plain, "int32", "order"_a = "C");
        if (!nb::cast<bool>(numpy.attr("array_equal")(narrow, plain)))
            throw nb::value_error(
                ("the array for `" + name + "` holds integers that do not fit into 32 bits")
                    .c_str());
        return narrow;
    }
    if (kind != "f" && kind != "b") refuse(name);
    return numpy.attr("asarray")(plain, "float32", "order"_a = "C");
}

/// As a NumPy array, which holds `owned`: an Array, and what is to happen at its end.
template <class Owned>
nb::object owned_by_python(std::unique_ptr<Owned> owned) {
    api::Array& array = *owned;
    const std::vector<std::size_t> shape(array.shape.begin(), array.shape.end());
    const std::int64_t* strides = array.strides.empty() ? nullptr : array.strides.data();
    const nb::capsule owner(owned.release(),
                            [](void* one) noexcept { delete static_cast<Owned*>(one); });
    return nb::cast(nb::ndarray<nb::numpy, float>(array.values.data(), shape.size(), shape.data(),
                                                  owner, strides));
}

/// An array whose memory goes back where it came from. Python holds its lock while it frees.
struct Returning : api::Array {
    Returning(api::Array&& array, std::string name, std::shared_ptr<api::Results> free)
        : api::Array(std::move(array)), name(std::move(name)), free(std::move(free)) {}
    Returning(const Returning&) = delete;
    ~Returning() { (*free)[name].values = std::move(values); }

    std::string name;
    std::shared_ptr<api::Results> free;
};

}  // namespace

api::ArrayView view_of(nb::handle array, const std::string& name, std::vector<nb::object>& kept) {
    std::optional<api::ArrayView> view;
    if (is_lent<float>(array, kept, view) || is_lent<std::int32_t>(array, kept, view)) return *view;
    const nb::object other = converted(array, name);
    if (is_lent<float>(other, kept, view) || is_lent<std::int32_t>(other, kept, view)) return *view;
    refuse(name);
}

Lent::Lent(const nb::dict& arrays) {
    for (const auto& [key, array] : arrays) {
        const auto name = nb::cast<std::string>(key);
        arrays_.emplace(name, view_of(array, name, kept_));
    }
}

nb::object to_numpy(api::Array&& array) {
    return owned_by_python(std::make_unique<api::Array>(std::move(array)));
}

api::Results ResultMemory::take() { return std::exchange(*free_, {}); }

nb::dict ResultMemory::to_numpy(api::Results&& results) {
    nb::dict arrays;
    for (auto& [name, array] : results)
        arrays[name.c_str()] =
            owned_by_python(std::make_unique<Returning>(std::move(array), name, free_));
    return arrays;
}

nb::dict to_numpy(api::Results&& results) {
    nb::dict arrays;
    for (auto& [name, array] : results) arrays[name.c_str()] = to_numpy(std::move(array));
    return arrays;
}

nb::object to_numpy(const api::ParameterView& view, nb::handle owner) {
    const std::vector<std::size_t> shape(view.shape.begin(), view.shape.end());
    return nb::cast(nb::ndarray<nb::numpy, float>(view.data, shape.size(), shape.data(), owner,
                                                  view.strides.data()));
}

}  // namespace snnc::python
