"""How a view is drawn, as Python reads and changes it: its options."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from heatbrush.border import options as drawing
from heatbrush.session.session import Session


class Drawn:
    """What a reader chooses in the View menu, and on the legends."""

    _session: Session

    @property
    def options(self) -> dict[str, Any]:
        """How the maps are drawn: a copy of every option, by name.

        Setting it to a dict changes those that it names, in the page too:

        - ``limits``: "own", "shared", or "samples", which keeps the largest limit of each map over
          the samples that were shown; ``quantile``: of |value|, at which a limit lies.
        - ``by_hand``: ends of scales by panel, such as ``{"gradient": (-2, 2), "input": (0, 5)}``,
          "" for all maps under shared limits; they go before ``limits``.
        - ``colours``: of the maps, "blue-red", "purple-green", "blue-orange" or "pink-green".
        - ``input_scale``: "signed" centres the colours of an input at 0 where it has both signs,
          "centred" always, "plain" never; ``input_colours``: "grey", "viridis" or "cividis", of a
          scale that is not centred; ``rows_apart``: whether each row of the input has its own.
        - ``beneath``: whether the input lies in grey under every map, whose colours are as opaque
          as ``abs(value)``, ``opacity`` at the most.
        - ``per_row``: panels side by side, 1 to 12; ``aspect``: the height of a cell in widths of
          it, 1 for squares; None leaves both to the view. ``flipped``: the first row is at the
          bottom.
        - ``lines``: "over" draws the rows of the input as curves, and over each map; "along" draws
          the colours of the maps along the curves; "none" draws cells. For 16 rows at most.
        - ``channel``, ``profiles``, ``evidence``, ``mode`` and ``input``: as in the page.

        Raises
        ------
        TypeError, ValueError
            In one sentence, for an unknown option, or a value that it cannot have.
        """
        return deepcopy(dict(self._session.widget.options))

    @options.setter
    def options(self, given: Mapping[str, Any]) -> None:
        # traitlets knows their kind only
        widget: Any = self._session.widget
        shape = widget.sample.get("large", widget.sample["matrix"])["shape"]
        self._session.channel.draw(drawing.changed(widget.options, given, shape))
