"""Each package imports only those before it, in no circle, and nothing private of another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from floor_plan import PAGE, drawn, floor_plan, parts, stands_on
from package.floor import MOST, PLANS, Plan, against, circles, crowded, misplaced, private
from package.imports import Tree, read

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=PLANS, ids=lambda plan: plan.root)
def plan(request: pytest.FixtureRequest) -> Plan:
    return request.param


@pytest.fixture
def tree(plan: Plan) -> Tree:
    return read(ROOT / plan.root)


def test_every_module_has_its_package(plan: Plan, tree: Tree) -> None:
    assert misplaced(plan, tree) == []


def test_no_import_runs_against_the_order(plan: Plan, tree: Tree) -> None:
    assert against(plan, tree) == []


def test_no_circle_of_modules(tree: Tree) -> None:
    assert circles(tree) == []


def test_nothing_private_is_imported_across_packages(plan: Plan, tree: Tree) -> None:
    assert private(plan, tree) == []


def test_a_folder_can_be_read_at_a_glance(tree: Tree) -> None:
    assert crowded(tree) == []


def test_the_floor_plan_is_current() -> None:
    said = parts(PAGE.read_text())[1]
    assert said == floor_plan(ROOT), "run `make floor-plan` and commit the result"


# ------------------------------------------------------------------ made-up trees: what is found

HOUSE = Plan(
    "house",
    "ground < walls.left, walls.right < roof < attic < door",
    only={"attic": ("ground",)},
)
PYTHON = {
    "__init__.py": "from house.door import Door",
    "ground.py": "import json\nimport typing as roof",
    "walls/__init__.py": '"""Two walls."""',
    "walls/left/__init__.py": "",
    "walls/left/brick.py": "from house import ground\nfrom house.ground import stone, _soil",
    "walls/right/__init__.py": "",
    "walls/right/brick.py": "import house.ground\nfrom ...ground import stone",
    "roof/__init__.py": "from house.roof.tile import Tile",
    "roof/tile.py": "from ..walls.left import brick\nfrom .beam import _length",
    "roof/beam.py": "",
    "attic.py": "from house.ground import stone",
    "door.py": "from house import attic, roof\nfrom __future__ import annotations",
}
TYPESCRIPT = {
    "ground.ts": "// import { tile } from './roof/tile.ts';\n/* from './roof/tile.ts' */\n",
    "walls/left/brick.ts": 'import { stone } from "../../ground.ts";\n',
    "walls/right/brick.ts": 'import type { Stone } from "../../ground.ts";\n',
    "roof/tile.ts": 'import {\n  b,\n} from "../walls/left/brick.ts";\nimport "../paint.css";\n',
    "roof/beam.ts": "",
    "paint.css": "",
    "attic.ts": "export * from './ground.ts';\n",
    "door.ts": 'const roof = await import("./roof/tile");\n',
}


def built(folder: Path, files: Mapping[str, str], **changed: str) -> Tree:
    """A made-up tree, some of its files changed or added."""
    for name, text in {**files, **changed}.items():
        path = folder / "house" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read(folder / "house")


@pytest.mark.parametrize("files", [PYTHON, TYPESCRIPT], ids=["python", "typescript"])
def test_a_right_tree_passes(tmp_path: Path, files: dict[str, str]) -> None:
    tree = built(tmp_path, files)
    assert not misplaced(HOUSE, tree) and not against(HOUSE, tree) and not circles(tree)
    assert not crowded(tree)


def test_every_import_of_a_tree_is_read(tmp_path: Path) -> None:
    pairs = {(each.importer, each.imported) for each in built(tmp_path, TYPESCRIPT).imports}
    assert pairs == {
        ("house.walls.left.brick", "house.ground"),
        ("house.walls.right.brick", "house.ground"),
        ("house.roof.tile", "house.walls.left.brick"),
        ("house.attic", "house.ground"),
        ("house.door", "house.roof.tile"),
    }
    pairs = {(each.importer, each.imported) for each in built(tmp_path, PYTHON).inside}
    assert pairs == {
        ("house", "house.door"),
        ("house.walls.left.brick", "house.ground"),
        ("house.walls.right.brick", "house.ground"),
        ("house.roof", "house.roof.tile"),
        ("house.roof.tile", "house.walls.left.brick"),
        ("house.roof.tile", "house.roof.beam"),
        ("house.attic", "house.ground"),
        ("house.door", "house.attic"),
        ("house.door", "house.roof"),
    }


@pytest.mark.parametrize(
    ("file", "text", "imported"),
    [
        ("ground.py", "from house.roof.tile import Tile", "roof.tile"),
        ("ground.py", "import house.roof.tile", "roof.tile"),
        ("ground.py", "import json, house.roof.tile as t", "roof.tile"),
        ("ground.py", "from house.roof import tile", "roof.tile"),
        ("ground.py", "from house.roof import Tile", "roof"),
        ("ground.py", "from house import roof", "roof"),
        ("ground.py", "from house import Door", ""),
        ("ground.py", "from . import roof", "roof"),
        ("ground.py", "from .roof import *", "roof"),
        ("ground.py", "def late():\n    from house.roof import tile", "roof.tile"),
        ("ground.py", "async def late():\n    import house.roof.tile", "roof.tile"),
        ("ground.py", "class A:\n    def b(self): from .roof import tile", "roof.tile"),
        ("ground.py", "if TYPE_CHECKING:\n    from house.roof import tile", "roof.tile"),
        ("ground.py", "try: from house.roof import tile\nexcept E: pass", "roof.tile"),
        ("ground.py", "importlib.import_module('house.roof.tile')", "roof.tile"),
        ("ground.py", "tile = __import__('house.roof.tile')", "roof.tile"),
        ("walls/left/brick.py", "from ..right import brick", "walls.right.brick"),
        ("walls/right/__init__.py", "from ..left import brick", "walls.left.brick"),
        ("roof/beam.py", "from house import walls", "walls"),
        ("attic.py", "from house.walls.left import brick", "walls.left.brick"),
        ("ground.ts", 'import { tile } from "./roof/tile.ts";', "roof.tile"),
        ("ground.ts", "import {\n  beam,\n  tile,\n} from './roof/tile.ts';", "roof.tile"),
        ("ground.ts", 'import tile, * as all from "./roof/tile.ts";', "roof.tile"),
        ("ground.ts", 'import type { Tile } from "./roof/tile.ts";', "roof.tile"),
        ("ground.ts", 'import { type Tile } from "./roof/tile.js";', "roof.tile"),
        ("ground.ts", 'import "./roof/tile.ts";', "roof.tile"),
        ("ground.ts", 'import"./roof/tile";', "roof.tile"),
        ("ground.ts", 'export { tile } from "./roof/tile.ts";', "roof.tile"),
        ("ground.ts", 'export type { Tile } from "./roof/tile.ts";', "roof.tile"),
        ("ground.ts", 'export * from "./roof/tile.ts";', "roof.tile"),
        ("ground.ts", 'const late = () => import("./roof/tile.ts");', "roof.tile"),
        ("ground.ts", "let a; import(\n  /* late */ `./roof/tile.ts`\n);", "roof.tile"),
        ("ground.ts", 'let t: typeof import("./roof/tile.ts");', "roof.tile"),
        ("ground.ts", 'type T = import("./roof/tile.ts").Tile;', "roof.tile"),
        ("walls/left/brick.ts", 'import { b } from "../right/brick.ts";', "walls.right.brick"),
        ("attic.ts", 'import { b } from "./walls/left/brick.ts";', "walls.left.brick"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, file: str, text: str, imported: str) -> None:
    files = PYTHON if file.endswith(".py") else TYPESCRIPT
    found = against(HOUSE, built(tmp_path, files, **{file: text}))
    assert [told.split()[2] for told in found] == [f"house.{imported}".removesuffix(".")]


def test_a_wrong_import_is_told_with_its_place(tmp_path: Path) -> None:
    changed = {"ground.py": "\n\nfrom house.roof import Tile", "attic.py": "import house.door"}
    assert against(HOUSE, built(tmp_path, PYTHON, **changed)) == [
        "house.attic:1 imports house.door",
        "house.ground:3 imports house.roof (Tile)",
    ]


@pytest.mark.parametrize(
    ("files", "changed", "circle"),
    [
        (PYTHON, {"roof/beam.py": "from house.roof.tile import x"}, ["roof.beam", "roof.tile"]),
        (PYTHON, {"roof/beam.py": "def f(): from . import tile"}, ["roof.beam", "roof.tile"]),
        (PYTHON, {"roof/tile.py": "from house.roof import Tile"}, ["roof", "roof.tile"]),
        (PYTHON, {"ground.py": "import house.ground"}, ["ground"]),
        (
            PYTHON,
            {
                "roof/beam.py": "if TYPE_CHECKING:\n    from house.roof.rafter import x",
                "roof/rafter.py": "from house.roof.tile import x",
            },
            ["roof.beam", "roof.rafter", "roof.tile"],
        ),
        (
            TYPESCRIPT,
            {
                "roof/beam.ts": 'import type { A } from "./tile.ts";',
                "roof/tile.ts": 'export const late = () => import("./beam.ts");',
            },
            ["roof.beam", "roof.tile"],
        ),
    ],
)
def test_a_circle_is_found(
    tmp_path: Path, files: dict[str, str], changed: dict[str, str], circle: list[str]
) -> None:
    tree = built(tmp_path, files, **changed)
    assert circles(tree) == [[f"house.{name}" for name in circle]]
    assert not against(HOUSE, tree)  # all of it lies within one package


def test_two_circles_are_told_apart(tmp_path: Path) -> None:
    changed = {"roof/beam.py": "from . import tile", "attic.py": "from house import door"}
    expected = [["house.attic", "house.door"], ["house.roof.beam", "house.roof.tile"]]
    assert circles(built(tmp_path, PYTHON, **changed)) == expected


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("roof/beam.py", "from house.ground import _soil", "house.ground (_soil)"),
        ("roof/beam.py", "def f():\n    from ..ground import _soil as s", "house.ground (_soil)"),
        ("roof/beam.py", "from house.walls.left._mortar import x", "house.walls.left._mortar (x)"),
        ("roof/beam.py", "from house_next._door import key", "house_next._door (key)"),
        ("roof/beam.py", "from house_next.door import _key", "house_next.door (_key)"),
        ("roof/beam.py", "from house.roof.tile import _glaze", ""),
        ("roof/beam.py", "from house.ground import __doc__", ""),
        ("walls/left/brick.py", "from house.walls.right.brick import _clay", "brick (_clay)"),
    ],
)
def test_a_private_import_is_found(tmp_path: Path, file: str, text: str, found: str) -> None:
    clean = {"walls/left/brick.py": "", file: text}
    told = private(HOUSE, built(tmp_path, PYTHON, **clean))
    assert len(told) == bool(found) and all(each.endswith(found) for each in told)


@pytest.mark.parametrize("end", ["py", "ts"])
def test_a_crowded_folder_is_found(tmp_path: Path, end: str) -> None:
    files = {f"roof/tile{number}.{end}": "" for number in range(MOST)}
    front = f"roof/{'__init__' if end == 'py' else 'index'}.{end}"
    assert not crowded(built(tmp_path, files, **{front: ""}))
    assert crowded(built(tmp_path, files, **{f"roof/more.{end}": ""})) == ["roof holds 15 modules"]


def test_a_module_without_a_package_is_found(tmp_path: Path) -> None:
    changed = {"shed.py": "", "walls/__init__.py": "from house.walls.left import brick"}
    assert misplaced(HOUSE, built(tmp_path, PYTHON, **changed)) == [
        "house.shed is in no package",
        "house.walls is in no package",
    ]
    (tmp_path / "house" / "attic.py").unlink()
    assert "there is no package attic" in misplaced(HOUSE, read(tmp_path / "house"))


def test_an_import_of_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"attic\.ts:2 imports \./cellar\.ts"):
        built(tmp_path, TYPESCRIPT, **{"attic.ts": '\nimport "./cellar.ts";'})


@pytest.mark.parametrize(
    ("files", "door"),
    [(PYTHON, ["roof", "attic"]), (TYPESCRIPT, ["roof"])],
    ids=["python", "typescript"],
)
def test_the_plan_names_what_each_package_stands_on(
    tmp_path: Path, files: dict[str, str], door: list[str]
) -> None:
    assert stands_on(HOUSE, built(tmp_path, files)) == {
        "ground": [],
        "walls.left": ["ground"],
        "walls.right": ["ground"],
        "roof": ["walls.left"],
        "attic": ["ground"],
        "door": door,
    }


def test_the_plan_follows_the_tree(tmp_path: Path) -> None:
    says = {
        "ground.py": '"""What all stand on."""',
        "roof/__init__.py": '"""What keeps\nthe rain out.\n\nTiles.\n"""\nfrom house import ground',
    }
    built(tmp_path, PYTHON, **says)
    lines = drawn(HOUSE, tmp_path / "house")
    assert lines[0] == f"house: {HOUSE.order}"
    assert "  ground           What all stand on." in lines
    assert "  roof             What keeps the rain out. ← walls.left" in lines
    built(tmp_path, PYTHON, **says, **{"roof/tile.py": ""})
    assert "  roof             What keeps the rain out. ← ground" in drawn(
        HOUSE, tmp_path / "house"
    )


def test_a_folder_of_typescript_says_its_rule_in_a_readme(tmp_path: Path) -> None:
    says = {
        f"{folder}/README.md": "A wall, and\nno door. Stands on ground."
        for folder in ("walls/left", "walls/right", "roof")
    }
    built(tmp_path, TYPESCRIPT, **says, **{"ground.ts": "// What all stand on.\n// Deep."})
    lines = drawn(HOUSE, tmp_path / "house")
    assert "  walls.left       A wall, and no door. ← ground" in lines
    assert "  ground           What all stand on." in lines
