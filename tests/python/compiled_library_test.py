"""Libraries of `snnc compile --grad` from Python: the bits of `snnc run`, `grad` and `train`.

Usage: compiled_library_test.py SNNC [TARGET COMPILER EMULATOR...]. With a target the libraries are
for that, called by an emulated program. Returns 77, which ctest takes as skipped, without NumPy.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print(f"skipped: {sys.executable} has no NumPy")
    sys.exit(77)

from compiled_library import Library, LocalCode, formula
from foreign_code import Caller, ForeignCode

TRAIN = """
train of Net {
    target    label : class[3]
    loss      = sum_t(ce(out.v, label))
    optimizer = adam(lr = 1e-2)
    batch     = 4
    epochs    = 3
    seed      = 5
}
"""
CURVED = """
neuron Curved {
    input I
    output s
    state v = 0

    v[t] = 0.5*v[t-1] + tanh(I) + 0.1*exp(-v[t-1]^2) - 0.4*ln(1 + I^2)*(1.5 + v[t-1]^2)^0.3 - detach(s[t-1])
    s[t] = spike(v - 0.3)
}
"""
READ_OUT = "-> dense(3) as fc2 -> LI(beta = 0.8) as out\n    output out.v, a.s\n}\n"
STEPS, SAMPLES, SEED, UPDATES = 6, 4, 5, 3
MODELS = {
    "held": ("    input x : f32[7]\n"
             "    x -> dense(9) as fc -> Leaky(beta = learn 0.9 per neuron) as a\n      ", [7]),
    "recurrent": ("    input x[t] : f32[7]\n"
                  "    x -> dense(9) as fc -> Leaky(beta = 0.9, theta = 0.2) recurrent dense() as a\n      ",
                  [7]),
    "windows": ("    input x[t] : f32[1, 8, 8]\n"
                "    x -> conv(3, 3, padding = 1) as c -> maxpool(2)\n"
                "      -> Leaky(beta = 0.9, theta = 0.1) as a -> flatten\n      ", [1, 8, 8]),
    "sparse": ("    input x[t] : f32[7]\n    b : Leaky[9](beta = 0.8, theta = 0.2)\n\n"
               "    x -> dense(20) as fc -> Leaky(beta = 0.9, theta = 0.2) as a\n"
               "      -> sparse(p = 0.4) as s -> b\n    b ", [7]),
    "functions": ("    input x[t] : f32[7]\n    x -> dense(9) as fc -> Curved as a\n      ", [7]),
    "drawn": ("    input x[t] : f32[7]\n"
              "    x -> dense(37) as fc -> NoisyLeaky(sigma = 0.5) as a -> dropout(0.25)\n      ",
              [7]),
}


def read_safetensors(file):
    raw = pathlib.Path(file).read_bytes()
    begin = 8 + int.from_bytes(raw[:8], "little")
    tensors = {}
    for name, one in json.loads(raw[8:begin]).items():
        if name == "__metadata__":
            continue
        first, last = one["data_offsets"]
        values = np.frombuffer(raw[begin + first:begin + last], np.float32)
        tensors[name] = values.reshape(one["shape"])
    return tensors


class Local:
    """Libraries for this machine: the bits of `run`, `grad` and `train`."""

    options = []
    load = LocalCode

    @staticmethod
    def expect(name, found, wanted):
        assert found.shape == wanted.shape, (name, found.shape, wanted.shape)
        found, wanted = (np.ascontiguousarray(one).view(np.uint32) for one in (found, wanted))
        same = found == wanted
        assert same.all(), f"{name}: {(~same).sum()} of {same.size} values differ"


class Foreign:
    """Libraries for another processor: the same spikes, and values that differ in roundings of the
    C library's functions and of products at most."""

    def __init__(self, target, caller):
        self.options = ["--target", target]
        self.load = lambda library: ForeignCode(caller, library)

    @staticmethod
    def expect(name, found, wanted):
        assert found.shape == wanted.shape, (name, found.shape, wanted.shape)
        if name.endswith(".s"):
            assert np.array_equal(found, wanted), f"{name}: other spikes"
        assert (np.abs(found - wanted) <= 1e-5 * np.abs(wanted).max()).all(), name


