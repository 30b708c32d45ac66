"""The order of the packages, and what is wrong with a tree that should keep to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from package.imports import Import, Tree

MOST = 14
"""Modules in one folder, beside its `__init__`."""


@dataclass(frozen=True)
class Plan:
    """A folder of packages, and their order.

    `order` reads "a < b, c < d": each may import those before it, and b and c stand side by side,
    so that neither imports the other. A package within another has a dot in its name; a module
    that lies in no folder counts as a package. The folder's own `__init__` comes last. `only` says
    for a package that it imports less than its place allows.
    """

    root: str
    order: str
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[str, int]:
        """The packages, each with its place in the order."""
        steps = enumerate(self.order.split("<"))
        return {name.strip(): place for place, step in steps for name in step.split(",")}

    def package(self, module: str) -> str | None:
        """Return the package that a module belongs to: "" is the folder's own `__init__`."""
        parts = module.split(".")[1:]
        while parts and ".".join(parts) not in self.places:
            parts.pop()
        return ".".join(parts) if parts or "." not in module else None

    def place(self, package: str) -> int:
        """Return how late in the order a package comes."""
        return self.places.get(package, len(self.places))


KERNEL = Plan(
    "kernel/heatbrush_core",
    "checks, files, forks, holding < progress < bars < matrix < detection < outputs"
    " < targets < maps < explanation < graph < walks.forward < walks.activity, walks.backward"
    ", walks.delta, walks.distances < walks.report < network < inference < registry, instances"
    " < methods < evidence < metrics < tables, plotting < describing < explainer, synthetic"
    " < sweeping",
    only={"graph": (), "synthetic": ("checks", "files", "holding", "matrix", "maps")},
)
WIDGET = Plan(
    "widget/heatbrush",
    "protocol, bar < border < blocks, jobs, lines, returned < pages"
    " < session < answering, selections"
    " < charts.drawing, export.pictures < charts, export, arguments, arranging, catalogue"
    ", targeting < case, report < view < comparison, opening",
)
JS = Plan(
    "js/src",
    "protocol < values, border < session, dom < scene, charts < menus < lists < controls < legend"
    " < map < hand < root < widget",
)
PLANS = (KERNEL, WIDGET, JS)


def misplaced(plan: Plan, tree: Tree) -> list[str]:
    """Return modules that belong to no package, and packages that are not there."""
    found = {module: plan.package(module) for module in tree.modules}
    busy = {each.importer for each in tree.inside}
    # a folder whose packages are named one by one may have an `__init__` that only says so
    homeless = [
        module
        for module, package in found.items()
        if package is None and (tree.modules[module].stem != "__init__" or module in busy)
    ]
    return [
        *(f"{module} is in no package" for module in homeless),
        *(f"there is no package {name}" for name in plan.places if name not in found.values()),
    ]


def against(plan: Plan, tree: Tree) -> list[str]:
    """Return the imports that run against the order."""
    return [_told(each) for each in tree.inside if not _allowed(plan, each)]


def _allowed(plan: Plan, given: Import) -> bool:
    importer, imported = plan.package(given.importer), plan.package(given.imported)
    if importer == imported:
        return True
    if importer is None or imported is None:
        return False
    if imported not in plan.only.get(importer, (imported,)):
        return False
    return plan.place(imported) < plan.place(importer)


def private(plan: Plan, tree: Tree) -> list[str]:
    """Return the imports of what another package keeps to itself."""
    return [
        _told(each)
        for each in tree.imports
        if any(map(_is_private, (*each.imported.split("."), *each.names)))
        and plan.package(each.importer) != _package_of(plan, tree, each.imported)
    ]


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def _package_of(plan: Plan, tree: Tree, module: str) -> str | None:
    return plan.package(module) if module.split(".")[0] == tree.name else f"of {module}"


def circles(tree: Tree) -> list[list[str]]:
    """Return the circles of modules: groups in which each reaches each by imports."""
    reached = {module: _reached(module, tree.inside) for module in tree.modules}
    groups = {
        frozenset(other for other in reached[module] if module in reached[other])
        for module in tree.modules
    }
    return sorted(sorted(group) for group in groups if group)


def _reached(module: str, imports: Iterable[Import]) -> set[str]:
    """Return the modules that one imports, that these import, and so on."""
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        importer = waiting.pop()
        found = {each.imported for each in imports if each.importer == importer} - reached
        reached |= found
        waiting += found
    return reached


def crowded(tree: Tree) -> list[str]:
    """Return the folders with more modules than a reader takes in at a glance."""
    modules = [path for path in tree.modules.values() if path.stem not in ("__init__", "index")]
    counts = Counter(path.parent.name for path in modules)
    return [f"{folder} holds {count} modules" for folder, count in counts.items() if count > MOST]


def _told(given: Import) -> str:
    names = f" ({', '.join(given.names)})" if given.names else ""
    return f"{given.importer}:{given.line} imports {given.imported}{names}"
