"""Who is asked in a view that is opened: who is given, what the file holds, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from heatbrush.arguments import named_models
from heatbrush.case.arrays import KeptModel
from heatbrush.case.reading import Filed
from heatbrush_core import Explainer
from heatbrush_core.checks import listed, short
from heatbrush_core.explanation.stored import Damaged
from heatbrush_core.inference.travel import opened
from heatbrush_core.network.no_model import NoModel
from heatbrush_core.outputs import Decoder
from heatbrush_core.targets import decoder_from_json

WITHOUT = (
    "This view was opened from a file without its model; open it with "
    "hb.load_view(path, explainer=...) to ask one."
)
LACK = "the view was opened from a file without its model"


class Asked(NamedTuple):
    """Who is asked: the explainers by name, of one model under no name; and what is said of it.

    `same` tells whether these are known to be the models that made the file.
    """

    models: dict[str, Explainer]
    notes: list[str]
    same: bool


def askers(filed: Filed, given: Any) -> Asked:
    """Find who is asked, for each model of a file.

    Parameters
    ----------
    filed
        What the file holds.
    given
        An `Explainer` or a model; a dict of these for the names of several; None is what the file
        holds.

    Raises
    ------
    ValueError, TypeError
        In one sentence, for explainers of other models, matrices or classes.
    Damaged
        Where a model of the file cannot be asked.
    """
    names = filed.said.models or ("",)
    notes: list[str] = []
    if given is None:
        found = [_kept(filed, each) for each in filed.models]
    else:
        by_name = _by_name(filed, given)
        several = zip(names, filed.models, strict=True)
        found = [_given(filed, each, by_name[name], name, notes) for name, each in several]
    return Asked(dict(zip(names, found, strict=True)), notes, not notes)


def _by_name(filed: Filed, given: Any) -> Mapping[str, Any]:
    names = filed.said.models
    if not names:
        if isinstance(given, Mapping):
            raise TypeError(
                f"The view of {filed.name} asks one model, but got {short(given)}; give one "
                "Explainer or model."
            )
        return {"": given}
    by_name = named_models(given) if isinstance(given, Mapping) else {}
    if set(by_name) != set(names):
        got = listed(list(by_name)) if by_name else short(given)
        raise ValueError(
            f"The view of {filed.name} asks the models {listed(names)}, but got {got}; give a dict "
            "with an Explainer or model for each of these names."
        )
    return by_name


def _kept(filed: Filed, kept: KeptModel) -> Explainer:
    """Make the explainer that the file holds, with the settings that it had; or one of no model."""
    classes = kept.classes or None
    if kept.content is None:
        shape = filed.matrices.shape[1:]
        without = NoModel((shape[0], shape[1], shape[2]), WITHOUT, LACK)
        return Explainer(without, classes, *filed.axes, outputs=_decoder(filed))
    if kept.given is None:
        raise Damaged("it holds a model, but not what its explainer was")
    model = opened(kept.content, filed.name)
    try:
        outputs = kept.given.get("outputs")
        decoder = None if outputs is None else decoder_from_json(outputs)
        return Explainer(model, classes, *filed.axes, **{**kept.given, "outputs": decoder})
    except (TypeError, ValueError) as error:
        raise Damaged(f"its model and its explainer do not fit: {error}") from error


def _given(filed: Filed, kept: KeptModel, given: Any, name: str, notes: list[str]) -> Explainer:
    asker = given if isinstance(given, Explainer) else Explainer(given)
    _check_fits(filed, kept, asker)
    if asker is not given:
        asker = Explainer(given, kept.classes or None, outputs=_decoder(filed))
    for said in filter(None, (_compared(kept, asker), _found_by(filed, asker))):
        notes.append(f"{name}: {said}" if name else said)
    return asker.named_as(*filed.axes)


def _decoder(filed: Filed) -> Decoder | None:
    """Return what read things out of the model's map."""
    if filed.lines is None or not filed.lines.map or filed.lines.decoder is None:
        return None
    try:
        return decoder_from_json(filed.lines.decoder)
    except ValueError as error:
        raise Damaged("what finds its things cannot be read") from error


def _found_by(filed: Filed, given: Explainer) -> str:
    """Say where things are found in another way now."""
    if filed.lines is None or not filed.lines.map or given.decoder == _decoder(filed):
        return ""
    before, now = (each or "no decoder" for each in (_decoder(filed), given.decoder))
    return f"The things of this file were found by {before!r}, but the explainer has {now!r}."


def _compared(kept: KeptModel, given: Explainer) -> str:
    """Say where the model is not the one that computed the maps, or that nothing tells."""
    known, own = kept.form, given.fingerprint()
    if known is None:
        return ""
    if known.fingerprint is None or own is None:
        return (
            f"Nothing tells whether {given.named} is what computed the maps of this file "
            f"({known.name}): only weights of Keras models are compared."
        )
    if known.fingerprint == own:
        return ""
    return (
        "The maps of this file were computed by a model with other weights than the one "
        "that is asked now; run a method again to see its map of this one."
    )


def _check_fits(filed: Filed, kept: KeptModel, explainer: Explainer) -> None:
    """Refuse an explainer of other matrices, or of other classes."""
    shape, wanted = filed.matrices.shape[1:], explainer.shape
    if wanted is not None and any(w not in (None, n) for w, n in zip(wanted, shape, strict=True)):
        size = " × ".join("any" if each is None else str(each) for each in wanted)
        raise ValueError(
            f"The explainer takes matrices of {size}, but those of {filed.name} have "
            f"{' × '.join(map(str, shape))}; give the explainer that the view was made with."
        )
    of_map = filed.lines is not None and filed.lines.map
    if of_map and not explainer.returns_map and explainer.classes:
        raise ValueError(
            f"The explainer is of {explainer.named}, which has the classes "
            f"{listed(explainer.classes)}, but the maps of {filed.name} are of a model that "
            "returns a map; give the explainer that the view was made with."
        )
    if of_map:
        return
    if kept.classes and explainer.returns_map:
        raise ValueError(
            f"The explainer is of {explainer.named}, which returns a map, but the maps of "
            f"{filed.name} explain {listed(kept.classes)}; give the explainer that the view was "
            "made with."
        )
    classes = explainer.classes
    if classes and kept.classes and tuple(classes) != kept.classes:
        raise ValueError(
            f"The explainer has the classes {listed(classes)}, but the maps of {filed.name} "
            f"explain {listed(kept.classes)}; give the explainer that the view was made with."
        )
