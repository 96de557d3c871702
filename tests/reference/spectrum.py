"""Eigenvalues of NumPy for src/exhibit/spectrum.rs. Run: python spectrum.py > spectrum.json

`kernel` is a cosine kernel, `codes` are those of 24 images in 9 units, one of them the sum of two others. `*_shares`
are the eigenvalues of `kernel` and of codes codes^T in the order of their size, divided by their sum, without those
below 1e-7 of the largest; `*_rank` is exp of their entropy (Roy and Vetterli 2007).
"""

import json
import sys

import numpy as np

generator = np.random.default_rng(23)


def spectrum(matrix):
    values = np.linalg.eigvalsh(matrix)[::-1]
    values = values[values > 1e-7 * values.max()]
    shares = values / values.sum()
    return shares.tolist(), float(np.exp(-(shares * np.log(shares)).sum()))


points = generator.normal(0.4, 1, (20, 6))
points /= np.linalg.norm(points, axis=1, keepdims=True)
# As single precision has it, so that both read the same numbers.
kernel = (points @ points.T).astype(np.float32)
codes = np.maximum(generator.normal(0, 1, (24, 9)), 0).round(2)
codes[:, 8] = codes[:, 0] + codes[:, 1]
codes = codes.astype(np.float32)
kernel_shares, kernel_rank = spectrum(kernel.astype(np.float64))
wide = codes.astype(np.float64)
codes_shares, codes_rank = spectrum(wide @ wide.T)
json.dump(
    {
        "numpy": np.__version__,
        "python": sys.version.split()[0],
        "kernel": kernel.tolist(),
        "kernel_shares": kernel_shares,
        "kernel_rank": kernel_rank,
        "codes": codes.tolist(),
        "codes_shares": codes_shares,
        "codes_rank": codes_rank,
    },
    sys.stdout,
    indent=1,
)
print()
