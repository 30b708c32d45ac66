"""What `compare` returns: the view of one notebook cell, as Python sees it."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Never

from numpy.typing import ArrayLike

from heatbrush import arguments
from heatbrush.answering.requests import Requests
from heatbrush.arranging import Arranging
from heatbrush.border import height as heights
from heatbrush.border.asked import Question, Spec, Target
from heatbrush.border.panels import Panels
from heatbrush.case.filing import Filing
from heatbrush.catalogue.catalogue import Catalogue
from heatbrush.catalogue.sampled import Sampled
from heatbrush.export.code import Origin
from heatbrush.export.exports import Exports
from heatbrush.export.snapshot import Snapshot
from heatbrush.jobs.handle import Handle
from heatbrush.jobs.worker import InlineWorker, Worker
from heatbrush.pages.cells import kernel
from heatbrush.selections.scored import Scored
from heatbrush.selections.selecting import Selecting
from heatbrush.session.drawn import Drawn
from heatbrush.session.session import Session
from heatbrush.targeting import Targeting
from heatbrush_core import Explanation, Method, Region
from heatbrush_core.checks import clean, short
from heatbrush_core.matrix.axes import check_axis
from heatbrush_core.matrix.given_regions import single
from heatbrush_core.methods import find

if TYPE_CHECKING:
    import pandas as pd

    from heatbrush.charts.tabs import Charts

CHARTS = "Charts of these maps, in a notebook that runs."
"""What stands where no page draws them; a front end shows it as plain text."""


class View(Targeting, Sampled, Arranging, Selecting, Filing, Drawn):
    """Maps of several methods over one sample, a brush, and what the model says without its cells.

    Made by `compare`, which see for the parameters.

    Attributes
    ----------
    explainer : Explainer
        Of several models that of the first.
    explainers : dict of Explainer
        Of several models, by name; empty for one.
    widget : Panels
        The anywidget, to put it into a layout of one's own.
    """

    def __init__(
        self,
        explainer: Any,
        X: ArrayLike,
        methods: Any = None,
        y: Any = None,
        *,
        ids: Any = None,
        target: Target = None,
        sample: Any = 0,
        baseline: Any = None,
        charts: bool = True,
        valid: Any = None,
        given: Any = None,
        snapshot: bool | Literal["page"] = True,
        height: int | None = None,
        worker: type[Worker] | None = None,
    ) -> None:
        held, given = given, arguments.read(explainer, X, methods, y, valid, ids, given)
        standing = arguments.standing(snapshot)
        high = heights.read(height)
        self.explainer, self.explainers = given.explainer, given.models
        hidden = 0 if baseline is None else given.samples.baseline(baseline)
        self._session = Session(
            given.samples,
            Question(sample, given.samples.lines.give(target, sample), hidden),
            given.panels,
            worker or (InlineWorker if sys.platform == "emscripten" else Worker),
            given.notes,
        )
        self._wants_charts = charts
        self._charts: Charts | None = None
        self.widget: Panels = self._session.widget
        self.widget.height = high
        origin = Origin(
            arguments.asked(explainer),
            arguments.single(X, given.samples.shape),
            y is not None,
            valid is not None,
            charts,
            snapshot,
            ids is not None,
            given.opened,
            held is not None,
        )
        self._exports = Exports(self._session, origin, Scored(self._session))
        page = self._exports.page
        self._snapshot = None if standing is None else Snapshot(self._session, standing, page)
        self._catalogue = Catalogue(self._session)
        asked = Requests(self._session, self._exports.makers, self._exports.code, self._catalogue)
        self.widget.on_msg(asked)
        weakref.finalize(self, self._session.forgotten).atexit = False
        given.restore(self._session, self._exports.scored)
        self._session.start()

    # ------------------------------------------------------------ what is shown

    @property
    def baseline(self) -> Any:
        """What hidden cells become in this view: the word or value in use, never "auto".

        Setting it, to anything that `Explainer` takes as its baseline, "auto" too, or to None for
        the explainer's own, computes again what hides cells by it: panels whose method has a
        baseline that was not given, what-ifs, evidence and charts. The explainer keeps its own.
        """
        return self._session.samples.baselines.spec(self._session.board.question.baseline)

    @baseline.setter
    def baseline(self, baseline: Any) -> None:
        with self._session.channel.answering():
            self._session.hide(baseline)

    @property
    def height(self) -> int | None:
        """Height of the whole view in CSS pixels, in which its maps scroll; None is as it comes.

        The reader may change it in the page, at the view's lower edge.
        """
        height: int | None = self.widget.height
        return height

    @height.setter
    def height(self, height: int | None) -> None:
        self._session.channel.resize(heights.read(height))

    @property
    def explanations(self) -> dict[str, Explanation]:
        """What the panels show, by panel name; those that are still computing are missing.

        Once nothing runs (`wait`), their notes say as well what speaks against their baselines.
        """
        return self._session.checks.explanations()

    @property
    def evidence(self) -> pd.DataFrame | None:
        """The table of runs found in the shown sample; None where nothing was searched."""
        with self._session.lock:
            return self._session.searches.table(self._session.board.question)

    # ------------------------------------------------------------ what it can do

    def run(
        self,
        method: str | Method,
        within: Region | None = None,
        panel: str | None = None,
        **parameters: Any,
    ) -> Handle:
        """Compute a method, in the background.

        Parameters
        ----------
        method : str or Method
            A name of `explainer.methods()`, or a method of your own.
        within : Region, optional
            Only these cells, such as ``view.selection``; None or an empty Region is the whole
            matrix.
        panel : str, optional
            The panel that shows it, a new one where there is none of that name, or one beside it
            where it is pinned; by default the one named as the method. What it waits for is
            cancelled. Of several models, one whose name the panel's begins with, as in
            "after: gradient", is asked; else all are, each for a panel of its own, and the handle
            is that of the first.
        **parameters
            The method's own.

        Returns
        -------
        Handle
            ``wait()`` returns the Explanation, or raises what went wrong; ``cancel()`` stops it.

        Raises
        ------
        ValueError, TypeError
            In one sentence, for an unknown method or parameter, an impossible value, or a region
            outside the matrix.
        """
        within = single(within)
        whole = isinstance(within, Region) and not within
        named = find(method).name
        spec = Spec(named, parameters, None if whole else within)
        arguments.check(spec, self._session.samples.shape)
        if not isinstance(panel, str | None):
            raise TypeError(
                f"panel is {short(panel)}, but a panel's name is expected; give text, or None "
                "for the panel named as the method."
            )
        return self._answering(self._session.run_each(clean(panel or named), spec))

    def find_runs(self, axis: Literal["rows", "columns"] = "columns", **settings: Any) -> Handle:
        """Find the runs of the shown sample and target, in the background; see `find_runs`.

        Parameters
        ----------
        axis : {"columns", "rows"}
        **settings
            ``k``, ``min_length``, ``max_length``, ``controls``, ``null``, ``score`` and ``seed`` of
            `heatbrush.find_runs`; ``maps="shown"`` searches the panels' maps, not the usual ones.

        Returns
        -------
        Handle
            ``wait()`` returns the DataFrame, which is `evidence` then and stands in the page.

        Raises
        ------
        ValueError
            In one sentence, for an unknown axis or setting, or an impossible value.
        """
        check_axis(axis)
        return self._answering(self._session.searches.find(axis, settings))

    def wait(self, timeout: float | None = None) -> None:
        """Wait until everything that was asked for is computed.

        Where a notebook is executed without a page (nbclient, nbconvert, papermill), what is shown
        is saved with the cell that waits, or sets something, last.

        Raises
        ------
        TimeoutError
            If something still runs after `timeout` seconds.
        """
        with self._session.channel.answering():
            done = self._session.worker.join(timeout)
            if done and self._snapshot is not None:
                self._snapshot.update()
        if not done:
            raise TimeoutError(f"The view is still computing after {timeout} s; wait() again.")

    def close(self) -> None:
        """Stop the work and take the view off the page; what was computed stays readable.

        Where the cell that displayed the view is run again, this happens by itself. A view that no
        page shows any more only pauses: its runs stand still, and go on when a page shows it.
        Displaying a closed view opens it anew.
        """
        self._session.close()

    def _answering(self, handle: Handle) -> Handle:
        """Let the cell that waits for a job have what comes of it."""
        handle.around = partial(_answering, handle, self._session, self._snapshot)
        return handle

    # ------------------------------------------------------------ how it shows itself

    @property
    def charts(self) -> Charts | None:
        """The bqplot charts; None where bqplot is missing or they were not wanted."""
        gone = self._charts is None or self._charts.closed
        if gone and self._wants_charts and not self._session.worker.closed:
            try:
                from heatbrush.charts.tabs import Charts
            except ImportError:
                self._wants_charts = False
            else:
                self._charts = Charts(self._session)
                self._exports.results = self._charts.results
                self._session.ending.append(self._charts.close)
        return self._charts

    def _ipython_display_(self) -> None:
        """Show the panels, then the charts: importing bqplot must not delay the panels."""
        from IPython.display import display

        display(self.widget)
        if kernel() is None:
            return
        if self._snapshot is not None:
            self._snapshot.show()
        if self.charts is not None:
            display({**self.charts.box._repr_mimebundle_(), "text/plain": CHARTS}, raw=True)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the panels, for anything else that shows widgets."""
        return self.widget._repr_mimebundle_(**kwargs)

    def _display_(self) -> Panels:
        """Return what marimo shows: the anywidget, as it takes no other widgets."""
        self._session.displayed()
        self.widget.appear()
        return self.widget

    def __reduce__(self) -> Never:
        raise TypeError(
            "A view cannot be pickled or copied, as it belongs to a page and a thread of this "
            "process; take its explainer, or what save_npz and save_html write."
        )

    def __repr__(self) -> str:
        count, rows, columns, _ = self._session.samples.matrices.shape
        names = ", ".join(self._session.board.panels)
        # ipywidgets prints this where the view itself is put into a box
        return (
            f"<heatbrush.View of {count} × {rows} × {columns}: {names}; a layout takes its .widget>"
        )


# holds no view: a view that is held by nothing but a job must go
@contextmanager
def _answering(handle: Handle, session: Session, snapshot: Snapshot | None) -> Iterator[None]:
    """Let the cell that waits have what comes of a job, and the picture of it as it ends."""
    with session.channel.answering():
        yield
    if snapshot is not None:
        snapshot.update_after_cell(handle)
