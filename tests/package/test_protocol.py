"""protocol.py and protocol.ts name the same things in the same order."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "widget" / "heatbrush" / "protocol.py"
TYPESCRIPT = ROOT / "js" / "src" / "protocol.ts"


def python_side() -> dict[str, list[str]]:
    """Class names and their annotated fields, in order."""
    found = {}
    for node in ast.parse(PYTHON.read_text()).body:
        if isinstance(node, ast.ClassDef) and node.name != "Message":
            fields = [item.target.id for item in node.body if isinstance(item, ast.AnnAssign)]
            found[node.name] = fields
    return found


def typescript_side() -> dict[str, list[str]]:
    """Interface names and their fields, in order."""
    text = TYPESCRIPT.read_text()
    blocks = re.findall(r"export interface (\w+) \{\n(.*?)\n\}", text, re.S)
    return {name: re.findall(r"^  (\w+)\??:", body, re.M) for name, body in blocks}


def test_both_sides_name_the_same_things_in_the_same_order() -> None:
    assert list(python_side()) == list(typescript_side())
    assert python_side() == typescript_side()


def test_both_sides_state_the_same_version() -> None:
    stated = [
        re.search(r"PROTOCOL = (\d+)", path.read_text()).group(1) for path in (PYTHON, TYPESCRIPT)
    ]
    assert stated[0] == stated[1]


def test_every_literal_of_one_side_stands_on_the_other() -> None:
    literals = [
        set(re.findall(r'"([a-z_]+)"', re.sub(r'""".*?"""', "", path.read_text(), flags=re.S)))
        for path in (PYTHON, TYPESCRIPT)
    ]
    assert literals[0] - {"forbid", "kind"} == literals[1]


def test_no_field_is_called_id() -> None:
    """Ipykernel 7.4 keeps an entry for each outgoing message with a string `id`."""
    assert not any("id" in fields for fields in python_side().values())
