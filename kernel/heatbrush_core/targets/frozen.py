"""A thing as it was found: what a target keeps of it, in memory and as plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from heatbrush_core import outputs
from heatbrush_core.checks import short
from heatbrush_core.outputs import Decoder, Reading, Term
from heatbrush_core.targets.decoded import Decoded

DECODERS: dict[str, type[Decoder]] = {
    each.__name__: each for each in (outputs.Heatmap, outputs.Mask, outputs.Grid, outputs.Sequence)
}
PLACES = ("row", "column", "height", "width", "score")


@dataclass(frozen=True, eq=False)
class Frozen:
    """One thing with the terms that are read of it; two that read the same are equal.

    Attributes
    ----------
    thing
        As it was found.
    decoder
        What finds it again where the matrix is another; None where it is not looked for.
    shape
        (rows, columns) of the matrix.
    """

    thing: outputs.Thing
    decoder: Decoder | None
    shape: tuple[int, int]

    @classmethod
    def of(cls, decoded: Decoded, thing: outputs.Thing, term: str, follow: bool) -> Frozen:
        """Keep one term of a thing, and what finds it again."""
        kept = replace(thing, terms={term: thing.terms[term]})
        return cls(kept, decoded.decoder if follow else None, decoded.shape)

    @property
    def term(self) -> Term:
        """What is read."""
        (found,) = self.thing.terms.values()
        return found

    @property
    def name(self) -> str:
        """Say which class, where it has a name, in brackets."""
        return f" ({self.thing.label})" if isinstance(self.thing.label, str) else ""

    def said(self, k: int) -> str:
        """Name it and say where it is, as in "landmark 0 (eye) at row 12.3, column 40.1"."""
        return f"{self.thing.kind} {k}{self.name} at {self.place}"

    @property
    def place(self) -> str:
        """Say where it is."""
        more = self.thing.more
        if self.thing.kind == "step":
            first, last = int(more["first"]), int(more["last"])
            return f"step {first}" if first == last else f"steps {first} to {last}"
        return f"row {self.thing.row:.1f}, column {self.thing.column:.1f}"

    @cached_property
    def _key(self) -> tuple[Any, ...]:
        thing = self.thing
        return (
            *(thing.kind, thing.label, thing.head, self.decoder, self.shape),
            *(_number(getattr(thing, name)) for name in PLACES),
            *(tuple(sorted(thing.more.items())), thing.probabilities.tobytes()),
            *(self.term.name, self.term.constant, self.term.scale),
            *(_bytes(each) for each in self.term.readings),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frozen) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"<{self.thing.kind} at {self.place}>"

    def to_json(self) -> dict[str, Any]:
        """Write it as plain data."""
        thing, term = self.thing, self.term
        return {
            "thing": {
                **{name: getattr(thing, name) for name in ("kind", "label", "head")},
                **{name: _number(getattr(thing, name)) for name in PLACES},
                "more": {name: _number(value) for name, value in thing.more.items()},
                "probabilities": thing.probabilities.tolist(),
            },
            "term": {
                **{name: getattr(term, name) for name in ("name", "constant", "scale")},
                "readings": [
                    {
                        **{name: getattr(each, name) for name in ("output", "activation")},
                        "among": None if each.among is None else list(each.among),
                        "index": each.index.tolist(),
                        "weights": each.weights.tolist(),
                    }
                    for each in term.readings
                ],
            },
            "decoder": None if self.decoder is None else decoder_to_json(self.decoder),
            "shape": list(self.shape),
        }

    @classmethod
    def from_json(cls, data: Any) -> Frozen:
        """Read what `to_json` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            For anything else.
        """
        thing, term, rows_columns = data["thing"], data["term"], data["shape"]
        read = Term(
            str(term["name"]),
            tuple(_reading(each) for each in term["readings"]),
            float(term["constant"]),
            term["scale"],
        )
        made = outputs.Thing(
            kind=str(thing["kind"]),
            **{name: _back(thing[name]) for name in PLACES},
            label=thing["label"],
            head=int(thing["head"]),
            terms={read.name: read},
            more={str(name): _back(value) for name, value in thing["more"].items()},
            probabilities=np.array(thing["probabilities"], np.float64),
        )
        decoder = data["decoder"]
        shape = (int(rows_columns[0]), int(rows_columns[1]))
        return cls(made, None if decoder is None else decoder_from_json(decoder), shape)


def decoder_to_json(decoder: Decoder) -> dict[str, Any]:
    """Write a decoder as plain data."""
    return {"kind": type(decoder).__name__, **decoder.model_dump(mode="json")}


def decoder_from_json(data: Any) -> Decoder:
    """Read what `decoder_to_json` wrote.

    Raises
    ------
    ValueError
        For anything else: it may come from outside.
    """
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in DECODERS:
        raise ValueError(
            f"A decoder is a dict with one of the kinds {', '.join(DECODERS)}, but got "
            f"{short(data)}; give what decoder_to_json wrote."
        )
    return DECODERS[kind](**{name: value for name, value in data.items() if name != "kind"})


def _bytes(each: Reading) -> tuple[Any, ...]:
    """Name the cells of a reading, and all else that tells it from another."""
    index, weights = each.index, each.weights.tobytes()
    return each.output, each.activation, each.among, index.shape, index.tobytes(), weights


def _number(value: float) -> float | None:
    """Write NaN, which equals nothing, as None."""
    return None if math.isnan(value) else float(value)


def _back(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _reading(data: Any) -> Reading:
    index = np.array(data["index"], np.intp)
    weights = np.array(data["weights"], np.float64)
    if index.ndim != 2 or weights.shape != (len(index),):
        raise ValueError("its cells and weights are not as many.")
    among = None if data["among"] is None else (int(data["among"][0]), int(data["among"][1]))
    return Reading(int(data["output"]), index, weights, data["activation"], among)
