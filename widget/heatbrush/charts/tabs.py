"""The charts beneath the panels: a strip of tabs, and the figures of each that was opened."""

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
from heatbrush.charts.strip import Strip
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
    box : ipywidgets.VBox
        Everything, to be displayed: the strip, then the figures of each tab that was opened, of
        which the page shows those of the open one.
    strip : Strip
    tabs : dict of Tab
        Those that were opened, by title.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.tabs: dict[str, Tab] = {}
        self._titles = list(TABS)
        self.strip = Strip(self._titles, self._open)
        self.box = ipywidgets.VBox([self.strip], layout={"width": "100%", "margin": "0"})
        self.box.add_class("heatbrush-charts")
        self.closed = False
        session.widget.observe(self._refresh, ["panels", "evidence"])
        session.widget.observe(self._hidden, "hidden")

    def open(self, title: str) -> Tab:
        """Open a tab as the reader does who clicks its title, and return it."""
        self._open(self._titles.index(title))
        return self.tabs[title]

    def results(self) -> dict[str, list[Any]]:
        """Return what each tab knows of what is shown, by title; nothing is asked for."""
        return {title: list(tab.results()) for title, tab in self.tabs.items()}

    def close(self) -> None:
        """Take the charts off the page; nothing is asked for any longer."""
        if self.closed:
            return
        self.closed = True
        self.strip.leave()
        self._session.widget.unobserve(self._refresh, ["panels", "evidence"])
        self._session.widget.unobserve(self._hidden, "hidden")
        for tab in self.tabs.values():
            tab.close()
        close_whole(self.box)

    def _open(self, index: int) -> None:
        """Open a tab, and leave the one that was open."""
        left = self._made(self.strip.opened)
        if index == self.strip.opened or self.closed:
            return
        if left is not None:
            left.leave()
        # before its figures are there: one that is drawn where it is not seen has no size
        self.strip.opened = index
        title = self._titles[index]
        tab = self.tabs.get(title)
        if tab is None:
            tab = self.tabs[title] = TABS[title](self._session)
            self.strip.show(index, tab.controls)
            for name in ("hb-page", f"hb-page-{index}"):
                tab.box.add_class(name)
            self.box.children = [*self.box.children, tab.box]
        tab.open()

    def _refresh(self, _change: Any) -> None:
        """Tell the open tab that panels or runs changed; the others ask when they are opened."""
        tab = self._made(self.strip.opened)
        if tab is not None:
            tab.refresh()

    def _hidden(self, change: Any) -> None:
        """Do the same where cells are hidden in another way: the panels may all stay."""
        if change["new"]["number"] != change["old"]["number"]:
            self._refresh(change)

    def _made(self, index: int | None) -> Tab | None:
        return None if index is None else self.tabs.get(self._titles[index])
