"""Runs the program and its peers in turn, pair by pair, and prints the ratios.

    cargo build --release
    python3 -m pip install -r benches/peers/requirements.txt
    python3 benches/peers/compare.py [--pairs 3] [--program target/release/dkae-explorer]

`PYTHON` in the environment names the interpreter that runs the peers (python3 by default). Of each
side the median counts: the median over the pairs of each run's own median (of steps) or time.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYTHON = os.environ.get("PYTHON", "python3")
QUICK = "784,256,256,512,128"
PAPER = "784,500,500,2000,2000"
BARS = {"fit": 0.25, "posteriors": 0.25, "eigen": 0.2, "preimage": 0.5}
NAMES = {
    "fit": "870 mixtures on 200 digits",
    "posteriors": "posteriors of 20,000 digits",
    "eigen": "128 eigenpairs of P, n = 14,000",
    "preimage": "pre-image, n = 14,000, 32 components",
}


def output(*command, threads):
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
    command = [str(part) for part in command]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment, cwd=ROOT)
    return json.loads(done.stdout)


class Comparison:
    def __init__(self, args):
        self.args = args

    def ours(self, *options):
        command = (self.args.program, "bench", "--json", "--threads", self.args.threads)
        return output(*command, *options, threads=self.args.threads)

    def peer(self, script, *options):
        threads = self.args.threads
        return output(PYTHON, HERE / script, "--threads", threads, *options, threads=threads)

    def step(self, dims, activation, runs):
        size = ("--dims", dims, "--activation", activation, "--runs", runs)
        ours, peers = [], {"torch": [], "torch-fused": [], "jax": []}
        for _ in range(self.args.pairs):
            ours.append(self.ours("--only", "step", *size)["step"]["median_s"])
            for name, times in peers.items():
                times.append(statistics.median(self.peer("step.py", name, *size)))
        best = min(peers, key=lambda name: statistics.median(peers[name]))
        return ours, peers[best], {"torch-fused": "PyTorch", "torch": "PyTorch", "jax": "JAX"}[best]

    def pieces(self):
        ours, theirs = {p: [] for p in BARS}, {p: [] for p in BARS}
        for _ in range(self.args.pairs):
            report = self.ours("--only", ",".join(BARS), "--runs", 1)
            found = self.peer("kernel.py")
            for piece in BARS:
                ours[piece].append(report[piece]["median_s"])
                theirs[piece].append(found[piece])
        return [(NAMES[p], ours[p], theirs[p], "scikit-learn", BARS[p]) for p in BARS]

    def report(self):
        ours, theirs = [], []
        for _ in range(self.args.pairs):
            for times, command in (
                (ours, [self.args.program, "train", "--threads", self.args.threads]),
                (theirs, [PYTHON, HERE / "quick.py", "--threads", self.args.threads]),
            ):
                with tempfile.TemporaryDirectory() as folder:
                    begun = time.perf_counter()
                    subprocess.run(
                        [str(part) for part in [*command, "--out", folder]],
                        check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                        env=os.environ | {"OMP_NUM_THREADS": str(self.args.threads)},
                    )
                    times.append(time.perf_counter() - begun)
        return ours, theirs


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def versions():
    """Of the peers' packages, asked of the interpreter that runs them."""
    program = "from importlib.metadata import version as v; print(', '.join(f'{p} {v(p)}' for p in %r))"
    names = ("torch", "jax", "scikit-learn", "numpy")
    done = subprocess.run([PYTHON, "-c", program % (names,)], check=True, stdout=subprocess.PIPE)
    return done.stdout.decode().strip()


def amount(seconds):
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.1f} s"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--program", type=Path, default=ROOT / "target/release/dkae-explorer")
    parser.add_argument("--only", default="steps,pieces,report")
    args = parser.parse_args()
    args.program = args.program.resolve()
    comparison, only, rows = Comparison(args), args.only.split(","), []
    packages = versions()
    if "steps" in only:
        rows.append(("step, " + PAPER.replace(",", "–"), *comparison.step(PAPER, "sigmoid", 20), 0.9))
        rows.append(("step, " + QUICK.replace(",", "–"), *comparison.step(QUICK, "relu", 100), 0.8))
    if "pieces" in only:
        rows += comparison.pieces()
    if "report" in only:
        rows.append(("Quick, start to report", *comparison.report(), "PyTorch, scikit-learn", 0.5))
    print(f"{date.today()}, {processor()}, {args.threads} threads; {packages}\n")
    print("| work | ours | peer | | ratio | to reach |")
    print("|---|---|---|---|---|---|")
    for name, ours, theirs, peer, bar in rows:
        ours, theirs = statistics.median(ours), statistics.median(theirs)
        ratio = ours / theirs
        mark = "" if ratio <= bar else " (missed)"
        print(f"| {name} | {amount(ours)} | {amount(theirs)} | {peer} | {ratio:.2f} | {bar}{mark} |")


if __name__ == "__main__":
    main()
