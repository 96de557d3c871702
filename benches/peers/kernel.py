"""The kernel pieces of a run in scikit-learn, on the digits of datasets/mnist.

`fit`         870 diagonal mixtures (g = 2..30, 30 starts each) on 200 digits
`posteriors`  placing 20,000 digits in them
`eigen`       Gram matrix of the posteriors of 14,000 digits, KernelPCA with 128 components
`preimage`    KernelRidge from 32 of its scores to the pixels

Mixtures and posteriors are timed in one process whose libraries use all threads, and in as many
processes of one thread each; the better of the two counts. Prints JSON: seconds of each piece.
"""

import argparse
import gzip
import json
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from sklearn.decomposition import KernelPCA
from sklearn.kernel_ridge import KernelRidge
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

IMAGES = Path(__file__).parents[2] / "datasets/mnist/train-images-idx3-ubyte.gz"
warnings.filterwarnings("ignore")


def digits(n):
    with gzip.open(IMAGES) as file:
        pixels = np.frombuffer(file.read(16 + n * 784), np.uint8, offset=16)
    return (pixels.reshape(n, 784) / np.float32(255)).astype(np.float32)


def settings():
    return [(q, g) for q in range(30) for g in range(2, 31)]


def fit_some(part, x):
    found = []
    for q, g in part:
        mixture = GaussianMixture(
            g, covariance_type="diag", reg_covar=1e-2, init_params="random_from_data",
            max_iter=100, tol=1e-3, random_state=1000 * q + g,
        )
        found.append(mixture.fit(x))
    return found


def place_some(mixtures, x):
    return [mixture.predict_proba(x).astype(np.float32) for mixture in mixtures]


def place_and_drop(mixtures, x):
    # What a process of its own would have to send back is not counted against it.
    for posterior in place_some(mixtures, x):
        del posterior


def one_thread():
    threadpool_limits(1)


class Processes:
    """The same work cut for several processes of one thread each, started beforehand."""

    def __init__(self, count):
        self.count = count
        context = get_context("fork")
        self.pool = ProcessPoolExecutor(count, mp_context=context, initializer=one_thread)
        list(self.pool.map(abs, range(count)))

    def run(self, work, items, x):
        parts = [items[i :: self.count] for i in range(self.count)]
        return list(self.pool.map(work, parts, [x] * self.count))


def timed(work):
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="fit,posteriors,eigen,preimage")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    only = args.only.split(",")
    processes = Processes(args.threads)
    seconds = {}

    few = digits(200)
    alone, mixtures = timed(lambda: fit_some(settings(), few))
    shared, _ = timed(lambda: processes.run(fit_some, settings(), few))
    seconds["fit"] = min(alone, shared)
    if "posteriors" in only:
        many = digits(20_000)
        alone, _ = timed(lambda: place_and_drop(mixtures, many))
        shared, _ = timed(lambda: processes.run(place_and_drop, mixtures, many))
        seconds["posteriors"] = min(alone, shared)
    if "eigen" in only or "preimage" in only:
        pixels = digits(14_000)
        f = np.hstack(place_some(mixtures, pixels))
        gram_time, p = timed(lambda: f @ f.T)
        p /= p.diagonal().max()
        del f
        # Its randomised solver is the fastest one; it ends after the iterations that it has.
        kpca = KernelPCA(128, kernel="precomputed", eigen_solver="randomized", random_state=0)
        eigen_time, scores = timed(lambda: kpca.fit_transform(p))
        seconds["eigen"] = gram_time + eigen_time
        del p
    if "preimage" in only:
        scores = scores[:, :32]
        some = scores[:: len(scores) // 2000]
        distances = np.sqrt(((some[:, None] - some[None]) ** 2).sum(-1))
        sigma = np.median(distances[np.triu_indices(len(some), 1)])
        ridge = KernelRidge(kernel="rbf", alpha=0.5, gamma=1 / (2 * sigma**2))
        seconds["preimage"], _ = timed(lambda: ridge.fit(scores, pixels))
    print(json.dumps({piece: seconds[piece] for piece in only}))


if __name__ == "__main__":
    main()
