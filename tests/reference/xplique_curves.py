"""Make xplique.npz: what xplique 2.0.2 says of deletion and insertion, in its own environment.

    make .venv-xplique/ready
    cd tests && ../.venv-xplique/bin/python -m reference.xplique_curves

Not run by the tests, which only read the file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from reference import models

NAMES = ("a_cnn", "b_bn", "c_cam", "g1_leaky", "h_mlp")
STEPS, BASELINES = (7, 32, -1), (0.0, 0.4)


def main() -> None:
    from xplique.metrics import Deletion, Insertion

    found = {}
    for name in NAMES:
        model, X = models.load(name), models.inputs(name)
        targets = np.eye(model.output_shape[-1], dtype="float32")[
            model.predict(X, verbose=0).argmax(1)
        ]
        # no two cells are alike: libraries break ties as their sorting does
        maps = np.random.default_rng(len(found)).normal(size=X.shape).astype("float32")
        found[f"{name}|maps"] = maps
        for steps in STEPS:
            for baseline in BASELINES:
                for kind in (Deletion, Insertion):
                    given = {"steps": steps, "baseline_mode": baseline}
                    each = [
                        kind(model, X[i : i + 1], targets[i : i + 1], **given).detailed_evaluate(
                            maps[i : i + 1]
                        )
                        for i in range(len(X))
                    ]
                    area = kind(model, X, targets, **given).evaluate(maps)
                    key = f"{name}|{kind.__name__.lower()}|{steps}|{baseline}"
                    found[f"{key}|scores"] = np.array([list(one.values()) for one in each])
                    found[f"{key}|area"] = np.float64(area)
    np.savez_compressed(Path(__file__).parent / "xplique.npz", **found)


if __name__ == "__main__":
    main()
