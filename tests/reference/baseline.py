"""Reference values of the baselines, by NumPy and scikit-learn. Writes baseline.json beside itself.

    python3 baseline.py

The inputs are formulas that the tests repeat; the output holds results only, and the versions
that gave them. scikit-learn's KernelPCA always centres the kernel, so the uncentred kernel PCA of
the paper is taken from numpy.linalg.eigh; signs are chosen such that the entry of largest absolute
value in each eigenvector is positive.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics.pairwise import rbf_kernel


def table(rows, columns, phase):
    """Smooth numbers of a full-rank table: sin((i+1)(j+2) 0.37 + phase) + 0.3 cos(1.7 i + j)."""
    i, j = np.arange(rows)[:, None], np.arange(columns)[None, :]
    return np.sin((i + 1) * (j + 2) * 0.37 + phase) + 0.3 * np.cos(1.7 * i + j)


def numbers(array):
    return np.round(np.asarray(array, dtype=float), 9).tolist()


def kernel_pca():
    train, new = table(40, 5, 0.2), table(7, 5, 1.1)
    gamma = 0.3
    values, vectors = np.linalg.eigh(rbf_kernel(train, train, gamma))
    values, vectors = values[::-1][:6], vectors[:, ::-1][:, :6]
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(0), np.arange(6)])
    scores = rbf_kernel(new, train, gamma) @ vectors / np.sqrt(values)
    return {
        "eigenvalues": numbers(values),
        "training_scores": numbers((vectors * np.sqrt(values))[:5]),
        "new_scores": numbers(scores),
    }


def pre_image():
    scores, new = table(60, 4, 0.4), table(6, 4, 0.9)
    pixels = np.clip(table(60, 8, 0.0), 0, 1)
    pixels[:, 3] = 0
    distances = np.sqrt(((scores[:, None] - scores[None]) ** 2).sum(-1))[np.triu_indices(60, 1)]
    # 1,770 pairs: the upper of the two middle ones.
    median = np.sort(distances)[len(distances) // 2]
    sigma = 1.25 * median
    model = KernelRidge(kernel="rbf", gamma=1 / (2 * sigma**2), alpha=0.5).fit(scores, pixels)
    # The least ridge makes much of the last digits, so it starts from single precision as ours does.
    single = [array.astype(np.float32).astype(float) for array in (scores, pixels, new)]
    least = KernelRidge(kernel="rbf", gamma=1 / (2 * sigma**2), alpha=1e-5).fit(*single[:2])
    return {
        "median": float(median),
        "predictions": numbers(model.predict(new)),
        "with_least_ridge": numbers(least.predict(single[2])),
    }


def pca():
    train, new = table(30, 9, 0.0) * 3 + 10, table(4, 9, 0.5) * 3 + 10
    model = PCA(3, svd_solver="full").fit(train)
    return {
        "mean": numbers(model.mean_),
        "variances": numbers(model.explained_variance_),
        "reconstructions": numbers(model.inverse_transform(model.transform(new))),
    }


def wiener():
    """mu + C (C + s^2 I)^-1 (y - mu), without eigenvectors."""
    train, new = table(40, 9, 0.1), table(5, 9, 0.7)
    mean, covariance = train.mean(0), np.cov(train, rowvar=False)
    gain = np.linalg.solve(covariance + 0.3**2 * np.eye(9), covariance)
    return {"restored": numbers(mean + (new - mean) @ gain)}


reference = {
    "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
    "kernel_pca": kernel_pca(),
    "pre_image": pre_image(),
    "pca": pca(),
    "wiener": wiener(),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(reference, indent=1) + "\n")
