"""Several models in one view: each is asked what the first is, by the names of the classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from heatbrush.border import wire
from heatbrush.session.baselines import Baselines
from heatbrush_core import Explainer, Prediction
from heatbrush_core.checks import listed
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.targets import Class, Margin

APART = ": "
"""Between the name of a model and that of its panel."""


class Models:
    """The models of a view, by name; the first is the one that `Samples` asks by itself.

    Parameters
    ----------
    explainers
        Of each model, in their order; fewer than two is a view of one, which needs no name.
    x
        (H, W, C), one of the matrices.

    Attributes
    ----------
    names
        Of all, the first included; none for a view of one.
    """

    def __init__(self, explainers: Mapping[str, Explainer], x: NDArray[Any]) -> None:
        self.names: tuple[str, ...] = tuple(explainers) if len(explainers) > 1 else ()
        self._baselines = {
            name: Baselines(explainers[name].having(None), x) for name in self.names[1:]
        }
        self._explainers = {name: explainers[name] for name in self.names[1:]}
        self._predictions: dict[tuple[str, int], Prediction] = {}

    def __contains__(self, name: str) -> bool:
        """Tell whether this is a further model, not the first."""
        return name in self._explainers

    def __iter__(self) -> Iterator[str]:
        """Name those after the first."""
        return iter(self._explainers)

    def explainer(self, name: str) -> Explainer:
        """Return the explainer of a further model."""
        return self._explainers[name]

    def hiding(self, name: str, spec: Any) -> Explainer:
        """Return it with a baseline: that of the view, so that all models lose the same."""
        baselines = self._baselines[name]
        return baselines.explainer(baselines.number(spec))

    def prediction(
        self,
        name: str,
        sample: int,
        asker: Callable[[], Explainer],
        x: NDArray[Any],
        exists: Mask | None,
    ) -> Prediction:
        """Ask what a further model, by its asker of the sample, says of that, once."""
        key = name, sample
        if key not in self._predictions:
            self._predictions[key] = asker().predict(x, valid=exists)
        return self._predictions[key]

    def forget(self) -> None:
        """Ask all of them anew."""
        self._predictions.clear()

    def restore(self, name: str, predictions: Mapping[int, Prediction]) -> None:
        """Take what a further model said in an earlier view."""
        self._predictions.update({(name, sample): said for sample, said in predictions.items()})

    def places(self, name: str, first: Prediction, own: Prediction) -> list[int]:
        """Find the classes of the first model among those of a further one.

        Raises
        ------
        ValueError
            If they have not the same names, or answer on another scale.
        """
        if first.kind != own.kind:
            raise ValueError(
                f"The model {name!r} answers in {_kind(own)}, but {self.names[0]!r} in "
                f"{_kind(first)}; models are compared on one scale, so give their Explainers "
                "scores= that say how to read them."
            )
        return found_among(first.classes, own.classes, self.names[0], name)

    def aim(self, name: str, target: Class | Margin, places: list[int]) -> Class | Margin:
        """Return a target of the first model as a further one knows it."""
        a, b = target.pair
        assert a is not None  # a view's targets are classes
        return Class(places[a]) if b is None else Margin(places[a], places[b])

    def shown(self, prediction: Prediction, places: list[int]) -> list[float | None]:
        """Return scores in the order of the first model's classes."""
        return wire.numbers(prediction.shown[places])

    def addressed(self, panel: str, known: Mapping[str, str]) -> dict[str, str]:
        """Find whom a run for a panel asks.

        Parameters
        ----------
        panel
            A panel that there is, one that begins with a model's name, or a name without one,
            which is asked of every model.
        known
            The models of the panels that there are.

        Returns
        -------
        dict
            Model by panel.
        """
        if not self.names or panel in known:
            return {panel: known.get(panel, "")}
        for name in self.names:
            if panel.startswith(name + APART):
                return {panel: name}
        return {f"{name}{APART}{panel}": name for name in self.names}

    def twins(self, panel: str | None, known: Mapping[str, str]) -> dict[str, str]:
        """Name the panel that is to each model what `panel` is to its own, where there is one."""
        if panel is None or panel not in known:
            return {}
        rest = panel.removeprefix(f"{known[panel]}{APART}")
        names = {name: f"{name}{APART}{rest}" for name in self.names}
        return {name: each for name, each in names.items() if each in known}


def found_among(classes: Sequence[str], own: Sequence[str], first: str, name: str) -> list[int]:
    """Find the classes of the model `first` among those of another.

    Raises
    ------
    ValueError
        If they have not the same names.
    """
    if sorted(own) != sorted(classes):
        raise ValueError(
            f"The model {name!r} has the classes {listed(own)}, but {first!r} has "
            f"{listed(classes)}; models are compared by classes of the same names, so give "
            "classes= to their Explainers."
        )
    return [own.index(each) for each in classes]


def _kind(prediction: Prediction) -> str:
    return "probabilities" if prediction.kind == "probabilities" else "plain values"
