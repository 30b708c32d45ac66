"""Targets that a decoder finds: a thing, a part of a box, and how many things there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from heatbrush_core import outputs
from heatbrush_core.checks import short, whole
from heatbrush_core.targets.decoded import Decoded, Look, looked, unfrozen
from heatbrush_core.targets.frozen import Frozen
from heatbrush_core.targets.target import (
    Cells,
    Followed,
    Made,
    Reading,
    Source,
    Sources,
    Target,
    Term,
)

Follow = Literal["cell", "match"]
FOLLOW: tuple[Follow, ...] = ("cell", "match")
BoxTerm = Literal["all", "objectness", "class", "position"]
BOX_TERMS: tuple[BoxTerm, ...] = ("all", "objectness", "class", "position")
Edge = Literal["top", "bottom", "left", "right"]
EDGES: tuple[Edge, ...] = ("top", "bottom", "left", "right")
WHOLE = {"box": "all"}
"""The term that is a thing's score, where that has another name."""


@dataclass(frozen=True)
class Thing(Target):
    """One of the things that the explainer's decoder finds, frozen before anything is perturbed.

    Of a landmark, a part and a run of steps it is the score of its cells; of a box it is `Box(k)`.

    Parameters
    ----------
    k : int
        Which, counted from 0, the best first, as `explainer.things` lists them.
    follow : {"cell", "match"}
        What perturbations measure: the very cells in which it was found, or what is left of it at
        its best match, which may have moved (see `heatbrush.outputs.follow`). Gradients, and what
        shares the score out, are always those of the cells.
    found
        What it was frozen to; None until an explainer has looked for it.
    """

    k: int
    follow: Follow = "cell"
    found: Frozen | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "k", whole("k", self.k, 0))
        _check("follow", self.follow, FOLLOW)

    def label(self, classes: Sequence[str]) -> str:
        """As in "landmark 0 at row 12.3, column 40.1"."""
        if self.found is None:
            return f"thing {self.k}"
        followed = ", best match" if self.follow == "match" else ""
        return f"{self.found.said(self.k)}{followed}"

    def terms(self, model: Sources) -> list[Term]:
        """Read the cells in which it was found."""
        if self.found is None:
            raise unfrozen(f"Thing({self.k})")
        return read(self.found, model)

    def frozen(self, classes: Sequence[str], look: Look | None = None) -> Thing:
        """Find it."""
        if self.found is not None:
            return self
        decoded = looked(look, f"Thing({self.k})")
        thing = taken(decoded, self.k)
        term = WHOLE.get(thing.kind, "score")
        return replace(self, found=Frozen.of(decoded, thing, term, self.follow == "match"))


@dataclass(frozen=True)
class Box(Target):
    """A box that the explainer's decoder finds, or a part of it, frozen before perturbations.

    Parameters
    ----------
    k : int
        Which, counted from 0, the best first, as `explainer.things` lists them.
    term : {"all", "objectness", "class", "position"}
        That something is there and what: log objectness + log class probability; that something is
        there; what it is; or where it ends.
    edge : {"top", "bottom", "left", "right"}, optional
        Of "position": which edge, in cells of the matrix.
    follow : {"cell", "match"}
        As of `Thing`. The best match is measured as D-RISE has it, whatever the term: IoU x cosine
        of the class probabilities x objectness.
    found
        What it was frozen to; None until an explainer has looked for it.
    """

    k: int
    term: BoxTerm = "all"
    edge: Edge | None = None
    follow: Follow = "cell"
    found: Frozen | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "k", whole("k", self.k, 0))
        _check("follow", self.follow, FOLLOW)
        _check("term", self.term, BOX_TERMS)
        if self.edge is not None:
            _check("edge", self.edge, EDGES)
        if (self.edge is None) == (self.term == "position"):
            given = f"Box has term={self.term!r} and edge={self.edge!r}"
            raise ValueError(
                f'{given}, but an edge is expected with term="position" and nowhere else; give '
                f'both, such as Box({self.k}, "position", "left"), or leave edge out.'
            )

    def label(self, classes: Sequence[str]) -> str:
        """As in "box 2 (chirp), class"."""
        name = "" if self.found is None else self.found.name
        what = "" if self.term == "all" else f", {self.edge or self.term}"
        followed = ", best match" if self.follow == "match" else ""
        return f"box {self.k}{name}{what}{followed}"

    def terms(self, model: Sources) -> list[Term]:
        """Read the cells in which it was found."""
        if self.found is None:
            raise unfrozen(f"Box({self.k})")
        return read(self.found, model)

    def frozen(self, classes: Sequence[str], look: Look | None = None) -> Box:
        """Find it."""
        if self.found is not None:
            return self
        decoded = looked(look, f"Box({self.k})")
        thing = taken(decoded, self.k)
        if thing.kind != "box":
            raise ValueError(
                f"Box({self.k}) was asked for, but what the decoder finds is a {thing.kind}; give "
                f"Thing({self.k})."
            )
        name = self.edge or self.term
        if name not in thing.terms:
            raise ValueError(
                f"Box({self.k}, {name!r}) was asked for, but these boxes have "
                f"{', '.join(thing.terms)} only; give one of these."
            )
        return replace(self, found=Frozen.of(decoded, thing, name, self.follow == "match"))


