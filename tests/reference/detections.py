"""Make detections.json: what pycocotools 2.0.11 and tidecv 1.0.1 say of the same boxes.

In an environment of its own, which needs pycocotools, tidecv and opencv-python-headless:

    cd tests && python -m reference.detections

Not run by the tests, which only read the file. A box is row, column, height, width, the first two
its centre in index units; the libraries take the left and the top edge, width and height.
"""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("detections.json")
Box = list[float]
Sample = dict[str, list[Any]]


def drawn(seed: int, samples: int, classes: int, most: int, noise: float) -> list[Sample]:
    """Draw true boxes, and found ones: the true ones moved, renamed, left out, and others."""
    random = np.random.default_rng(seed)
    made: list[Sample] = []
    for _ in range(samples):
        count = int(random.integers(0, most + 1))
        true = np.column_stack(
            [random.uniform(5, 60, (count, 2)), random.uniform(4, 20, (count, 2))]
        )
        labels = random.integers(0, classes, count)
        repeats = random.choice([0, 1, 1, 1, 2], count)
        near = np.repeat(true, repeats, 0)
        near = near + random.normal(0, noise, near.shape) * near[:, [2, 3, 2, 3]]
        near[:, 2:] = np.maximum(near[:, 2:], 1)
        said = np.repeat(labels, repeats)
        other = random.uniform(size=len(said)) < 0.2
        said = np.where(other, random.integers(0, classes, len(said)), said)
        extra = int(random.integers(0, 4))
        false = np.column_stack(
            [random.uniform(5, 60, (extra, 2)), random.uniform(4, 20, (extra, 2))]
        )
        scores = random.uniform(0.05, 1, len(near) + extra)
        made.append(
            {
                "true": np.round(true, 3).tolist(),
                "true_class": labels.tolist(),
                "found": np.round(np.concatenate([near, false]), 3).tolist(),
                "found_class": [*said.tolist(), *random.integers(0, classes, extra).tolist()],
                "score": np.round(scores, 6).tolist(),
                "head": random.integers(0, 2, len(scores)).tolist(),
            }
        )
    return made


def corner(box: Box) -> Box:
    """Write a box as the libraries do: left, top, width, height."""
    row, column, height, width = box
    return [column - width / 2, row - height / 2, width, height]


def coco(samples: list[Sample], classes: int) -> dict[str, Any]:
    """Return the precision at each overlap and class, over 101 recalls, as pycocotools has it."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth = COCO()
    boxes = [
        {"image_id": i, "category_id": c, "bbox": corner(b), "area": b[2] * b[3], "iscrowd": 0}
        for i, each in enumerate(samples)
        for b, c in zip(each["true"], each["true_class"], strict=True)
    ]
    truth.dataset = {
        "images": [{"id": i} for i in range(len(samples))],
        "categories": [{"id": c} for c in range(classes)],
        "annotations": [{**each, "id": n + 1} for n, each in enumerate(boxes)],
        "info": {},
    }
    truth.createIndex()
    found = truth.loadRes(
        [
            {"image_id": i, "category_id": c, "bbox": corner(b), "score": s}
            for i, each in enumerate(samples)
            for b, c, s in zip(each["found"], each["found_class"], each["score"], strict=True)
        ]
    )
    run = COCOeval(truth, found, "bbox")
    run.evaluate()
    run.accumulate()
    run.summarize()
    precision = run.eval["precision"][:, :, :, 0, -1]  # overlap, recall, class; all areas
    means = np.where((precision < 0).all(1), np.nan, precision.mean(1))
    return {
        "ap": [[None if np.isnan(each) else each for each in row] for row in means.tolist()],
        "recall": run.eval["recall"][:, :, 0, -1].tolist(),
        "mean": float(run.stats[0]),
        "at_half": float(run.stats[1]),
    }


def tide(samples: list[Sample], overlap: float, background: float) -> dict[str, Any]:
    """Return the average precision, and the count and the cost of each kind of error."""
    from tidecv import TIDE, Data

    truth, found = Data("truth"), Data("found")
    for i, each in enumerate(samples):
        for b, c in zip(each["true"], each["true_class"], strict=True):
            truth.add_ground_truth(i, c, corner(b))
        for b, c, s in zip(each["found"], each["found_class"], each["score"], strict=True):
            found.add_detection(i, c, s, corner(b))
        truth.images[i]["name"] = str(i)
    run = TIDE(pos_threshold=overlap, background_threshold=background).evaluate(
        truth, found, mode=TIDE.BOX, name="run"
    )
    names = {
        "Cls": "class",
        "Loc": "place",
        "Both": "both",
        "Dupe": "duplicate",
        "Bkg": "background",
        "Miss": "missed",
    }
    costs, counts = run.fix_main_errors(), run.count_errors()
    return {
        "overlap": overlap,
        "background": background,
        "ap": run.ap / 100,
        "count": {names[kind.short_name]: count for kind, count in counts.items()},
        "cost": {names[kind.short_name]: cost / 100 for kind, cost in costs.items()},
    }


CASES = {
    "few": (1, 6, 1, 4, 0.08),
    "several": (2, 30, 3, 6, 0.1),
    "rough": (3, 40, 4, 8, 0.25),
    "many": (4, 3, 1, 240, 0.06),
    "sparse": (5, 12, 8, 2, 0.12),
}


def main() -> None:
    """Write the boxes of all cases, and the numbers."""
    said = {}
    for name, case in CASES.items():
        samples = drawn(*case)
        with contextlib.redirect_stdout(io.StringIO()):
            numbers = coco(samples, case[2])
            kinds = [tide(samples, 0.5, 0.1), tide(samples, 0.75, 0.3)]
        said[name] = {"samples": samples, "coco": numbers, "tide": kinds}
        print(name, numbers["mean"], [each["ap"] for each in kinds])
    FILE.write_text(json.dumps(said, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
