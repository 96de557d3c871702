"""Principal components by scikit-learn and orthogonal Procrustes by SciPy, for src/experiment/axes.rs and
src/exhibit/code_map/turn.rs. Writes code_map.json beside itself.

    python3 code_map.py

The inputs are formulas that the tests repeat. Signs of components are chosen such that the entry of largest
absolute value in each axis is positive. `deviations` are square roots of the variances (denominator n - 1), and
`shares` are of the variance of all columns. `turns` are R of least ||A R - B||, a rotation and a reflection.
"""

import json
import pathlib
import sys

import numpy as np
import scipy
import sklearn
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA


def table(rows, columns, phase):
    """Smooth numbers of a full-rank table: sin((i+1)(j+2) 0.37 + phase) + 0.3 cos(1.7 i + j)."""
    i, j = np.arange(rows)[:, None], np.arange(columns)[None, :]
    return np.sin((i + 1) * (j + 2) * 0.37 + phase) + 0.3 * np.cos(1.7 * i + j)


def numbers(array):
    return np.round(np.asarray(array, dtype=float), 9).tolist()


def components():
    rows = table(30, 9, 0.0) * 3 + 10
    pca = PCA(4, svd_solver="full").fit(rows)
    axes = pca.components_
    signs = np.sign(axes[np.arange(4), np.abs(axes).argmax(1)])
    scores = pca.transform(rows) * signs
    changed = np.zeros((1, 4))
    changed[0, :2] = [1.5, -0.5]
    return {
        "mean": numbers(pca.mean_),
        "deviations": numbers(np.sqrt(pca.explained_variance_)),
        "shares": numbers(pca.explained_variance_ratio_),
        "axes": numbers(axes * signs[:, None]),
        "scores": numbers(scores),
        "restored": numbers(pca.inverse_transform(changed * signs)[0]),
    }


def turns():
    first, second = table(12, 2, 0.3), table(12, 2, 1.4)
    mirrored = second * [1, -1]
    return [numbers(orthogonal_procrustes(first, to)[0]) for to in (second, mirrored)]


result = {
    "scikit-learn": sklearn.__version__,
    "scipy": scipy.__version__,
    "numpy": np.__version__,
    "python": sys.version.split()[0],
    "components": components(),
    "turns": turns(),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(result, indent=1) + "\n")
