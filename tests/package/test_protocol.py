"""protocol.ts is what `make protocol` writes from protocol.py, so that no type can drift."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from write_protocol import SOURCE, TARGET, typescript

IMPORTS = """from __future__ import annotations
from typing import Annotated, Any, Literal, NotRequired
from pydantic import BaseModel, ConfigDict, Field, SkipValidation, WithJsonSchema
from typing_extensions import TypedDict

"""
MADE_UP = (
    IMPORTS
    + '''
VERSION = 3

# ---------------------------------------- a section


class Zebra(TypedDict):
    """Named last, written first; None is no number."""

    size: float | None
    stripes: list[float | None]
    span: tuple[int, int | None] | None
    kind: Literal["plain", "grey"]
    skin: bytes
    more: NotRequired[dict[str, Any]]


class Base(BaseModel):
    """Not a message itself."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Ask(Base):
    """Two lines:

    one question.
    """

    kind: Literal["ask"]
    of: Zebra | None = None
    herds: dict[str, list[Zebra]]


class Bye(Base):
    kind: Literal["bye"]


Request = Annotated[Ask | Bye, Field(discriminator="kind")]
'''
)
WRITTEN = """
export const VERSION = 3;

// ---------------------------------------- a section

/** Named last, written first; null is no number. */
export interface Zebra {
  size: number | null;
  stripes: (number | null)[];
  span: [number, number | null] | null;
  kind: "plain" | "grey";
  skin: DataView;
  more?: Record<string, unknown>;
}

/**
 * Two lines:
 *
 * one question.
 */
export interface Ask {
  kind: "ask";
  of: Zebra | null;
  herds: Record<string, Zebra[]>;
}

export interface Bye {
  kind: "bye";
}

export type Request = Ask | Bye;
"""


def written(folder: Path, text: str) -> str:
    """What the generator makes of a made-up module, without its header."""
    source = folder / "made_up.py"
    source.write_text(text)
    return re.sub(r"\A(//.*\n)+", "", typescript(source))


def test_the_typescript_is_current() -> None:
    assert TARGET.read_text() == typescript(SOURCE), "run `make protocol` and commit the result"


def test_names_order_docs_and_types_are_those_of_python(tmp_path: Path) -> None:
    assert written(tmp_path, MADE_UP) == WRITTEN


def test_what_arrives_at_the_page_is_written_as_data_too(tmp_path: Path) -> None:
    """Traits, replies, and what they name; not the requests, which the page writes itself."""
    received = '''

class Traits(TypedDict):
    """All traits."""

    zebra: Zebra
    names: NotRequired[list[str]]


class Yes(TypedDict):
    """Yes."""

    kind: Literal["yes"]


Reply = Yes | Zebra
'''
    text = written(tmp_path, MADE_UP + received)
    shapes = text.split("export const SHAPES: Record<string, Shape> = {\n")[1]
    assert shapes.splitlines() == [
        '  Zebra: {"size": ["|", "n", "0"], "stripes": ["[]", ["|", "n", "0"]], '
        '"span": ["|", ["t", "i", ["|", "i", "0"]], "0"], "kind": ["=", "plain", "grey"], '
        '"skin": "B", "more?": ["{}", "u"]},',
        '  Traits: {"zebra": "@Zebra", "names?": ["[]", "s"]},',
        '  Yes: {"kind": ["=", "yes"]},',
        '  Reply: ["|", "@Yes", "@Zebra"],',
        "};",
    ]


@pytest.mark.parametrize(
    ("field", "changed", "line"),
    [
        ("size: float | None", "size: float", "  size: number;"),
        ("size: float | None", "size: str | None", "  size: string | null;"),
        ("size: float | None", "extent: float | None", "  extent: number | null;"),
        ("list[float | None]", "list[float] | None", "  stripes: number[] | null;"),
        ("span: tuple[int, int", "span: tuple[str, int", "  span: [string, number | null] | null;"),
        ('"plain", "grey"', '"plain", "gray"', '  kind: "plain" | "gray";'),
        ("skin: bytes", "skin: list[int]", "  skin: number[];"),
        ("NotRequired[dict[str, Any]]", "dict[str, Any]", "  more: Record<string, unknown>;"),
        ("NotRequired[dict[str, Any]]", "NotRequired[Any]", "  more?: unknown;"),
        ("of: Zebra | None = None", "of: Zebra", "  of: Zebra;"),
        ("dict[str, list[Zebra]]", "dict[str, bool]", "  herds: Record<string, boolean>;"),
        ("Ask | Bye", "Bye | Ask", "export type Request = Bye | Ask;"),
        ("VERSION = 3", "VERSION = 4", "export const VERSION = 4;"),
    ],
)
def test_a_change_in_python_changes_one_line(
    tmp_path: Path, field: str, changed: str, line: str
) -> None:
    assert MADE_UP.count(field) == 1
    text = written(tmp_path, MADE_UP.replace(field, changed))
    before, after = WRITTEN.splitlines(), text.splitlines()
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [line]


@pytest.mark.parametrize(
    "field",
    [
        'skin: Annotated[Any, WithJsonSchema({"type": "void"})]',
        "skin: Annotated[Bye, SkipValidation]",
    ],
)
def test_what_typescript_would_have_to_guess_is_refused(tmp_path: Path, field: str) -> None:
    with pytest.raises(ValueError, match="No TypeScript is known for"):
        written(tmp_path, MADE_UP.replace("skin: bytes", field))


def test_no_field_is_called_id() -> None:
    """Ipykernel 7.4 keeps an entry for each outgoing message with a string `id`."""
    fields = re.findall(r"^  (\w+)\??:", TARGET.read_text(), re.M)
    assert "kind" in fields and "id" not in fields
