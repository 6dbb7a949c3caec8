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
        self.kept = []  # arrays that it points to
        self["abi_version"] = abi_version
        self["struct_bytes"] = len(self.bytes)

    def __setitem__(self, name, value):
        field = next(one for one in self.description["fields"] if one["name"] == name)
        self.write(field["offset"], FORMATS.get(field["type"], "<u8"), value)

    def write(self, offset, kind, value):
        raw = np.array(value, kind).tobytes()
        self.bytes[offset:offset + len(raw)] = np.frombuffer(raw, np.uint8)

    def point(self, name, array):
        """A block with its size."""
        self.kept.append(array)
        self[name] = array.ctypes.data
        self[name + "_bytes"] = array.nbytes

    def give(self, array, values):
        self.kept.append(values)
        self.write(array["offset"], "<u8", values.ctypes.data)
        self.write(array["offset"] + 8, "<i8", values.nbytes)

    @property
    def address(self):
        return ctypes.c_void_p(self.bytes.ctypes.data)


class Library:
    def __init__(self, manifest_file):
        self.manifest = json.loads(pathlib.Path(manifest_file).read_text())
        folder = pathlib.Path(manifest_file).parent
        self.code = ctypes.CDLL(str(folder / self.manifest["library"]))
        self.parameters = np.zeros(self.manifest["parameters_bytes"], np.uint8)

    def function(self, name, result=ctypes.c_int32):
        function = getattr(self.code, f"{self.manifest['prefix']}_{name}")
        function.restype = result
        return function

    def check(self, error):
        if error:
            text = self.function("message", ctypes.c_char_p)(ctypes.c_int32(error))
            raise ValueError(text.decode())

    def set_parameter(self, name, values):
        values = np.ascontiguousarray(values, np.float32)
        self.check(self.function("set_parameter")(
            ctypes.c_void_p(self.parameters.ctypes.data), ctypes.c_int64(self.parameters.nbytes),
            name.encode(), ctypes.c_void_p(values.ctypes.data), ctypes.c_int64(values.size)))

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

    def run(self, steps, samples, inputs, seed=0, state=None, function="run"):
        bytes_needed = formula(self.manifest["memory_bytes"], steps, samples)
        told = self.function("memory_bytes", ctypes.c_int64)
        assert told(ctypes.c_int64(steps), ctypes.c_int64(samples)) == bytes_needed
        structure = self.structure(self.manifest, bytes_needed)
        structure["steps"], structure["samples"], structure["seed"] = steps, samples, seed
        structure.point("parameters", self.parameters)
        if state is not None:
            structure.point("state", state)
        for one in self.manifest["inputs"]:
            structure.give(one, inputs[one["name"]])
        arrays = self.outputs(structure, steps, samples, lambda _: True)
        self.check(self.function(function)(structure.address))
        return arrays

    def begin(self, samples):
        state = np.full(formula(self.manifest["state_bytes"], 1, samples), 255, np.uint8)
        self.check(self.function("begin")(ctypes.c_void_p(state.ctypes.data),
                                          ctypes.c_int64(state.nbytes), ctypes.c_int64(samples)))
        return state

    def grad(self, steps, samples, arrays, seed):
        """The loss, the block of gradients, and the gradients of inputs by name."""
        grad = self.manifest["training"]["grad"]
        structure = self.structure(grad, formula(grad["memory_bytes_with_inputs"], steps, samples))
        structure["steps"], structure["samples"], structure["seed"] = steps, samples, seed
        structure.point("parameters", self.parameters)
        gradients = np.full(self.manifest["parameters_bytes"], 255, np.uint8)
        structure.point("gradients", gradients)
        loss = np.zeros(1)
        structure["loss"] = loss.ctypes.data
        for one in grad["inputs"] + grad["targets"]:
            structure.give(one, arrays[one["name"]].astype(one["dtype"]))
        slopes = self.outputs(structure, steps, samples, lambda one: one.get("gradient"))
        self.check(self.function("grad")(structure.address))
        return loss[0], gradients, slopes
