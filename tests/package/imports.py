"""Reads which module imports which, in Python and TypeScript: every import, wherever it stands."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# a comment that begins its line; `//` in the middle of one may be part of a string
COMMENT = re.compile(r"^[ \t]*(?://.*$|/\*[\s\S]*?\*/)", re.M)
# import and export … from, import for effect, import(): all end in the file's name
FILE = re.compile(
    r"""\b(?:from|import|require)\s*\(?\s*(?:/\*[\s\S]*?\*/\s*)?["'`](\.[^"'`]*)["'`]"""
)


@dataclass(frozen=True)
class Import:
    """One module imports another; `names` are those of its names that it asks for."""

    importer: str
    imported: str
    line: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tree:
    """The modules of a folder by their dotted names, the folder's own first, and their imports.

    A package has the name of its folder. Imports of modules elsewhere are kept too.
    """

    name: str
    modules: Mapping[str, Path]
    imports: tuple[Import, ...]

    @property
    def inside(self) -> list[Import]:
        """The imports of modules of the tree itself."""
        return [each for each in self.imports if each.imported in self.modules]


def read(root: Path) -> Tree:
    """Read a folder of Python modules, or of TypeScript where it holds no Python."""
    if paths := sorted(root.rglob("*.py")):
        modules = {_dotted(root, path, "__init__"): path for path in paths}
        found = (each for name in modules for each in _python(name, modules))
    else:
        modules = {_dotted(root, path, "index"): path for path in sorted(root.rglob("*.ts"))}
        found = (each for name in modules for each in _typescript(name, modules))
    return Tree(root.name, modules, tuple(found))


def _dotted(root: Path, path: Path, package: str) -> str:
    parts = (root.name, *path.relative_to(root).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == package else parts)


def _python(name: str, modules: Mapping[str, Path]) -> Iterator[Import]:
    for node in ast.walk(ast.parse(modules[name].read_text())):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield Import(name, alias.name, node.lineno)
            case ast.ImportFrom(names=aliases):
                base = _base(name, modules[name], node)
                for alias in aliases:
                    if f"{base}.{alias.name}" in modules:
                        yield Import(name, f"{base}.{alias.name}", node.lineno)
                    else:
                        yield Import(name, base, node.lineno, (alias.name,))
            case ast.Call(
                func=ast.Attribute(attr="import_module")
                | ast.Name(id="import_module" | "__import__"),
                args=[ast.Constant(value=str(imported)), *_],
            ):
                yield Import(name, imported, node.lineno)


def _base(name: str, path: Path, node: ast.ImportFrom) -> str:
    """Return the module that `from … import` names, also where it says so by dots."""
    if not node.level:
        return node.module or ""
    here = name.split(".")
    up = node.level - 1 if path.name == "__init__.py" else node.level
    above = here[: len(here) - up]
    return ".".join([*above, node.module] if node.module else above)


def _typescript(name: str, modules: Mapping[str, Path]) -> Iterator[Import]:
    path = modules[name]
    named = {each: dotted for dotted, each in modules.items()}
    text = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), path.read_text())
    for found in FILE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        target = Path(os.path.normpath(path.parent / found[1]))
        files = (target, target.with_suffix(".ts"), Path(f"{target}.ts"), target / "index.ts")
        if modules_there := [named[file] for file in files if file in named]:
            yield Import(name, modules_there[0], line)
        elif not target.is_file():  # a style sheet is a file, and no module
            raise ValueError(f"{path}:{line} imports {found[1]}, and there is no such file.")
