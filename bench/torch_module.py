#!/usr/bin/env python3
"""One training step of examples/02_fashion_mlp.snn inside an ordinary PyTorch loop (snnc.torch), beside
the same step by snnc alone (snnc.Trainer).

Both sides start from the same parameters and see the same batch. Their losses are compared over ten
steps first; then they take turns, and the best round of each counts. Run it with a Python that has torch:

    cmake --build --preset release
    PYTHONPATH=build/release/python ~/.cache/snnc/peers/bin/python bench/torch_module.py
"""

import argparse
import os
import sys
import time

import numpy
import snnc
import snnc.torch
import torch

EXAMPLE = os.path.join(os.path.dirname(__file__), "..", "examples", "02_fashion_mlp.snn")


def batch():
    random = numpy.random.default_rng(0)
    return random.random((128, 784), "float32"), random.integers(0, 10, 128).astype("int32")


def native_step(threads, image, label):
    trainer = snnc.Trainer(snnc.Model(EXAMPLE, threads=threads))
    return lambda: trainer.step({"image": image}, {"label": label})


OPTIMIZERS = {
    "snnc.torch.Adam": lambda parameters: snnc.torch.Adam(parameters, lr=5e-4),
    "torch.optim.Adam(fused=True)": lambda parameters: torch.optim.Adam(parameters, lr=5e-4, fused=True),
    "torch.optim.Adam": lambda parameters: torch.optim.Adam(parameters, lr=5e-4),
}


def torch_step(threads, image, label, optimizer_of):
    net = snnc.torch.Module(snnc.Model(EXAMPLE, threads=threads), outputs=["out.v"])
    optimizer = optimizer_of(net.parameters())
    image, label = torch.from_numpy(image), torch.from_numpy(label).long()
    every_step = label.repeat(25)

    def step():
        optimizer.zero_grad()
        membrane = net(image)
        loss = 25 * torch.nn.functional.cross_entropy(membrane.flatten(0, 1), every_step)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def milliseconds(step, steps):
    begin = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - begin) / steps * 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=50, help="in a round")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    for threads in options.threads:
        torch.set_num_threads(threads)
        for name, optimizer_of in OPTIMIZERS.items():
            compare(threads, name, optimizer_of, options)


def compare(threads, name, optimizer_of, options):
    image, label = batch()
    native = native_step(threads, image, label)
    loop = torch_step(threads, image, label, optimizer_of)
    for step in range(10):
        one, other = native(), loop()
        # Sums in another order make other spikes after some updates.
        if abs(one - other) > (1e-5 if step == 0 else 2e-2) * abs(one):
            sys.exit(f"the losses differ in step {step}: {one} and {other}")
    best = {"native": float("inf"), "torch": float("inf")}
    for _ in range(options.rounds):
        best["native"] = min(best["native"], milliseconds(native, options.steps))
        best["torch"] = min(best["torch"], milliseconds(loop, options.steps))
    print(f"{threads} threads, {name}: snnc.Trainer {best['native']:.2f} ms, "
          f"snnc.torch {best['torch']:.2f} ms, {best['native'] / best['torch']:.0%} of the speed")


if __name__ == "__main__":
    main()
