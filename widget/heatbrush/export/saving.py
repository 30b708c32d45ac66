"""Writing the files of a view where the user says: a page, or the numbers of its maps."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from heatbrush.export import what_ifs
from heatbrush.export.all_samples import frames
from heatbrush.export.exports import Exports
from heatbrush.export.pictures.shown import shown
from heatbrush.session.session import Session
from heatbrush_core import files
from heatbrush_core.bars import with_bar
from heatbrush_core.progress import Listening, Watch

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from heatbrush_core.explanation.page import Theme


class Saving(ABC):
    """What a view can be saved as, once its work is done."""

    _session: Session
    _exports: Exports

    @abstractmethod
    def wait(self, timeout: float | None = None) -> None:
        """Wait until everything that was asked for is computed."""

    def figure(self, *, theme: Theme | None = None, shared: bool = True) -> Figure:
        """Draw the input and all maps with matplotlib, for a paper, once they are computed.

        Parameters
        ----------
        theme : {"light", "dark"}, optional
            The ground and the inks; by default what matplotlib's style says.
        shared : bool
            Whether the maps have one scale, that of the strongest; else each its own, as its
            legend says.

        Returns
        -------
        matplotlib Figure
            7.2 inches wide; wide maps beneath each other, others side by side.
        """
        from heatbrush.export.pictures import figure

        self.wait()
        return figure.draw(shown(self._session), theme, shared)

    def code(self, panel: str | None = None) -> str:
        """Return the Python that makes this view again: panels, what they explain, selection.

        The page copies the same. What no code can say, such as an array, a function or a method of
        your own, is named by a variable, and a comment says what it is. Of a view that was opened
        from a file, it opens the file and says what was changed since.

        Parameters
        ----------
        panel : str, optional
            The name of one panel: then the code computes its map alone, without a view.

        Returns
        -------
        str

        Raises
        ------
        ValueError
            If there is no such panel, or none at all.
        """
        return self._exports.code("view" if panel is None else "panel", panel)

    @with_bar
    def save_html(
        self,
        path: str | Path,
        all_samples: bool = False,
        what_if: bool = True,
        budget: float = 1.5e6,
        *,
        limit: float | None = 25e6,
        progress: Listening = None,
        cancel: threading.Event | None = None,
    ) -> Path:
        """Write one HTML file that needs no kernel and no network, once all panels are computed.

        Parameters
        ----------
        path : str or Path
            Gets the ending .html if it has another, or none. A file of that name is replaced once
            all is written.
        all_samples : bool
            Whether the page holds every sample, to be stepped through, each computed now; else the
            one that is shown.
        what_if : bool
            Whether the page holds the scores without each run of rows and of columns, and with
            only it, so that they follow the brush there too. The model is asked twice for each run:
            some 70,000 times for a matrix of 64 x 256. False is quick.
        budget : float
            Bytes of the whole page up to which it holds such scores: first those of the target,
            then those of other classes; where even those of the target take more, runs begin and
            end at every second line only, or every fourth, and so on. The page says what it does
            not hold. At most some 50,000 runs of each axis are stored, whatever the budget.
        limit : float, optional
            Bytes above which no page is written; None writes any.
        progress : callable or False, optional
            Called between batches with a `Progress`; None shows a bar by itself, False nothing.
        cancel : threading.Event, optional
            Once it is set, `Cancelled` is raised, and no page is written.

        Returns
        -------
        Path
            Where it is.

        Raises
        ------
        ValueError
            If the page would be larger than `limit`, with what makes it smaller, or if `budget` is
            no number of bytes.
        RuntimeError
            If sample, target or baseline are changed meanwhile.
        """
        place = files.named(path, ".html")
        if what_if:
            what_ifs.check_budget(budget)
        self.wait()
        each = frames(self._session, limit) if all_samples else []
        found, drawn = None, self._exports.drawn()
        if what_if and not self._session.samples.missing:
            bare = self._exports.page(each, limit, None, drawn)
            room = budget - len(bare.encode("utf-8", "replace"))
            question = self._session.board.question
            samples = range(len(each)) if each else [question.sample]
            watch = Watch(0, progress, cancel)
            several = what_ifs.stored(self._session, samples, room, watch)
            if question != self._session.board.question:
                raise RuntimeError(
                    "The sample, target or baseline of the view was changed while its page was "
                    "made; save it again."
                )
            found = several[question.sample if each else 0]
            each = [{**frame, "whatifs": of} for frame, of in zip(each, several, strict=False)]
        _, _, content = self._exports.html(each, limit, found, drawn)
        return files.write(place, content)

    def save_npz(self, path: str | Path) -> Path:
        """Write all explanations into one npz file, once they are there.

        `heatbrush.export.npz` says what it holds.

        Parameters
        ----------
        path : str or Path
            Gets the ending .npz if it has another, or none. A file of that name is replaced once
            all is written.

        Returns
        -------
        Path
            Where it is.
        """
        place = files.named(path, ".npz")
        self.wait()
        _, _, content = self._exports.npz()
        return files.write(place, content)
