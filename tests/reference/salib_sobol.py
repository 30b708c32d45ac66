"""What SALib says of two known functions, in an environment with SALib: writes sobol.json.

``scores`` are of sample matrices that SALib drew, and ``indices`` what it makes of them;
``of_1024`` are its indices from 1024 rows, with its bootstrap intervals.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from SALib.analyze import sobol as analyse
from SALib.sample import sobol as draw
from SALib.test_functions import Ishigami, Sobol_G

PROBLEMS = {
    "ishigami": ({"num_vars": 3, "names": list("abc"), "bounds": [[-np.pi, np.pi]] * 3}, Ishigami),
    "sobol_g": ({"num_vars": 8, "names": list("abcdefgh"), "bounds": [[0, 1]] * 8}, Sobol_G),
}


def asked(problem, function, rows):
    X = draw.sample(problem, rows, calc_second_order=False, seed=7)
    Y = function.evaluate(X)
    found = analyse.analyze(problem, Y, calc_second_order=False, num_resamples=1000, seed=7)
    names = ("S1", "S1_conf", "ST", "ST_conf")
    return Y, {name: np.asarray(found[name]).tolist() for name in names}


made = {"made_with": f"SALib {version('SALib')}, NumPy {np.__version__}"}
for name, (problem, function) in PROBLEMS.items():
    Y, indices = asked(problem, function, 64)
    columns = Y.reshape(64, problem["num_vars"] + 2).T
    scores = {"a": columns[0], "b": columns[-1], "ab": columns[1:-1]}
    made[name] = {
        "scores": {key: value.tolist() for key, value in scores.items()},
        "indices": indices,
        "of_1024": asked(problem, function, 1024)[1],
    }
Path(__file__).with_name("sobol.json").write_text(json.dumps(made) + "\n")
