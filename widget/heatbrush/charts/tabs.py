"""The bqplot charts beneath the panels: a tab for each kind, of which only the open one works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from heatbrush.charts.agreement_chart import AgreementChart
from heatbrush.charts.class_charts import ClassCharts
from heatbrush.charts.curve_charts import CurveCharts
from heatbrush.charts.interaction_chart import InteractionChart
from heatbrush.charts.profile_charts import ProfileChart, ProfileCharts
from heatbrush.charts.tab import Tab
from heatbrush.session.session import Session

OTHERS: tuple[Callable[[Session], Tab], ...] = (
    CurveCharts,
    AgreementChart,
    InteractionChart,
    ClassCharts,
)
"""The tabs that follow the profiles, in their order."""


class Charts:
    """All charts of one view.

    Parameters
    ----------
    session
        What is shown, and whose selection the brushes are.

    Attributes
    ----------
    box : ipywidgets.Tab
        Everything, to be displayed.
    profiles : ProfileCharts
    tabs : list of Tab
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.profiles = ProfileCharts(session)
        self.tabs: list[Tab] = [self.profiles, *(make(session) for make in OTHERS)]
        # a figure that is drawn where it is not seen has no size, and the page complains
        self._pages = [ipywidgets.VBox(layout={"width": "100%"}) for tab in self.tabs]
        self._pages[0].children = [self.profiles.box]
        self.box = ipywidgets.Tab(
            children=self._pages,
            titles=[tab.title for tab in self.tabs],
            selected_index=0,
            layout={"width": "100%"},
        )
        self.box.observe(self._turn, "selected_index")
        self._closed = False
        session.widget.observe(self._refresh, ["panels", "evidence"])
        # only now: what comes while the tabs are made must not be missed
        self.profiles.open()

    @property
    def columns(self) -> ProfileChart:
        """The profiles along the columns."""
        return self.profiles.columns

    @property
    def rows(self) -> ProfileChart:
        """The profiles along the rows."""
        return self.profiles.rows

    @property
    def legend(self) -> ipywidgets.HTML:
        """The legend of the profiles."""
        return self.profiles.legend

    def close(self) -> None:
        """Take the charts off the page; nothing is asked for any longer."""
        if self._closed:
            return
        self._closed = True
        self.box.unobserve(self._turn, "selected_index")
        self._session.widget.unobserve(self._refresh, ["panels", "evidence"])
        for tab in self.tabs:
            tab.close()
            _close(tab.box)
        _close(self.box)

    def _turn(self, change: Any) -> None:
        """Open the tab that was selected."""
        if change["old"] is not None:
            self.tabs[change["old"]].leave()
        if change["new"] is not None:
            tab = self.tabs[change["new"]]
            self._pages[change["new"]].children = [tab.box]
            tab.open()

    def _refresh(self, _change: Any) -> None:
        """Tell the open tab that panels or runs changed; the others ask when they are opened."""
        if self.box.selected_index is not None:
            self.tabs[self.box.selected_index].refresh()


def _close(widget: ipywidgets.Widget) -> None:
    """Close a widget and all that it holds."""
    for child in getattr(widget, "children", ()):
        _close(child)
    widget.close()