class Case:
    """A model with its arrays and everything that snnc says about it."""

    def __init__(self, snnc, machine, folder, body, shape):
        self.snnc, self.machine, self.folder = snnc, machine, folder
        (folder / "net.snn").write_text(CURVED + "network Net {\n" + body + READ_OUT + TRAIN)
        held = "[t]" not in body
        random = np.random.default_rng(1)
        lead = [SAMPLES] if held else [STEPS, SAMPLES]
        self.arrays = {"x": random.random(lead + shape, np.float32),
                       "label": np.arange(SAMPLES, dtype=np.int32) % 3}
        for name, values in self.arrays.items():
            np.save(folder / f"{name}.npy", values)
        given = ["--input", f"x={folder}/x.npy"]
        targets = ["--target", f"label={folder}/label.npy"]
        size = ["--steps", str(STEPS), "--seed", str(SEED)]
        self.tool("run", *size, *given, "--out", f"{folder}/out", "--save-weights",
                  f"{folder}/w.safetensors")
        self.loss_text = self.tool("grad", *size, *given, *targets, "--out",
                                   f"{folder}/g.safetensors")
        self.tool("train", *given, *targets, "--steps", str(STEPS), "--no-shuffle", "--max-steps",
                  str(UPDATES), "--out", f"{folder}/trained.safetensors")
        self.tool("compile", "--grad", *machine.options, "-o", f"{folder}/libnet.so")
        self.library = Library(folder / "net.json", machine.load)
        for name, values in self.parameters("w").items():
            self.library.set_parameter(name, values)

    def parameters(self, file):
        tensors = read_safetensors(self.folder / f"{file}.safetensors")
        known = {one["name"] for one in self.library.manifest["parameters"]}
        return {name: values for name, values in tensors.items() if name in known}

    def tool(self, verb, *words):
        done = subprocess.run([self.snnc, verb, self.folder / "net.snn", *words],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def expect_run(self, outputs):
        for name, values in outputs.items():
            self.machine.expect(name, values, np.load(self.folder / "out" / f"{name}.npy"))

    def sizes(self):
        manifest = self.library.manifest
        told = self.library.call("memory_bytes", STEPS, SAMPLES, result="int64")
        assert told == formula(manifest["memory_bytes"], STEPS, SAMPLES)
        told = self.library.call("state_bytes", SAMPLES, result="int64")
        assert told == formula(manifest["state_bytes"], 1, SAMPLES)

    def whole_run(self):
        self.expect_run(self.library.run(STEPS, SAMPLES, self.arrays, SEED))

    def steps_one_by_one(self):
        held = not self.library.manifest["inputs"][0]["per_step"]
        state = self.library.begin(SAMPLES)
        parts = []
        for step in range(STEPS):
            x = self.arrays["x"] if held else self.arrays["x"][step:step + 1]
            parts.append(self.library.run(1, SAMPLES, {"x": x}, SEED, state, "step"))
        self.expect_run({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})

    def gradients(self):
        loss, block, slopes = self.library.grad(STEPS, SAMPLES, self.arrays, SEED)
        told = float(self.loss_text.removeprefix("loss "))
        self.machine.expect("loss", np.array([float(f"{loss:.9g}")]), np.array([told]))
        for name, wanted in read_safetensors(self.folder / "g.safetensors").items():
            found = (slopes[name.removeprefix("input.")] if name.startswith("input.")
                     else self.library.tensor(block, name))
            self.machine.expect(name, found, wanted)

    def mistakes_have_words(self):
        def expect_refused(words, call, *arguments):
            try:
                call(*arguments)
            except ValueError as error:
                assert words in str(error), error
            else:
                raise AssertionError(f"taken in spite of: {words}")

        library, run = self.library, self.library.run_structure
        wrong = dict(self.arrays, label=np.full(SAMPLES, 3))
        expect_refused("from 0 to 2", library.grad, STEPS, SAMPLES, wrong, SEED)
        expect_refused("no parameter", library.set_parameter, "fc.wieght", self.arrays["x"])

        def refused_run(words, change):
            structure, _ = run(STEPS, SAMPLES, self.arrays)
            change(structure)
            expect_refused(words, lambda: library.check(library.call("run", structure)))

        refused_run("another header", lambda one: one.__setitem__("abi_version", 99))
        refused_run("memory is null", lambda one: one.pointers.pop(one.field("memory")["offset"]))
        refused_run("memory_bytes", lambda one: one.__setitem__("memory_bytes", 64))

    def updates(self):
        """The last check: it changes the parameters."""
        self.library.begin_optimizer(UPDATES, 1)
        for epoch in range(UPDATES):
            _, gradients, _ = self.library.grad(STEPS, SAMPLES, self.arrays, SEED, epoch)
            self.library.update(gradients)
        for name, wanted in self.parameters("trained").items():
            self.machine.expect(name, self.library.tensor(self.library.parameters, name), wanted)


def check_all(snnc, machine):
    for name, (body, shape) in MODELS.items():
        with tempfile.TemporaryDirectory() as folder:
            case = Case(snnc, machine, pathlib.Path(folder), body, shape)
            for check in (case.sizes, case.whole_run, case.steps_one_by_one, case.gradients,
                          case.mistakes_have_words, case.updates):
                check()
                print(f"{name}: {check.__name__.replace('_', ' ')}")


def main(snnc, target=None, compiler=None, *emulator):
    if target is None:
        check_all(snnc, Local())
        return
    with tempfile.TemporaryDirectory() as folder:
        check_all(snnc, Foreign(target, Caller([compiler], emulator, pathlib.Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
