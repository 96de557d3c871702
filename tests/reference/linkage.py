"""Average linkage of SciPy for src/exhibit/sorting.rs. Run: python linkage.py > linkage.json

`kernel` is a positive semi-definite matrix of three groups of points and some noise; distances are those in
its feature space, sqrt(k_ii + k_jj - 2 k_ij). `merges` is SciPy's linkage matrix (first, second, height, size)
and `leaves` the order of its dendrogram from left to right.
"""

import json
import sys

import numpy as np
import scipy
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

generator = np.random.default_rng(16)
centres = generator.normal(0, 2, (3, 5))
points = centres[generator.integers(0, 3, 24)] + generator.normal(0, 0.7, (24, 5))
kernel = np.round(points @ points.T, 6)
diagonal = np.diag(kernel)
square = diagonal[:, None] + diagonal[None, :] - 2 * kernel
distances = np.sqrt(np.maximum(square, 0))
np.fill_diagonal(distances, 0)
merges = linkage(squareform(distances, checks=False), "average")
json.dump(
    {
        "scipy": scipy.__version__,
        "numpy": np.__version__,
        "python": sys.version.split()[0],
        "kernel": kernel.tolist(),
        "merges": merges.tolist(),
        "leaves": leaves_list(merges).tolist(),
    },
    sys.stdout,
    indent=1,
)
