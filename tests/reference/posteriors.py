"""Reference values for src/kernel/reference_tests.rs: posteriors of scikit-learn's GaussianMixture
under weights, means and covariances set by hand, and the whole P of Eq. 4 that follows.

    python tests/reference/posteriors.py > tests/reference/posteriors.json
"""

import json

import numpy as np
import sklearn
from sklearn.mixture import GaussianMixture

random = np.random.default_rng(4)
n, d = 24, 12
samples = np.round(random.uniform(0, 1, (n, d)), 3)


def ensemble(covariance):
    mixtures, gram = [], np.zeros((n, n))
    for g in [2, 3, 4, 2, 5]:
        weights = np.round(random.dirichlet(np.full(g, 3.0)), 3)
        weights[-1] = round(1 - weights[:-1].sum(), 3)
        means = np.round(random.uniform(0.1, 0.9, (g, d)), 3)
        shape = (g, d) if covariance == "diag" else (g,)
        variances = np.round(random.uniform(0.05, 0.4, shape), 3)
        mixture = GaussianMixture(g, covariance_type=covariance)
        mixture.weights_ = weights
        mixture.means_ = means
        mixture.covariances_ = variances
        mixture.precisions_cholesky_ = 1 / np.sqrt(variances)
        posteriors = mixture.predict_proba(samples)
        gram += posteriors @ posteriors.T
        mixtures.append(
            {
                "weights": weights.tolist(),
                "means": means.tolist(),
                "variances": variances.reshape(g, -1).tolist(),
                "posteriors": np.round(posteriors, 9).tolist(),
            }
        )
    prior = gram / gram.diagonal().max()
    return {"mixtures": mixtures, "prior": np.round(prior, 9).tolist()}


print(
    json.dumps(
        {
            "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
            "samples": samples.tolist(),
            "diagonal": ensemble("diag"),
            "spherical": ensemble("spherical"),
        }
    )
)
