#!/usr/bin/env python3
"""The convolutional network of snnTorch's tutorial 6 (examples/03_fashion_conv.snn), trained by snnTorch and by
snnc from equal weights, on equal batches in an equal order: 50 updates on 6400 images of Fashion-MNIST.

The network begins silent, so that 50 updates end anywhere between 45 and 70 %: only pairs that begin alike
can be compared. What must hold: the mean test accuracy of snnc is at most one standard deviation of snnTorch's
below snnTorch's.

    PYTHONPATH=build/release/python ~/.cache/snnc/peers/bin/python tests/acceptance/tutorial_6_equal_start.py
"""

import argparse
import statistics
import sys

import numpy
import torch
from snntorch import functional

import snnc
from compare_with_snntorch import ROOT, fashion, tutorial_6

LAYERS = ["conv1", "conv2", "fc1"]


def accuracy(net, images, labels):
    with torch.no_grad():
        counts = torch.cat([net(some)[0].sum(0) for some in images.split(500)])
    return float((counts.argmax(1) == labels).float().mean())


def pair(data, seed):
    """Test accuracies of snnTorch and snnc."""
    torch.manual_seed(seed)
    net = tutorial_6()
    model = snnc.Model(str(ROOT / "examples/03_fashion_conv.snn"))
    for layer, name in zip((one for one in net.layers if hasattr(one, "weight")), LAYERS):
        model.parameters[name + ".weight"] = layer.weight.detach().numpy()
        model.parameters[name + ".bias"] = layer.bias.detach().numpy()
    trainer = snnc.Trainer(model)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    images = torch.from_numpy(data["x_train"]).unsqueeze(1)
    labels = torch.from_numpy(data["y_train"])
    for pick in torch.randperm(len(images)).split(128):
        loss = functional.ce_rate_loss()(net(images[pick])[0], labels[pick])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        trainer.step({"image": images[pick].numpy()}, {"label": labels[pick].numpy().astype("int32")})
    images, labels = data["x_test"][:2000, None], data["y_test"][:2000]
    ours = trainer.evaluate({"image": images}, {"label": labels.astype("int32")})["accuracy"]
    return accuracy(net, torch.from_numpy(numpy.ascontiguousarray(images)), torch.from_numpy(labels)), ours


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=9)
    options = parser.parse_args()
    data = fashion(6400)
    theirs, ours = [], []
    for seed in range(options.seeds):
        one, other = pair(data, seed)
        theirs.append(100 * one)
        ours.append(100 * other)
        print(f"seed {seed}: snnTorch {100 * one:.2f} %, snnc {100 * other:.2f} %", flush=True)
    spread = statistics.stdev(theirs) if len(theirs) > 1 else 0
    print(f"snnTorch {statistics.mean(theirs):.2f} ± {spread:.2f} %, snnc {statistics.mean(ours):.2f} %")
    sys.exit(0 if statistics.mean(theirs) - statistics.mean(ours) <= spread else 1)


if __name__ == "__main__":
    main()
