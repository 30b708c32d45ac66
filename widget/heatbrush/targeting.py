"""What a view explains, as Python chooses it: classes, or targets that get lines of their own."""

from __future__ import annotations

from typing import Any

from heatbrush.answering import targets
from heatbrush.border.asked import Target
from heatbrush.session.session import Session


class Targeting:
    """The targets of a view."""

    _session: Session

    @property
    def target(self) -> Target:
        """What is explained; None while the predicted class is still being asked for.

        Setting it, to anything that `compare` takes, computes every panel again. A target that is
        no class gets a line in the table of scores; such lines have numbers, too, after the
        classes, or after those that a sample has by itself.
        """
        return self._session.target

    @target.setter
    def target(self, target: Target) -> None:
        with self._session.channel.answering():
            targets.show(self._session, target)

    def add_target(self, target: Any) -> None:
        """Give a target a line of its own in the table of scores, for every sample.

        It can be chosen there, and every what-if tells its score. What is explained stays.

        Parameters
        ----------
        target
            Any of `heatbrush.targets`, a function of the outputs, or a list of these.

        Raises
        ------
        TypeError, ValueError
            In one sentence, for a class, which has a line, and for what the model does not have.
        """
        with self._session.channel.answering():
            targets.add(self._session, target)

    def remove_target(self, target: Any) -> None:
        """Take a line away that was given to `compare` or added.

        Parameters
        ----------
        target
            The target, or the number or name of its line.

        Raises
        ------
        ValueError
            In one sentence, for any other line, and for one that a pinned panel is about.
        """
        with self._session.channel.answering():
            targets.remove(self._session, target)

    def step_target(self, by: int = 1) -> None:
        """Explain the same target at the next layer, or at the next step of a sequence.

        `Channel`, `Gram`, `Content` and `Neuron` go through `explainer.layers`, as far as these
        have such a channel or unit; `Step` goes through the steps. The target gets a line in the
        table of scores, which goes along. A map that was computed on the way is kept.

        Parameters
        ----------
        by : int
            How many layers, or steps, further on; before the target where it is negative. It ends
            at the first and at the last.

        Raises
        ------
        ValueError
            In one sentence, for any other target.
        """
        with self._session.channel.answering():
            targets.step(self._session, by=by)
