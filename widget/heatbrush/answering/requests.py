"""What the page asks for: every message is checked here, and handed on; nothing is computed here.

Front ends call this on the kernel's main thread or on a thread of a subshell, also on both at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from heatbrush import protocol
from heatbrush.answering import comparing, offering, targets
from heatbrush.answering.output import output
from heatbrush.answering.places import Places
from heatbrush.answering.whatif import Pace, whatif
from heatbrush.border import named, wire
from heatbrush.border.asked import Question, Spec
from heatbrush.session.session import Session
from heatbrush_core import Region
from heatbrush_core.checks import clean
from heatbrush_core.methods import find
from heatbrush_core.targets import Class, Margin

Make = Callable[[], tuple[str, str, bytes]]


class Listing(Protocol):
    """What is asked of the list of samples."""

    def arrange(self, wanted: protocol.Arranged) -> None:
        """List other samples, or in another order."""

    def look(self, wanted: bool) -> None:
        """Look at all samples, or stop that."""

    def window(self, viewer: int, start: int, count: int) -> None:
        """Send a part of the list."""

    def step(self, by: int) -> None:
        """Show a sample by its place in the list."""


class Requests:
    """The handler of a view's messages.

    Parameters
    ----------
    session
        Does what is asked.
    exports
        Makes the file of each format: name, type and bytes.
    code
        Writes the Python of the view, a panel or the selection.
    listing
        The list of samples.
    """

    def __init__(
        self,
        session: Session,
        exports: Mapping[str, Make],
        code: Callable[[Any, Any], str],
        listing: Listing,
    ) -> None:
        self.session = session
        self.exports = exports
        self.code = code
        self.pace = Pace()
        self.ahead = Places(session, self.pace)
        self.listing = listing

    def __call__(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Take a message; one that cannot be taken is answered with the reason."""
        self.session.channel.heard()
        try:
            request = protocol.REQUEST.validate_python(content)
            if request.kind != "leaving":
                self.session.presence.heard()
            getattr(self, f"_{request.kind}")(request)
        except Exception as error:
            self.session.channel.say({"kind": "refused", "sentence": wire.sentence(error)})

    def _hello(self, request: protocol.Hello) -> None:
        session = self.session
        if request.selection is not None:
            session.channel.select(Region.from_json(request.selection))
        if request.named is not None:
            shape = session.samples.shape
            session.channel.keep(named.read(list(request.named), shape))
        if request.whole:
            session.channel.repeat()
        session.hello(request.viewer)

    def _seen(self, request: protocol.Seen) -> None:
        rows, columns = request.rows, request.columns
        pixels = None if rows is None or columns is None else (rows, columns)
        self.session.seen(request.viewer, request.number, pixels)

    def _blocks(self, request: protocol.Blocks) -> None:
        # at once, on the page's own thread: no model is asked, and the worker may be busy with it
        reply, buffers = self.session.large.tile(request)
        self.session.channel.say(reply, buffers)

    def _value(self, request: protocol.Value) -> None:
        self.session.channel.say(self.session.large.values(request))

    def _strongest(self, request: protocol.Strongest) -> None:
        session = self.session
        session.worker.submit(
            ("strongest", str(request.viewer)),
            lambda _job: session.channel.say(session.large.strongest(request)),
            urgent=True,
        )

    def _here(self, request: protocol.Here) -> None:
        self.session.presence.heard(request.viewer)

    def _leaving(self, request: protocol.Leaving) -> None:
        self.session.presence.left(request.viewer)

    def _ping(self, _request: protocol.Ping) -> None:
        self.session.channel.say({"kind": "alive"})

    def _run(self, request: protocol.Run) -> None:
        within = None if request.within is None else Region.from_json(request.within)
        # an unknown method has no panel; anything else that is wrong with a run shows in its panel
        name = clean(request.panel or request.method)
        parameters = self._as_given(request.beside or name, request.parameters)
        spec = Spec(find(request.method).name, parameters, within or None)
        self.session.run_each(name, spec, request.beside)

    def _as_given(self, name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Take what a form sends back unchanged as Python gave it: JSON has no arrays."""
        panel = self.session.board.panels.get(name)
        given = {} if panel is None else panel.spec.parameters
        return {
            key: given[key] if key in given and wire.as_json(given[key]) == value else value
            for key, value in parameters.items()
        }

    def _cancel(self, request: protocol.Cancel) -> None:
        self.session.cancel(request.panel, request.run)

    def _find(self, request: protocol.Find) -> None:
        self.session.searches.find(request.axis, request.parameters)

    def _stop(self, request: protocol.Stop) -> None:
        self.session.searches.stop(request.search)

    def _whatif(self, request: protocol.Whatif) -> None:
        region = Region.from_json(request.selection)
        whatif(self.session, request.ask, region, request.viewer, self.pace)

    def _output(self, request: protocol.Output) -> None:
        output(self.session, request)

    def _whatif_each(self, request: protocol.WhatifEach) -> None:
        self.ahead.ask(request)

    def _show(self, request: protocol.Show) -> None:
        now = self.session.board.question
        sample = now.sample if request.sample is None else request.sample
        target = now.target if request.a is None else _target(request.a, request.b)
        self.session.show(replace(now, sample=sample, target=target))

    def _offer(self, request: protocol.Offer) -> None:
        session = self.session
        session.worker.submit(
            ("offer", str(request.viewer)),
            lambda _job: session.channel.say(offering.offered(session, request.viewer)),
            urgent=True,
        )

    def _add_target(self, request: protocol.AddTarget) -> None:
        targets.show(self.session, offering.chosen(self.session, request))

    def _turn(self, request: protocol.Turn) -> None:
        targets.step(self.session, request.to)

    def _remove_line(self, request: protocol.RemoveLine) -> None:
        targets.remove(self.session, Class(request.line))

    def _arrange(self, request: protocol.Arrange) -> None:
        self.listing.arrange(request.model_dump(exclude={"kind"}))  # type: ignore[arg-type]

    def _survey(self, request: protocol.Survey) -> None:
        self.listing.look(request.wanted)

    def _window(self, request: protocol.Window) -> None:
        self.listing.window(request.viewer, request.start, request.count)

    def _step(self, request: protocol.Step) -> None:
        self.listing.step(request.by)

    def _hide(self, request: protocol.Hide) -> None:
        self.session.show(replace(self.session.board.question, baseline=request.baseline))

    def _compare(self, request: protocol.Compare) -> None:
        if request.wanted:
            comparing.compare(self.session)
        else:
            comparing.stop(self.session)

    def _restore(self, request: protocol.Restore) -> None:
        target = _target(request.a, request.b) if request.given else None
        question = Question(request.sample, target, request.baseline)
        self.session.restore(question, request.runs, request.order)

    def _remove(self, request: protocol.Remove) -> None:
        self.session.remove(request.panel)

    def _pin(self, request: protocol.Pinning) -> None:
        arrangement = self.session.arrangement
        (arrangement.pin if request.wanted else arrangement.unpin)(request.panel)

    def _subtract(self, request: protocol.Subtract) -> None:
        name = None if request.panel is None else clean(request.panel)
        self.session.arrangement.subtract(request.a, request.b, name)

    def _order(self, request: protocol.Order) -> None:
        self.session.arrangement.order(request.panels)

    def _export(self, request: protocol.Export) -> None:
        self.session.export(self.exports[request.format])

    def _copy_code(self, request: protocol.CopyCode) -> None:
        text = self.code(request.part, request.panel)
        self.session.channel.say({"kind": "code", "text": text})


def _target(a: int, b: int | None) -> Class | Margin:
    return Class(a) if b is None else Margin(a, b)
