"""What stands above the figures of a tab: choices, buttons, words and legends, as plain data.

Nothing here is a widget: the one strip of a view draws them all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from heatbrush import protocol
from heatbrush.charts.drawing.style import Look

Item = (
    protocol.ChartChoice
    | protocol.ChartButton
    | protocol.ChartWork
    | protocol.ChartText
    | protocol.ChartEntry
)


class Part(ABC):
    """One of them. It tells the strip whenever it has changed.

    Attributes
    ----------
    key
        What the page names it by; empty where the page asks nothing of it.
    """

    def __init__(self, key: str = "") -> None:
        self.key = key
        self._hidden = False
        self._changed: Callable[[], None] = lambda: None

    @property
    def hidden(self) -> bool:
        """Whether it takes no place."""
        return self._hidden

    @hidden.setter
    def hidden(self, yes: bool) -> None:
        self._hidden = yes
        self._changed()

    def watch(self, changed: Callable[[], None]) -> None:
        """Have a function called whenever this has changed."""
        self._changed = changed

    @abstractmethod
    def items(self) -> list[Item]:
        """Return what the strip draws."""

    def choose(self, option: int) -> None:
        """Do what the reader asks by choosing an option, by its place."""
        raise ValueError(f"{self.key} offers no choice; load the page again.")

    def press(self) -> None:
        """Do what the reader asks by pressing it."""
        raise ValueError(f"{self.key} is no button; load the page again.")


class Row(NamedTuple):
    """Parts side by side; the label stands in the gutter on their left."""

    label: str
    parts: Sequence[Part]


def drawn(rows: Iterable[Row]) -> list[protocol.ChartRow]:
    """Return rows as the strip takes them."""
    return [
        {
            "label": row.label,
            "items": [item for part in row.parts if not part.hidden for item in part.items()],
        }
        for row in rows
    ]


class Choice(Part):
    """A list whose options come and go; only what the reader chooses is told.

    Parameters
    ----------
    label
        What is chosen.
    options
        As `offer` takes them.
    told
        Called when the reader has chosen another one.
    """

    def __init__(
        self, label: str, options: Iterable[Any] = (), told: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(label)
        self._told = told
        self.options: list[Any] = []
        self._chosen: int | None = None
        self.offer(options)

    @property
    def value(self) -> Any:
        """What is chosen; None where there is nothing to choose from."""
        return None if self._chosen is None else self._values()[self._chosen]

    @value.setter
    def value(self, value: Any) -> None:
        self.choose(self._values().index(value))

    def offer(self, options: Iterable[Any]) -> None:
        """Replace the options, texts or pairs (text, value); what is chosen stays if it can."""
        options = list(options)
        if options == self.options:
            return
        chosen, self.options = self.value, options
        values = self._values()
        self._chosen = values.index(chosen) if chosen in values else 0 if options else None
        self._changed()

    def choose(self, option: int) -> None:
        """Choose an option by its place, as the reader does."""
        if not 0 <= option < len(self.options):
            raise ValueError(
                f"Option {option} of {self.key} was chosen, but there are {len(self.options)}; "
                "choose again."
            )
        if option != self._chosen:
            self._chosen = option
            self._changed()
            self._told()

    def items(self) -> list[Item]:
        """Return the list."""
        texts = [str(each[0] if isinstance(each, tuple) else each) for each in self.options]
        return [
            {
                "kind": "choice",
                "key": self.key,
                "label": self.key,
                "options": texts,
                "chosen": self._chosen,
            }
        ]

    def _values(self) -> list[Any]:
        return [each[1] if isinstance(each, tuple) else each for each in self.options]


class Button(Part):
    """A button.

    Parameters
    ----------
    text
        On it.
    pressed
        Called when it is pressed.
    key
        By default the text.
    main
        Whether it starts the work of its tab.
    """

    def __init__(
        self, text: str, pressed: Callable[[], None], key: str = "", *, main: bool = False
    ) -> None:
        super().__init__(key or text)
        self.text, self.tip = text, ""
        self._pressed, self._main = pressed, main

    def name(self, text: str, tip: str) -> None:
        """Give it another text, and say what it does."""
        self.text, self.tip = text, tip
        self._changed()

    def press(self) -> None:
        """Do what it is there for."""
        self._pressed()

    def items(self) -> list[Item]:
        """Return the button."""
        return [
            {
                "kind": "button",
                "key": self.key,
                "text": self.text,
                "tip": self.tip,
                "main": self._main,
            }
        ]


class Words(Part):
    """A few words that change."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.text = text

    def say(self, text: str) -> None:
        """Say something else."""
        self.text = text
        self._changed()

    def items(self) -> list[Item]:
        """Return the words."""
        return [{"kind": "text", "text": self.text}]


class Legend(Part):
    """How curves are drawn, what they are, and what each says in numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[tuple[Look, str, str]] = []

    def show(self, entries: Iterable[tuple[Look, str, str]]) -> None:
        """Show other entries: a look, a name, and numbers, which may be empty."""
        self.entries = list(entries)
        self._changed()

    def items(self) -> list[Item]:
        """Return an item for each entry."""
        return [entry(shown, text, value) for shown, text, value in self.entries]


def entry(
    shown: Look, text: str, value: str = "", button: protocol.ChartButton | None = None
) -> protocol.ChartEntry:
    """Return an entry of a legend."""
    return {
        "kind": "entry",
        "colour": shown.colour,
        "dash": shown.style,
        "text": text,
        "value": value,
        "button": button,
    }
