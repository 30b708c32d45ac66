"""A matplotlib figure as SVG within a page: text is text, and the inks are the page's.

The content policy of the offline page forbids inline styles, and matplotlib writes nothing else:
they become attributes of the same meaning.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import matplotlib as mpl

from heatbrush_core.explanation.page import INKS, Theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
LINK = f"{{{XLINK}}}href"
VARIABLES = ("--chart-ground", "--chart-ink", "--chart-mute", "--chart-rule")
"""Of the stylesheet, in the order of `Inks`."""
LARGER = 1.4
"""CSS pixels of a point, so that the type is that of the view."""
SIZE = re.compile(r"([\d.]+)px")


def svg(figure: Figure, theme: Theme, name: str) -> str:
    """Return the element.

    Parameters
    ----------
    theme
        By whose inks it was drawn; these become those of the page.
    name
        Of the figure in the page, in front of each of its ids.
    """
    target = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(target, format="svg", metadata={"Date": None}, transparent=True)
    root = ElementTree.fromstring(target.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
    inks = dict(zip(INKS[theme], VARIABLES, strict=True))
    for element in root.iter():
        _plain(element, inks)
        _named(element, name)
    del root.attrib["height"]
    root.set("width", f"{LARGER * float(root.attrib['width'].removesuffix('pt')):.0f}")
    root.set("stroke-linejoin", "round")
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _plain(element: ElementTree.Element, inks: dict[str, str]) -> None:
    """Turn the style of an element into attributes; the type is the page's, but for its size."""
    style = element.attrib.pop("style", "")
    for part in filter(None, map(str.strip, style.split(";"))):
        key, _, value = part.partition(":")
        key, value = key.strip(), value.strip()
        if key == "font":
            key, value = "font-size", f"{SIZE.search(value)[1]}px"  # type: ignore[index]
        if key != "font-family":
            element.set(key, f"var({inks[value]})" if value in inks else value)


def _named(element: ElementTree.Element, name: str) -> None:
    """Tell the ids of one figure from those of the others of the page."""
    if "id" in element.attrib:
        element.set("id", f"{name}-{element.get('id')}")
    if (link := element.get(LINK, "")).startswith("#"):
        element.set(LINK, f"#{name}-{link[1:]}")
    if clip := element.get("clip-path"):
        element.set("clip-path", clip.replace("url(#", f"url(#{name}-"))
