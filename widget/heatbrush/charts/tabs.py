"""The bqplot charts beneath the panels: a tab for each kind, made when it is opened first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from heatbrush.border.closing import close_whole
from heatbrush.charts.agreement_chart import AgreementChart
from heatbrush.charts.class_charts import ClassCharts
from heatbrush.charts.curve_charts import CurveCharts
from heatbrush.charts.interaction_chart import InteractionChart
from heatbrush.charts.profile_charts import ProfileCharts
from heatbrush.charts.tab import Tab
from heatbrush.session.session import Session

TABS: dict[str, Callable[[Session], Tab]] = {
    each.title: each
    for each in (ProfileCharts, CurveCharts, AgreementChart, InteractionChart, ClassCharts)
}
"""By title, in their order."""


class Charts:
    """All charts of one view. None is open at first, and none is made before it is opened.

    Parameters
    ----------
    session
        What is shown, and whose selection the brushes are.

    Attributes
    ----------
    box : ipywidgets.Tab
        Everything, to be displayed.
    tabs : dict of Tab
        Those that were opened, by title.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.tabs: dict[str, Tab] = {}
        self._titles = list(TABS)
        # one for all: each would be a widget of its own
        layout = ipywidgets.Layout(width="100%")
        self._pages = [ipywidgets.VBox(layout=layout) for _ in self._titles]
        self.box = ipywidgets.Tab(children=self._pages, titles=self._titles, layout=layout)
        self.box.selected_index = None  # a tab that is given its pages opens the first
        self.box.observe(self._turn, "selected_index")
        self.closed = False
        session.widget.observe(self._refresh, ["panels", "evidence"])
        session.widget.observe(self._hidden, "hidden")

    def open(self, title: str) -> Tab:
        """Open a tab as the reader does who clicks its title, and return it."""
        self.box.selected_index = self._titles.index(title)
        return self.tabs[title]

    def close(self) -> None:
        """Take the charts off the page; nothing is asked for any longer."""
        if self.closed:
            return
        self.closed = True
        self.box.unobserve(self._turn, "selected_index")
        self._session.widget.unobserve(self._refresh, ["panels", "evidence"])
        self._session.widget.unobserve(self._hidden, "hidden")
        for tab in self.tabs.values():
            tab.close()
            close_whole(tab.box)
        close_whole(self.box)

    def _turn(self, change: Any) -> None:
        """Open the tab that was selected."""
        left = self._made(change["old"])
        if left is not None:
            left.leave()
        index = change["new"]
        if index is None:
            return
        title = self._titles[index]
        if title not in self.tabs:
            self.tabs[title] = TABS[title](self._session)
            # only now: a figure that is drawn where it is not seen has no size
            self._pages[index].children = [self.tabs[title].box]
        self.tabs[title].open()

    def _refresh(self, _change: Any) -> None:
        """Tell the open tab that panels or runs changed; the others ask when they are opened."""
        tab = self._made(self.box.selected_index)
        if tab is not None:
            tab.refresh()

    def _hidden(self, change: Any) -> None:
        """Do the same where cells are hidden in another way: the panels may all stay."""
        if change["new"]["number"] != change["old"]["number"]:
            self._refresh(change)

    def _made(self, index: int | None) -> Tab | None:
        return None if index is None else self.tabs.get(self._titles[index])
