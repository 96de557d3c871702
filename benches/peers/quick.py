"""The Quick run, from the start of the process to its figures, in PyTorch and scikit-learn.

870 mixtures on 200 digits, posteriors of 6,000 and of two moved copies of the training digits,
1,000 training steps, alignment of the test digits, and the three ways of denoising; matrices and
figures are written to --out.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.kernel_ridge import KernelRidge
from sklearn.utils.extmath import randomized_svd

from kernel import Processes, digits, fit_some, place_some, settings
from step import start

DIMS = [784, 256, 256, 512, 128]


def network(layers):
    linear = torch.nn.functional.linear

    def encode(h):
        for w, b, _ in layers[:-1]:
            h = torch.relu(linear(h, w, b))
        w, b, _ = layers[-1]
        return linear(h, w, b)

    def decode(h):
        for i, (w, _, b) in reversed(list(enumerate(layers))):
            h = linear(h, w.t(), b)
            h = torch.relu(h) if i else torch.sigmoid(h)
        return h

    return encode, decode


def distance(c, p):
    return torch.linalg.norm(c / torch.linalg.norm(c) - p / torch.linalg.norm(p))


def train(x, f, steps=1_000, k=200):
    layers = [[torch.from_numpy(a).requires_grad_() for a in layer] for layer in start(DIMS)]
    adam = torch.optim.Adam(sum(layers, []), lr=3e-3, fused=True)
    encode, decode = network(layers)
    for step in range(steps):
        for group in adam.param_groups:
            left = (steps - step) / steps
            group["lr"] = 3e-3 * min(1.0, max(left / 0.3, 0.05))
        chosen = torch.randperm(len(x))[:k]
        batch, posteriors = x[chosen], f[chosen]
        codes = encode(batch)
        lc = distance(codes @ codes.t(), posteriors @ posteriors.t())
        loss = 0.9 * ((decode(codes) - batch) ** 2).mean() + 0.1 * lc
        adam.zero_grad()
        loss.backward()
        adam.step()
    return encode, decode


def denoise(x, f, noisy, f_noisy, clean, encode, decode):
    """Mean squared errors of kernel PCA, PCA of the codes and PCA of the pixels."""
    error = lambda found: float(((found - clean) ** 2).mean())
    u, s, vt = randomized_svd(f, 32, random_state=0)
    scores, new = u * s, f_noisy @ vt.T
    some = scores[:2000]
    gaps = np.sqrt(((some[:, None] - some[None]) ** 2).sum(-1))
    sigma = np.median(gaps[np.triu_indices(len(some), 1)])
    ridge = KernelRidge(kernel="rbf", alpha=0.1, gamma=1 / (2 * sigma**2)).fit(scores, x)
    with torch.no_grad():
        codes = PCA(32, svd_solver="covariance_eigh").fit(encode(torch.from_numpy(x)).numpy())
        kept = codes.inverse_transform(codes.transform(encode(torch.from_numpy(noisy)).numpy()))
        dkae = decode(torch.from_numpy(kept.astype(np.float32))).numpy()
    linear = PCA(32, svd_solver="covariance_eigh").fit(x)
    straight = linear.inverse_transform(linear.transform(noisy))
    return {"kpca": error(ridge.predict(new)), "dkae": error(dkae), "pca": error(straight)}


def moved(x, random):
    """A copy of each digit, up to a pixel away along each axis."""
    copies = np.zeros_like(x).reshape(-1, 28, 28)
    for copy, image, (down, right) in zip(
        copies, x.reshape(-1, 28, 28), random.integers(-1, 2, (len(x), 2))
    ):
        place = lambda by: (slice(max(by, 0), 28 + min(by, 0)), slice(max(-by, 0), 28 + min(-by, 0)))
        (to_row, row), (to_column, column) = place(down), place(right)
        copy[to_row, to_column] = image[row, column]
    return copies.reshape(x.shape)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    processes = Processes(args.threads)
    torch.set_num_threads(args.threads)
    x = digits(6_000)
    parts = processes.run(fit_some, settings(), x[:200])
    mixtures = [mixture for part in parts for mixture in part]
    noisy = x[5_100:] + np.random.default_rng(0).normal(0, 0.25, (900, 784)).astype(np.float32)
    training, test = slice(0, 4_200), slice(5_100, 6_000)
    random = np.random.default_rng(1)
    copies = [moved(x[training], random) for _ in range(2)]
    f = np.hstack(place_some(mixtures, np.concatenate([x, noisy, *copies])))
    pool = np.concatenate([x[training], *copies])
    f_pool = np.concatenate([f[training], f[6_900:]])
    encode, decode = train(torch.from_numpy(pool), torch.from_numpy(f_pool))
    with torch.no_grad():
        codes = encode(torch.from_numpy(x[test]))
        p = torch.from_numpy(f[test] @ f[test].T)
        found = {
            "lr": float(((decode(codes) - torch.from_numpy(x[test])) ** 2).mean()),
            "lc": float(distance(codes @ codes.t(), p)),
        }
    found |= denoise(x[training], f[training], noisy, f[6_000:6_900], x[test], encode, decode)
    np.save(args.out / "prior.npy", p.numpy())
    np.save(args.out / "codes.npy", codes.numpy())
    (args.out / "report.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
