"""The answer of a method: a value per cell, its map and profiles, and what they came from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.explanation.archive import File
from heatbrush_core.explanation.record import Record
from heatbrush_core.maps import runs
from heatbrush_core.maps.profiles import Profile
from heatbrush_core.maps.ready import ready_map
from heatbrush_core.maps.runs import Run
from heatbrush_core.maps.search import BlockSearch, Search
from heatbrush_core.matrix.axes import Axis, AxisName
from heatbrush_core.targets import Target, of_ready_map

if TYPE_CHECKING:
    import pandas as pd
    import xarray
    from matplotlib.axes import Axes

    from heatbrush_core.explanation.page import Colours, Theme


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Explanation(Record):
    """What one method says about one matrix and one target. Immutable: its arrays are read-only.

    Attributes
    ----------
    values : (H, W, C) float32
        A value per cell and channel; NaN where nothing was computed, and where no cell exists.
    map : (H, W) float32
        A value per cell: the sum over channels, or what the method itself publishes.
    profile : {"sum", "mean"}
        How a line of the map becomes one number: the sum, or, where cells are not parts of a sum,
        the mean.
    unit : str
        What the numbers are, such as "logit"; empty where they have no unit.
    rows, columns : (H,) and (W,) float32
        Profiles of the map. NaN cells are left out; a line of nothing else is NaN.
    method : str
        Name of the method.
    parameters : dict
        Its parameters, as plain data (numbers, text, lists): what a baseline was, a word or a value
        and never "auto", and of a function what it made of the matrix.
    target : Class, Margin or None
        What was explained, with indices; None where a map was given without it.
    score : float
        The explained score of the matrix; NaN for a map that was given, see `of`.
    score_at_baseline : float or None
        The same of the baseline, where the method has one.
    residual : float or None
        The sum of the full map minus what it should be: the score, minus the score at the baseline
        where the method has one. None where the method promises no sum. It counts the full map,
        also what lies on cells that do not exist. A note tells where it is more than 5 % of that.
    standard_error : (H, W) float32 or None
        The standard error of `map`, where it is an estimate from samples.
    row_errors, column_errors : (H,) and (W,) float32, or None
        The standard errors of `rows` and `columns`, from the samples themselves: those of the cells
        do not tell them, since one sample moves many cells together.
    notes : tuple of str
        Sentences about this map that whoever looks at it should read.
    seconds : float
        How long it took.
    within : Region or None
        The cells it was restricted to; None is the whole matrix.
    valid : (H, W) bool or None
        Which cells of the matrix exist; None where all do. The others, padding and gaps, are NaN in
        `values` and `map`, and no part of a profile.
    row_axis, column_axis : Axis
        Names along the matrix.
    classes : tuple of str
        Names of the classes.
    """

    @classmethod
    def of(
        cls,
        map: ArrayLike,
        method: str = "mine",
        rows: Any = None,
        columns: Any = None,
        *,
        target: Target | int | None = None,
        profile: Profile = "sum",
    ) -> Explanation:
        """Take a map that was computed elsewhere, to draw, compare and judge it like any other.

        Parameters
        ----------
        map
            (H, W) or (H, W, C) numbers; NaN where nothing is known.
        method
            How it is called.
        rows, columns
            Names along the axes, as for `Explainer`; None: 0, 1 ...
        target
            What it explains, by index; None where nobody says so: what judges the map then asks for
            the class that the model predicts.
        profile
            "sum", or "mean" where the cells are not parts of a sum.

        Raises
        ------
        TypeError, ValueError
            In one sentence, for what is no map.

        Examples
        --------
        >>> theirs = hb.Explanation.of(np.load("map.npy"), "theirs")
        >>> hb.deletion(explainer, x, theirs).area
        """
        values = ready_map(map, "map")
        return cls(
            values=values if values.ndim == 3 else values[..., None],
            profile=profile,
            method=method,
            target=of_ready_map(target),
            score=math.nan,
            row_axis=Axis.make(rows, values.shape[0], "rows"),
            column_axis=Axis.make(columns, values.shape[1], "columns"),
        )

    def conservation(self) -> pd.DataFrame:
        """List where relevance got lost on its way from the score to the input.

        Returns
        -------
        DataFrame
            One row per node of the model in which it can be lost, from the score to the input:
            "arrives" is the relevance of its outputs, "passed" what its inputs get; of what is
            missing, "bias" and "stabiliser" tell what the node's bias and the small number in its
            denominators took, "rest" what neither explains. What arrives at a held input, or at
            what looks its number up, is passed on, but to no cell of the map. A node that no rule
            knows, and so takes the gradient, has all of it in "rest".

        Raises
        ------
        ValueError
            For a method that is no layer-wise relevance propagation.
        """
        import pandas as pd

        if not self._conservation:
            raise ValueError(
                f"{self.method} has no conservation per layer, as it carries no relevance from "
                "layer to layer; ask an explanation by lrp or deep_taylor."
            )
        return pd.DataFrame(list(self._conservation)).set_index("node")

    def plot(
        self,
        ax: Axes | None = None,
        *,
        channel: int | None = None,
        title: str | None = None,
        cmap: Colours | None = None,
        theme: Theme | None = None,
        limit: float | None = None,
        quantile: float = 0.998,
        colourbar: bool = True,
    ) -> Axes:
        """Draw the map with matplotlib, on a signed scale that is centred at 0.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        channel : int, optional
            One channel of `values` instead of the map.
        title : str, optional
            By default the method and the target.
        cmap : str or Colormap, optional
            A name of matplotlib, or one of `maps.colours.TABLES`; by default blue to red,
            light or dark as the ground of `ax` is.
        theme : {"light", "dark"}, optional
            The ground, white or dark, and inks to be read on it; by default the ground is what it
            is, in a new figure what matplotlib's style says.
        limit : float, optional
            Where the scale ends, on both sides; by default the quantile.
        quantile : float
            Share of the cells, by magnitude, that lie within the scale.
        colourbar : bool
            Whether to draw the legend, with the unit of the numbers where they have one.

        Returns
        -------
        matplotlib Axes
        """
        from heatbrush_core.explanation import figure

        channels = self.shape[2]
        if channel is not None and not 0 <= channel < channels:
            raise ValueError(
                f"channel is {channel}, but the explanation has {channels}, counted from 0; give "
                "one of these, or None for the map."
            )
        return figure.draw(
            self.map if channel is None else self.values[..., channel],
            (self.row_axis, self.column_axis),
            self.title if title is None else title,
            ax,
            unit=self.unit,
            cmap=cmap,
            theme=theme,
            limit=limit,
            quantile=quantile,
            colourbar=colourbar,
            valid=self.valid,
        )

    def runs(
        self,
        axis: AxisName = "columns",
        k: int = 5,
        min_length: int = 1,
        max_length: int | None = None,
        penalty: float | Literal["auto"] = "auto",
    ) -> list[Run]:
        """Find the contiguous runs of rows or columns that contribute most, best first.

        Parameters
        ----------
        axis
            "rows" or "columns": whose profile is searched.
        k
            Runs at the most; they share no line.
        min_length, max_length
            Lines of a run; None is as many as there are.
        penalty
            What a line of the profile costs; "auto" is `runs.automatic`: what lines of noise, and
            the flanks of a run, stay below.

        Returns
        -------
        list of Run
            Regions with `score` (the profile's sum less the penalties), `share` (of all that is
            positive in the profile), `start` and `stop` (half-open) and `label`. They remember how
            they were found, for `evidence`, unless the map was given.
        """
        lengths = {"min_length": min_length, "max_length": max_length}
        asked = [(self.method, self.parameters)]
        search = Search.of(axis, asked, k=k, penalty=penalty, valid=self.valid, **lengths)
        profile = np.asarray(self.columns if axis == "columns" else self.rows, np.float64)
        found = runs.runs(profile, axis, k, min_length, max_length, penalty)
        return self._named(search, found)

    def blocks(self, k: int = 5, penalty: float | Literal["auto"] = "auto") -> list[Run]:
        """Find the rectangles of the map that contribute most, best first, as `runs` does lines."""
        asked = [(self.method, self.parameters)]
        search = BlockSearch.of("columns", asked, k=k, penalty=penalty, valid=self.valid)
        found = runs.blocks(np.asarray(self.map, np.float64), k, penalty)
        return self._named(search, found)

    def _named(self, search: Search, found: list[Run]) -> list[Run]:
        """Name runs, and say how they were found, for `evidence`.

        A given map cannot be made of other matrices, so that its search cannot be repeated.
        """
        origin = None if self.given else search
        return [run.named(self.row_axis, self.column_axis, origin) for run in found]

    def to_xarray(self) -> xarray.Dataset:
        """Values, map and profiles with named axes, and everything else as attributes.

        Returns
        -------
        xarray.Dataset
            Variables "values" (rows, columns, channel), "map" (rows, columns), "row_profile" and
            "column_profile", and "standard_error", "row_errors", "column_errors" and "valid" where
            there are; coordinates are the numbers of an axis, or else its labels. Attributes
            are numbers and text only, so that the dataset can be written to a netCDF file.
        """
        from heatbrush_core.explanation import archive

        return archive.dataset(self.fields(), self.rows, self.columns, self.about)

    def save(self, file: File) -> None:
        """Write an npz file, without pickle, that `load` reads back exactly.

        Parameters
        ----------
        file : path or binary file
            A path gets the ending .npz if it has another, or none. A file of that name is replaced
            once all is written.

        Raises
        ------
        OSError, ValueError
            In one sentence, where no file can be written.
        """
        from heatbrush_core.explanation import archive

        archive.save(self.fields(), file)

    @classmethod
    def load(cls, file: File) -> Explanation:
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is not one of ours, is damaged or of a later release, or holds several
            explanations.
        """
        found = load(file)
        if isinstance(found, dict):
            raise ValueError(
                f"The file holds the {len(found)} explanations of a view, but one explanation is "
                "expected; read it with load of the package, which gives a dict."
            )
        return found


def load(file: File) -> Explanation | dict[str, Explanation]:
    """Read an npz file of explanations.

    Parameters
    ----------
    file : path or binary file
        What `Explanation.save` or the view's `save_npz` wrote.

    Returns
    -------
    Explanation, or dict {panel name: Explanation}
        One where one was saved; of a view all, in the order of its panels.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not one of ours, is damaged, or is of a later release.
    """
    from heatbrush_core.explanation import archive

    found = archive.load(file)
    if isinstance(found, archive.Several):
        return {name: Explanation(**fields) for name, fields in found.panels.items()}
    return Explanation(**found)
