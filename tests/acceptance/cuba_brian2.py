#!/usr/bin/env python3
"""CUBA of snnc (examples/07_cuba.snn) and of Brian2: mean firing rates over many seeds.

Brian2's example CUBA is written down here with the parameters of the .snn file: 4000 integrate-and-fire cells, 2 % random
connections, 1 s in steps of 0.1 ms, exact integration, 5 ms refractory, the same distribution of first membranes. Each seed is
another network and another start on both sides, so single runs differ, by 4 % of the rate (standard deviation). The means must
agree within 3 %. That is 1.6 standard errors of the difference for ten seeds, which chance alone exceeds once in nine times; for
forty it is 3.2. So forty is the default.

    python3 -m venv /opt/brian && /opt/brian/bin/pip install brian2 "numpy<2"
    tests/acceptance/cuba_brian2.py                       # some minutes; exit code 1 if they differ
    tests/acceptance/cuba_brian2.py --brian ~/env --snnc build/release/snnc --seeds 10

Prints the table of docs/acceptance.md. Not part of the test suite: it needs Brian2.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MODEL = ROOT / "examples" / "07_cuba.snn"
CELLS, EXCITATORY, SECONDS, STEPS = 4000, 3200, 1.0, 10000
TOLERANCE = 0.03


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--snnc", default=str(ROOT / "build" / "release" / "snnc"))
    parser.add_argument("--brian", default="/opt/brian", help="virtual environment with brian2")
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    return parser.parse_args()


def ensure_brian(folder):
    """Goes on in an interpreter that has brian2, or says how to make one."""
    try:
        import brian2  # noqa: F401
        return
    except ImportError:
        pass
    python = Path(folder) / "bin" / "python"
    if python.exists() and Path(sys.executable) != python:
        os.execv(python, [str(python), *sys.argv])
    sys.exit(f"brian2 is needed:\n    python3 -m venv {folder}\n    {folder}/bin/pip install brian2 \"numpy<2\"")


def rate_of_snnc(snnc, seed):
    """Spikes per cell and second; `run` prints the mean over cells and steps."""
    done = subprocess.run([snnc, "run", str(MODEL), "--seed", str(seed)], capture_output=True,
                          text=True, check=True)
    found = re.match(r"pop\.s \[10000, 1, 4000\]: mean ([0-9.e-]+),", done.stdout)
    if not found:
        sys.exit(f"unexpected output of snnc: {done.stdout}")
    return float(found.group(1)) * STEPS / SECONDS


def rate_of_brian(seed):
    from brian2 import (NeuronGroup, Network, SpikeMonitor, Synapses, defaultclock, ms, mV, prefs,
                        second, start_scope)
    from brian2 import seed as set_seed
    prefs.codegen.target = "numpy"
    start_scope()
    set_seed(seed)
    defaultclock.dt = 0.1*ms
    parameters = {"taum": 20*ms, "taue": 5*ms, "taui": 10*ms, "Vt": -50*mV, "Vr": -60*mV,
                  "El": -49*mV, "we": 1.62*mV, "wi": -9*mV}
    equations = """
    dv/dt  = (ge + gi - (v - El))/taum : volt (unless refractory)
    dge/dt = -ge/taue : volt
    dgi/dt = -gi/taui : volt
    """
    cells = NeuronGroup(CELLS, equations, threshold="v > Vt", reset="v = Vr", refractory=5*ms,
                        method="exact", namespace=parameters)
    cells.v = "Vr + rand()*(Vt - Vr)"
    excitatory = Synapses(cells, cells, on_pre="ge += we", namespace=parameters)
    inhibitory = Synapses(cells, cells, on_pre="gi += wi", namespace=parameters)
    excitatory.connect(f"i < {EXCITATORY}", p=0.02)
    inhibitory.connect(f"i >= {EXCITATORY}", p=0.02)
    monitor = SpikeMonitor(cells, record=False)
    Network(cells, excitatory, inhibitory, monitor).run(SECONDS*second)
    return monitor.num_spikes/CELLS/SECONDS


def main():
    options = arguments()
    ensure_brian(options.brian)
    rows = []
    for seed in range(options.first, options.first + options.seeds):
        rows.append((rate_of_snnc(options.snnc, seed), rate_of_brian(seed)))
        print(f"seed {seed}: snnc {rows[-1][0]:.3f} Hz, Brian2 {rows[-1][1]:.3f} Hz",
              file=sys.stderr, flush=True)
    columns = list(zip(*rows))
    means = [statistics.mean(column) for column in columns]
    spreads = [statistics.stdev(column) if len(column) > 1 else 0 for column in columns]
    difference = means[0]/means[1] - 1
    error = (spreads[0]**2 + spreads[1]**2)**0.5/len(rows)**0.5/means[1]
    print("| seed | snnc | Brian2 |\n|---|---|---|")
    for seed, (own, peer) in enumerate(rows, options.first):
        print(f"| {seed} | {own:.3f} Hz | {peer:.3f} Hz |")
    print(f"| mean | {means[0]:.3f} Hz | {means[1]:.3f} Hz |")
    print(f"| standard deviation | {spreads[0]:.3f} Hz | {spreads[1]:.3f} Hz |")
    print(f"\nDifference of the means: {100*difference:+.2f} %, with a standard error of "
          f"{100*error:.2f} % (allowed: {100*TOLERANCE:.0f} %)")
    return 0 if abs(difference) <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
