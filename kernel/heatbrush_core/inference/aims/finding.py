"""What a model's outputs say is there: things, found by a decoder, and which head finds them."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core import outputs
from heatbrush_core.bars import with_bar
from heatbrush_core.inference.batching import Batching
from heatbrush_core.inference.inputs.holding import outputs_of_each
from heatbrush_core.inference.predictor import Predictor
from heatbrush_core.matrix.region import Region
from heatbrush_core.network.sources import whole
from heatbrush_core.outputs import Decoder, Found, Suit, suits
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import Decoded, Source, Sources, channels_last

if TYPE_CHECKING:
    import threading

    import pandas as pd


class Finding(Predictor):
    """A predictor that knows what its model finds."""

    @property
    def decoder(self) -> Decoder | None:
        """What reads things out of the model's outputs; None where there is none.

        That of `outputs=`; without one, what the shapes of the outputs tell where that is safe.
        """
        if self._decoder is not None:
            return self._decoder
        shapes, shape = self._network.returns, self.shape
        if shapes is None or shape is None:
            return None
        rows, columns = shape[:2]
        if rows is None or columns is None:
            return None
        return self._suited(shapes, (rows, columns)).decoder

    @abstractmethod
    def whole(self) -> Self:
        """Ask the model as it was opened, whatever target is read here."""

    def found(
        self, x: ArrayLike, without: Region | None = None, valid: Any = None, given: Any = None
    ) -> Found:
        """Find what the model says is there, as objects: each knows the cells that it came from.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        without
            These cells become the baseline.
        valid, given
            Which cells exist, and what the other inputs hold, as in `explain`.

        Returns
        -------
        Found
            Things, best first, and sentences.

        Raises
        ------
        ValueError
            In one sentence, without a decoder, and for outputs that it cannot read.
        """
        asker, matrix = self.whole().about(x, valid, given)
        left = matrix if without is None else asker.parts(matrix, without)[0]
        found, chosen = asker.decoded(left).found, asker.chose(left)
        return Found(found.things, (*chosen, *found.notes), found.more)

    def things(
        self,
        x: ArrayLike,
        without: Region | None = None,
        *,
        valid: Any = None,
        given: Any = None,
    ) -> pd.DataFrame:
        """List what the model says is there: landmarks, parts, boxes or steps.

        Parameters
        ----------
        x, without, valid, given
            As in `found`: with `without`, what is found where these cells are hidden.

        Returns
        -------
        DataFrame
            A row per thing, best first, see `heatbrush.outputs.Heatmap.decode`; the places also in
            the units of rows and columns. `attrs["notes"]` holds sentences, also where nothing was
            found.

        Raises
        ------
        ValueError
            In one sentence, without a decoder, and for outputs that it cannot read.
        """
        found, shape = self.found(x, without, valid, given), self.matrix(x).shape
        return found.table(*self.axes(shape, x))

    @with_bar
    def heads(
        self,
        X: ArrayLike,
        truth: Sequence[Any],
        overlaps: Sequence[float] | None = None,
        by: str = "head",
        *,
        valid: Any = None,
        given: Any = None,
        progress: Listening = None,
        cancel: threading.Event | None = None,
    ) -> pd.DataFrame:
        """Measure which head of a detector does the work: the precision without each, and alone.

        Parameters
        ----------
        X
            (N, H, W) or (N, H, W, C).
        truth
            N tables of true boxes: row, column, height, width and class.
        overlaps, by
            As in `heatbrush.outputs.heads`.
        valid, given, progress, cancel
            As in `explain_batch`; `progress` counts matrices.

        Returns
        -------
        DataFrame
            A row per head, and first one for all together; see `heatbrush.outputs.heads`.

        Raises
        ------
        ValueError, TypeError
            In one sentence, if the decoder is no `Grid`, and for other tables.
        Cancelled
            When `cancel` was set.
        """
        askers, matrices = self.whole().about_each(X, valid, given)
        grid = askers[0].known_decoder(matrices[0])
        if not isinstance(grid, outputs.Grid):
            raise ValueError(
                f"heads compares the heads of a grid of boxes, but the decoder is a "
                f"{type(grid).__name__}; give outputs=hb.outputs.Grid(heads=...)."
            )
        # a head is muted before boxes are suppressed, so that all are needed
        every = grid.model_copy(update={"overlap": None, "most": 2**31})
        watch, shape = Watch(len(matrices), progress, cancel), matrices.shape[1:3]
        returned = askers[0].returned(matrices, watch, askers)
        found = [
            every.decode([output[n] for output in returned], shape) for n in range(len(matrices))
        ]
        more = {} if overlaps is None else {"overlaps": overlaps}
        return outputs.heads(found, list(truth), grid.overlap, by=by, **more)

    # -------------------------------------------------------------- what targets look things up in

    def decoded(self, x: NDArray[Any]) -> Decoded:
        """Look at (H, W, C) x: what the decoder finds in it; that costs a pass of the model."""
        decoder = self.known_decoder(x)
        return Decoded(
            decoder, [each[0] for each in self.returned(x[None])], (x.shape[0], x.shape[1])
        )

    def known_decoder(self, x: NDArray[Any]) -> Decoder:
        """Take the decoder for matrices like (H, W, C) x.

        Raises
        ------
        ValueError
            In one sentence: what the outputs look like, and what is needed.
        """
        if self._decoder is not None:
            self._decoder.check(self._shapes(x), x.shape[:2])
            return self._decoder
        suit = self._suited(self._shapes(x), x.shape[:2])
        if suit.decoder is None:
            raise ValueError(f"Things are found by a decoder, but there is none. {suit.why}")
        return suit.decoder

    def chose(self, x: NDArray[Any]) -> tuple[str, ...]:
        """Say which decoder was chosen for matrices like x, where none was given."""
        if self._decoder is not None:
            return ()
        suit = self._suited(self._shapes(x), x.shape[:2])
        return () if suit.decoder is None else (suit.why,)

    def returned(
        self,
        X: NDArray[Any],
        watch: Watch | None = None,
        askers: Sequence[Self] | None = None,
    ) -> list[NDArray[np.float64]]:
        """(N, H, W, C) matrices -> all outputs as the model returns them, channels last.

        `askers` are whom to ask about each, where that is not this one.
        """
        sources = self.outputs_and_layers(X[0]).outputs
        key = ("outputs", X.shape[1:], id(self._network), self._network.version)
        network = self._twins.pop(key, None)
        if network is None:
            with self.lock:
                network = self._network.aimed(X[0], [whole(each) for each in sources])
        self._twins[key] = network
        batchings: dict[tuple[Any, ...], Batching] = {}
        readers = [copy.copy(each) for each in askers or [self] * len(X)]
        for each in readers:
            vars(each).update(_network=network, _batchings=batchings)
        z = outputs_of_each(readers, X.__getitem__, watch)
        ends = np.cumsum([_size(each) for each in sources])[:-1]
        return [
            channels_last(each)(part.reshape(-1, *each.shape))
            for each, part in zip(sources, np.split(z, ends, axis=1), strict=True)
        ]

    def outputs_and_layers(self, x: NDArray[Any]) -> Sources:
        """Tell what targets may read for matrices like (H, W, C) x; asked again, it is known."""
        key = (x.shape, id(self._network), self._network.version)
        if self._seen.get("key") != key:
            with self.lock:
                self._seen.update(key=key, sources=self._network.sources(x))
        found: Sources = self._seen["sources"]
        return found

    def _shapes(self, x: NDArray[Any]) -> list[tuple[int, ...]]:
        """Tell the shape of each output for matrices like x, channels last."""
        several = self.outputs_and_layers(x).outputs
        return [
            channels_last(each)(np.empty((1, *each.shape), np.bool_)).shape[1:] for each in several
        ]

    def _suited(self, shapes: Sequence[tuple[int, ...]], shape: Sequence[int]) -> Suit:
        """Choose a decoder by the shapes, if the answers are classes of which one is meant."""
        suit, scores = suits(shapes, shape), self._network.exclusive
        if suit.decoder is None:
            return suit
        if scores is None:
            return Suit(
                None,
                f"No decoder was chosen for the output of shape {shapes[0]}, since its numbers are "
                "read as plain values, not as classes of which one is meant; give outputs=, such "
                "as Sequence(), or scores=.",
            )
        return Suit(suit.decoder.model_copy(update={"scores": scores}), suit.why)


def _size(source: Source) -> int:
    return int(np.prod(source.shape))
