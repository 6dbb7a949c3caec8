#!/usr/bin/env python3
"""Draws the log of `snnc train --log` as an SVG: loss of every step, test accuracy of every epoch.

    scripts/learning_curve.py train.jsonl > curve.svg
"""
import json
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 300, 56, 56, 34, 40


def read(path):
    with open(path) as log:
        events = [json.loads(line) for line in log]
    steps = [(e["step"], e["loss"]) for e in events if e.get("event") == "step"]
    epochs = []
    last_step = 0
    for event in events:
        last_step = event.get("step", last_step)
        if event.get("event") == "epoch" and "test_accuracy" in event:
            epochs.append((last_step, event["test_accuracy"]))
    return steps, epochs


def smooth(points, width=25):
    out, total, window = [], 0.0, []
    for x, y in points:
        window.append(y)
        total += y
        if len(window) > width:
            total -= window.pop(0)
        out.append((x, total / len(window)))
    return out


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    steps, epochs = read(sys.argv[1])
    if not steps:
        sys.exit(f"{sys.argv[1]}: no step events")
    last = steps[-1][0]
    top_loss = max(loss for _, loss in smooth(steps)) * 1.05
    x = lambda step: LEFT + (WIDTH - LEFT - RIGHT) * step / last
    y_loss = lambda loss: HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(loss / top_loss, 1)
    y_accuracy = lambda a: HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * a
    path = lambda points, y: "M" + "L".join(f"{x(s):.1f},{y(v):.1f}" for s, v in points)
    thin = steps[:: max(1, len(steps) // 1500)]
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
          'font-family="sans-serif" font-size="12">')
    print(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>')
    for i in range(6):
        y = y_accuracy(i / 5)
        print(f'<path d="M{LEFT},{y:.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>'
              f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#1f6fb4">'
              f'{top_loss * i / 5:.2f}</text>'
              f'<text x="{WIDTH - RIGHT + 8}" y="{y + 4:.1f}" fill="#c2571a">{20 * i} %</text>')
    for i in range(5):
        step = round(last * i / 4)
        print(f'<text x="{x(step):.1f}" y="{HEIGHT - 16}" text-anchor="middle" fill="#444444">'
              f'{step}</text>')
    print(f'<path d="{path(thin, y_loss)}" fill="none" stroke="#1f6fb4" stroke-opacity="0.25"/>')
    print(f'<path d="{path(smooth(steps), y_loss)}" fill="none" stroke="#1f6fb4" '
          'stroke-width="1.8"/>')
    if epochs:
        print(f'<path d="{path(epochs, y_accuracy)}" fill="none" stroke="#c2571a" '
              'stroke-width="1.8"/>')
    for step, accuracy in epochs:
        print(f'<circle cx="{x(step):.1f}" cy="{y_accuracy(accuracy):.1f}" r="4" fill="#c2571a"/>'
              f'<text x="{x(step) - 8:.1f}" y="{y_accuracy(accuracy) - 8:.1f}" text-anchor="end" '
              f'fill="#c2571a">{100 * accuracy:.1f} %</text>')
    print(f'<text x="{LEFT}" y="20" fill="#1f6fb4">training loss</text>'
          f'<text x="{WIDTH - RIGHT}" y="20" text-anchor="end" fill="#c2571a">test accuracy</text>'
          f'<text x="{WIDTH / 2}" y="{HEIGHT - 2}" text-anchor="middle" fill="#444444">'
          'updates</text></svg>')


if __name__ == "__main__":
    main()
