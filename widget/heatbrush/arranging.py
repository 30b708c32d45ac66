"""The panels of a view as Python arranges them: added, pinned, subtracted, ordered, removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from heatbrush.border import ready
from heatbrush.border.asked import Spec, Target
from heatbrush.session.session import Session
from heatbrush_core.checks import clean, short


class Arranging:
    """What a view does with its panels besides computing them."""

    _session: Session

    @property
    def panels(self) -> list[str]:
        """Names of the panels, in their order; see `order` for another one."""
        with self._session.lock:
            return list(self._session.board.panels)

    def add(self, name: str, maps: Any) -> None:
        """Show a map of your own, or a map for each sample, in a panel.

        Parameters
        ----------
        name : str
            Of the panel, which is replaced where there is one.
        maps : array or Explanation, or several
            (H, W) or (H, W, C) for the sample that is shown: for another the panel says that it has
            none. Or (N, H, W) or (N, H, W, C), or a list of N, one for each sample. NaN where
            nothing is known. As `compare` takes them in `methods=`.

        Raises
        ------
        ValueError, TypeError
            In one sentence, for maps of another number or size.
        """
        name, session = _name(name), self._session
        if not ready.is_ready(maps):
            raise TypeError(
                f"The map {short(name)} is {short(maps)}, but an array of a number per cell is "
                "expected; give one of shape (rows, columns), or one for each sample."
            )
        samples = session.samples
        with session.channel.answering(), session.lock:
            matrices, shown = samples.matrices, session.board.question.sample
            alone = len(samples) > 1 and ready.is_single(maps, matrices.shape)
            about = matrices[shown : shown + 1] if alone else matrices
            made = ready.explanations(name, maps, about, samples.axes)
            each = [made[0] if at == shown else None for at in range(len(samples))]
            given = tuple(each) if alone else made
            session.run(name, Spec(made[0].method, made[0].parameters, made[0].within, given))

    def difference(self, a: str, b: str, panel: str | None = None) -> str:
        """Show the map of the panel `a` minus that of the panel `b`, in a panel beside them.

        Maps of one method in one unit are subtracted as they are; others are divided by the 99th
        percentile of their |value| first. The panel says which. It is NaN where one of the two is,
        and follows both: when they are computed again, and with the sample and the target.

        Parameters
        ----------
        a, b : str
            Names of two panels that show a map of their own.
        panel : str, optional
            The panel that shows it; by default a new one, named ``"a - b"``.

        Returns
        -------
        str
            The name of the panel: ``view.explanations`` holds the difference by it.

        Raises
        ------
        ValueError
            In one sentence, where there is no such panel, or it is a difference itself.
        """
        with self._session.channel.answering():
            named = None if panel is None else _name(panel)
            return self._session.arrangement.subtract(a, b, named)

    def pin(
        self,
        panel: str,
        *,
        sample: int | None = None,
        target: Target = None,
        baseline: Any = None,
    ) -> None:
        """Keep what a panel shows: its map, sample, target and parameters.

        A run that would go to it goes to a panel beside it: to "occlusion 2" where "occlusion" is
        pinned, and that is not. The panel says what it was computed for where that is not what the
        view shows.

        Parameters
        ----------
        panel : str
            Its name.
        sample, target, baseline : optional
            What it is kept for, and computed for if need be; by default what is shown now.

        Raises
        ------
        ValueError, TypeError
            In one sentence, where there is no such panel, sample or target, and for a difference.
        """
        given = {"sample": sample, "target": target, "baseline": baseline}
        change = {key: value for key, value in given.items() if value is not None}
        with self._session.channel.answering():
            self._session.arrangement.pin(panel, change)

    def unpin(self, panel: str) -> None:
        """Let a pinned panel follow the sample, the target and the runs again."""
        with self._session.channel.answering():
            self._session.arrangement.unpin(panel)

    def order(self, panels: Sequence[str]) -> None:
        """Put the panels in this order; those that are not named come after, as they are.

        Raises
        ------
        ValueError, TypeError
            If there is no panel of a name.
        """
        if isinstance(panels, str) or not hasattr(panels, "__iter__"):
            raise TypeError(
                f"The order is {short(panels)}, but a list of names is expected; give one, such as "
                f"{short(self.panels[::-1])}."
            )
        with self._session.channel.answering():
            self._session.arrangement.order(list(panels))

    def remove(self, panel: str) -> None:
        """Take a panel away, and the differences of it; what runs in it is cancelled.

        Raises
        ------
        ValueError
            If there is no panel of that name.
        """
        self._session.arrangement.panel(panel)
        with self._session.channel.answering():
            self._session.remove(panel)


def _name(given: Any) -> str:
    if not isinstance(given, str) or not given:
        raise TypeError(
            f"panel is {short(given)}, but a panel's name is expected; give text, such as 'mine'."
        )
    return clean(given)
