#!/usr/bin/env python3
"""Training step of examples/02_fashion_mlp.snn, side by side with snnTorch as its tutorial 5 writes it.

784-1000-10, 25 steps, batch 128, Adam, atan. Both sides start from the same weights and see the same
batch of Fashion-MNIST images; their losses are compared first, and nothing is timed unless they
agree. Then both are timed in turn, several rounds, on 1 and on 2 threads.

    bench/w1_train_step.py                     # needs torch and snntorch; says how to get them
    bench/w1_train_step.py --snnc build/release/snnc --threads 1 2 --rounds 5

Prints one JSON line for each measurement and a table at the end. snnc's time for a step is the
difference of two whole runs of the command, one of them longer by --steps steps, so start-up,
compilation and the end of the epoch cancel and everything else, the log included, counts.
"""
import argparse
import gzip
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "examples" / "02_fashion_mlp.snn"
INPUTS, HIDDEN, CLASSES, BATCH, STEPS, BETA, RATE = 784, 1000, 10, 128, 25, 0.95, 5e-4
COMPARED = 10  # losses


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--snnc", default=str(ROOT / "build" / "release" / "snnc"))
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=100, help="steps of snnc in one measurement")
    parser.add_argument("--variant", choices=["tutorial", "hoisted"], default="tutorial",
                        help="hoisted: the user moved fc1 out of the time loop by hand")
    parser.add_argument("--data", help="folder with the IDX files of Fashion-MNIST")
    return parser.parse_args()


def ensure_peers():
    """Goes on in an interpreter that has torch and snntorch, or says how to make one."""
    try:
        import snntorch  # noqa: F401
        import torch  # noqa: F401
        return
    except ImportError:
        pass
    python = Path(os.environ.get("SNNC_PEERS", Path.home() / ".cache/snnc/peers")) / "bin/python"
    if python.exists() and Path(sys.executable) != python:
        os.execv(python, [str(python), *sys.argv])
    folder = python.parent.parent
    sys.exit("torch and snntorch are needed for the comparison; make a place for them outside the "
             f"repository:\n    python3 -m venv {folder}\n"
             f"    {folder}/bin/pip install torch snntorch numpy\n"
             "(about 2 GB), or set SNNC_PEERS to a virtual environment that has them")


# ---- data ------------------------------------------------------------------------------------

def read_idx(path):
    import numpy as np
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        raw = file.read()
    shape = struct.unpack(">" + "I" * raw[3], raw[4:4 + 4 * raw[3]])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def load_batch(folder):
    import numpy as np
    places = [folder] if folder else [os.environ.get("SNNC_DATA", "/nonexistent") + "/fashion-mnist",
                                      "/usr/share/datasets/fashion-mnist"]
    for place in map(Path, places):
        for ending in ("", ".gz"):
            images = place / f"t10k-images-idx3-ubyte{ending}"
            if images.exists():
                labels = place / f"t10k-labels-idx1-ubyte{ending}"
                x = (read_idx(images)[:BATCH].reshape(BATCH, INPUTS) / np.float32(255))
                return x.astype(np.float32), read_idx(labels)[:BATCH].astype(np.int64)
    sys.exit("Fashion-MNIST not found (package dataset-fashion-mnist, or --data FOLDER)")


def initial_weights():
    """As nn.Linear draws them: uniform within 1/sqrt(fan_in)."""
    import numpy as np
    random = np.random.default_rng(3)

    def draw(shape, fan_in):
        return random.uniform(-fan_in ** -0.5, fan_in ** -0.5, shape).astype(np.float32)

    return {"fc1.weight": draw((HIDDEN, INPUTS), INPUTS), "fc1.bias": draw((HIDDEN,), INPUTS),
            "fc2.weight": draw((CLASSES, HIDDEN), HIDDEN), "fc2.bias": draw((CLASSES,), HIDDEN)}


def write_safetensors(path, tensors):
    header, offset = {}, 0
    for name, value in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(value.shape),
                        "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(value.tobytes())


# ---- the two sides ---------------------------------------------------------------------------

