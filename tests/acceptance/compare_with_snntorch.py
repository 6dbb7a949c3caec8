#!/usr/bin/env python3
"""Trains the networks of snnTorch's tutorials with snnc and with snnTorch on the same data.

    python compare_with_snntorch.py [--task NAME]… [--seeds 3] [--images 60000] [--snnc PATH]

Needs torch, snntorch and numpy (a virtual environment with
`pip install torch snntorch numpy` will do) and Fashion-MNIST (package dataset-fashion-mnist, or
SNNC_DATA). Prints one row of docs/acceptance.md for each task. Exit code 1 where snnc's mean is
more than one standard deviation of snnTorch's seeds worse than snnTorch's mean.

`--images N` trains on the first N images of the training set, for the tasks that take hours else;
the test set is always whole.
"""
import argparse
import gzip
import json
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
import snntorch as snn
from snntorch import functional, surrogate

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDERS = ["/usr/share/datasets/fashion-mnist"]
if "SNNC_DATA" in os.environ:
    FOLDERS.insert(0, os.path.join(os.environ["SNNC_DATA"], "fashion-mnist"))


def idx(name):
    for folder in FOLDERS:
        path = pathlib.Path(folder) / (name + ".gz")
        if path.exists():
            data = gzip.decompress(path.read_bytes())
            rank = data[3]
            shape = struct.unpack(f">{rank}I", data[4:4 + 4 * rank])
            return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)
    sys.exit("Fashion-MNIST was not found: install the package dataset-fashion-mnist")


def fashion(images):
    part = {"train": "train", "test": "t10k"}
    data = {}
    for key, prefix in part.items():
        data["x_" + key] = idx(prefix + "-images-idx3-ubyte").astype(np.float32) / 255
        data["y_" + key] = idx(prefix + "-labels-idx1-ubyte").astype(np.int64)
    data["x_train"], data["y_train"] = data["x_train"][:images], data["y_train"][:images]
    return data


class Unrolled(torch.nn.Module):
    """Layers in sequence, over time steps; returns spikes and membranes of the last cell."""

    def __init__(self, steps, *layers):
        super().__init__()
        self.steps, self.layers = steps, torch.nn.ModuleList(layers)

    def forward(self, x, per_step=False):
        cells = [layer for layer in self.layers if isinstance(layer, snn.SpikingNeuron)]
        membranes = {cell: cell.init_leaky() for cell in cells}
        spikes, traces = [], []
        for t in range(self.steps):
            value = x[t] if per_step else x
            for layer in self.layers:
                if layer in membranes:
                    value, membranes[layer] = layer(value, membranes[layer])
                else:
                    value = layer(value)
            spikes.append(value)
            traces.append(membranes[cells[-1]])
        return torch.stack(spikes), torch.stack(traces)


FAST = surrogate.fast_sigmoid(slope=25)
LINEAR, FLATTEN = torch.nn.Linear, torch.nn.Flatten


def tutorial_5():
    return Unrolled(25, FLATTEN(), LINEAR(784, 1000), snn.Leaky(0.95), LINEAR(1000, 10), snn.Leaky(0.95))


def tutorial_6():
    def cell():
        return snn.Leaky(0.5, spike_grad=FAST)

    return Unrolled(50, torch.nn.Conv2d(1, 12, 5), torch.nn.MaxPool2d(2), cell(),
                    torch.nn.Conv2d(12, 64, 5), torch.nn.MaxPool2d(2), cell(), FLATTEN(),
                    LINEAR(1024, 10), cell())


def one_step(outputs):
    return Unrolled(1, FLATTEN(), LINEAR(784, 128), snn.Leaky(0.9, spike_grad=FAST),
                    LINEAR(128, outputs), snn.Leaky(0.9, spike_grad=FAST))


def learned_decays():
    return Unrolled(25, FLATTEN(), LINEAR(784, 300), snn.Leaky(0.9, spike_grad=FAST), LINEAR(300, 10),
                    snn.Leaky(torch.rand(10), spike_grad=FAST, learn_beta=True))


def membrane_cross_entropy(spikes, membranes, labels):
    return sum(torch.nn.functional.cross_entropy(v, labels) for v in membranes)


class Task:
    """One training of both. `loss` takes spikes, membranes and labels."""

    def __init__(self, model, build, rate, loss, epochs=1, population=1, images=None):
        self.model, self.build, self.rate, self.loss = model, build, rate, loss
        self.epochs, self.population, self.images = epochs, population, images


def spike_loss(function):
    return lambda spikes, membranes, labels: function(spikes, labels)


TASKS = {
    "tutorial 5": Task(ROOT / "examples/02_fashion_mlp.snn", tutorial_5, 5e-4, membrane_cross_entropy),
    "tutorial 6": Task(ROOT / "examples/03_fashion_conv.snn", tutorial_6, 1e-2,
                       spike_loss(functional.ce_rate_loss()), images=6400),
    "plain code": Task(HERE / "plain.snn", lambda: one_step(10), 2e-3,
                       spike_loss(functional.mse_count_loss(1, 0)), epochs=2),
    "population code": Task(HERE / "population.snn", lambda: one_step(500), 2e-3,
                            spike_loss(functional.mse_count_loss(1, 0, population_code=True, num_classes=10)),
                            epochs=2, population=50),
    "learned decays": Task(HERE / "learned_decays.snn", learned_decays, 2e-3,
                           spike_loss(functional.mse_count_loss(0.8, 0.2))),
}


