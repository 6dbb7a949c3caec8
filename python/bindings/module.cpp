// snnc._snnc: the C++ library as it is. The package's own files (python/snnc) make it comfortable.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <snnc/snnc.h>

#include "parts.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace snnc::python {
namespace {

/// Raised as snnc.Error, which carries the diagnostics.
nb::object error_class;

void raise(const std::exception_ptr& thrown, void*) {
    try {
        std::rethrow_exception(thrown);
    } catch (const api::Error& error) {
        const nb::object raised = error_class(error.what(), nb::cast(error.diagnostics()));
        PyErr_SetObject(error_class.ptr(), raised.ptr());
    }
}

void bind_diagnostics(nb::module_& module) {
    nb::enum_<api::Severity>(module, "Severity", "How bad a diagnostic is.")
        .value("ERROR", api::Severity::Error)
        .value("WARNING", api::Severity::Warning)
        .value("LIMITATION", api::Severity::Limitation);
    nb::class_<api::Place>(module, "Place", "A range of a text, half-open, from line and column 1.")
        .def_ro("file", &api::Place::file)
        .def_ro("line", &api::Place::line)
        .def_ro("column", &api::Place::column)
        .def_ro("end_line", &api::Place::end_line)
        .def_ro("end_column", &api::Place::end_column);
    nb::class_<api::Note>(module, "Note")
        .def_ro("message", &api::Note::message)
        .def_ro("place", &api::Note::place);
    nb::class_<api::Fix>(module, "Fix", "A replacement that mends the text.")
        .def_ro("place", &api::Fix::place)
        .def_ro("text", &api::Fix::text);
    nb::class_<api::Diagnostic>(module, "Diagnostic", "What snnc has to say about a text or array.")
        .def_ro("severity", &api::Diagnostic::severity)
        .def_ro("code", &api::Diagnostic::code)
        .def_ro("message", &api::Diagnostic::message)
        .def_ro("place", &api::Diagnostic::place)
        .def_ro("notes", &api::Diagnostic::notes)
        .def_ro("fixes", &api::Diagnostic::fixes)
        .def_ro("text", &api::Diagnostic::text)
        .def("__str__", [](const api::Diagnostic& one) { return one.text; })
        .def("__repr__",
             [](const api::Diagnostic& one) { return "<" + one.code + ": " + one.message + ">"; });
}

void bind_sources(nb::module_& module) {
    module.def(
        "check",
        [](const std::string& text, const std::string& name) {
            return api::check({text, name});
        },
        "text"_a, "name"_a = "text.snn",
        "Everything that `snnc check` says of a text; empty if there is nothing to say.");
    module.def(
        "format",
        [](const std::string& text, const std::string& name) {
            return api::format({text, name});
        },
        "text"_a, "name"_a = "text.snn", "The text in canonical layout.");
    module.def(
        "network_names",
        [](const std::string& text, const std::string& name) {
            return api::network_names({text, name});
        },
        "text"_a, "name"_a = "text.snn", "Names of the networks of a text.");
    module.def(
        "train_names",
        [](const std::string& text, const std::string& name) {
            return api::train_names({text, name});
        },
        "text"_a, "name"_a = "text.snn", "Names of the train blocks of a text.");
    module.def(
        "read_source", [](const std::string& path) { return api::read_source(path).text; },
        "path"_a, "The text of a file.");
    module.def("explain", &api::explain, "code"_a, "The long text of a diagnostic's code.");
}

}  // namespace
}  // namespace snnc::python

NB_MODULE(_snnc, module) {
    namespace here = snnc::python;
    // Python promises nothing about what it frees at its end.
    nb::set_leak_warnings(false);
    module.doc() = "snnc: spiking neural networks written in .snn, compiled in this process.";
    module.attr("__version__") = snnc::api::version();
    here::bind_diagnostics(module);
    here::bind_sources(module);
    here::bind_models(module);
    here::bind_threads(module);
    here::bind_training(module);
    module.def(
        "_raise_as", [](nb::object type) { here::error_class = std::move(type); }, "type"_a,
        "The class of the exceptions.");
    nb::register_exception_translator(here::raise);
    // The class goes before the interpreter does.
    nb::module_::import_("atexit").attr("register")(
        nb::cpp_function([] { here::error_class.reset(); }));
}
