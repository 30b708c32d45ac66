"""The named selections as Python reads and writes them: `view.selections`."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from heatbrush.border.named import named, written
from heatbrush.session.session import Session
from heatbrush_core import Region
from heatbrush_core.checks import hint, short
from heatbrush_core.matrix.given_regions import single
from heatbrush_core.matrix.typed import typed_region


class Selections(MutableMapping[str, Region]):
    """Regions by name, in the order in which they were named; the page shows the same list.

    Setting takes a Region, or a text as the view's field does: ``view.selections["burst"] =
    view.selection``, ``view.selections["end"] = "7.5 to"``. ``del`` takes one away.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def __getitem__(self, name: str) -> Region:
        return self._found(name)[name]

    def __setitem__(self, name: str, region: Region | str) -> None:
        name, kept = named(name), self._now()
        kept[name] = read(region, self._session)
        self._keep(kept)

    def __delitem__(self, name: str) -> None:
        kept = self._found(name)
        del kept[name]
        self._keep(kept)

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._session.widget.named)

    def __repr__(self) -> str:
        return f"{{{', '.join(f'{name!r}: {region!r}' for name, region in self._now().items())}}}"

    def _now(self) -> dict[str, Region]:
        named_ones = self._session.widget.named
        return {each["name"]: Region.from_json(each["selection"]) for each in named_ones}

    def _found(self, name: str) -> dict[str, Region]:
        """Return all of them where the name is among them."""
        kept = self._now()
        if name not in kept:
            otherwise = "view.selections lists them." if kept else "none has been named yet."
            raise KeyError(f"No selection is called {short(name)}; {hint(name, kept, otherwise)}")
        return kept

    def _keep(self, kept: dict[str, Region]) -> None:
        self._session.channel.keep(written(kept, self._session.samples.shape))


def read(region: Region | str, session: Session) -> Region:
    """Read a selection as Python gives it: a Region, a list of one, or what one types.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for anything else.
    """
    if isinstance(region, str):
        region = typed_region(region, *session.samples.axes)
    region = single(region)
    if not isinstance(region, Region):
        raise TypeError(
            f"A selection is a Region, but got {short(region)}; "
            "make one, such as heatbrush.Region.columns(10, 40), or say it in words."
        )
    return region