def train_snntorch(task, data, seed):
    torch.manual_seed(seed)
    net = task.build()
    optimizer = torch.optim.Adam(net.parameters(), lr=task.rate)
    x = torch.from_numpy(data["x_train"]).unsqueeze(1)
    y = torch.from_numpy(data["y_train"])
    for _ in range(task.epochs):
        for pick in torch.randperm(len(x)).split(128):
            spikes, membranes = net(x[pick])
            loss = task.loss(spikes, membranes, y[pick])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    good = 0
    with torch.no_grad():
        labels = torch.from_numpy(data["y_test"])
        for x, y in zip(torch.from_numpy(data["x_test"]).unsqueeze(1).split(500), labels.split(500)):
            counts = net(x)[0].sum(0).unflatten(1, (-1, task.population)).sum(2)
            good += int((counts.argmax(1) == y).sum())
    return good / len(labels)


def run_snnc(snnc, folder, arguments):
    log = pathlib.Path(folder) / "log.jsonl"
    log.unlink(missing_ok=True)
    subprocess.run([snnc, "train", *map(str, arguments), "--log", str(log), "--out",
                    str(pathlib.Path(folder) / "w.safetensors")], check=True, stdout=subprocess.DEVNULL)
    return [json.loads(line) for line in log.read_text().splitlines()]


def train_snnc(snnc, task, file, folder, seed):
    events = run_snnc(snnc, folder, [task.model, "--data", file, "--seed", seed, "--epochs", task.epochs])
    return [event for event in events if event["event"] == "epoch"][-1]["test_accuracy"]


def curve():
    """A square root over fifty steps, as the tutorial's."""
    x = np.linspace(0, 1, 50, dtype=np.float32).reshape(50, 1, 1)
    return x, np.sqrt(x)


def relative_error(trace, target):
    return float(np.abs(trace - target).sum() / np.abs(target).sum())


def regression_snntorch(seed):
    torch.manual_seed(seed)

    def cell(n, **options):
        return snn.Leaky(torch.rand(n), spike_grad=FAST, learn_beta=True, **options)

    net = Unrolled(50, LINEAR(1, 128), cell(128, threshold=torch.rand(128)), LINEAR(128, 128),
                   cell(128, threshold=torch.rand(128)), LINEAR(128, 1), cell(1, reset_mechanism="none"))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    x, target = map(torch.from_numpy, curve())
    for _ in range(100):
        loss = torch.nn.functional.mse_loss(net(x, per_step=True)[1], target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return relative_error(net(x, per_step=True)[1].numpy(), target.numpy())


def regression_snnc(snnc, folder, seed):
    x, target = curve()
    folder = pathlib.Path(folder)
    np.save(folder / "x.npy", x)
    np.save(folder / "curve.npy", target)
    model = HERE / "regression.snn"
    run_snnc(snnc, folder, [model, "--input", f"x={folder / 'x.npy'}", "--target",
                            f"curve={folder / 'curve.npy'}", "--seed", seed])
    subprocess.run([snnc, "run", str(model), "--input", f"x={folder / 'x.npy'}", "--weights",
                    str(folder / "w.safetensors"), "--out", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return relative_error(np.load(folder / "out.v.npy"), target)


def summary(values):
    return statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def report(name, unit, ours, theirs, seconds, smaller_is_better=False):
    (mean, spread), (their_mean, their_spread) = summary(ours), summary(theirs)
    behind = mean - their_mean if smaller_is_better else their_mean - mean
    good = behind <= their_spread
    print(f"| {name} | {mean:.2f} ± {spread:.2f} {unit} | {their_mean:.2f} ± {their_spread:.2f} {unit} "
          f"| {seconds[0]:.1f} s | {seconds[1]:.1f} s | {'yes' if good else 'NO'} |", flush=True)
    return good


def timed(function, seeds):
    start = time.perf_counter()
    values = [function(seed) for seed in seeds]
    return values, (time.perf_counter() - start) / len(values)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", action="append", choices=[*TASKS, "regression"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--images", type=int, help="images to train on; default: all, or what the task says")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--snnc", default=str(ROOT / "build/release/snnc"))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    seeds = range(options.seeds)
    many = range(4 * options.seeds)  # a second each: the spread between seeds is wide
    good = True
    print("| task | snnc | snnTorch | snnc, a seed | snnTorch, a seed | within one standard deviation |")
    print("|---|---|---|---|---|---|", flush=True)
    for name in options.task or [*TASKS, "regression"]:
        with tempfile.TemporaryDirectory() as folder:
            if name == "regression":
                ours, our_time = timed(lambda seed: 100 * regression_snnc(options.snnc, folder, seed), many)
                theirs, their_time = timed(lambda seed: 100 * regression_snntorch(seed), many)
                good &= report(f"regression, error of the curve, {len(many)} seeds", "%", ours, theirs, (our_time, their_time), True)
                continue
            task = TASKS[name]
            images = options.images or task.images or 60000
            data = fashion(images)
            file = pathlib.Path(folder) / "fashion.npz"
            np.savez(file, **data)
            ours, our_time = timed(lambda seed: 100 * train_snnc(options.snnc, task, file, folder, seed), seeds)
            theirs, their_time = timed(lambda seed: 100 * train_snntorch(task, data, seed), seeds)
            label = name if images == 60000 else f"{name}, {images} images"
            good &= report(label, "%", ours, theirs, (our_time, their_time))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