@dataclass(frozen=True)
class Count(Target):
    """How many landmarks there are, as a number that has a gradient: the sum over a heat map.

    It is the sum of the map over that of one drawn peak, see `heatbrush.outputs.Heatmap.count`; how
    many were found is ``len(explainer.things(x))``.

    Parameters
    ----------
    kind : int or str, optional
        Which kind of landmark, by its number or its name; None counts all.
    """

    kind: int | str | None = None
    decoder: outputs.Decoder | None = None

    def __post_init__(self) -> None:
        if self.kind is not None and not isinstance(self.kind, str):
            object.__setattr__(self, "kind", whole("kind", self.kind, 0))

    def label(self, classes: Sequence[str]) -> str:
        """As in "number of landmarks"."""
        if self.kind is None:
            return "number of landmarks"
        return f"number of {self.kind if isinstance(self.kind, str) else f'kind {self.kind}'}"

    def terms(self, model: Sources) -> list[Term]:
        """Read all cells of the heat map."""
        if not isinstance(self.decoder, outputs.Heatmap):
            raise unfrozen("Count")
        shapes = [_lasting(each)[0] for each in model.outputs]
        return [
            term
            for code in self.decoder.codes(shapes, self.kind)
            for term in numbers(self.decoder.count(shapes, code), model)
        ]

    def frozen(self, classes: Sequence[str], look: Look | None = None) -> Count:
        """Take the decoder."""
        if self.decoder is not None:
            return self
        decoder = looked(look, "Count").decoder
        if not isinstance(decoder, outputs.Heatmap):
            raise ValueError(
                f"Count sums a heat map, but the decoder is a {type(decoder).__name__}, whose "
                "things have no such sum; give Thing(k), or count len(explainer.things(x))."
            )
        return replace(self, decoder=decoder)


def taken(decoded: Decoded, k: int) -> outputs.Thing:
    """Take one thing; where there are not so many, list the best.

    Raises
    ------
    ValueError
        In one sentence.
    """
    things = decoded.found.things
    if k < len(things) or not things:
        return decoded.found.thing(k)
    best = [Frozen(each, None, decoded.shape).said(i) for i, each in enumerate(things[:3])]
    more = ", ..." if len(things) > 3 else ""
    were = "things were" if len(things) > 1 else "thing was"
    raise ValueError(
        f"Thing {k} was asked for, but {len(things)} {were} found, counted from 0 "
        f"({'; '.join(best)}{more}); give one of these, or lower the decoder's threshold."
    )


def read(found: Frozen, model: Sources) -> list[Term]:
    """Read a frozen thing, and where it is to be followed the outputs that it is looked for in."""
    terms = numbers(found.term, model)
    decoder = found.decoder
    if decoder is None:
        return terms
    several = model.outputs
    turns = [_lasting(each)[1] for each in several]

    def left(values: Sequence[NDArray[Any]]) -> NDArray[np.float64]:
        turned = [_turned(np, each, turn) for each, turn in zip(values, turns, strict=True)]
        each = (
            outputs.follow(decoder, found.thing, [some[n] for some in turned], found.shape)
            for n in range(len(turned[0]))
        )
        return np.fromiter(each, np.float64, len(turned[0]))

    (cells,) = terms
    assert isinstance(cells, Cells | Made)
    return [Followed(cells, several, left)]


