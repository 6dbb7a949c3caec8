"""A library made by `snnc compile`, called as its manifest says: ctypes and NumPy, no header."""
import ctypes
import json
import pathlib

import numpy as np

FORMATS = {"int32_t": "<i4", "int64_t": "<i8", "uint64_t": "<u8", "double": "<f8"}


def formula(size, steps, samples):
    """Bytes that a size of the manifest means."""
    return (size["constant"] + size["per_step"] * steps + size["per_sample"] * samples
            + size["per_step_and_sample"] * steps * samples)


def shape_of(array, steps, samples):
    lead = [steps] * array["per_step"] + [samples] * array["per_sample"]
    return lead + array["shape"]


class Structure:
    """The caller's structure of one kind of call, filled field by field."""

    def __init__(self, description, abi_version):
        self.description = description
        self.bytes = np.zeros(description["arguments_bytes"], np.uint8)
        self.pointers = {}  # arrays, by the offset where their address stands
        self["abi_version"] = abi_version
        self["struct_bytes"] = len(self.bytes)

    def field(self, name):
        return next(one for one in self.description["fields"] if one["name"] == name)

    def __setitem__(self, name, value):
        field = self.field(name)
        if isinstance(value, np.ndarray):
            self.pointers[field["offset"]] = value
        else:
            self.write(field["offset"], FORMATS[field["type"]], value)

    def write(self, offset, kind, value):
        raw = np.array(value, kind).tobytes()
        self.bytes[offset:offset + len(raw)] = np.frombuffer(raw, np.uint8)

    def point(self, name, array):
        """A block with its size."""
        self[name] = array
        self[name + "_bytes"] = array.nbytes

    def give(self, array, values):
        self.pointers[array["offset"]] = values
        self.write(array["offset"] + 8, "<i8", values.nbytes)


class LocalCode:
    """A library in this process. Its functions take numbers, texts, arrays and structures."""

    RESULTS = {"int32": ctypes.c_int32, "int64": ctypes.c_int64, "text": ctypes.c_char_p}

    def __init__(self, library):
        self.code = ctypes.CDLL(str(library))

    def call(self, function, result, *arguments):
        called = getattr(self.code, function)
        called.restype = self.RESULTS[result]
        found = called(*(self.word(argument) for argument in arguments))
        return found.decode() if result == "text" else found

    def word(self, argument):
        if isinstance(argument, Structure):
            for offset, array in argument.pointers.items():
                argument.write(offset, "<u8", array.ctypes.data)
            argument = argument.bytes
        if isinstance(argument, np.ndarray):
            return ctypes.c_void_p(argument.ctypes.data)
        return argument.encode() if isinstance(argument, str) else ctypes.c_int64(argument or 0)


class Library:
    """`load` makes something with the function `call` of LocalCode."""

    def __init__(self, manifest_file, load=LocalCode):
        self.manifest = json.loads(pathlib.Path(manifest_file).read_text())
        folder = pathlib.Path(manifest_file).resolve().parent
        self.code = load(folder / self.manifest["library"])
        self.parameters = np.zeros(self.manifest["parameters_bytes"], np.uint8)
        if training := self.manifest.get("training"):
            self.optimizer = np.zeros(training["optimizer_bytes"], np.uint8)

    def call(self, name, *arguments, result="int32"):
        return self.code.call(f"{self.manifest['prefix']}_{name}", result, *arguments)

    def check(self, error):
        if error:
            raise ValueError(self.call("message", error, result="text"))

    def set_parameter(self, name, values):
        values = np.ascontiguousarray(values, np.float32)
        self.check(self.call("set_parameter", self.parameters, self.parameters.nbytes, name, values,
                             values.size))

    def tensor(self, block, name):
        """A tensor of a block as weights files have it, by the manifest alone."""
        one = next(one for one in self.manifest["parameters"] if one["name"] == name)
        count = int(np.prod(one["stored_shape"]))
        begin = one["offset"]
        values = block[begin:begin + 4 * count].view(np.float32).reshape(one["stored_shape"])
        return np.moveaxis(values, -1, 0) if one["last_axis_first"] else values

    def structure(self, description, memory_bytes):
        structure = Structure(description, self.manifest["abi_version"])
        structure.point("memory", np.full(memory_bytes, 255, np.uint8))
        return structure

    def outputs(self, structure, steps, samples, wanted):
        arrays = {}
        for one in structure.description["outputs"]:
            if not wanted(one):
                continue
            arrays[one["name"]] = np.full(shape_of(one, steps, samples), np.nan, np.float32)
            structure.give(one, arrays[one["name"]])
        return arrays

    def run_structure(self, steps, samples, inputs, seed=0):
        """The arguments of a run, and where its outputs will be."""
        structure = self.structure(self.manifest,
                                   formula(self.manifest["memory_bytes"], steps, samples))
        structure["steps"], structure["samples"], structure["seed"] = steps, samples, seed
        structure.point("parameters", self.parameters)
        for one in self.manifest["inputs"]:
            structure.give(one, inputs[one["name"]])
        return structure, self.outputs(structure, steps, samples, lambda _: True)

    def run(self, steps, samples, inputs, seed=0, state=None, function="run"):
        structure, arrays = self.run_structure(steps, samples, inputs, seed)
        if state is not None:
            structure.point("state", state)
        self.check(self.call(function, structure))
        return arrays

    def begin(self, samples):
        state = np.full(formula(self.manifest["state_bytes"], 1, samples), 255, np.uint8)
        self.check(self.call("begin", state, state.nbytes, samples))
        return state

    def grad(self, steps, samples, arrays, seed, epoch=0):
        """The loss, the block of gradients, and the gradients of inputs by name."""
        grad = self.manifest["training"]["grad"]
        structure = self.structure(grad, formula(grad["memory_bytes_with_inputs"], steps, samples))
        structure["steps"], structure["samples"], structure["seed"] = steps, samples, seed
        structure["epoch"] = epoch
        structure.point("parameters", self.parameters)
        gradients = np.full(self.manifest["parameters_bytes"], 255, np.uint8)
        structure.point("gradients", gradients)
        loss = np.zeros(1)
        structure["loss"] = loss
        for one in grad["inputs"] + grad["targets"]:
            structure.give(one, arrays[one["name"]].astype(one["dtype"]))
        slopes = self.outputs(structure, steps, samples, lambda one: one.get("gradient"))
        self.check(self.call("grad", structure))
        return loss[0], gradients, slopes

    def begin_optimizer(self, updates, updates_per_epoch):
        self.check(self.call("begin_optimizer", self.optimizer, self.optimizer.nbytes, updates,
                             updates_per_epoch))

    def update(self, gradients):
        update = self.manifest["training"]["update"]
        structure = self.structure(update, update["memory_bytes"])
        structure.point("parameters", self.parameters)
        structure.point("gradients", gradients)
        structure.point("optimizer", self.optimizer)
        self.check(self.call("update", structure))
