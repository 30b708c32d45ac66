"""The tables of README.md: what is compared, and what is left out and why.

`python tests/reference/listing.py` writes them anew.
"""

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from reference.adapter import LeftOut, stated
from reference.entries import all_entries
from reference.models import HERE, MODELS

README = HERE / "README.md"
BEGIN, END = "<!-- written by listing.py -->\n", "<!-- until here -->\n"


def tables():
    """Write all tables."""
    compared, left_out, reasons = Counter(), Counter(), defaultdict(lambda: defaultdict(list))
    for entry in all_entries():
        said = stated(entry.model, entry.method, entry.parameters)
        key = entry.library, entry.model
        if isinstance(said, LeftOut):
            left_out[key] += 1
            reasons[said][entry.library, entry.method, entry.text].append(entry.model)
        else:
            compared[key] += 1
    parts = [counts(compared, left_out)]
    for said, entries in reasons.items():
        number = sum(map(len, entries.values()))
        parts.append(f"\n### {number} entries: {said.title}\n\n{said.reason}\n\n{left(entries)}")
    return "".join(parts)


def counts(compared, left_out):
    """Say how many are compared of how many, by library and model."""
    libraries = list(dict.fromkeys(library for library, _ in compared))
    rows = []
    for name in [*MODELS, "all"]:
        cells = []
        for library in [*libraries, "all"]:
            keys = [
                (lib, model)
                for lib, model in {**compared, **left_out}
                if library in (lib, "all") and name in (model, "all")
            ]
            of = [sum(counter[key] for key in keys) for counter in (compared, left_out)]
            cells.append(f"{of[0]} of {sum(of)}" if keys else "")
        rows.append(f"| {name} | {' | '.join(cells)} |\n")
    heads = f"| compared | {' | '.join([*libraries, 'all'])} |\n"
    return f"{heads}|{' --- |' * (len(libraries) + 2)}\n{''.join(rows)}"


def left(entries):
    """List entries, each with its models."""
    rows = []
    for (_, method, text), names in entries.items():
        rows.append(f"| `{method}` | {f'`{text}`' if text else ''} | {', '.join(names)} |\n")
    return f"| entry | parameters | models |\n| --- | --- | --- |\n{''.join(rows)}"


def updated(text):
    """Put the tables into a text in the place of those that are there."""
    return re.sub(f"(?s)(?<={BEGIN}).*(?={END})", lambda _: f"\n{tables()}\n", text)


if __name__ == "__main__":
    README.write_text(updated(README.read_text()))
