"""The offline page: a view in one HTML file, to be brushed and read without kernel or network."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from heatbrush.border.panels import bundled

TEMPLATE = Path(__file__).parent / "page.html"
PLACE = re.compile(r"\{\{(\w+)\}\}")
EXPORT = re.compile(r"export\s*\{\s*([\w$]+) as default,?\s*\};?")


def render(traits: Mapping[str, Any], title: str, frames: Sequence[Mapping[str, Any]] = ()) -> str:
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
    """
    state = {
        **traits,
        "live": False,
        "sample": {**traits["sample"], "others": bool(frames)},
    }
    parts = {
        "title": html.escape(title),
        "styles": _inert(bundled("styles.css").read_text("utf-8")),
        "bundle": _inert(_script(bundled("widget.js").read_text("utf-8"))),
        "state": _json({"state": state, "frames": frames}),
    }
    # one pass, so that a name that looks like a place is left alone
    return PLACE.sub(lambda place: parts[place[1]], TEMPLATE.read_text("utf-8"))


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
