"""An output of its own beside the view: a picture and tables, seen where the view is not drawn.

The view's own output is never written again: a notebook would draw a second view from it, and lose
zoom and focus. The page hides this output for as long as it draws the view.
"""

from __future__ import annotations

import base64
import contextvars
import html
import logging
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Literal

import traitlets
from IPython.core.getipython import get_ipython
from IPython.display import display

from heatbrush.border import wire
from heatbrush.export import words
from heatbrush.export.pictures import picture
from heatbrush.export.pictures.shown import Shown, shown
from heatbrush.jobs.handle import Handle
from heatbrush.jobs.worker import InlineWorker
from heatbrush.session.session import Session

logger = logging.getLogger("heatbrush")

Kind = Literal["picture", "page"]

QUIET = 1.0
"""Seconds without a change until the picture is made anew."""
BUSY = 5.0
"""Seconds until it is asked again whether something still runs."""
NOT_SHOWN = frozenset({"pointed", "methods", "answered", "listing", "snapshot", "height"})
"""Traits that the picture does not depend on, or that it brings about itself."""
LIVE = "Made by heatbrush, as it was computed last; to brush it, run this cell."
WAITING = (
    "heatbrush: the maps were not computed yet when this was written. Before a notebook is saved "
    "or executed without a page, view.wait() in a cell lets them be there."
)


