"""The targets that have a line in every sample: given, added, and the one that is stepped."""

from __future__ import annotations

from collections.abc import Sequence

from heatbrush_core.targets import Target


class Added:
    """Targets in the order of their lines; the first `given` of them a view was made for."""

    def __init__(self) -> None:
        self.targets: list[Target] = []
        self.given = 0
        self.stepped: Target | None = None
        """The target whose line goes from layer to layer, or from step to step."""

    def add(self, targets: Sequence[Target]) -> bool:
        """Give targets lines; tell whether any had none."""
        fresh = [each for each in dict.fromkeys(targets) if each not in self.targets]
        self.targets = [*self.targets, *fresh]
        return bool(fresh)

    def remove(self, target: Target) -> bool:
        """Take the line of a target away; tell whether it had one."""
        if target not in self.targets:
            return False
        self.given -= self.targets.index(target) < self.given
        self.targets = [each for each in self.targets if each != target]
        return True

    def step(self, target: Target, *, apart: bool) -> bool:
        """Give a target the line that was stepped before, or one of its own where none was.

        So one line goes from layer to layer, beside those that somebody gave. `apart` leaves the
        line before as it is.
        """
        if target in self.targets:
            return False
        if self.stepped in self.targets and not apart:
            self.targets = [target if each == self.stepped else each for each in self.targets]
        else:
            self.targets = [*self.targets, target]
        self.stepped = target
        return True
