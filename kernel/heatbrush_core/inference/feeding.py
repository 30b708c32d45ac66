"""What a model is fed: matrices as they were given, and what stands in the place of their cells.

A cell that does not exist, as padding or in a gap, has its filling; a hidden one has the baseline.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core import targets
from heatbrush_core.checks import listed
from heatbrush_core.inference.inputs.holding import Holding, of_background
from heatbrush_core.inference.naming import time_axis
from heatbrush_core.matrix import baselines, reading, validity
from heatbrush_core.matrix.axes import AxisName, TimeAxis, kept, names_in
from heatbrush_core.matrix.plausibility import Usual
from heatbrush_core.matrix.validity import Mask, Validity
from heatbrush_core.network.self_check import Examples

if TYPE_CHECKING:
    from heatbrush_core.graph.graph import Graph


class LastFilling:
    """The baseline that was made last: a brush asks about one matrix again and again."""

    def __init__(self) -> None:
        self._last: tuple[str, NDArray[Any], NDArray[Any]] | None = None

    def get(self, word: str, x: NDArray[Any]) -> NDArray[Any] | None:
        """Return the baseline of (H, W, C) x, NaN where it has no cell, if it is the one."""
        if self._last is None:
            return None
        of, made = self._last[1:]
        same = word == self._last[0] and of.dtype == x.dtype
        return made if same and np.array_equal(of, x, equal_nan=True) else None

    def keep(self, word: str, x: NDArray[Any], made: NDArray[Any]) -> None:
        """Remember one."""
        self._last = word, x.copy(), made


class Feeding(Holding):
    """What reads matrices, and fills in what does not exist, or is hidden.

    Attributes
    ----------
    exists
        (H, W) which cells the matrix of the question has, see `about`; None where all exist, and as
        long as there is no question.
    said
        What was assumed about these cells, in sentences.
    """

    _baseline: Any
    _time: TimeAxis | None
    _validity: Validity
    exists: Mask | None
    said: tuple[str, ...]

    @property
    def graph(self) -> Graph | None:
        """The model's graph, where it shows one."""
        return self._network.graph

    @property
    def background(self) -> NDArray[Any] | None:
        """Typical matrices as the model is fed them, (N, H, W, C); None where there are none."""
        return self._background

    @background.setter
    def background(self, given: ArrayLike | Mapping[Any, Any] | None) -> None:
        self._background: NDArray[Any] | None = None
        self.usual_values = {}
        if isinstance(given, Mapping):
            given = self._split(given)
        # what exists of it, NaN elsewhere, and which cells these are; whatever was made of another
        # background is void
        self.typical: NDArray[Any] | None = None
        self.typical_exists: Mask | None = None
        self._usual: Usual | None = None
        self._typical_names = None, None
        self._typical: dict[str, NDArray[Any]] = {}
        self._filled = LastFilling()
        # what was found out about baselines, see `evidence.premises`
        self.checks: OrderedDict[Hashable, Any] = OrderedDict()
        if given is not None:
            name = "background"
            X = reading.matrices(given, self._network.shape, name, finite=False)
            rows, columns = names_in(given, X.shape[1:])
            self._typical_names = kept(rows), kept(columns)
            self.typical_exists = validity.existing(self._validity.given, X, self.time, name)
            reading.check_finite(X, self.typical_exists)
            self.typical = validity.known(X, self.typical_exists)
            self._background = X  # whose shape tells what "auto" is
            self._background = self._fed(X, self.typical_exists)

    def _split(self, given: Mapping[Any, Any]) -> ArrayLike:
        """Take the matrices out of a background of all inputs, and what is usual of the others."""
        name = "matrix" if self.inputs is None else self.inputs.matrix
        if self.inputs is None or name not in given:
            raise ValueError(
                f"background is a dict of {listed([*map(repr, given)])}, but {self.named} takes "
                + (
                    "a matrix alone; give (N, H, W, C) matrices."
                    if self.inputs is None
                    else f"its matrices as {name!r}; give them under that name."
                )
            )
        others = {key: each for key, each in given.items() if key != name}
        self.usual_values = of_background(others, self.inputs, self.named)
        matrices: ArrayLike = given[name]
        return matrices

    @property
    def usual(self) -> Usual | None:
        """What the values of the background are like."""
        if self._usual is None and self.typical is not None:
            self._usual = Usual.of(self.typical)
        return self._usual

    @property
    def baseline(self) -> Any:
        """What hidden cells become; the word that was chosen, where it was left to "auto"."""
        given = self._baseline
        return self._auto() if baselines.is_auto(given) else given

    @property
    def time(self) -> TimeAxis:
        """The axis that is time: as it was given, else as names or layers tell, else columns."""
        return self._time or self._told() or "columns"

    @property
    def time_is_assumed(self) -> bool:
        """Whether columns are taken to be time only because nothing tells."""
        return self._time is None and self._told() is None

    def _told(self) -> AxisName | None:
        """Tell which axis is time, by names and layers."""
        own, typical = (self._rows, self._columns), self._typical_names
        rows, columns = (b if a is None else a for a, b in zip(own, typical, strict=True))
        return time_axis(rows, columns, self.graph)

    @property
    def takes_nan(self) -> bool:
        """Whether the model is fed NaN where a cell does not exist."""
        return self._validity.takes_nan

    @property
    def _takes_nan(self) -> bool:
        return self.takes_nan

    # -------------------------------------------------------------- reading

    def matrix(self, x: ArrayLike) -> NDArray[Any]:
        """(H, W, C) float array of one matrix as the model is fed it, checked against its shape."""
        return self._read(x, None)[0]

    def matrices(self, X: ArrayLike) -> NDArray[Any]:
        """(N, H, W, C) float array of many matrices as the model is fed them."""
        return self.read_each(X)[1]

    def asked(self, x: ArrayLike, valid: Any = None) -> NDArray[Any]:
        """Read the matrix of a question as `matrix` does, and get the model ready to answer."""
        return self.about(x, valid)[1]

    def about(
        self, x: ArrayLike, valid: Any = None, given: Any = None
    ) -> tuple[Self, NDArray[Any]]:
        """Read the matrix of a question, and get the model ready to answer.

        Every question begins with it, once: what else it calls takes the model as it is then.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        valid
            Which of its cells exist, see `Explainer.explain`; None is what the explainer says.
        given
            What the other inputs hold, see `holding`.

        Returns
        -------
        (explainer, (H, W, C))
            Whom to ask: the same, with the baseline and the cells that exist fixed, so that all
            that is compared with x has the same. And x as the model is fed it.
        """
        if given is not None:
            return self.holding(given).about(x, valid)
        matrix, exists = self._read(x, valid)
        self.get_ready(matrix, exists)
        return self.settled(matrix).having(exists, self._assumed(valid)), matrix

    def about_each(
        self, X: ArrayLike, valid: Any = None, given: Any = None
    ) -> tuple[list[Self], NDArray[Any]]:
        """Read the matrices of a question: whom to ask about each, and (N, H, W, C) themselves."""
        askers, matrices = self.read_each(X, valid, given)
        for asker in askers:
            asker.check_held()
        askers[0].get_ready(matrices[0], askers[0].exists)
        return askers, matrices

    def read_each(
        self, X: ArrayLike, valid: Any = None, given: Any = None
    ) -> tuple[list[Self], NDArray[Any]]:
        """Do the same without asking the model anything; `given` has an axis of samples.

        Where all matrices have the same cells, and the same is held, it is one asker.
        """
        askers, matrices = self._existing_each(X, valid)
        if given is None:
            return askers, matrices
        known: dict[tuple[int, int], Self] = {}
        held = self.holding_each(given, len(matrices))
        pairs = list(zip(askers, held, strict=True))
        for asker, each in pairs:
            if (id(asker), id(each)) not in known:
                known[id(asker), id(each)] = asker.with_held(each.held_values)
        return [known[id(asker), id(each)] for asker, each in pairs], matrices

    def _existing_each(self, X: ArrayLike, valid: Any) -> tuple[list[Self], NDArray[Any]]:
        read = reading.matrices(X, self._network.shape, finite=False)
        masks = self._existing(read, valid, "X")
        fed = self._fed(read, masks)
        asker, said = self.settled(fed[0]), self._assumed(valid)
        if masks is None:
            return [asker.having(None)] * len(fed), fed
        if (masks == masks[0]).all():
            return [asker.having(masks[0], said)] * len(fed), fed
        return [asker.having(None if mask.all() else mask, said) for mask in masks], fed

    def _read(self, x: ArrayLike, valid: Any) -> tuple[NDArray[Any], Mask | None]:
        read = reading.matrix(x, self._network.shape, finite=False)[None]
        masks = self._existing(read, valid, "x")
        return self._fed(read, masks)[0], None if masks is None else masks[0]

    def _existing(self, X: NDArray[Any], valid: Any, name: str) -> Mask | None:
        given = self._validity.given if valid is None else valid
        masks = validity.existing(given, X, self.time, name)
        reading.check_finite(X, masks)
        return masks

    def settled(self, x: NDArray[Any]) -> Self:
        """Fix the baseline for (H, W, C) x, so that all that is compared with x has the same."""
        word = self.word(x)
        if word is self.baseline:
            return self
        # the background has other rows, and its matrices would keep theirs
        return self.with_baseline(word)

    def with_baseline(self, baseline: Any) -> Self:
        """Hide cells in another way: the same model, names and background under another baseline.

        Raises
        ------
        ValueError
            For an unknown word; anything else is looked at when there is a matrix.
        """
        baselines.check_word(baseline)
        twin = copy.copy(self)
        vars(twin)["_baseline"] = baseline
        return twin

    def having(self, exists: Mask | None, said: tuple[str, ...] = ()) -> Self:
        """Fix which cells exist, whatever matrices hold: all that is compared has the same."""
        if exists is self._validity.given and (exists is None or self._validity.fed):
            return self
        twin = copy.copy(self)
        kept = Validity(exists, self._validity.fill, fed=True)
        vars(twin).update(exists=exists, _validity=kept, said=said or self.said)
        return twin

    def _assumed(self, valid: Any) -> tuple[str, ...]:
        """Say that lengths were taken to run along the columns, where nothing tells."""
        if not (validity.are_lengths(valid) and self.time_is_assumed):
            return ()
        return (
            "The lengths were taken along the columns, as neither names nor layers tell which axis "
            'is time; give the Explainer time="rows" or "columns".',
        )

    def get_ready(self, x: NDArray[Any], exists: Mask | None = None) -> None:
        """Get the model ready; its head is learnt from x where the model does not tell."""
        self.check_held()
        asker = self.having(exists)
        with self.lock:
            examples = Examples(self.background, lambda: _half(x, asker.fill(x)))
            self._network.prepare(x, examples)
        answer = self._network.answer
        if self._network.weights is None:
            many = self.head.classes if answer is None else answer[-1]
            targets.check_names(self._names, many, "classes" if answer is None else "channels")

    # -------------------------------------------------------------- filling

    def _fed(self, X: NDArray[Any], masks: Mask | None) -> NDArray[Any]:
        """(N, H, W, C) with the filling where a cell does not exist, and has no number to keep."""
        wanted = None if masks is None else self._validity.missing(X, masks)
        if masks is None or wanted is None:
            return X
        spec = self._validity.fill
        fed = X.copy()
        for index in np.flatnonzero(wanted.any(axis=(1, 2, 3))):
            x = validity.known(X[index], masks[index])
            made = self._made(self.word(x, spec), x)
            fed[index] = np.where(wanted[index], made, X[index])
        return fed

    def fill(self, x: NDArray[Any], spec: Any = None) -> NDArray[Any]:
        """Make the (H, W, C) baseline of a matrix; None is the explainer's own.

        Cells that do not exist are those of x, so that they stay as they are whatever is hidden.
        """
        word, known = self.word(x, spec), validity.known(x, self.exists)
        made = self._filled.get(word, known) if isinstance(word, str) else None
        if made is None:
            made = self._made(word, known)
            if isinstance(word, str):
                self._filled.keep(word, known, made)
        return made if self.exists is None else np.where(self.exists[..., None], made, x)

    def _made(self, word: Any, known: NDArray[Any]) -> NDArray[Any]:
        """Make a baseline of an (H, W, C) matrix, NaN where a cell does not exist."""
        return baselines.baseline(word, known, self.typical, self._typical, self.takes_nan)

    def word(self, x: NDArray[Any], spec: Any = None) -> Any:
        """Tell what a baseline is for (H, W, C) x: "auto" becomes a word, None the own one."""
        spec = self._baseline if spec is None else spec
        return self._auto(x.shape) if baselines.is_auto(spec) else spec

    def _auto(self, shape: Sequence[int] | None = None) -> str:
        along: AxisName = "rows" if self.time == "rows" else "columns"
        return baselines.chosen(self.background, shape, along)


def _half(x: NDArray[Any], base: NDArray[Any]) -> NDArray[Any]:
    """Hide the lower half of x, as a question may."""
    return np.where(np.arange(len(x))[:, None, None] < len(x) / 2, x, base)


def existing(askers: Sequence[Feeding], shape: Sequence[int]) -> Mask | None:
    """(N, H, W) which cells the matrices of a question have; None where all have all."""
    if all(each.exists is None for each in askers):
        return None
    whole = np.ones(tuple(shape[:2]), np.bool_)
    return np.stack([whole if each.exists is None else each.exists for each in askers])


def assumed(askers: Sequence[Feeding]) -> tuple[str, ...]:
    """Gather what was assumed about the cells of several matrices, once."""
    return next((each.said for each in askers if each.said), ())
