"""The floor plan in CONTRIBUTING.md, made from the imports themselves: `make floor-plan`."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from textwrap import wrap

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from package.floor import PLANS, Plan  # noqa: E402
from package.imports import Tree, read  # noqa: E402

PAGE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- written by `make floor-plan` -->\n", "<!-- end of what it writes -->\n"
WIDTH = 118
NAME = 16


def floor_plan(root: Path) -> str:
    """Return the plans of all folders of a checkout as text."""
    plans = ["\n".join(drawn(plan, root / plan.root)) for plan in PLANS]
    return "```text\n" + "\n\n".join(plans) + "\n```\n"


def drawn(plan: Plan, folder: Path) -> list[str]:
    """Return the lines of one plan: its order, and each package with its rule and its ground."""
    lines = wrap(f"{plan.root}: {plan.order}", WIDTH, subsequent_indent="    ")
    for package, ground in stands_on(plan, read(folder)).items():
        # no line ends behind the arrow: a non-breaking space, which is an ordinary one in the page
        arrow = f" ←\N{NO-BREAK SPACE}{', '.join(ground)}" if ground else ""
        text = f"{package:{NAME}} {rule(folder, package)}{arrow}"
        lines += wrap(text, WIDTH, initial_indent="  ", subsequent_indent=" " * (NAME + 3))
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def stands_on(plan: Plan, tree: Tree) -> dict[str, list[str]]:
    """Return which packages each imports, without those that one of these stands on anyway."""
    imports: dict[str, set[str]] = {package: set() for package in plan.places}
    for each in tree.inside:
        importer, imported = plan.package(each.importer), plan.package(each.imported)
        if importer in imports and imported in imports and importer != imported:
            imports[importer].add(imported)
    below: dict[str, set[str]] = {package: set() for package in imports}
    for package in imports:  # the lowest first, so that what it imports is known
        below[package] = imports[package].union(*(below[each] for each in imports[package]))
    ground: dict[str, list[str]] = {}
    for package, found in imports.items():
        implied = set().union(*(below[each] for each in found))
        ground[package] = [each for each in imports if each in found - implied]
    return ground


def rule(folder: Path, package: str) -> str:
    """Return what a package says of itself first.

    That is the first paragraph of the docstring in Python; in TypeScript the first sentence of the
    folder's README.md, or the first line of a module.
    """
    place = folder.joinpath(*package.split("."))
    if place.is_dir():
        sources = [place / "__init__.py", place / "README.md"]
    else:
        sources = [place.with_suffix(".py"), place.with_suffix(".ts")]
    source = next(path for path in sources if path.exists())
    text = source.read_text()
    if source.suffix == ".py":
        return " ".join((ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0].split())
    if source.suffix == ".md":
        return " ".join(re.split(r"(?<=\.)\s", text)[0].split())
    return text.splitlines()[0].removeprefix("// ")


def parts(page: str) -> tuple[str, str, str]:
    """Return what stands before the plan, the plan, and what stands after it."""
    before, rest = page.split(BEGIN)
    plan, after = rest.split(END)
    return before + BEGIN, plan, END + after


def main() -> None:
    """Write the plan into its page."""
    before, _, after = parts(PAGE.read_text())
    PAGE.write_text(before + floor_plan(ROOT) + after)


if __name__ == "__main__":
    main()
