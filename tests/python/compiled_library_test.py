"""Libraries of `snnc compile --grad` from Python: the bits of `snnc run` and `snnc grad`.

Usage: compiled_library_test.py SNNC. Returns 77, which ctest takes as skipped, without NumPy.
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

from compiled_library import Library

TRAIN = """
train of Net {
    target    label : class[3]
    loss      = sum_t(ce(out.v, label))
    optimizer = adam(lr = 1e-2)
    batch     = 4
    seed      = 5
}
"""
READ_OUT = "-> dense(3) as fc2 -> LI(beta = 0.8) as out\n    output out.v, a.s\n}\n"
STEPS, SAMPLES, SEED = 6, 4, 5
MODELS = {
    "held": ("    input x : f32[7]\n"
             "    x -> dense(9) as fc -> Leaky(beta = learn 0.9 per neuron) as a\n      ", [7]),
    "recurrent": ("    input x[t] : f32[7]\n"
                  "    x -> dense(9) as fc -> Leaky(beta = 0.9) recurrent dense() as a\n      ",
                  [7]),
    "windows": ("    input x[t] : f32[1, 8, 8]\n"
                "    x -> conv(3, 3, padding = 1) as c -> maxpool(2)\n"
                "      -> Leaky(beta = 0.9, theta = 0.1) as a -> flatten\n      ", [1, 8, 8]),
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


def expect_same(name, found, wanted):
    assert found.shape == wanted.shape, (name, found.shape, wanted.shape)
    same = np.ascontiguousarray(found).view(np.uint32) == np.ascontiguousarray(wanted).view(np.uint32)
    assert same.all(), f"{name}: {(~same).sum()} of {same.size} values differ"


class Case:
    """A model with its arrays and everything that snnc says about it."""

    def __init__(self, snnc, folder, body, shape):
        self.snnc, self.folder = snnc, folder
        (folder / "net.snn").write_text("network Net {\n" + body + READ_OUT + TRAIN)
        held = "[t]" not in body
        random = np.random.default_rng(1)
        lead = [SAMPLES] if held else [STEPS, SAMPLES]
        self.arrays = {"x": random.random(lead + shape, np.float32),
                       "label": np.arange(SAMPLES, dtype=np.int32) % 3}
        for name, values in self.arrays.items():
            np.save(folder / f"{name}.npy", values)
        size = ["--steps", str(STEPS), "--seed", str(SEED), "--input", f"x={folder}/x.npy"]
        self.tool("run", *size, "--out", f"{folder}/out", "--save-weights", f"{folder}/w.safetensors")
        self.loss_text = self.tool("grad", *size, "--target", f"label={folder}/label.npy",
                                   "--out", f"{folder}/g.safetensors")
        self.tool("compile", "--grad", "-o", f"{folder}/libnet.so")
        self.library = Library(folder / "net.json")
        for name, values in read_safetensors(folder / "w.safetensors").items():
            self.library.set_parameter(name, values)
            expect_same(name, self.library.tensor(self.library.parameters, name), values)

    def tool(self, verb, *words):
        done = subprocess.run([self.snnc, verb, self.folder / "net.snn", *words],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def expect_run(self, outputs):
        for name, values in outputs.items():
            expect_same(name, values, np.load(self.folder / "out" / f"{name}.npy"))

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
        assert self.loss_text == f"loss {loss:.9g}\n", (self.loss_text, loss)
        for name, wanted in read_safetensors(self.folder / "g.safetensors").items():
            found = (slopes[name.removeprefix("input.")] if name.startswith("input.")
                     else self.library.tensor(block, name))
            expect_same(name, found, wanted)

    def mistakes_have_words(self):
        wrong = dict(self.arrays, label=np.full(SAMPLES, 3))
        try:
            self.library.grad(STEPS, SAMPLES, wrong, SEED)
        except ValueError as error:
            assert "from 0 to 2" in str(error), error
        else:
            raise AssertionError("a label that is no class was taken")


def main(snnc):
    for name, (body, shape) in MODELS.items():
        with tempfile.TemporaryDirectory() as folder:
            case = Case(snnc, pathlib.Path(folder), body, shape)
            for check in (case.whole_run, case.steps_one_by_one, case.gradients,
                          case.mistakes_have_words):
                check()
                print(f"{name}: {check.__name__.replace('_', ' ')}")


if __name__ == "__main__":
    main(sys.argv[1])
