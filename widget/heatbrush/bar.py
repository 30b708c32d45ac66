"""The bar that a long call shows in a notebook, in the cell that called."""

from __future__ import annotations

import html

import ipywidgets
from IPython.display import display

from heatbrush_core import Progress


class NotebookBar:
    """A name, a bar, and how far a call is; gone when the call is done.

    Parameters
    ----------
    name
        Of the call.
    """

    def __init__(self, name: str) -> None:
        self.bar = ipywidgets.FloatProgress(min=0.0, max=1.0, layout={"width": "160px"})
        self.text = ipywidgets.HTML()
        name = ipywidgets.HTML(html.escape(name), layout={"margin": "0 8px 0 0"})
        self.box = ipywidgets.HBox([name, self.bar, self.text], layout={"align_items": "center"})
        self._place = display(self.box, display_id=True)

    def show(self, progress: Progress, seconds: float) -> None:
        """Show how far the call is, and about how long it will take."""
        done, total = progress.done, max(progress.total, 1)
        self.bar.value = done / total
        left = f", {seconds / done * (total - done):.0f} s left" if done else ""
        self.text.value = f"{done} of {progress.total}{left}"

    def close(self) -> None:
        """Take the bar out of the cell."""
        if self._place is not None:
            self._place.update({"text/plain": "", "text/html": ""}, raw=True)
        for widget in (*self.box.children, self.box):
            widget.close()
