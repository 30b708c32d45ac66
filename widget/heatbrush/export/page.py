"""The offline page: a view in one HTML file, to be brushed and read without kernel or network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from heatbrush.border.panels import bundled

HERE = Path(__file__).parent
LIMIT = 25_000_000
"""Bytes of a page that browsers open without trouble."""
PLACE = re.compile(r"\{\{(\w+)\}\}")
EXPORT = re.compile(r"export\s*\{\s*([\w$]+) as default,?\s*\};?")


class Form(NamedTuple):
    """The files that a page is made of, beside the bundle.

    Attributes
    ----------
    template
        HTML with places such as {{state}}.
    styles
        Its own, beside those of the view.
    starts
        The scripts that start it, in their order.
    parts
        What stands in further places, as HTML.
    """

    template: Path
    styles: Path
    starts: Sequence[Path]
    parts: Mapping[str, str] = {}


START = HERE / "page.js"
"""What draws the view."""
ALONE = Form(HERE / "page.html", HERE / "page.css", (START, HERE / "open_file.js"))
"""A page that holds a view, and nothing else; it opens files."""


def render(
    traits: Mapping[str, Any],
    title: str,
    frames: Sequence[Mapping[str, Any]] = (),
    charts: str = "",
    form: Form = ALONE,
) -> str:
    """Return the page.

    Parameters
    ----------
    traits
        Every trait of `protocol.Traits`; `live` is set to False, whatever it is.
    title
        Plain text.
    frames
        What `heatbrush.export.all_samples` makes, to be stepped through; none leaves the page with
        the sample that is shown.
    charts
        What `heatbrush.export.pictures.charts` makes, to stand beneath the view.
    form
        What stands around the view.
    """
    state = offline(traits, frames)
    styles = [
        form.styles.read_text("utf-8"),
        _inert(bundled("styles.css").read_text("utf-8")),
    ]
    scripts = [
        _inert(_script(bundled("widget.js").read_text("utf-8"))),
        "".join(each.read_text("utf-8") for each in form.starts),
    ]
    parts = {
        "title": html.escape(title),
        "charts": charts,
        "page_styles": styles[0],
        "styles": styles[1],
        "bundle": scripts[0],
        "start": scripts[1],
        "state": _json({"state": state, "frames": frames}),
        "style_hashes": _hashes(styles),
        "script_hashes": _hashes(scripts),
    }
    # one pass, so that a name that looks like a place is left alone
    parts = {**form.parts, **parts}
    return PLACE.sub(lambda place: parts[place[1]], form.template.read_text("utf-8"))


def offline(traits: Mapping[str, Any], frames: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the traits of a page that has no kernel, and these samples to step through."""
    return {
        **traits,
        "live": False,
        "sample": {**traits["sample"], "others": bool(frames)},
    }


def check_size(
    traits: Mapping[str, Any],
    frames: Sequence[Mapping[str, Any]],
    limit: float,
    charts: str = "",
) -> None:
    """Refuse a page above `limit` bytes before it is made.

    Raises
    ------
    ValueError
        With its size, and what makes it smaller.
    """
    taken = size(traits) + size(frames) + len(charts)
    if taken <= limit:
        return
    less = (
        "leave all_samples=True out"
        if frames
        else "show fewer panels or a part of the matrix, or save the numbers with save_npz"
    )
    raise ValueError(
        f"The page would take {taken / 1e6:.0f} MB, and browsers open {limit / 1e6:.0f} MB; "
        f"{less}, or write it all the same with view.save_html(path, limit=None)."
    )


def size(value: Any) -> float:
    """Estimate the bytes that a value takes in the page."""
    if isinstance(value, bytes | bytearray | memoryview):
        return len(value) * 4 / 3
    if isinstance(value, Mapping):
        return sum(len(str(key)) + 4 + size(each) for key, each in value.items())
    if isinstance(value, list | tuple):
        return sum(size(each) + 1 for each in value)
    return len(str(value)) + 2


def _hashes(texts: Sequence[str]) -> str:
    """Name inline scripts or styles to a content policy, so that it need allow no others."""
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(each).decode('ascii')}'" for each in digests)


def _script(bundle: str) -> str:
    """Turn the bundle's export into a global: an inline module cannot be imported."""
    text, count = EXPORT.subn(r"globalThis.heatbrush=\1;", bundle)
    if count != 1:
        raise RuntimeError(
            "The bundle widget.js has no default export where the offline page looks for it; "
            "build it anew with `make bundle`."
        )
    return text


def _inert(text: str) -> str:
    """Take the power from what would end the element the text stands in, or open a comment."""
    text = re.sub(r"</(?=script|style)", r"<\\/", text, flags=re.IGNORECASE)
    return text.replace("<!--", r"\x3c!--")


def _json(value: Any) -> str:
    """Return JSON without a single `<`; bytes become {"base64": ...}."""
    text = json.dumps(value, default=_bytes, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _bytes(value: Any) -> dict[str, str]:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": base64.b64encode(value).decode("ascii")}
    raise TypeError(f"{type(value).__name__} cannot be written into the page; give plain data.")
