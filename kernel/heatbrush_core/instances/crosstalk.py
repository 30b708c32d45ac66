"""Cross-talk: what each of several things loses while another one is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.inference.explaining import Explaining
from heatbrush_core.instances.extents import extents
from heatbrush_core.matrix.baselines import words
from heatbrush_core.matrix.given_regions import Regions, read_regions
from heatbrush_core.matrix.region import Region
from heatbrush_core.targets import Thing
from heatbrush_core.targets.things import Follow

if TYPE_CHECKING:
    import xarray


class Crossing(Explaining):
    """What tells how things depend on each other."""

    def crosstalk(
        self,
        x: ArrayLike,
        regions: Regions | Mapping[str, Region] | None = None,
        follow: Follow = "cell",
        *,
        valid: Any = None,
    ) -> xarray.DataArray:
        """Hide each thing in turn, and measure what every thing loses by it.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        regions
            What is hidden, one after the other: a list of regions, a dict of them by name, or the
            table of `find_runs`. None hides each thing: a box by its box, a part by its cells, a
            landmark by the cells that are less than the decoder's `distance` away from it and
            nearer to it than to any other.
        follow
            What is left of a thing: "cell", the score of the very cells in which it was found, or
            "match", that of its best match, as in `targets.Thing`.
        valid
            Which cells of x exist, as in `explain`.

        Returns
        -------
        DataArray
            (hidden, loses): the score of the thing in x less its score without what is hidden, the
            probability where it has one. Things are named by their number, as in
            `explainer.things`; without `regions` the table is square, and the diagonal tells what
            each loses without its own cells. Where the cells that a thing's score is computed from
            are not among the hidden ones it is exactly 0. ``hb.plot`` draws it. The attributes
            hold "unit", and "notes", sentences on what was hidden and what hidden cells become.

        Raises
        ------
        TypeError, ValueError
            In one sentence, without a decoder, where nothing is found, and for regions that do not
            fit x.
        """
        import xarray

        asker, matrix = self.whole().about(x, valid)
        decoded = asker.decoded(matrix)
        things = decoded.found.things
        decoded.found.thing(0)  # refuses where there is none
        names = [f"{each.kind} {k}" for k, each in enumerate(things)]
        twin = asker.lines(x, [Thing(k, follow) for k in range(len(things))], valid)
        if regions is None:
            places, said = extents(decoded)
            hidden = names
        else:
            hidden, places = _named(regions, matrix.shape)
            said = "The regions that were given were hidden."
        before = twin.predict(x, valid=valid)
        # one matrix at a time: sums in batches of other sizes are rounded otherwise, and what is
        # not seen would be no 0
        after = [twin.predict(x, without=each, valid=valid).shown for each in places]
        return xarray.DataArray(
            before.shown - np.reshape(after, (len(places), len(things))),
            dims=("hidden", "loses"),
            coords={"hidden": hidden, "loses": names},
            name="crosstalk",
            attrs={
                "unit": "probability" if before.kind == "probabilities" else "score",
                "notes": (said, words(asker.word(matrix, None)), *asker.said),
            },
        )


def _named(regions: Any, shape: tuple[int, ...]) -> tuple[list[str], list[Region]]:
    """Read the regions that are hidden, and their names; by numbers where they have none."""
    named = isinstance(regions, Mapping)
    read = read_regions(list(regions.values()) if named else regions, shape)
    names = map(str, regions) if named else (f"region {i}" for i in range(len(read)))
    return list(names), read
