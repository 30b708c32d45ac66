"""A method of the user's own: a function that makes a map, entered into the registry."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict
from pydantic.errors import PydanticUserError

from heatbrush_core.checks import Named, short
from heatbrush_core.inference.task import Task
from heatbrush_core.maps.profiles import Profile
from heatbrush_core.maps.ready import ready_map
from heatbrush_core.matrix.baselines import NAMES
from heatbrush_core.registry import parameters as forms
from heatbrush_core.registry.method import Method as Entry
from heatbrush_core.registry.method import Result
from heatbrush_core.registry.registry import REGISTRY

FIRST = ("explainer", "x", "target")
"""What every function is called with; parameters have other names."""


class OwnParameters(forms.Parameters):
    """The base of the parameters of own methods: the panel's title says which were changed."""

    def hides(self) -> tuple[Any, ...]:
        """Take a baseline as ours, unless its word is one of the user's own."""
        return tuple(each for each in super().hides() if not isinstance(each, str) or each in NAMES)

    def summary(self) -> str:
        """As in "size 3 · kind flat": those that differ from their defaults."""
        return " · ".join(
            f"{name.replace('_', ' ')} {short(value)}"
            for name, value in self
            if value != type(self).model_fields[name].default
        )


class Method(Entry, Named):
    """A method of your own, to be passed wherever a method's name is taken.

    Parameters
    ----------
    name
        As `explain` and the method picker call it; none of the methods that are there already.
    function
        ``function(explainer, x, target, **parameters)`` -> (H, W) or (H, W, C) numbers, NaN where
        nothing is known. It gets an (H, W, C) x of its own, and the target as `targets.Class` or
        `targets.Margin`, which every method of the explainer takes; ``target.index`` is the number
        of a class.
    question
        What the map answers, one plain sentence; by default the first line of the function's
        docstring.
    parameters
        A pydantic model: its fields, with types, defaults, limits and descriptions, are what
        `explain` takes and the form in the view asks for. None: the function takes none.
    profile
        "sum", or "mean" where the cells are not parts of a sum: how a line becomes one number.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for a name, function, model or profile that cannot be used.

    Notes
    -----
    A method that is passed is registered by that, as `register` does: from then on its name is
    enough, and the picker lists it. The newest method of a name counts, so that a notebook cell can
    be run again.

    The function decides by itself which score it explains, so that `score` is refused. It is asked
    again for copies of the model by `randomisation`, and by another thread in a view: it should ask
    the explainer that it is given, not a model that it remembers.

    Examples
    --------
    >>> class Settings(pydantic.BaseModel):
    ...     width: int = pydantic.Field(3, ge=1, description="columns that are hidden at once")
    >>> def hidden(explainer, x, target, width):
    ...     return explainer.explain(x, ("occlusion", {"patch": (None, width)}), target).map
    >>> explainer.explain(x, hb.Method("wide", hidden, parameters=Settings), width=5)
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        question: str = "",
        parameters: type[BaseModel] | None = None,
        profile: Profile = "sum",
    ) -> None:
        _check(name, function, profile)
        super().__init__(
            name=name,
            family="your own",
            question=question or (inspect.getdoc(function) or "").partition("\n")[0],
            needs="scores",
            Parameters=_schema(name, parameters),
            compute=functools.partial(_computed, name, function),
            profile=profile,
        )

    def enter(self) -> str:
        """Put the method into the registry, in the place of an own one of the same name."""
        if not isinstance(REGISTRY.get(self.name, self), Method):
            raise ValueError(
                f"There is a method {self.name!r} already, which comes with heatbrush; give yours "
                "another name."
            )
        REGISTRY[self.name] = self
        forms.forget()
        return self.name

    def __repr__(self) -> str:
        return f"<Method {self.name!r}{self.question and f': {self.question}'}>"


def register(method: Method) -> Method:
    """Register a method of your own: `explain`, the method picker and its forms know it by name.

    Parameters
    ----------
    method : Method

    Returns
    -------
    Method
        The same.

    Raises
    ------
    TypeError, ValueError
        For what is no Method, and for the name of one that comes with heatbrush.
    """
    if not isinstance(method, Method):
        raise TypeError(
            f"register takes a Method, but got {short(method)}; make one, such as "
            'heatbrush.Method("mine", function).'
        )
    method.enter()
    return method


def _computed(name: str, function: Callable[..., Any], task: Task, settings: Any) -> Result:
    """Call the function, and read what it returns."""
    if task.objective.kind != "logit":
        raise ValueError(
            f"{name} is a method of your own and explains what its function does, so that score="
            f"{task.objective.kind!r} means nothing to it; leave score out."
        )
    found = ready_map(
        task.own(function, task.x.copy(), **dict(settings)), f"The map of {name}", task.x.shape
    )
    score = float(task.scores(task.x[None])[0])
    if found.ndim == 2:
        return Result.of_cells(found, task.x.shape[2], score)
    return Result(found, score)


def _check(name: Any, function: Any, profile: Any) -> None:
    if not isinstance(name, str) or not name.strip():
        raise TypeError(f"A method's name is text, but got {short(name)}; give it a name.")
    if not callable(function):
        raise TypeError(
            f"The function of {name} is {short(function)}, but something that can be called as "
            "function(explainer, x, target) is expected."
        )
    if profile not in get_args(Profile):
        raise ValueError(f"profile is {short(profile)}, but 'sum' or 'mean' is expected; give one.")


def _schema(name: str, given: Any) -> type[forms.Parameters]:
    """Make a user's model one of ours: unknown names are refused, and there is a form."""
    if given is None:
        return OwnParameters
    if not (isinstance(given, type) and issubclass(given, BaseModel)):
        raise TypeError(
            f"The parameters of {name} are {short(given)}, but a subclass of pydantic.BaseModel is "
            "expected; give one, or None for a function without parameters."
        )
    if taken := [field for field in given.model_fields if field in FIRST]:
        raise ValueError(
            f"The parameters of {name} have {taken[0]!r}, which every function gets as it is; give "
            "the field another name."
        )
    config = ConfigDict(**{**given.model_config, **forms.Parameters.model_config})
    made = type(given.__name__, (given, OwnParameters), {"model_config": config})
    try:
        forms.fields(made)
    except PydanticUserError as error:
        raise TypeError(
            f"The parameters of {name} make no form ({error.message}); give fields whose types "
            "JSON has: numbers, text, lists, or one of some literals."
        ) from error
    return made
