"""Make drise.json: what D-RISE of xaitk-saliency 0.15.0 says of drawn detections.

In an environment of its own, which needs xaitk-saliency and typing_extensions:

    cd tests && python -m reference.xaitk_drise

Not run by the tests, which only read the file. A box is row, column, height, width, the first two
its centre; the library takes left, top, right and bottom, and adds a pixel to each side's length.
Each of the masks shows one cell, so that the map holds the scores of the masks by themselves.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from xaitk_saliency.impls.gen_detector_prop_sal.drise_scoring import DRISEScoring

FILE = Path(__file__).with_name("drise.json")
MASKS, PROPOSALS, EXPLAINED, CLASSES = 12, 6, 4, 3


def drawn(random: np.random.Generator, *count: int) -> np.ndarray:
    """Draw detections: row, column, height, width, objectness, classes."""
    middle = random.uniform(8, 20, (*count, 2))
    size = random.uniform(3, 14, (*count, 2))
    objectness = random.uniform(0.05, 1, (*count, 1))
    classes = random.dirichlet(np.ones(CLASSES), count)
    return np.round(np.concatenate([middle, size, objectness, classes], -1), 4)


def written(detections: np.ndarray) -> np.ndarray:
    """Write boxes as the library does."""
    row, column, height, width = np.moveaxis(detections[..., :4], -1, 0)
    edges = [column - width / 2, row - height / 2, column + width / 2, row + height / 2]
    return np.concatenate([np.stack(edges, -1), detections[..., 4:]], -1)


def main() -> None:
    """Write the detections, and what the library says."""
    random = np.random.default_rng(0)
    explained, proposed = drawn(random, EXPLAINED), drawn(random, MASKS, PROPOSALS)
    masks = np.eye(MASKS)[:, None]
    scoring = DRISEScoring()
    mine, theirs = written(explained), written(proposed)
    map = scoring.generate(mine, theirs, masks)[:, 0]
    made = {
        "made_with": f"xaitk-saliency {version('xaitk-saliency')}, NumPy {np.__version__}",
        "explained": explained.tolist(),
        "proposed": proposed.tolist(),
        "iou": scoring.iou(mine[:, :4], theirs[..., :4].reshape(-1, 4)).tolist(),
        "map": map.tolist(),
    }
    FILE.write_text(json.dumps(made, separators=(",", ":")) + "\n")
    print(made["made_with"], map.round(3))


if __name__ == "__main__":
    main()
