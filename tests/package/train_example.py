"""Trains the second example for 20 steps on made-up pictures; the loss must fall."""

import sys

import numpy
import snnc

model = snnc.Model(sys.argv[1])
random = numpy.random.default_rng(0)
patterns = random.random((10, 784), "float32")
label = random.integers(0, 10, 128).astype("int32")
image = numpy.clip(0.7 * patterns[label] + 0.3 * random.random((128, 784), "float32"), 0, 1)

trainer = snnc.Trainer(model)
shape = [one for one in model.inputs if one.name == "image"][0].shape
inputs = {"image": image.reshape(128, *shape).astype("float32")}
losses = [trainer.step(inputs, {"label": label}) for _ in range(20)]
print(f"loss {losses[0]:.3f} at first, {losses[-1]:.3f} after 20 steps")
if not losses[-1] < 0.5 * losses[0]:
    sys.exit("the loss did not fall")
