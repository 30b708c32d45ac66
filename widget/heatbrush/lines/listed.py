"""The lines of one sample: which one a target means, and which target a line stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from heatbrush import protocol
from heatbrush.border.asked import Target as Given
from heatbrush_core.checks import hint, index, listed, short
from heatbrush_core.targets import Class, Function, Margin, Target, Thing


class Listed(NamedTuple):
    """What is known of the lines of a sample.

    Attributes
    ----------
    own
        How many it has before those that were added.
    names, targets
        The label of each line, and what it stands for.
    added
        Those that were added and are there: a thing may be gone.
    said
        What was chosen, and what is gone, in sentences.
    marks
        Of the things among its own lines, as a page draws them.
    """

    own: int
    names: tuple[str, ...]
    targets: tuple[Target, ...]
    added: tuple[Target, ...]
    said: tuple[str, ...]
    marks: tuple[protocol.ThingMark, ...] = ()

    def place(self, given: Any) -> int | Target:
        """Read a line, given by its number or name; one that was added is that target.

        Raises
        ------
        ValueError
            For a name that no line has.
        """
        if isinstance(given, str):
            if given not in self.names:
                raise ValueError(
                    f"The target {short(given)} is no line of this sample, which has "
                    f"{listed([*map(short, self.names)])}; "
                    f"{hint(given, self.names, 'give one of these, or its number.')}"
                )
            given = self.names.index(given)
        number = int(given)
        return self.added[number - self.own] if self.own <= number < len(self.names) else number

    def found(self, target: Given) -> Class | Margin | None:
        """Find the line that a target means; None where the sample has none such."""
        if isinstance(target, Margin):
            a, b = self._line(target.a), self._line(target.b)
            return None if a is None or b is None or a == b else Margin(a, b)
        place = self._line(target)
        return None if place is None else Class(place)

    def _line(self, part: Any) -> int | None:
        if isinstance(part, Target) and not isinstance(part, Class):
            return self.own + self.added.index(part) if part in self.added else None
        part = part.index if isinstance(part, Class) else part
        if isinstance(part, str):
            return self.names.index(part) if part in self.names else None
        number = index(part)
        return number if number is not None and number < len(self.names) else None

    def frozen(self, aim: Class | Margin) -> Target:
        """Return the target that a line stands for."""
        return _joined(aim, self.targets)

    def asked_for(self, aim: Class | Margin) -> Target:
        """Return it as it is asked for: what was added as it was given, a thing by its number."""
        own = [
            Thing(each.k) if isinstance(each, Thing) else each for each in self.targets[: self.own]
        ]
        return _joined(aim, [*own, *self.added])

    def refuse(self, target: Given) -> None:
        """Refuse a number that no line has.

        Raises
        ------
        ValueError
            In one sentence.
        """
        number = index(target.index if isinstance(target, Class) else target)
        if number is not None and number >= len(self.names):
            raise ValueError(
                f"Target {number} is out of range, as the lines of this sample are 0 to "
                f"{len(self.names) - 1}; give one of these, or a target of hb.targets."
            )

    def called(self, number: int) -> str:
        """Name a line for other samples too: a thing by its kind and number, not by its place."""
        target = self.targets[number]
        if isinstance(target, Thing) and target.found is not None:
            return f"{target.found.thing.kind} {target.k}"
        return self.names[number]


def _joined(aim: Class | Margin, targets: Sequence[Target]) -> Target:
    a, b = aim.pair
    assert a is not None  # lines have numbers
    if b is None:
        return targets[a]
    pair = (targets[a], targets[b])
    return Margin(*(each.index if isinstance(each, Class) else each for each in pair))


def targets_of(given: Any) -> tuple[Given, list[Target]]:
    """Tell the target that is shown first from those that get lines of their own.

    Classes, as a name or a number, have a line already.
    """
    several = list(given) if isinstance(given, list | tuple) else [given]
    read = [Function(each) if _is_function(each) else each for each in several]
    more = [each for each in read if isinstance(each, Target) and not each.of_classes]
    return (read[0] if read else None), more


def _is_function(given: Any) -> bool:
    return callable(given) and not isinstance(given, type | Target)
