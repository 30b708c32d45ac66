"""Writing the files of a view where the user says: a page, or the numbers of its maps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from heatbrush.export.all_samples import frames
from heatbrush.export.exports import Exports
from heatbrush.export.shown import shown
from heatbrush.session.session import Session
from heatbrush_core import files

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
        from heatbrush.export import figure

        self.wait()
        return figure.draw(shown(self._session), theme, shared)

    def code(self, panel: str | None = None) -> str:
        """Return the Python that makes this view again: panels, what they explain, selection.

        The page copies the same. What no code can say, such as an array, a function or a method of
        your own, is named by a variable, and a comment says what it is.

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

    def save_html(
        self, path: str | Path, all_samples: bool = False, limit: float | None = 25e6
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
        limit : float, optional
            Bytes above which no page is written; None writes any.

        Returns
        -------
        Path
            Where it is.

        Raises
        ------
        ValueError
            If the page would be larger than `limit`, with what makes it smaller.
        """
        place = files.named(path, ".html")
        self.wait()
        _, _, content = self._exports.html(
            frames(self._session, limit) if all_samples else (), limit
        )
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