class SnnTorch:
    """The network and the loop of tutorial 5."""

    def __init__(self, weights, x, y, threads, hoisted):
        import snntorch as snn
        import torch
        torch.set_num_threads(threads)
        self.torch, self.hoisted = torch, hoisted
        self.fc1, self.fc2 = torch.nn.Linear(INPUTS, HIDDEN), torch.nn.Linear(HIDDEN, CLASSES)
        with torch.no_grad():
            for name, layer in (("fc1", self.fc1), ("fc2", self.fc2)):
                layer.weight.copy_(torch.from_numpy(weights[name + ".weight"]))
                layer.bias.copy_(torch.from_numpy(weights[name + ".bias"]))
        self.lif1, self.lif2 = snn.Leaky(beta=BETA), snn.Leaky(beta=BETA)
        parameters = [*self.fc1.parameters(), *self.fc2.parameters()]
        self.optimizer = torch.optim.Adam(parameters, lr=RATE, betas=(0.9, 0.999))
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)

    def step(self):
        cross_entropy = self.torch.nn.functional.cross_entropy
        mem1, mem2 = self.lif1.reset_mem(), self.lif2.reset_mem()
        current = self.fc1(self.x) if self.hoisted else None
        mem2s = []
        for _ in range(STEPS):
            spk1, mem1 = self.lif1(current if self.hoisted else self.fc1(self.x), mem1)
            _, mem2 = self.lif2(self.fc2(spk1), mem2)
            mem2s.append(mem2)
        loss = self.torch.zeros(())
        for mem in mem2s:
            loss = loss + cross_entropy(mem, self.y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return float(loss.detach())

    def seconds(self, count):
        start = time.perf_counter()
        for _ in range(count):
            self.step()
        return (time.perf_counter() - start) / count


class Snnc:
    """The command, as a user runs it on arrays: the batch so often that one epoch has all updates."""

    def __init__(self, binary, folder, weights, x, y, threads, updates):
        import numpy as np
        self.folder = Path(folder)
        np.save(self.folder / "x.npy", np.tile(x, (updates, 1)))
        np.save(self.folder / "y.npy", np.tile(y, updates))
        write_safetensors(self.folder / "w.safetensors", weights)
        self.command = [binary, "train", str(MODEL), "--input", f"image={self.folder}/x.npy",
                        "--target", f"label={self.folder}/y.npy",
                        "--weights", f"{self.folder}/w.safetensors", "--no-shuffle",
                        "--threads", str(threads),
                        "--out", f"{self.folder}/out.safetensors"]

    def train(self, steps):
        """Runs the command; returns the seconds it took and the losses of its log."""
        log = self.folder / "log.jsonl"
        log.unlink(missing_ok=True)
        start = time.perf_counter()
        done = subprocess.run([*self.command, "--max-steps", str(steps), "--log", str(log)],
                              capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if done.returncode != 0:
            sys.exit(f"snnc failed ({done.returncode}):\n{done.stderr}")
        events = [json.loads(line) for line in log.read_text().splitlines()]
        return seconds, [e["loss"] for e in events if e.get("event") == "step"]

    def seconds(self, count):
        short, _ = self.train(1)
        long, _ = self.train(1 + count)
        return (long - short) / count


def compare_losses(peer, snnc, count=COMPARED):
    """Same weights, same batch: the first loss agrees to rounding, later ones drift by flipped spikes."""
    _, ours = snnc.train(count)
    theirs = [peer.step() for _ in range(count)]
    deviations = [abs(a - b) / abs(b) for a, b in zip(ours, theirs)]
    print(json.dumps({"check": "losses", "snnc": ours, "snntorch": theirs,
                      "first_deviation": deviations[0], "largest_deviation": max(deviations)}))
    if len(ours) != count or deviations[0] > 1e-5 or max(deviations) > 1e-2:
        sys.exit("the losses of the two sides differ: nothing is timed")


def main():
    options = arguments()
    ensure_peers()
    if not Path(options.snnc).exists():
        sys.exit(f"{options.snnc} does not exist; build it first (./demo or ./test does)")
    import snntorch
    import torch
    x, y = load_batch(options.data)
    weights = initial_weights()
    print(json.dumps({"torch": torch.__version__, "snntorch": snntorch.__version__,
                      "variant": options.variant, "cores": os.cpu_count()}))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for threads in options.threads:
            peer = SnnTorch(weights, x, y, threads, options.variant == "hoisted")
            updates = 1 + max(options.steps, COMPARED)
            snnc = Snnc(options.snnc, folder, weights, x, y, threads, updates)
            compare_losses(peer, snnc)
            times = {"snntorch": [], "snnc": []}
            for _ in range(options.rounds):  # in turn, so that a busy machine hurts both
                times["snntorch"].append(peer.seconds(5))
                times["snnc"].append(snnc.seconds(options.steps))
            for name, seconds in times.items():
                print(json.dumps({"workload": "W1 train step", "side": name, "threads": threads,
                                  "unit": "ms", "best": round(1e3 * min(seconds), 3),
                                  "samples": [round(1e3 * s, 3) for s in seconds]}), flush=True)
            rows.append((threads, *(1e3 * min(times[n]) for n in ("snntorch", "snnc"))))
    print(f"\n{'threads':>7} {'snnTorch ms':>12} {'snnc ms':>9} {'ratio':>7}")
    for threads, theirs, ours in rows:
        print(f"{threads:>7} {theirs:>12.2f} {ours:>9.2f} {theirs / ours:>7.1f}")


if __name__ == "__main__":
    main()
