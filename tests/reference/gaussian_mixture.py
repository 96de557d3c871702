"""Reference values for src/kernel/em_tests.rs: scikit-learn's GaussianMixture on small data.

    python tests/reference/gaussian_mixture.py > tests/reference/gaussian_mixture.json

The start is handed over explicitly: means at the samples `start`, equal weights, every variance
at the floor, so that both implementations iterate from the same state.
"""

import json
import sys
import warnings

import numpy as np
import sklearn
from sklearn.mixture import GaussianMixture

warnings.filterwarnings("ignore")
random = np.random.default_rng(20)
n, d, g, floor = 60, 12, 4, 1e-2
centres = random.uniform(0.2, 0.8, (3, d))
samples = centres[random.integers(0, 3, n)] + random.normal(0, 0.12, (n, d))
samples = np.round(np.clip(samples, 0, 1), 3)
samples[:, 5] = 0.0  # a pixel that never varies
others = np.round(random.uniform(0, 1, (15, d)) * 0.3 + samples[:15] * 0.7, 3)
start = [int(i) for i in random.choice(n, g, replace=False)]

cases = []
for covariance in ["diagonal", "spherical"]:
    for iterations, tolerance in [(3, 0.0), (100, 1e-3)]:
        mixture = GaussianMixture(
            g,
            covariance_type={"diagonal": "diag", "spherical": "spherical"}[covariance],
            reg_covar=floor,
            tol=tolerance,
            max_iter=iterations,
            means_init=samples[start],
            weights_init=np.full(g, 1 / g),
            precisions_init=np.full((g, d) if covariance == "diagonal" else g, 1 / floor),
        ).fit(samples)
        cases.append(
            {
                "covariance": covariance,
                "max_iterations": iterations,
                "tolerance": tolerance,
                "iterations": int(mixture.n_iter_),
                "log_likelihood": float(mixture.lower_bound_),
                "posteriors": mixture.predict_proba(samples).tolist(),
                "posteriors_of_others": mixture.predict_proba(others).tolist(),
            }
        )
json.dump(
    {
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
        "variance_floor": floor,
        "start": start,
        "samples": samples.tolist(),
        "others": others.tolist(),
        "cases": cases,
    },
    sys.stdout,
)
