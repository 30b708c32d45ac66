"""Writes format-1.heatbrush, which stays as it is: a file of a released format opens for ever."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import heatbrush as hb

X = np.zeros((2, 3, 4), "float32")
X[0, :, :2], X[1, :, 2:] = 1, 1


def halves(batch: np.ndarray) -> np.ndarray:
    """Score the left and the right half of each matrix."""
    parts = (batch[:, :, :2], batch[:, :, 2:])
    return np.stack([part.sum((1, 2, 3)) / 10 for part in parts], 1)


def write(path: Path) -> Path:
    """Save the view of these matrices."""
    explainer = hb.Explainer(
        halves,
        classes=["left", "right"],
        rows=["acc x", "acc y", "gyro"],
        columns=[0.0, 0.1, 0.2, 0.3],
        background=np.repeat(X[1:], 20, 0),
        baseline=0.0,
        time="columns",
    )
    methods = {"occlusion": ("occlusion", {"patch": (1, 1)}), "by hand": X}
    view = hb.compare(explainer, X, methods, [0, 1], target="left", height=480)
    view.selection = hb.Region.columns(0, 2)
    view.wait()
    view.find_runs("columns", controls=19).wait()
    return view.save(path)


if __name__ == "__main__":
    write(Path(__file__).parent / "format-1.heatbrush")
