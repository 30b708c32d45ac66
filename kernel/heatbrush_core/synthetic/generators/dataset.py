"""Samples of a generator together: their matrices, parameters, things and masks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core import files
from heatbrush_core.checks import hint, listed, short
from heatbrush_core.synthetic.generators import coco, scene
from heatbrush_core.synthetic.generators.scene import Mask, Scene

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples of a generator.

    Attributes
    ----------
    scenes
        Each sample with its parts.
    document
        The generator, as its file holds it.
    X
        (N, H, W, 1) float32.
    """

    scenes: tuple[Scene, ...]
    document: Mapping[str, Any]
    X: NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "X", np.stack([each.x for each in self.scenes]))

    def __len__(self) -> int:
        return len(self.scenes)

    @property
    def parameters(self) -> pd.DataFrame:
        """The drawn value of each parameter, a row for each sample."""
        import pandas as pd

        table = pd.DataFrame([dict(each.parameters) for each in self.scenes])
        return table.rename_axis("sample")

    @property
    def things(self) -> pd.DataFrame:
        """All that a network may be asked to find, with the number of its sample."""
        return scene.table(self.scenes)

    def mask(self, kind: str) -> Mask:
        """Get the cells of a kind of part, such as "seed", in all samples: (N, H, W) bool.

        Raises
        ------
        ValueError
            One sentence, where no sample has any.
        """
        each = [one.kinds for one in self.scenes]
        known = list(dict.fromkeys(name for kinds in each for name in kinds))
        if kind not in known:
            raise ValueError(
                f"There is no kind of part {short(kind)} among {listed(known)}; {hint(kind, known)}"
            )
        nothing = np.zeros(self.scenes[0].parts.shape, np.bool_)
        return np.stack([kinds.get(kind, nothing) for kinds in each])

    def coco(self) -> dict[str, Any]:
        """Describe boxes, landmarks and masks as a COCO data set; see `coco.described`."""
        return coco.described(self.scenes, self.document)

    def save_coco(self, path: files.Name) -> Path:
        """Write `coco()` as a JSON file; the name gets the ending .json if it has none."""
        return files.write(files.named(path, ".json"), json.dumps(self.coco()).encode())
