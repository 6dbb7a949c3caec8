#!/usr/bin/env python3
"""Draws the log of `snnc train --log` as an SVG: the loss of the updates and, where the training had
test samples, the accuracy after each epoch.

    scripts/learning_curve.py build/demo/log.jsonl > docs/pictures/demo.svg

The line is the mean of the updates in a bin, the band goes from their smallest to their largest loss.
"""
import json
import math
import sys

WIDTH, HEIGHT = 760, 300
TOP, BOTTOM = 62, 46
LOSS, ACCURACY = ("#2563a8", "#dbe7f4"), "#b4531f"
INK, GRID = "#3b4252", "#e6e8ec"
BINS = 100


def read(path):
    with open(path) as log:
        events = [json.loads(line) for line in log]
    start = next((e for e in events if e.get("event") == "start"), {})
    steps = [(e["step"], e["loss"]) for e in events if e.get("event") == "step"]
    epochs = [(e["epoch"] + 1, e["test_accuracy"]) for e in events
              if e.get("event") == "epoch" and "test_accuracy" in e]
    return start, steps, epochs


def binned(steps):
    """For each bin: its middle, and the smallest, mean and largest loss."""
    size = max(1, math.ceil(len(steps) / BINS))
    rows = []
    for at in range(0, len(steps), size):
        part = steps[at:at + size]
        losses = [loss for _, loss in part]
        rows.append(((part[0][0] + part[-1][0]) / 2,
                     min(losses), sum(losses) / len(losses), max(losses)))
    return rows


class Panel:
    """A box with axes: data coordinates become picture coordinates."""

    def __init__(self, left, right, x_range, y_range, title, logarithmic=False):
        self.left, self.right, self.title = left, right, title
        self.x_range = x_range
        self.scale = math.log if logarithmic else float
        self.y_range = [self.scale(y) for y in y_range]

    def x(self, value):
        low, high = self.x_range
        return self.left + (self.right - self.left) * (value - low) / ((high - low) or 1)

    def y(self, value):
        low, high = self.y_range
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (self.scale(value) - low) / (high - low)

    def path(self, points):
        return "M" + "L".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)

    def frame(self, x_ticks, x_label, y_ticks):
        yield text(self.left, TOP - 16, self.title, weight="600")
        for value, label in y_ticks:
            y = self.y(value)
            yield f'<path d="M{self.left},{y:.1f}H{self.right}" stroke="{GRID}"/>'
            yield text(self.left - 8, y + 4, label, anchor="end")
        yield f'<path d="M{self.left},{HEIGHT - BOTTOM}H{self.right}" stroke="#b9bec8"/>'
        for value in x_ticks:
            yield text(self.x(value), HEIGHT - BOTTOM + 18, f"{value}", anchor="middle")
        yield text((self.left + self.right) / 2, HEIGHT - 10, x_label, anchor="middle")


def text(x, y, words, anchor="start", weight="400", fill=INK):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" '
            f'fill="{fill}">{words}</text>')


def loss_ticks(low, high):
    ticks = [m * 10.0 ** e for e in range(-6, 7) for m in (1, 2, 5)]
    return [(t, f"{t:g}") for t in ticks if low <= t <= high]


def draw_loss(steps, right):
    rows = binned(steps)
    low, high = min(r[1] for r in rows) * 0.9, max(r[3] for r in rows) * 1.1
    if low > 0:
        panel = Panel(56, right, (0, steps[-1][0]), (low, high), "training loss", logarithmic=True)
        y_ticks = loss_ticks(low, high)
    else:
        panel = Panel(56, right, (0, steps[-1][0]), (low, high), "training loss")
        y_ticks = [(low + (high - low) * i / 4, f"{low + (high - low) * i / 4:.2g}")
                   for i in range(5)]
    count = max(1, round(steps[-1][0] / 5 / 100)) * 100 if steps[-1][0] > 500 else \
        max(1, steps[-1][0] // 5)
    yield from panel.frame(range(0, steps[-1][0] + 1, count), "updates", y_ticks)
    band = [(r[0], r[3]) for r in rows] + [(r[0], r[1]) for r in reversed(rows)]
    yield f'<path d="{panel.path(band)}Z" fill="{LOSS[1]}"/>'
    yield (f'<path d="{panel.path([(r[0], r[2]) for r in rows])}" fill="none" stroke="{LOSS[0]}" '
           'stroke-width="2" stroke-linejoin="round"/>')


def draw_accuracy(epochs, left):
    last = epochs[-1][0]
    low = math.floor(20 * min(a for _, a in epochs) - 0.2) / 20
    high = min(1.0, math.ceil(20 * max(a for _, a in epochs) + 0.2) / 20)
    panel = Panel(left, WIDTH - 40, (epochs[0][0] - 0.25, last + 0.25), (low, high), "test accuracy")
    stride = 1 if high - low <= 0.16 else 2 if high - low <= 0.31 else 4
    count = round((high - low) * 20 * 2 / stride)
    y_ticks = [(low + i * 0.025 * stride, f"{100 * (low + i * 0.025 * stride):.3g} %")
               for i in range(count + 1)]
    every = max(1, last // 8)
    yield from panel.frame([e for e, _ in epochs if (e - epochs[0][0]) % every == 0],
                           "epochs", y_ticks)
    yield (f'<path d="{panel.path(epochs)}" fill="none" stroke="{ACCURACY}" stroke-width="2" '
           'stroke-linejoin="round"/>')
    for epoch, accuracy in epochs:
        yield f'<circle cx="{panel.x(epoch):.1f}" cy="{panel.y(accuracy):.1f}" r="3.5" fill="{ACCURACY}"/>'
    yield text(panel.x(last) - 2, panel.y(epochs[-1][1]) - 12, f"{100 * epochs[-1][1]:.1f} %",
               anchor="end", weight="600", fill=ACCURACY)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    start, steps, epochs = read(sys.argv[1])
    if not steps:
        sys.exit(f"{sys.argv[1]}: no step events")
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             'font-family="system-ui, Helvetica, Arial, sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#ffffff"/>']
    about = [f"{start[key]}" if key in ("network", "data") else f"{key} {start[key]}"
             for key in ("network", "data", "batch", "seed") if key in start]
    parts.append(text(56, 22, ", ".join(about), fill="#7a8191"))
    parts += draw_loss(steps, 430 if epochs else WIDTH - 40)
    if epochs:
        parts += draw_accuracy(epochs, 510)
    print("\n".join(parts + ["</svg>"]))


if __name__ == "__main__":
    main()