class Snapshot:
    """What stands in for a view: made when its work ends, on a thread of its own.

    Parameters
    ----------
    session
        What is shown.
    kind
        "picture"; or "page", the whole offline page, to be brushed without a kernel.
    page
        Makes the offline page.
    """

    def __init__(self, session: Session, kind: Kind, page: Callable[[], str]) -> None:
        self._session, self._kind, self._page = session, kind, page
        self._changed = threading.Condition()
        self._making = threading.Lock()
        self._due = 0.0
        # how often something changed, and the last time that was drawn, with what came of it
        self._changes = 0
        self._made: tuple[int, dict[str, str]] | None = None
        self._displayed = self._over = False
        self._thread: threading.Thread | None = None
        # the last job that the running cell has waited for
        self._last: Handle | None = None

    def show(self) -> None:
        """Display it in the cell that calls; drawn at once only where everything is computed."""
        if not self._displayed:
            self._displayed = True
            self._session.widget.observe(self._note, traitlets.All)
        self._over = False
        if self.close not in self._session.ending:
            self._session.ending.append(self.close)
        ready = self._session.worker.join(0) and self._session.board.explanations()
        self._put(self._bundle() if ready else self._waiting(), update=False)
        if not ready:
            self._note({"name": "panels"})

    def update(self) -> None:
        """Send it as it is now, from the cell that calls.

        A client that executes notebooks without a page drops what other cells send.
        """
        if not self._displayed or self._over:
            return
        if not self._session.worker.closed:
            self._session.answered.complete()
            self._session.worker.join()
        self._put(self._bundle(), update=True)

    def update_after_cell(self, job: Handle) -> None:
        """Send it as the cell that calls ends, if nothing but this job was still asked for.

        Not at once: a cell that waits for one job after the other needs one picture. Where a page
        draws the view, the thread sends it.
        """
        if not self._displayed or self._session.channel.spoken:
            return
        first, self._last = self._last is None, job
        if first:
            shell = get_ipython()
            if shell is None:
                self._after_cell()
            else:
                shell.events.register("post_run_cell", self._after_cell)

    def _after_cell(self, *_: Any) -> None:
        shell, job, self._last = get_ipython(), self._last, None
        if shell is not None:
            shell.events.unregister("post_run_cell", self._after_cell)
        if job is not None and self._session.worker.rests_after(job):
            with self._session.channel.answering():
                self.update()

    def close(self) -> None:
        """Let the thread end; what was displayed stays."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    # ------------------------------------------------------------ when

    def _note(self, change: Any) -> None:
        """Take note of a change; what comes within a moment is drawn together."""
        if change["name"] in NOT_SHOWN or change["name"].startswith("_"):
            return
        with self._changed:
            self._changes += 1
            self._due = time.monotonic() + QUIET
            threads = not isinstance(self._session.worker, InlineWorker)
            if threads and self._thread is None and not self._over:
                serve = contextvars.copy_context().run
                # weakly: a view that nobody holds any more must go, whatever it waits for
                self._thread = threading.Thread(
                    target=serve,
                    args=(_serve, weakref.ref(self)),
                    name="heatbrush-snapshot",
                    daemon=True,
                )
                self._thread.start()

    def step(self) -> bool:
        """Wait a moment, and draw if nothing changes and nothing runs; True where that is done."""
        with self._changed:
            left = self._due - time.monotonic()
            if left > 0 and not self._over:
                self._changed.wait(min(left, QUIET))
                return False
            changes = self._changes
        done = self._over
        if not done and self._session.worker.join(0):
            self._put(self._bundle(), update=True)
            done = True
        with self._changed:
            if not done:
                self._due = time.monotonic() + BUSY
            elif self._over or changes == self._changes:
                self._thread = None
                return True
            return False

    # ------------------------------------------------------------ what

    def _put(self, bundle: dict[str, str], *, update: bool) -> None:
        name = self._session.widget.snapshot
        display(bundle, raw=True, display_id=name, update=update)

    def _bundle(self) -> dict[str, str]:
        """Return what to display, made once for each state of the view."""
        with self._making:
            changes = self._changes
            if self._made is None or self._made[0] != changes:
                now = shown(self._session)
                made = self._paged(now) if self._kind == "page" else _pictured(now)
                made["text/html"] = self._marked(made["text/html"])
                self._made = changes, made
            return self._made[1]

    def _paged(self, now: Shown) -> dict[str, str]:
        """Return the offline page in a frame, which nothing that it holds can leave.

        Where there is none, as it would be too large, the picture stands for it and says so.
        """
        try:
            page = self._page()
        except Exception as error:
            made = _pictured(now)
            why = f"A picture instead of the page: {wire.sentence(error)}"
            return {
                **made,
                "text/html": f"<p>{html.escape(why)}</p>{made['text/html']}",
                "text/plain": f"{why}\n\n{made['text/plain']}",
            }
        frame = (
            '<iframe title="The view of heatbrush" sandbox="allow-scripts allow-downloads" '
            'loading="lazy" style="width:100%;height:720px;border:0;resize:vertical" '
            f'srcdoc="{html.escape(page)}"></iframe>'
        )
        return {"text/html": frame, "text/plain": words.as_text(now, LIVE)}

    def _waiting(self) -> dict[str, str]:
        return {"text/plain": WAITING, "text/html": self._marked(f"<p>{html.escape(WAITING)}</p>")}

    def _marked(self, content: str) -> str:
        """Mark what the page of the view hides; and hide what a notebook says where it has none.

        In a trusted notebook the rule takes away the "model not found" of the view and its charts:
        an output of widgets that holds words alone.
        """
        name = f"heatbrush-snapshot-{self._session.widget.snapshot}"
        output, error = ".jp-OutputArea-child", ".jp-OutputArea-output.jupyter-widgets:not(:has(*))"
        above = f"{output}:has(+ {output} .{name})>{error}"
        below = f"{output}:has(.{name})+{output}>{error}"
        rule = f"<style>{above},{below}{{display:none}}</style>"
        return f'{rule}<div class="heatbrush-snapshot {name}">{content}</div>'


def _serve(reference: weakref.ref[Snapshot]) -> None:
    """Draw until what was drawn is the newest, or nobody holds the view any more."""
    done = False
    while not done:
        snapshot = reference()
        try:
            done = snapshot is None or snapshot.step()
        except Exception:
            # a thread of its own has nobody else to tell
            logger.exception("heatbrush could not draw what stands in for the view.")
            done = True
        del snapshot


def _pictured(now: Shown) -> dict[str, str]:
    """Return picture and tables; where the picture cannot be drawn, the tables say why."""
    said, about = words.as_html(now), f"<p><small>{html.escape(LIVE)}</small></p>"
    text = words.as_text(now, LIVE)
    try:
        image = base64.b64encode(picture.png(now)).decode("ascii")
    except Exception as error:
        why = f"The picture could not be drawn: {wire.sentence(error)}"
        return {"text/html": f"{said}<p>{html.escape(why)}</p>{about}", "text/plain": text}
    alternative = html.escape(f"Heat maps. {words.sentence(now)}")
    place = f'<img alt="{alternative}" src="data:image/png;base64,{image}" style="max-width:100%">'
    return {"text/html": f"{place}{said}{about}", "text/plain": text, "image/png": image}
