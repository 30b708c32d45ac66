"""The models of a view in its file: what tells each from others, and each whole where wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from heatbrush.case.form import MODEL
from heatbrush.case.members import Members
from heatbrush.session.samples import Samples
from heatbrush_core import Explainer
from heatbrush_core.inference.travel import filed
from heatbrush_core.targets import decoder_to_json

HIDING = ("baseline", "valid", "fill")
"""What an explainer is made with that says something of cells."""


def written(samples: Samples, members: Members, whole: Sequence[Explainer]) -> list[Any]:
    """Write the models of a view; return what the manifest says of each, the first one first.

    Parameters
    ----------
    whole
        Of each model, as the view was given it: these go along. None leaves them out.

    Raises
    ------
    TypeError
        In one sentence, where a model or its explainer cannot be kept in a file.
    """
    models = ("", *samples.models)
    if samples.missing:
        if whole:
            raise TypeError(
                "model=True keeps the model in the file, but the view has none to ask; leave "
                "model out."
            )
        return [None for _ in models]
    for kept in whole:
        _check(kept)
    return [
        _model(samples.asked(name), whole[at] if whole else None, at, members)
        for at, name in enumerate(models)
    ]


def hiding(spec: Any, name: str, members: Members) -> dict[str, Any]:
    """Return what hides cells, a word, a number or an array, as the manifest says it."""
    if isinstance(spec, str):
        return {"kind": "word", "value": spec}
    values = np.asarray(spec, np.float64)
    if values.ndim == 0:
        return {"kind": "number", "value": float(values)}
    return {"kind": "array", "array": members.array(name, values)}


def _check(kept: Explainer) -> None:
    if kept.inputs is not None:
        raise TypeError(
            "model=True keeps the model in the file, but the model has several inputs, which a "
            "file does not describe; leave model out, and give load_view the explainer to ask more."
        )
    for name in HIDING:
        if callable(kept.made_with[name]):
            raise TypeError(
                f"The explainer's {name} is a function, which no file keeps; give "
                "model=False, and the explainer to load_view when the file is opened."
            )


def _model(
    explainer: Explainer, kept: Explainer | None, at: int, members: Members
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": explainer.named,
        "fingerprint": explainer.fingerprint(),
        **dict.fromkeys(("given", *HIDING, "background")),
    }
    if kept is None:
        return said
    start, file = ("model", MODEL) if at == 0 else (f"models/{at}", f"models/{at}.keras")
    members.content(file, filed(kept.model, kept.named))
    given, back = kept.made_with, kept.typical
    decoder = given["outputs"]
    parts = {
        name: None if given[name] is None else hiding(given[name], f"{start}/{name}", members)
        for name in HIDING
    }
    return {
        **said,
        **parts,
        "given": {
            **{name: given[name] for name in ("batch_size", "time", "output", "scores")},
            "outputs": None if decoder is None else decoder_to_json(decoder),
        },
        "background": None if back is None else members.array(f"{start}/background", back),
        "file": file,
    }
