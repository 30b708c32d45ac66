"""Writes widget/case/format-2.heatbrush, which stays as it is: pins, names, several models."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import heatbrush as hb

X = np.zeros((4, 3, 4), "float32")
for place, each in enumerate(X):
    each[:, :2], each[:, 2:] = place + 1, 4 - place
OWN = np.arange(12, dtype="float32").reshape(3, 4)
BURST, END = hb.Region.columns(1, 3), hb.Region.rows(2, 3)
IDS = ["ada", "bo", "cy", "di"]


def halves(batch: np.ndarray) -> np.ndarray:
    """Score the left and the right half of each matrix."""
    parts = (batch[:, :, :2], batch[:, :, 2:])
    return np.stack([part.sum((1, 2, 3)) / 100 for part in parts], 1)


def turned(batch: np.ndarray) -> np.ndarray:
    """Score the right half first, and twice as high."""
    return 2 * halves(batch)[:, ::-1]


def models() -> dict[str, hb.Explainer]:
    """Return the two models of the view."""
    how = {"baseline": 0.0, "time": "columns"}
    return {
        "before": hb.Explainer(halves, ["left", "right"], **how),
        "after": hb.Explainer(turned, ["right", "left"], **how),
    }


def shown(explainer: object) -> hb.View:
    """Make a view that holds one of everything that format 1 does not know."""
    view = hb.compare(explainer, X, {"fine": ("occlusion", {"patch": (1, 1)})}, ids=IDS)
    first = view.panels[0]
    view.wait()
    view.pin(first)
    view.sample = "cy"
    view.add("mine", OWN)
    view.run("occlusion", panel="last", patch=(3, 1)).wait()
    last = "last" if "last" in view.panels else "before: last"
    view.difference(first, last, "apart")
    view.order(["apart", "mine"])
    view.selections["burst"], view.selections["end"] = BURST, END
    view.options = {"by_hand": {"mine": (-3, 3)}, "flipped": True, "per_row": 2}
    view.selection = BURST
    view.wait()
    return view


def write(path: Path) -> Path:
    """Save the view of two models."""
    view = shown(models())
    try:
        return view.save(path, what_if=True)
    finally:
        view.close()


if __name__ == "__main__":
    write(Path(__file__).parent / "widget" / "case" / "format-2.heatbrush")
