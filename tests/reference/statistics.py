"""Values of SciPy and statsmodels for src/experiment/statistics.rs. Run: python statistics.py > statistics.json

`corrected` is the corrected resampled t-test as scikit-learn's example "Statistical comparison of
models using grid search" writes it (corrected_std), two-sided and against a bound.
"""

import json
import sys

import numpy as np
import scipy
import statsmodels
from scipy.stats import t
from statsmodels.stats.multitest import multipletests


def corrected_std(differences, n_train, n_test):
    kr = len(differences)
    corrected_var = np.var(differences, ddof=1) * (1 / kr + n_test / n_train)
    return np.sqrt(corrected_var)


def corrected(differences, n_train, n_test, bound):
    differences = np.asarray(differences)
    df = len(differences) - 1
    std = corrected_std(differences, n_train, n_test)
    statistic = (np.mean(differences) - bound) / std
    half = t.ppf(0.975, df) * std
    return {
        "values": differences.tolist(),
        "training": n_train,
        "test": n_test,
        "bound": bound,
        "interval": [np.mean(differences) - half, np.mean(differences) + half],
        "p": 2 * t.sf(abs(statistic), df),
    }


generator = np.random.default_rng(14)
draw = lambda n, mean: generator.normal(mean, 0.003, n)
p = [0.011, 0.02, 0.0004, 0.3, 0.049, 0.0004, 0.9, 0.013]
json.dump(
    {
        "made_by": f"Python {sys.version.split()[0]}, NumPy {np.__version__}, "
        f"SciPy {scipy.__version__}, statsmodels {statsmodels.__version__}",
        "quantiles": [[df, t.ppf(0.975, df)] for df in [1, 2, 3, 4, 9, 19, 30, 31, 99]],
        "two_sided": [
            [x, df, 2 * t.sf(abs(x), df)]
            for df in [1, 4, 9, 29]
            for x in [0.0, 0.3, -1.2, 2.262157, -5.0, 40.0]
        ],
        "corrected": [
            corrected(draw(2, 0.0), 4200, 900, 0.0),
            corrected(draw(5, -0.005), 4200, 900, 0.0),
            corrected(draw(5, -0.005), 1, 0, 0.0),
            corrected(draw(10, 0.098), 14000, 3000, 0.1),
        ],
        "holm": {"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()},
    },
    sys.stdout,
    indent=1,
)
