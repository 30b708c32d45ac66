"""What of a view is selected, and what is kept under names: both are read and written."""

from __future__ import annotations

from heatbrush.selections import mapping
from heatbrush.session.session import Session
from heatbrush_core import Region


class Selecting:
    """The selections of a view."""

    _session: Session

    @property
    def selection(self) -> Region:
        """The brushed cells, an empty Region where there are none.

        Setting it moves the brush: to a Region, or to what a text says, as in the view's field:
        ``"acc y, 2.0 to 7.9; rows 2 to 8"`` is rows, then columns, both ends included.
        """
        return self._session.channel.selection

    @selection.setter
    def selection(self, region: Region | str) -> None:
        self._session.channel.select(mapping.read(region, self._session))

    @property
    def selections(self) -> mapping.Selections:
        """Selections that are kept under names, as the list beneath the maps shows them.

        A mapping from name to Region: ``view.selections["burst"] = view.selection`` keeps one,
        ``del view.selections["burst"]`` deletes it. A text says what is meant, as for `selection`.
        The list has the scores without each and with only it, for the sample that is shown.
        """
        return mapping.Selections(self._session)
