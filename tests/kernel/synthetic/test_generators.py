"""Named generators: the same bytes again, constraints for every seed, parts, files, refusals."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core import synthetic
from heatbrush_core.synthetic import (
    Apple,
    Crosstalk,
    Events,
    Generator,
    Landmarks,
    Range,
    Textures,
    generator,
    load_generator,
    parameter,
)

NAMES = ("apple", "events", "landmarks", "textures", "crosstalk")
EACH = pytest.mark.parametrize("name", NAMES)
TIGHT = {
    "apple": Apple(seed=3),
    "events": Events(events=(1, 8), shape=(22, 100), seed=3),
    "landmarks": Landmarks(count=(1, 10), shape=(24, 60), seed=3),
    "textures": Textures(shape=(30, 41), scale=(4, 9), seed=3),
    "crosstalk": Crosstalk(instances=(1, 4), shape=(12, 67), seed=3),
}
"""Generators whose ranges only just have room."""
seeds = st.integers(0, 2**40)
fractions = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)


def same(one, two):
    assert one.x.tobytes() == two.x.tobytes() and one.parts.tobytes() == two.parts.tobytes()
    assert (one.names, dict(one.parameters)) == (two.names, dict(two.parameters))
    np.testing.assert_equal([vars(t) for t in one.truth], [vars(t) for t in two.truth])


# ------------------------------------------------------------------ the same again


@EACH
def test_a_file_gives_the_same_bytes(name, tmp_path):
    made = TIGHT[name]
    made.save(tmp_path / "small")
    again = load_generator(tmp_path / "small.json")
    assert again == made and type(again) is type(made)
    assert (tmp_path / "small.json").stat().st_size < 2000
    for seed in (0, 7, 2**50):
        same(again.sample(seed), made.sample(seed))


PINNED = {
    "apple": 2402.771082839521,
    "events": 2468.092878337193,
    "landmarks": 820.8166877625044,
    "textures": 520.6192379849526,
    "crosstalk": 360.54696227191016,
}


@EACH
def test_the_matrices_of_a_version_stay_what_they_are(name):
    assert TIGHT[name].version == 1
    total = np.abs(TIGHT[name].sample(5).x).sum(dtype=np.float64)
    assert total == pytest.approx(PINNED[name], rel=1e-6)


@EACH
def test_samples_do_not_depend_on_each_other(name):
    data = TIGHT[name].dataset(4, start=10)
    for number, scene in enumerate(data.scenes):
        same(scene, TIGHT[name].sample(10 + number))
        np.testing.assert_array_equal(data.X[number], scene.x)
    other = TIGHT[name].model_copy(update={"seed": 4})
    matrices = [*data.X, *other.dataset(4, start=10).X]
    assert len(np.unique(np.reshape(matrices, (8, -1)), axis=0)) == 8


@EACH
def test_leaving_out_a_part_leaves_all_else(name):
    whole = TIGHT[name].sample(2)
    part = whole.names[-1]
    bare = TIGHT[name].sample(2, without=part)
    assert bare.names == whole.names[:-1] and part not in [t.part for t in bare.truth]
    elsewhere = ~whole.masks[part]
    assert not np.array_equal(bare.x, whole.x)
    if name != "apple":  # whose light falls on slopes beside a seed, too
        np.testing.assert_array_equal(bare.x[elsewhere], whole.x[elsewhere])
    assert (bare.masks["background"] >= whole.masks["background"]).all()


# ------------------------------------------------------------------ ranges and constraints


@EACH
@settings(max_examples=40, deadline=None)
@given(data=st.data(), seed=seeds)
def test_constraints_hold_for_every_seed(name, data, seed):
    """Also at the ends of all ranges: parameters are open, parts are there and share no cell."""
    made = TIGHT[name]
    count = len(made.parameters)
    drawn = data.draw(st.none() | st.lists(fractions, min_size=count, max_size=count))
    scene = made.sample(seed, fractions=drawn)
    found = {}
    for each, value in scene.parameters.items():
        low, high = made.open(each, found)
        assert low <= value <= high and isinstance(value, type(low))
        found[each] = value
    masks = scene.masks
    # every part that was named has cells of its own, and together they are the matrix
    assert all(mask.any() for mask in masks.values())
    assert (sum(mask.astype(int) for mask in masks.values()) == 1).all()
    assert np.isfinite(scene.x).all() and scene.x.shape == (*made.shape, 1)
    CHECKS[name](made, scene)


def check_apple(made, scene):
    seeds = [name for name in scene.names if name.startswith("seed")]
    assert seeds == [f"seed {number + 1}" for number in range(scene.parameters["seeds"])]
    flesh = made.sample(scene.seed, without=seeds, **scene.parameters).masks["flesh"]
    for truth in scene.truth:
        mask = scene.masks[truth.part]
        # whole inside the flesh, and another seed does not even touch a corner
        assert not (mask & ~flesh).any() and mask[round(truth.row), round(truth.column)]
        assert not {scene.names[each] for each in np.unique(scene.parts[grown(mask)])} & (
            set(seeds) - {truth.part}
        )
    edges = scene.masks["background"]
    assert all(line.all() for line in (edges[0], edges[-1], edges[:, 0], edges[:, -1]))


def grown(mask):
    found = np.zeros_like(mask)
    for row, column in zip(*np.nonzero(mask), strict=True):
        found[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2] = True
    return found


def check_events(made, scene):
    assert len(scene.truth) == scene.parameters["events"] == len(scene.names) - 1
    for event in scene.truth:
        check_box(event, scene.masks[event.part])
        assert event.label in made.classes
        assert event.height <= made.band[1] and event.width <= made.duration[1]


def check_box(truth, mask):
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    assert (truth.kind, truth.height, truth.width) == ("box", np.ptp(rows) + 1, np.ptp(columns) + 1)
    assert (truth.row, truth.column) == ((rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2)


def check_landmarks(made, scene):
    assert len(scene.truth) == scene.parameters["count"]
    rows, columns = np.indices(made.shape)
    for mark in scene.truth:
        near = np.hypot(rows - mark.row, columns - mark.column) <= scene.parameters["size"] / 2
        # a whole disc: none covers another one, none is cut off by an edge
        np.testing.assert_array_equal(scene.masks[mark.part], near)
        half = scene.parameters["size"] / 2
        assert -0.5 <= mark.row - half and mark.row + half <= made.shape[0] - 0.5
        assert -0.5 <= mark.column - half and mark.column + half <= made.shape[1] - 0.5
        assert -180 <= mark.angle <= 180


def check_textures(made, scene):
    share = scene.masks["figure"].mean()
    assert share == pytest.approx(scene.parameters["area"], abs=0.51 / scene.parts.size)


def check_crosstalk(made, scene):
    boxes = [t for t in scene.truth if t.kind == "box"]
    assert len(boxes) == scene.parameters["instances"]
    for one, two in itertools.pairwise(boxes):
        between = (two.column - two.width / 2) - (one.column + one.width / 2)
        assert between == scene.parameters["gap"] >= 1
    for box in boxes:
        check_box(box, scene.masks[box.part])
        size = (scene.parameters["height"], scene.parameters["width"])
        assert (box.height, box.width) == size


CHECKS = {
    "apple": check_apple,
    "events": check_events,
    "landmarks": check_landmarks,
    "textures": check_textures,
    "crosstalk": check_crosstalk,
}


@st.composite
def ranges(draw, name):
    """Ranges about the usual ones, of which some have no room."""
    given = {}
    for each, limits in type(TIGHT[name]).limits().items():
        low, high = getattr(TIGHT[name], each)
        if draw(st.booleans()):
            span = high - low or 1
            ends = [draw(st.floats(low - span / 2, high + span / 2)) for _ in range(2)]
            ends = sorted(min(max(end, limits.least), limits.most) for end in ends)
            given[each] = tuple(map(int, ends)) if isinstance(low, int) else tuple(ends)
    if draw(st.booleans()):
        given["shape"] = draw(st.tuples(st.integers(8, 100), st.integers(8, 100)))
    return given


@EACH
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_ranges_hold_or_are_refused(name, data):
    given = data.draw(ranges(name))
    try:
        made = generator(name, **given)
    except ValueError as error:
        assert "\n" not in str(error) and str(error).endswith((".", "?"))
        return
    scene = made.sample(data.draw(seeds))
    assert all(mask.any() for mask in scene.masks.values())
    CHECKS[name](made, scene)


@EACH
def test_parameters_are_drawn_evenly_over_what_is_open(name):
    made = generator(name)
    table = made.dataset(150).parameters
    assert list(table) == list(made.parameters)
    for each in made.parameters:
        low, high = getattr(made, each)
        if made.limits()[each].is_share:
            continue
        values = table[each]
        assert values.between(low, high).all()
        if isinstance(low, int):
            counts = values.value_counts()
            assert len(counts) == high - low + 1
            expected = 150 / len(counts)
            assert (abs(counts - expected) < 5 * np.sqrt(expected)).all()
        else:
            middle, error = (low + high) / 2, (high - low) / np.sqrt(12 * 150)
            assert abs(values.mean() - middle) <= 5 * error


def test_a_number_holds_a_parameter():
    made = Apple(size=40, seeds=5)
    assert (made.size, made.seeds) == ((40, 40), (5, 5))
    drawn = [made.sample(seed).parameters for seed in range(3)]
    assert {(each["size"], each["seeds"]) for each in drawn} == {(40.0, 5)}
    held = Apple().sample(1, size=np.float32(36.5), seeds=np.int64(4))
    assert (held.parameters["size"], held.parameters["seeds"]) == (36.5, 4)
    free = Apple().sample(1)
    for name in ("dimple", "red", "lean", "noise"):
        assert held.parameters[name] == free.parameters[name]
    assert list(Landmarks().dataset(2, count=3).parameters["count"]) == [3, 3]


def test_the_red_share_of_the_skin_is_what_was_drawn():
    made = Apple(noise=0, rendering="intensity")
    for red in (0.4, 0.6):
        scene = made.sample(3, red=red)
        lit = made.sample(3, red=red, seeds=3).x[..., 0]
        skin = scene.masks["skin"]
        # the two albedos lie far apart, and so does what the light makes of them
        pale = made.model_copy(update={"red": (0.0, 0.0)}).sample(3)
        assert (lit[skin] < 0.7 * pale.x[..., 0][skin]).mean() == pytest.approx(red, abs=0.02)


def test_renderings_show_the_same_apple():
    scenes = {
        how: Apple(rendering=how, noise=0, shape=(80, 90)).sample(4)
        for how in ("intensity", "depth", "height")
    }
    parts = [scene.parts for scene in scenes.values()]
    assert all(np.array_equal(parts[0], each) for each in parts)
    height = scenes["height"].x[..., 0] * 25
    half = scenes["height"].parameters["size"] / 2
    masks = scenes["height"].masks
    np.testing.assert_allclose(height[masks["background"]], 0)
    np.testing.assert_allclose(height[masks["skin"]], half, rtol=1e-5)
    np.testing.assert_allclose(height[masks["flesh"]], half - 0.5, rtol=1e-5)
    assert (height[masks["seed 1"]].max() > half) and (height[masks["seed 1"]] > half - 0.5).all()
    # depth is a plane less the height along its direction: one plane fits all cells exactly
    rows, columns = np.indices(height.shape)
    design = np.stack([rows.ravel(), columns.ravel(), height.ravel(), np.ones(height.size)], 1)
    depth = 25 * scenes["depth"].x[..., 0].ravel()
    fit, *_ = np.linalg.lstsq(design, depth, rcond=None)
    np.testing.assert_allclose(design @ fit, depth, atol=1e-3)
    assert np.linalg.norm(fit[:3]) == pytest.approx(1, abs=1e-4)
    assert fit[2] == pytest.approx(-np.cos(np.radians(12)), abs=1e-4)


def test_pairs_share_one_thing_each():
    pairs = Textures(noise=0, seed=2).pairs(30)
    base, texture, layout = (each.parameters for each in pairs)
    assert (base["texture"] == texture["texture"]).all()
    assert (base["layout"] != texture["layout"]).all()
    assert (base["layout"] == layout["layout"]).all()
    assert (base["texture"] != layout["texture"]).all()
    assert set(texture["layout"]) == {0, 1, 2, 3} and set(layout["texture"]) == {0, 1, 2}
    np.testing.assert_array_equal(pairs.base.mask("figure"), pairs.same_layout.mask("figure"))
    both = pairs.base.mask("figure") & pairs.same_texture.mask("figure")
    assert both.any(axis=(1, 2)).all()
    np.testing.assert_array_equal(pairs.base.X[both], pairs.same_texture.X[both])
    redrawn = Textures(noise=0, seed=2).pairs(30, redraw=True)
    np.testing.assert_array_equal(redrawn.base.X, pairs.base.X)
    for before, after in zip(pairs[1:], redrawn[1:], strict=True):
        assert before.parameters.equals(after.parameters)
        np.testing.assert_array_equal(before.mask("figure"), after.mask("figure"))
        cells = before.X[before.mask("figure")], after.X[after.mask("figure")]
        assert abs(np.corrcoef(np.ravel(cells[0]), np.ravel(cells[1]))[0, 1]) < 0.2
    # neither the count of cells, nor mean and deviation tell a texture
    figures = Textures(noise=0, contrast=1, area=0.3, scale=4, seed=2).dataset(200)
    inside = figures.mask("figure")
    for number in range(3):
        which = (figures.parameters["texture"] == number).to_numpy()
        values = figures.X[which, ..., 0][inside[which]]
        assert abs(values.mean()) < 0.05 and values.std() == pytest.approx(1, abs=0.05)


def test_an_angle_points_at_the_companion():
    made = Landmarks(count=1, noise=0, size=11, scatter=0)
    for turn in (-135, 0, 30, 90):
        scene = made.sample(1, turn=turn)
        (mark,) = scene.truth
        assert mark.angle == turn
        rows, columns = np.indices(made.shape)
        weights = scene.x[..., 0] / scene.x.sum()
        right = (weights * (columns - mark.column)).sum()
        up = -(weights * (rows - mark.row)).sum()
        assert np.degrees(np.arctan2(up, right)) == pytest.approx(turn, abs=3)


# ------------------------------------------------------------------ tables and COCO


def test_things_are_a_table():
    data = Events(seed=1).dataset(5)
    things = data.things
    assert list(things.columns[:7]) == "sample kind row column height width class".split()
    assert len(things) == data.parameters["events"].sum()
    assert set(things["class"]) <= {"tone", "sweep", "burst"}
    one = data.scenes[2].things
    assert "sample" not in one and len(one) == (things["sample"] == 2).sum()
    marks = Landmarks(count=2).sample(0).things
    assert marks["height"].isna().all() and marks["angle"].notna().all()


@EACH
def test_coco_read_back(name, tmp_path):
    data = TIGHT[name].dataset(3, start=5)
    found = json.loads(data.save_coco(tmp_path / "set").read_text())
    assert (tmp_path / "set.json").exists() and found == json.loads(json.dumps(data.coco()))
    names = {each["id"]: each["name"] for each in found["categories"]}
    keypoints = {each["name"] for each in found["categories"] if "keypoints" in each}
    ids = [each["id"] for each in found["annotations"]]
    assert len(set(ids)) == len(ids) == sum(len(scene.names) - 1 for scene in data.scenes)
    for image, scene in zip(found["images"], data.scenes, strict=True):
        assert (image["height"], image["width"]) == scene.parts.shape
        same(generator_of(found).sample(image["seed"]), scene)
        own = [each for each in found["annotations"] if each["image_id"] == image["id"]]
        truth = {t.part: t for t in scene.truth}
        for each, part in zip(own, scene.names[1:], strict=True):
            mask = scene.masks[part]
            np.testing.assert_array_equal(decoded(each["segmentation"]), mask)
            assert names[each["category_id"]] == part.rstrip("0123456789 ")
            assert (each["area"], each["iscrowd"]) == (mask.sum(), 0)
            left, top, width, height = each["bbox"]
            inside = np.zeros_like(mask)
            inside[top : top + height, left : left + width] = True
            assert not (mask & ~inside).any()
            assert mask[top].any() and mask[:, left].any()
            assert mask[top + height - 1].any() and mask[:, left + width - 1].any()
            is_landmark = part in truth and truth[part].kind == "landmark"
            assert is_landmark == ("keypoints" in each) == (names[each["category_id"]] in keypoints)
            if is_landmark:
                assert each["keypoints"] == [truth[part].column, truth[part].row, 2]


def decoded(segmentation):
    """Uncompressed run lengths as COCO defines them: down the columns, outside first."""
    counts, size = segmentation["counts"], segmentation["size"]
    cells = np.repeat(np.arange(len(counts)) % 2, counts)
    return cells.reshape(size, order="F").astype(bool)


def generator_of(found):
    given = dict(found["info"]["generator"])
    name = given.pop("generator")
    del given["format"], given["version"]
    return generator(name, **given)


# ------------------------------------------------------------------ a generator of one's own


class Level(Generator):
    """One value everywhere."""

    level: Range = parameter((0, 1), "value of all cells", -5, 5)

    def paint(self, values, chance, canvas):
        canvas.values += values["level"]


def test_a_generator_of_ones_own(tmp_path):
    made = Level(shape=(2, 3), level=(1, 2))
    assert (made.name, made.sample(0).names) == ("level", ("background",))
    made.save(tmp_path / "level.json")
    assert (
        load_generator(tmp_path / "level.json")
        == made
        == generator("level", shape=(2, 3), level=(1, 2))
    )
    x = made.sample(3).x
    assert 1 <= x.min() == x.max() <= 2


def test_the_one_of_the_page_runs():
    """The last block of docs/generators.md, as it is pasted."""
    page = (Path(__file__).parents[3] / "docs" / "generators.md").read_text()
    made = {"np": np}
    exec(compile(page.split("```python\n")[-1].split("```")[0], "generators.md", "exec"), made)
    band = made["Band"](shape=(16, 64), width=(4, 64), seed=1)
    for seed in range(20):
        scene = band.sample(seed)
        check_box(scene.truth[0], scene.masks["band"])
        assert abs(scene.truth[0].width - scene.parameters["width"]) <= 1
    assert band.sample(0, without="band").names == ("background",)


# ------------------------------------------------------------------ refusals


def test_impossible_ranges():
    with refuses(ValueError, "size=(50.0, 30.0)", "low to its high", "swap"):
        Apple(size=(50, 30))
    with refuses(ValueError, "red=(0.5, 1.5)", "what is possible", "from 0 to 1"):
        Apple(red=(0.5, 1.5))
    with refuses(ValueError, "size='large'", "should be", "height in cells"):
        Apple(size="large")
    with refuses(ValueError, "size=(30, 40, 50)", "a pair", "height in cells"):
        Apple(size=(30, 40, 50))
    with refuses(ValueError, "seeds=(3.5, 8)", "should be a valid integer", "number of seeds"):
        Apple(seeds=(3.5, 8))
    with refuses(ValueError, "no 'sizes'", "among", "did you mean 'size'?"):
        Apple(sizes=(30, 50))
    with refuses(ValueError, "size=(30.0, 90.0)", "reaches", "rows and columns"):
        Apple(size=(30, 90))
    with refuses(ValueError, "seeds=(3, 20)", "no room for 20 seeds", "lower seeds"):
        Apple(seeds=(3, 20))
    with refuses(ValueError, "events=30", "room for 10", "lower events"):
        Events(events=(1, 30))
    with refuses(ValueError, "no classes", "an event is of one", "at least one"):
        Events(classes=())
    with refuses(ValueError, "classes=('tone', 'hiss')", "should be", "list"):
        Events(classes=("tone", "hiss"))
    with refuses(ValueError, "count=40", "room for", "widen the shape"):
        Landmarks(count=(1, 40))
    with refuses(ValueError, "up to 9 instances", "24 × 96", "lower instances"):
        Crosstalk(instances=(2, 9))
    with refuses(ValueError, "scale=(4.0, 60.0)", "shorter side", "at most 48"):
        Textures(scale=(4, 60))
    with refuses(ValueError, "texture=(1, 1)", "another texture", "widen"):
        Textures(texture=1).pairs(2)


def test_impossible_samples():
    made = Crosstalk()
    with refuses(TypeError, "seed is 0.5", "whole number", "give one"):
        made.sample(0.5)
    with refuses(ValueError, "seed is -1", "at least 0", "give more"):
        made.sample(-1)
    with refuses(ValueError, "no parameter 'gaps'", "among", "did you mean 'gap'?"):
        made.sample(0, gaps=3)
    with refuses(ValueError, "gap=500", "whole number from 1 to", "widen its range"):
        made.sample(0, gap=500)
    with refuses(ValueError, "gap=2.5", "whole number from 1 to", "give one"):
        made.sample(0, gap=2.5)
    with refuses(ValueError, "contrast=nan", "a number from 2 to 3", "give one"):
        made.sample(0, contrast=float("nan"))
    with refuses(ValueError, "array of shape (2,)", "7 numbers from 0 to 1", "instances"):
        made.sample(0, fractions=np.zeros(2))
    with refuses(ValueError, "no part 'instance 9'", "instance 1, instance 2", "one of these"):
        made.sample(0, without="instance 9")
    with refuses(ValueError, "count is 0", "at least 1", "give more"):
        made.dataset(0)
    with refuses(ValueError, "count=1000000", "GiB", "draw fewer"):
        made.dataset(1_000_000)
    with refuses(ValueError, "kind of part 'instances'", "background, instance", "did you mean"):
        made.dataset(2).mask("instances")
    with refuses(TypeError, "'crosstalk'", "no solid of revolution", "export one of apple"):
        made.export("solid.glb")


def test_impossible_names_and_files(tmp_path):
    with refuses(ValueError, "no generator 'aple'", "among apple", "did you mean 'apple'?"):
        generator("aple")
    with refuses(ValueError, "no generator 'quince'", "among", "import the module"):
        generator("quince")
    place = tmp_path / "made.json"
    Crosstalk().save(place)
    whole = json.loads(place.read_text())

    def written(**changes):
        place.write_text(json.dumps({**whole, **changes}))
        return place

    with refuses(ValueError, "holds a generator", "a spec is expected", "load_generator"):
        synthetic.load(place)
    with refuses(ValueError, "version 2 of 'crosstalk'", "here that is version 1", "update"):
        load_generator(written(version=2))
    with refuses(ValueError, "version 0 of 'crosstalk'", "an older one", "make it anew"):
        load_generator(written(version=0))
    with refuses(ValueError, "format 9", "formats up to 1", "update heatbrush"):
        load_generator(written(format=9))
    with refuses(ValueError, "no generator 'quince'", "among", "import the module"):
        load_generator(written(generator="quince"))
    with refuses(ValueError, "is no generator", "Generator.save", "give the path"):
        load_generator(written(version="1"))
    with refuses(ValueError, "no 'depth'", "among", "did you mean"):
        load_generator(written(depth=3))
    with refuses(FileNotFoundError, "no file", "path of a generator", "give"):
        load_generator(tmp_path / "nothing.json")
    place.write_text(place.read_text()[:50])
    with refuses(ValueError, "damaged generator", "whole JSON", "save it anew"):
        load_generator(place)
    synthetic.columns().save(place)
    with refuses(ValueError, "holds a spec", "a generator is expected", "synthetic.load"):
        load_generator(place)
