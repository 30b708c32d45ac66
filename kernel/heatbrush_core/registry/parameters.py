"""A method's parameters: types, bounds, units and help, and the form fields made from them."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Mapping
from typing import Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

Kind = Literal["integer", "number", "boolean", "choice", "pair", "list", "text"]
KINDS: dict[str, Kind] = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "array": "list",
}


class Parameters(BaseModel):
    """The base of every method's parameters; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    def resolved(self, shape: tuple[int, int]) -> Self:
        """Fill in what depends on the (H, W) of the matrix; ValueError where impossible."""
        return self

    def summary(self) -> str:
        """Say what a panel's title says of these parameters."""
        return ""


def both(value: Any) -> Any:
    """Take one number for both axes."""
    return (value, value) if isinstance(value, int) and not isinstance(value, bool) else value


def check(schema: type[Parameters], method: str, given: dict[str, Any]) -> Parameters:
    """Validate `given`, or say in one sentence which parameter is wrong, and why."""
    for name in given:
        if name not in schema.model_fields:
            raise ValueError(_unknown(schema, method, name))
    try:
        return schema(**{name: _plain(value) for name, value in given.items()})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "parameters"
        why = first["msg"].removeprefix("Value error, ").replace("Input should", "it should")
        why = why.replace("a valid tuple", "a pair")
        if first["type"] in ("missing", "too_long"):
            why = "it should be a pair"
        raise ValueError(
            f"{method} has {name}={given.get(name)!r}, but {why[:1].lower()}{why[1:]}; {name} is "
            f"{_help(schema, name)}."
        ) from error


def fields(schema: type[Parameters]) -> list[dict[str, Any]]:
    """Make the form of a method, one dict per field, as the browser draws it.

    A field's ``json_schema_extra`` may hold "unit"; "none", the form's word for None, else "auto";
    "open", where a text may be none of the choices; and "when", the names of other fields with the
    values that make this one matter: the form hides it unless each of them has one of its values,
    or, where "when" is a list of such dicts, unless one of these holds.
    """
    return [{**field} for field in _fields(schema)]


@functools.cache
def _fields(schema: type[Parameters]) -> list[dict[str, Any]]:
    properties = schema.model_json_schema().get("properties", {})
    return [_field(schema, name, entry) for name, entry in properties.items()]


def _field(schema: type[Parameters], name: str, entry: dict[str, Any]) -> dict[str, Any]:
    kind, nullable = _optional(entry)
    number, _ = _optional(kind["prefixItems"][0]) if "prefixItems" in kind else (kind, False)
    lower, upper = number.get("exclusiveMinimum"), number.get("exclusiveMaximum")
    choices = kind.get("enum", entry.get("enum"))
    return {
        "name": name,
        "label": schema.model_fields[name].title or name.replace("_", " "),
        "kind": _kind(kind, bool(choices) and not entry.get("open")),
        "default": entry.get("default"),
        "nullable": nullable or bool(entry.get("nullable")),
        "none": entry.get("none", "auto"),
        "minimum": number.get("minimum", lower),
        "maximum": number.get("maximum", upper),
        "exclusive": lower is not None or upper is not None,
        "choices": choices,
        "when": entry.get("when", {}),
        "unit": entry.get("unit", ""),
        "help": entry.get("description", ""),
    }


def _kind(entry: dict[str, Any], closed: bool) -> Kind:
    if closed:
        return "choice"
    return "pair" if "prefixItems" in entry else KINDS.get(entry.get("type", ""), "text")


def _optional(entry: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Take a schema without its "or null", and whether it had one."""
    options = entry.get("anyOf", [entry])
    kinds = [option for option in options if option.get("type") != "null"]
    return kinds[0], len(kinds) < len(options)


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's, also inside a pair."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return tuple(_plain(part) for part in value)
    return value


def _help(schema: type[Parameters], name: str) -> str:
    info = schema.model_fields.get(name)
    return (info.description or "").rstrip(".") if info else ""


def _unknown(schema: type[Parameters], method: str, name: str) -> str:
    known = list(schema.model_fields)
    if not known:
        return f"{method} has no parameter {name!r}, as it takes none; leave it out."
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "give one of these."
    return f"{method} has no parameter {name!r} among {', '.join(known)}; {hint}"


def entry(method: Any, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Read a name or a pair (name, {parameters}), and parameters that were given beside it."""
    if isinstance(method, str):
        return method, dict(parameters)
    pair = isinstance(method, tuple) and len(method) == 2 and isinstance(method[1], Mapping)
    if not pair or not isinstance(method[0], str):
        raise TypeError(
            f"method is {method!r}, but a name or a pair (name, parameters) is expected; write it "
            'as "occlusion" or ("occlusion", {"patch": (3, None)}).'
        )
    return method[0], {**method[1], **parameters}
