"""A model with the names of its classes, rows and columns, asked what it says of matrices."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core import targets
from heatbrush_core.checks import short
from heatbrush_core.forks import HomeLock
from heatbrush_core.inference.batching import Batching, checked
from heatbrush_core.inference.feeding import Feeding
from heatbrush_core.inference.neighbours import portions, without_and_only
from heatbrush_core.inference.prediction import Prediction
from heatbrush_core.inference.travel import packed, unpacked
from heatbrush_core.matrix import baselines
from heatbrush_core.matrix.axes import TimeAxis, check_counts, check_time, kept
from heatbrush_core.matrix.given_regions import Regions, read_region, read_regions
from heatbrush_core.matrix.region import Region
from heatbrush_core.matrix.validity import Validity
from heatbrush_core.network.inputs import reading
from heatbrush_core.network.network import Network, Scores, Shape
from heatbrush_core.network.opening import network
from heatbrush_core.outputs import Decoder

MADE = (
    *("_background", "typical", "typical_exists", "_typical_names"),
    *("_validity", "exists", "said", "usual_values"),
)
"""What travels as it is: of a background as it is fed, nothing tells what was missing in it."""


def check_decoder(given: Any, network: Network, shape: Any) -> None:
    """Refuse what is no decoder, and one that cannot read the outputs, as far as these are known.

    Raises
    ------
    TypeError, ValueError
        In one sentence.
    """
    if given is None:
        return
    if not isinstance(given, Decoder):
        raise TypeError(
            f"outputs is {short(given)}, but a decoder is expected; give one of hb.outputs: "
            "Heatmap(), Mask(), Grid() or Sequence()."
        )
    returns = network.returns
    if returns is not None and shape is not None and None not in shape[:2]:
        given.check(returns, shape[:2])
    ended = [number for number in given.reads if number in network.ended]
    if ended and given.logits:
        raise ValueError(
            f"{given.noun} has scores='logits', but output {ended[0]} of the model ends in a "
            "softmax or a sigmoid, so that it holds probabilities; give scores='values'."
        )


class Predictor(Feeding):
    """What `Explainer` knows of a model before it explains anything; its parameters are there."""

    def __init__(
        self,
        model: Any,
        classes: Sequence[str] | None = None,
        rows: Any = None,
        columns: Any = None,
        background: ArrayLike | Mapping[Any, Any] | None = None,
        baseline: Any = "auto",
        output: str | None = None,
        scores: Scores | None = None,
        batch_size: int | None = None,
        time: TimeAxis | None = None,
        valid: Any = None,
        fill: Any = None,
        input: str | int | None = None,
        given: Any = None,
        outputs: Decoder | None = None,
    ) -> None:
        for word in (baseline, fill):
            baselines.check_word(word)
        check_time(time)
        self.model = model
        self.lock = HomeLock("This explainer")
        self._validity, self.exists, self.said = Validity(valid, fill), None, ()
        self._network = network(model, output, scores, input)
        self.held_values = {}
        if given is not None:
            self.held_values = reading.one(given, self.inputs, self.named, self.takes_nan)
            self.lock_values()
        # a walk through differences would carry NaN on
        self._network.incremental = not self._validity.takes_nan
        self._rows, self._columns = kept(rows), kept(columns)
        self._time = time
        self._reading = {"output": output, "scores": scores, "input": input}
        self._names = None if classes is None else targets.names(classes)
        self._batch_size = self._network.most = checked(batch_size)
        self._batchings: dict[tuple[Any, ...], Batching] = {}
        self._twins: OrderedDict[Hashable, Network] = OrderedDict()
        self._seen: dict[str, Any] = {}  # what targets may read, for the size asked about last
        self._baseline = baseline
        self.background = background
        if self._network.head is not None:
            targets.check_names(self._names, self._network.head.classes)
        check_counts(self._rows, self._columns, self.shape)
        check_decoder(outputs, self._network, self.shape)
        self._decoder = outputs

    def copied(self, model: Any) -> Self:
        """Ask a copy of the model in its place, with the same names, baseline and background."""
        twin = copy.copy(self)
        network = self._network.copied(model)
        vars(twin).update(
            model=model,
            lock=HomeLock("This explainer"),
            _batchings={},
            _network=network,
            _twins=OrderedDict(),
            _seen={},
        )
        twin.checks = OrderedDict()
        twin.lock_values()
        return twin

    def __copy__(self) -> Self:
        """Share all that is computed; pickles and deep copies go by `__reduce__`."""
        twin = object.__new__(type(self))
        vars(twin).update(vars(self))
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how it is made anew in another process, or as a deep copy.

        Raises
        ------
        TypeError
            In one sentence, for a model that cannot travel.
        """
        kept = {name: getattr(self, name) for name in MADE}
        return unpacked, (type(self), packed(self.model, self.named), self.made_with), kept

    @property
    def made_with(self) -> dict[str, Any]:
        """What it was made with, beside its model and its background."""
        return {
            "classes": self._names,
            "rows": self._rows,
            "columns": self._columns,
            "baseline": self._baseline,
            "batch_size": self._batch_size,
            "time": self._time,
            "valid": self._validity.given,
            "fill": self._validity.fill,
            "given": self.given or None,
            "outputs": self._decoder,
            **self._reading,
        }

    @property
    def shape(self) -> Shape | None:
        """(H, W, C) of one matrix with None where any length will do; None where unknown."""
        shape = self._network.shape
        return (*shape, 1) if shape is not None and len(shape) == 2 else shape

    def predict(
        self,
        x: ArrayLike,
        without: Region | None = None,
        only: Region | None = None,
        valid: Any = None,
        given: Any = None,
    ) -> Prediction:
        """Ask what the model says of a matrix, or of what is left of it.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        without
            These cells become the baseline.
        only
            All other cells become the baseline.
        valid
            Which cells exist, as in `explain`: the others stay as the model is fed them.
        given
            What the inputs beside the matrix hold, as in `explain`; nothing hides any of it.
        """
        asker, matrix = self.about(x, valid, given)
        if without is not None and only is not None:
            raise ValueError(
                "predict has both without= and only=, but one region is expected; ask twice."
            )
        if without is not None:
            matrix = asker.parts(matrix, without)[0]
        if only is not None:
            matrix = asker.parts(matrix, only)[1]
        return asker.predicted(matrix[None])[0]

    def whatif(
        self, x: ArrayLike, region: Region, valid: Any = None, given: Any = None
    ) -> tuple[Prediction, Prediction]:
        """Ask what the model says without a region and with only it, in one batch if allowed.

        Parameters
        ----------
        x, valid, given
            As in `predict`.
        region
            The cells in question.

        Returns
        -------
        (Prediction, Prediction)
            The same as ``predict(x, without=region)`` and ``predict(x, only=region)``.
        """
        asker, matrix = self.about(x, valid, given)
        without, only = asker.predicted(asker.parts(matrix, region))
        return without, only

    def predict_each(
        self,
        x: ArrayLike,
        without: Regions | None = None,
        only: Regions | None = None,
        valid: Any = None,
        given: Any = None,
    ) -> list[Prediction]:
        """Ask what the model says without each of many regions, or with only each of them.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        without, only
            The regions, for one of the two questions: a list, one Region, or the table of
            `find_runs`.
        valid, given
            Which cells exist, and what else is held, as in `explain`.

        Returns
        -------
        list of Prediction
            In the order of the regions, each the same as ``predict`` gives for it. Where regions
            are small, only what they reach in each layer is computed again.

        Raises
        ------
        ValueError
            For both questions or none, and for a region that does not fit the matrix.
        """
        asked = without if only is None else only
        if asked is None or (without is not None and only is not None):
            raise ValueError(
                "predict_each takes regions as without= or as only=, but got "
                f"{'neither' if asked is None else 'both'}; give one of the two."
            )
        asker, matrix = self.about(x, valid, given)
        regions = read_regions(asked, matrix.shape)
        hidden = asker.fill(matrix)
        if only is not None:
            matrix, hidden = hidden, matrix
        return [
            said
            for some in portions(len(regions), asker.head.units)
            for said in asker.read(asker.exchanged(matrix, hidden, regions[some])[1])
        ]

    def whatif_each(
        self, x: ArrayLike, regions: Regions, valid: Any = None, given: Any = None
    ) -> list[tuple[Prediction, Prediction]]:
        """Ask what the model says without each of many regions, and with only each of them.

        Parameters
        ----------
        x, valid, given
            As in `predict`.
        regions
            A list of regions. It is fastest where those that follow each other are alike, such as
            the places of a moved brush: then only what differs is computed again.

        Returns
        -------
        list of (Prediction, Prediction)
            In the order of the regions, each the same as ``whatif`` gives for it.

        Raises
        ------
        TypeError, ValueError
            For a region that does not fit the matrix.
        """
        asker, matrix = self.about(x, valid, given)
        read = read_regions(regions, matrix.shape)
        found = list[tuple[Prediction, Prediction]]()
        for some in portions(len(read), asker.head.units):
            without, only = without_and_only(asker, matrix, read[some])
            found += zip(self.read(without), self.read(only), strict=True)
        return found

    # -------------------------------------------------------------- what the public calls share

    def parts(self, x: NDArray[Any], region: Region) -> NDArray[Any]:
        """(2, H, W, C): x with the region at the baseline, and with all but the region."""
        region = read_region(region, x.shape)
        inside, fill = region.mask(x.shape[:2])[..., None], self.fill(x)
        return np.stack([np.where(inside, fill, x), np.where(inside, x, fill)])

    def predicted(self, X: NDArray[Any]) -> list[Prediction]:
        """Ask what the model says of (N, H, W, C) matrices as it is fed them, in one batch."""
        with self.lock:
            z = self._network.outputs(X)
        return self.read(z)
