"""Boxes, landmarks and masks of samples as a COCO data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from heatbrush_core.synthetic.generators.scene import (
    BACKGROUND,
    Mask,
    Scene,
    Truth,
    box_of,
    kind_of,
)


def described(scenes: Sequence[Scene], document: Mapping[str, Any]) -> dict[str, Any]:
    """Describe each part of some samples, as pycocotools reads it.

    Every part but the background is an annotation: its mask as run lengths that are not
    compressed, its box ``[column, row, width, height]`` from the outer corner of its first cell,
    and, where it is a landmark, one keypoint ``[column, row, 2]`` in index units.
    Categories are the kinds of parts. Images are numbered from 1; ``info`` holds the generator, and
    each image its seed, from which the matrices come again.
    """
    kinds = list(dict.fromkeys(kind_of(name) for each in scenes for name in each.names[1:]))
    landmarks = {t.label for each in scenes for t in each.truth if t.kind == "landmark"}
    categories = [
        {"id": number, "name": kind, "supercategory": document["generator"]}
        | ({"keypoints": ["centre"], "skeleton": []} if kind in landmarks else {})
        for number, kind in enumerate(kinds, 1)
    ]
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for image, each in enumerate(scenes, 1):
        height, width = each.parts.shape
        name = f"{document['generator']}-{each.seed}"
        images.append(
            {"id": image, "file_name": name, "seed": each.seed, "height": height, "width": width}
        )
        places = {t.part: t for t in each.truth}
        for part, mask in each.masks.items():
            if part != BACKGROUND:
                about = {"id": len(annotations) + 1, "image_id": image}
                about["category_id"] = kinds.index(kind_of(part)) + 1
                annotations.append({**about, **_annotation(mask, places.get(part))})
    info = {"description": "Drawn by heatbrush", "generator": dict(document)}
    return {
        "info": info,
        "images": images,
        "categories": categories,
        "annotations": annotations,
    }


def _annotation(mask: Mask, truth: Truth | None) -> dict[str, Any]:
    r0, r1, c0, c1 = box_of(mask)
    found: dict[str, Any] = {
        "bbox": [c0, r0, c1 - c0, r1 - r0],
        "area": int(mask.sum()),
        "iscrowd": 0,
        "segmentation": {"size": list(mask.shape), "counts": run_lengths(mask)},
    }
    if truth is not None and truth.kind == "landmark":
        found |= {"keypoints": [truth.column, truth.row, 2], "num_keypoints": 1}
    return found


def run_lengths(mask: Mask) -> list[int]:
    """Count cells outside and inside by turns, down the columns; the first count is outside."""
    cells = np.concatenate([[False], mask.ravel(order="F")])
    ends = np.flatnonzero(cells[1:] != cells[:-1])
    return [int(each) for each in np.diff([0, *ends, mask.size])]
