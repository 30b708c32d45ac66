"""A method's parameters: types, bounds, units and help, and the form fields made from them."""

from __future__ import annotations

import functools
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from heatbrush_core.checks import Fault, clipped, hint, index, python_numbers, short

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

    def hides(self) -> tuple[Any, ...]:
        """Tell what cells become that the method hides, None being the explainer's baseline.

        Empty where it hides none.
        """
        given = dict(self)
        return (given["baseline"],) if "baseline" in given else ()

    def summary(self) -> str:
        """Say what a panel's title says of these parameters."""
        return ""


def both(value: Any) -> Any:
    """Take one number for both axes."""
    return value if index(value) is None else (value, value)


def check(schema: type[Parameters], method: str, given: dict[str, Any]) -> Parameters:
    """Validate `given`, or say in one sentence which parameter is wrong, and why."""
    for name in given:
        if name not in schema.model_fields:
            raise ValueError(_unknown(schema, method, name))
    try:
        return schema(**python_numbers(given))
    except ValidationError as error:
        wrong = Fault.first(error, "a pair")
        name, why = (*wrong.path, "parameters")[0], clipped(wrong.why, 400)
        raise ValueError(
            f"{method} has {name}={short(given.get(name))}, but {why[:1].lower()}{why[1:]}; "
            f"{name} is {_help(schema, name)}."
        ) from error


def fields(schema: type[Parameters]) -> list[dict[str, Any]]:
    """Make the form of a method, one dict per field, as the browser draws it.

    A field's ``json_schema_extra`` may hold "unit"; "none", the form's word for None, else "auto";
    "open", where a text may be none of the choices; and "when", the names of other fields with the
    values that make this one matter: the form hides it unless each of them has one of its values,
    or, where "when" is a list of such dicts, unless one of these holds.
    """
    return [{**field} for field in _fields(schema)]


def counting(settings: Parameters) -> tuple[str, ...]:
    """Name the parameters that make a difference: given ones, under the rule that was chosen.

    The others are what is None or empty, and what a form would hide, see `fields`.
    """
    values = dict(settings)
    given = {name for name, value in values.items() if not _is_empty(value)}
    hidden = {each["name"] for each in _fields(type(settings)) if not _applies(each, values)}
    return tuple(name for name in values if name in given - hidden)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def _applies(field: dict[str, Any], values: dict[str, Any]) -> bool:
    """Tell whether the other parameters let one matter, as its "when" says."""
    when = field["when"]
    return any(
        all(values[name] in allowed for name, allowed in each.items())
        for each in (when if isinstance(when, list) else [when])
    )


def forget() -> None:
    """Make forms anew: their choices may name methods that were registered meanwhile."""
    _fields.cache_clear()


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


def _help(schema: type[Parameters], name: str) -> str:
    info = schema.model_fields.get(name)
    return (info.description or "").rstrip(".") if info else ""


def _unknown(schema: type[Parameters], method: str, name: str) -> str:
    known = list(schema.model_fields)
    if not known:
        return f"{method} has no parameter {short(name)}, as it takes none; leave it out."
    among = ", ".join(known)
    return f"{method} has no parameter {short(name)} among {among}; {hint(name, known)}"
