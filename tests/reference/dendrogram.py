"""SciPy's dendrogram of the merges in linkage.json for src/exhibit/dendrogram.rs. Run: python dendrogram.py > dendrogram.json

Each link is [left, right, low_left, low_right, height] in units of leaves (SciPy's leaf k stands at 10 k + 5, ours
at k + 0.5), in the order of their heights.
"""

import json
import pathlib
import sys

import numpy as np
import scipy
from scipy.cluster.hierarchy import dendrogram

known = json.loads(pathlib.Path(__file__).with_name("linkage.json").read_text())
drawn = dendrogram(np.array(known["merges"]), no_plot=True)
links = [
    [x[0] / 10, x[3] / 10, y[0], y[3], y[1]]
    for x, y in zip(drawn["icoord"], drawn["dcoord"])
]
json.dump(
    {
        "scipy": scipy.__version__,
        "numpy": np.__version__,
        "python": sys.version.split()[0],
        "links": sorted(links, key=lambda link: link[4]),
    },
    sys.stdout,
    indent=1,
)
