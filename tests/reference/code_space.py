"""Reference values for src/experiment/code_space: scikit-learn's classifiers, k-means and NMI.

    python tests/reference/code_space.py > tests/reference/code_space.json

Four classes that overlap, so that neighbours disagree and votes tie. k-means starts at given
samples, so that both implementations iterate from the same state.
"""

import json

import numpy as np
import scipy
import sklearn
from sklearn.cluster import KMeans
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics import normalized_mutual_info_score
from sklearn.neighbors import KNeighborsClassifier

random = np.random.default_rng(14)
classes = np.array([0, 2, 5, 9])
centres = random.uniform(0.0, 1.0, (4, 6))


def draw(n):
    which = random.integers(0, 4, n)
    rows = centres[which] + random.normal(0, 0.35, (n, 6)) * [1, 1, 1, 1, 0.2, 3]
    return np.round(rows, 3), classes[which]


rows, labels = draw(80)
queries, truth = draw(40)

neighbours = []
for k in [1, 2, 3, 4, 7]:
    found = KNeighborsClassifier(k, algorithm="brute").fit(rows, labels).predict(queries)
    neighbours.append({"k": k, "classes": found.tolist()})

linear = []
for alpha in [1e-3, 1.0, 40.0]:
    model = RidgeClassifier(alpha=alpha, solver="cholesky").fit(rows, labels)
    linear.append(
        {
            "ridge": alpha,
            "values": np.round(model.decision_function(queries), 9).tolist(),
            "classes": model.predict(queries).tolist(),
        }
    )
two = labels <= 2
model = RidgeClassifier(alpha=1.0, solver="cholesky").fit(rows[two], labels[two])
pair = {"ridge": 1.0, "classes": model.predict(queries).tolist()}

start = [int(i) for i in random.choice(len(rows), 5, replace=False)]
means = KMeans(5, init=rows[start], n_init=1, tol=0, max_iter=300, algorithm="lloyd").fit(rows)
owners = means.predict(queries)
clusters = {
    "start": start,
    "centres": np.round(means.cluster_centers_, 9).tolist(),
    "inertia": float(means.inertia_),
    "owners": owners.tolist(),
}

agreement = []
for a, b in [
    (owners, truth),
    (means.labels_, labels),
    (truth // 2, truth),
    (np.zeros(40, int), truth),
    (np.zeros(40, int), np.full(40, 3)),
    (random.integers(0, 7, 40), truth),
    (np.arange(40), truth),
]:
    score = normalized_mutual_info_score(b, a, average_method="arithmetic")
    agreement.append({"clusters": a.tolist(), "classes": b.tolist(), "nmi": float(score)})

print(
    json.dumps(
        {
            "versions": {
                "numpy": np.__version__,
                "scipy": scipy.__version__,
                "scikit-learn": sklearn.__version__,
            },
            "rows": rows.tolist(),
            "labels": labels.tolist(),
            "queries": queries.tolist(),
            "neighbours": neighbours,
            "linear": linear,
            "pair": pair,
            "clusters": clusters,
            "agreement": agreement,
        }
    )
)