def numbers(term: outputs.Term, model: Sources) -> list[Term]:
    """Read a term of a thing: of cells as they are their weighted sum, else a number made of them.

    The logit of a probability, and its logarithm, are read as a model's own are.
    """
    by_cell = [_reading(each, term) for each in term.readings]
    used = sorted({each.output for each in term.readings})
    if all(by_cell) and len(used) == 1 and (len(by_cell) == 1 or term.scale == "value"):
        return [_cells(term, by_cell[0], _output(model, used[0]))]
    sources = tuple(_output(model, each) for each in used)
    for number, source in zip(used, sources, strict=True):
        _check_cells([each for each in term.readings if each.output == number], source)
    turns = [_lasting(each)[1] for each in sources]

    def compute(xp: Any, values: Sequence[Any], _: Sequence[Any]) -> Any:
        turned = (_turned(xp, each, turn) for each, turn in zip(values, turns, strict=True))
        known = dict(zip(used, turned, strict=True))
        return term.compute(xp, [known.get(i) for i in range(max(used) + 1)])

    reading: Reading = "log_probabilities" if term.scale == "log_probability" else "values"
    return [Made(sources, compute, f"the term {term.name!r} of a thing", reading=reading)]


def _reading(each: outputs.Reading, term: outputs.Term) -> Reading | Literal["model", ""]:
    """Say how cells are read; nothing where they are no more than numbers under a function."""
    if each.activation == "linear":
        if term.scale == "logit":
            return "softmax" if each.among else "sigmoid"
        return "model" if term.scale == "score" else "values"
    if term.scale == "logit" and each.activation == "logit":
        return "sigmoid_probabilities"
    return "probabilities" if term.scale != "value" and each.activation == "log" else ""


def _cells(term: outputs.Term, reading: Any, source: Source) -> Cells:
    """Read the cells of a term of one output."""
    shape, turn = _lasting(source)
    _check_cells(term.readings, source)
    order = np.arange(int(np.prod(shape)), dtype=np.intp).reshape(source.shape)
    order = (order if turn is None else order.transpose(turn)).ravel()
    first = term.readings[0]
    return Cells(
        source,
        order[np.concatenate([each.places(shape) for each in term.readings])],
        np.concatenate([each.weights for each in term.readings]),
        constant=term.constant,
        reading=None if reading == "model" else reading,
        rivals=order[first.rivals(shape)] if first.among else None,
    )


def _check_cells(readings: Sequence[outputs.Reading], source: Source) -> None:
    """Refuse cells that an output does not have: the thing was found in another one."""
    shape, _ = _lasting(source)
    for index in (each.index for each in readings):
        if len(index.T) != len(shape) or (index.max(0) >= shape).any():
            raise ValueError(
                f"The thing was found in an output with cells up to "
                f"{tuple(index.max(0).tolist())}, but {source.name} has the shape {source.shape}; "
                "freeze it in a matrix of this size."
            )


def _output(model: Sources, number: int) -> Source:
    if number >= len(model.outputs):
        raise ValueError(
            f"The thing was found in output {number}, but the model has {len(model.outputs)}; "
            "freeze it with the decoder of this model."
        )
    return model.outputs[number]


def _lasting(source: Source) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
    """Tell the shape of a source with its channels last, and the axes that make it so."""
    if source.axes[2] != 0 or len(source.shape) < 2:
        return source.shape, None
    turn = (*range(1, len(source.shape)), 0)
    return tuple(source.shape[axis] for axis in turn), turn


def _turned(xp: Any, values: Any, turn: Sequence[int] | None) -> Any:
    return values if turn is None else xp.transpose(values, (0, *(axis + 1 for axis in turn)))


def channels_last(source: Source) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """Return what turns (N, ...) of a source so that its channels come last."""
    turn = _lasting(source)[1]
    return lambda values: _turned(np, values, turn)


def _check(name: str, given: Any, known: Sequence[str]) -> None:
    if not isinstance(given, str) or given not in known:
        raise ValueError(
            f"{name} is {short(given)}, but one of {', '.join(known)} is expected; give one."
        )
