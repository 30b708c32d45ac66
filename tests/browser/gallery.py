"""Screenshots of the view over mock data: every matrix, state, width and theme, no Jupyter.

    cd tests && python -m browser.gallery            # all of them, into tests/artifacts/
    cd tests && python -m browser.gallery tall dark  # those whose name contains all the words

Build the bundle first (`make bundle`, or `npm run build` in js/).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Route, sync_playwright

from browser import chromium

HERE = Path(__file__).parent
ARTIFACTS = HERE.parent / "artifacts"
STATIC = HERE.parents[1] / "widget" / "heatbrush" / "static"
ORIGIN = "http://localhost:9"
FILES = {
    "/": (HERE / "gallery.html", "text/html"),
    "/mock_model.js": (HERE / "mock_model.js", "text/javascript"),
    "/widget.js": (STATIC / "widget.js", "text/javascript"),
    "/styles.css": (STATIC / "styles.css", "text/css"),
}

Act = Callable[[Page], None]


def serve(page: Page) -> None:
    """Answer the page's requests from disk; there is no server."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path in FILES:
            file, kind = FILES[path]
            route.fulfill(body=file.read_bytes(), content_type=kind)
        elif path == "/favicon.ico":
            route.fulfill(status=204)
        else:
            route.abort()

    page.route(f"{ORIGIN}/**", answer)


def mount(page: Page, width: int, **options: Any) -> None:
    """Open the page so that the view is `width` wide, and wait until it is drawn."""
    page.set_viewport_size({"width": width + 32, "height": 2200})
    page.goto(f"{ORIGIN}/")
    page.wait_for_function("window.ready")
    page.evaluate("options => window.mount(options)", options)
    page.wait_for_selector('.heatbrush canvas[data-renders]:not([data-renders="0"])')
    page.wait_for_timeout(80)


def spot(page: Page, panel: str, row: float, column: float) -> tuple[float, float]:
    """Page coordinates of a place on a map, as shares of its height and width."""
    canvas = page.locator(f'.heatbrush-panel[data-panel="{panel}"] canvas')
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    return box["x"] + column * box["width"], box["y"] + row * box["height"]


def hover(panel: str, row: float, column: float) -> Act:
    def act(page: Page) -> None:
        page.mouse.move(*spot(page, panel, row, column))

    return act


def drag(
    panel: str,
    start: tuple[float, float],
    end: tuple[float, float],
    drop: bool = True,
    hold: str = "",
) -> Act:
    """Drag between two places, each (share of the height, share of the width)."""

    def act(page: Page) -> None:
        if hold:
            page.keyboard.down(hold)
        page.mouse.move(*spot(page, panel, *start))
        page.mouse.down()
        page.mouse.move(*spot(page, panel, *end), steps=6)
        if drop:
            page.mouse.up()
        if hold:
            page.keyboard.up(hold)

    return act


def click(name: str) -> Act:
    return lambda page: page.get_by_role("button", name=name, exact=True).first.click()


def entry(name: str) -> Act:
    """Take an item of the open menu."""
    return lambda page: page.get_by_role("menuitem", name=re.compile(f"^{name}")).click()


def mistyped(page: Page) -> None:
    field = page.get_by_role("dialog", name="Type a selection").get_by_role("textbox")
    field.fill("acc 2 w to gyro z, 15 to 24.75")
    field.press("Enter")


def press(*keys: str) -> Act:
    def act(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return act


def drag_some(page: Page) -> None:
    drag("input", (0.2, 0.3), (0.4, 0.4))(page)


def several(page: Page) -> None:
    """Bands of every kind, and a removal."""
    for mode, start, end, hold in (
        ("Rectangle", (0.26, 0.6), (0.44, 0.73), ""),
        ("Rows", (0.66, 0.1), (0.74, 0.2), "Shift"),
        ("Columns", (0.1, 0.14), (0.2, 0.32), "Shift"),
        ("Rectangle", (0.0, 0.19), (0.58, 0.27), "Alt"),
    ):
        click(mode)(page)
        drag("occlusion", start, end, hold=hold)(page)


def keyboard(page: Page) -> None:
    page.locator('.heatbrush-panel[data-panel="occlusion"]').focus()
    press(*["ArrowDown"] * 14, *["ArrowRight"] * 32)(page)
    page.keyboard.down("Shift")
    press(*["ArrowRight"] * 13, *["ArrowDown"] * 2)(page)


def running(page: Page) -> None:
    click("Run")(page)
    page.wait_for_function("window.model.sent.some(message => message.kind === 'run')")
    page.wait_for_timeout(600)
    page.evaluate(
        "() => { for (const timer of window.kernel.timers.values()) clearInterval(timer) }"
    )


def gone(page: Page) -> None:
    """The kernel is restarted: its side of the view is gone."""
    page.evaluate(
        """() => {
          window.kernel.alive = false;
          window.model.comm_live = false;
          window.model.emit("comm_live_update");
        }"""
    )
    page.wait_for_timeout(1000)


def cut(page: Page) -> None:
    """The line is cut while a run is under way, and the brush goes on."""
    running(page)
    page.evaluate("() => { window.kernel.alive = false }")
    page.wait_for_selector('.heatbrush[data-state="disconnected"]')
    drag("occlusion", (0.66, 0.2), (0.74, 0.29))(page)
    page.wait_for_timeout(1200)


def unheard(page: Page) -> None:
    """Nobody answers from the start."""
    page.wait_for_selector('.heatbrush[data-state="saved"]')
    page.wait_for_timeout(1000)


def zoomed(page: Page) -> None:
    page.mouse.move(*spot(page, "occlusion", 0.4, 0.65))
    page.keyboard.down("Control")
    for _ in range(4):
        page.mouse.wheel(0, -60)
    page.keyboard.up("Control")


FAILURE = {
    "title": "This model hides its layers from lrp",
    "sentence": "lrp walks the layer graph; a subclassed keras.Model shows none. "
    "occlusion, gradient and smoothgrad work here.",
    "instead": ["occlusion", "gradient"],
}


def failing(page: Page) -> None:
    page.evaluate(
        """failure => {
          const panels = window.model.full;
          const empty = { map: null, seconds: null, summary: "epsilon rule" };
          panels[1] = { ...panels[1], ...empty, name: "lrp", method: "lrp", failure };
          window.model.change("panels", panels);
        }""",
        FAILURE,
    )
    page.wait_for_timeout(1000)


def choose(page: Page) -> None:
    page.get_by_role("combobox", name="Method").click()


def open_lrp(page: Page) -> None:
    choose(page)
    page.get_by_role("option", name=re.compile("^lrp ")).click()
    page.get_by_role("button", name=re.compile("^Parameters of lrp")).click()


def rule(name: str) -> Act:
    return lambda page: page.get_by_label("rule", exact=True).select_option(name)


def composite(page: Page) -> None:
    page.get_by_label("composite").select_option("epsilon_gamma_box")


def open_notes(page: Page) -> None:
    page.get_by_role("button", name="Notes of lrp").click()


def warned(page: Page) -> None:
    page.evaluate(
        """(warnings) => {
          const { model } = window;
          model.change("hidden", { ...model.get("hidden"), warnings });
        }""",
        [
            "With everything hidden the model still says bearing (0.97): what the maps show is "
            "what holds against the rest; baseline=0 may tell more "
            "(explainer.baselines(x) compares all)."
        ],
    )


def open_baselines(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Hidden cells become")).click()
    page.wait_for_timeout(400)


def absent(page: Page) -> None:
    """A gap inside, and an end that is padding; a map that is half computed beside it."""
    page.evaluate(
        """() => {
          const { model, mock } = window;
          const sample = model.get("sample");
          const [H, W] = sample.matrix.shape;
          const gone = Array.from({ length: H * W }, (_, at) => {
            const [row, column] = [Math.floor(at / W), at % W];
            const hole = row >= H / 4 && row < H / 2 && column >= W / 4 && column < W / 3;
            return Number(hole || column >= 0.8 * W);
          });
          model.change("sample", { ...sample, absent: mock.array(gone, [H, W]) });
          const [first, ...others] = model.full;
          const values = new Float32Array(first.map.bytes.buffer).map((value, at) =>
            at % W < W / 2 ? value : NaN);
          const half = { ...first, run: 9, map: mock.array(values, [H, W]) };
          model.change("panels", [half, ...others]);
        }"""
    )
    page.mouse.move(*spot(page, "gradient", 0.4, 0.9))


def wrong_patch(page: Page) -> None:
    page.get_by_label("patch, rows").fill("0")


def rerun(page: Page) -> None:
    page.get_by_role("menuitem", name="Rerun").click()


def no_profiles(page: Page) -> None:
    page.keyboard.press("Tab")
    page.locator(".heatbrush-panel").first.focus()
    page.keyboard.press("p")


def find(page: Page) -> None:
    page.get_by_role("button", name="Find runs", exact=True).click()
    page.wait_for_selector(".hb-runs tbody tr")


def point(page: Page) -> None:
    find(page)
    page.locator(".hb-runs tbody tr").nth(1).hover()


def choose_run(page: Page) -> None:
    find(page)
    page.locator(".hb-runs tbody tr").first.click()


def searching(page: Page) -> None:
    page.get_by_role("button", name="Find runs", exact=True).click()
    page.wait_for_timeout(600)
    page.evaluate(
        "() => { for (const timer of window.kernel.timers.values()) clearInterval(timer) }"
    )


def list_samples(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Find a sample")).click()
    page.wait_for_selector(".hb-samples canvas")


def least_sure(page: Page) -> None:
    list_samples(page)
    page.get_by_label("Which samples").select_option(label="misclassified")
    page.get_by_label("Order of the samples").select_option(label="least sure first")
    page.get_by_role("combobox", name="Name, class or index").fill("n")
    page.wait_for_timeout(200)
    page.keyboard.press("ArrowDown")


def walk(page: Page) -> None:
    least_sure(page)
    page.keyboard.press("Enter")


def open_finder(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^How runs are found")).click()


SELECTED = {"bands": [{"op": "add", "rows": [5, 9], "columns": [96, 118]}]}
SQUARE = {"bands": [{"op": "add", "rows": [12, 24], "columns": [34, 48]}]}
TALL = {"bands": [{"op": "add", "rows": [38, 60], "columns": None}]}


@dataclass(frozen=True)
class Shot:
    """One picture: what is mounted, and what is done to it first."""

    name: str
    kind: str = "wide"
    methods: tuple[str, ...] = ("occlusion", "gradient", "integrated_gradients")
    overrides: dict[str, Any] = field(default_factory=dict)
    width: int = 1000
    theme: str = "light"
    acts: tuple[Act, ...] = ()
    ratio: float = 1
    kernel: dict[str, Any] = field(default_factory=dict)

    def themed(self, theme: str) -> Shot:
        return replace(self, theme=theme)

    def wide(self, width: int) -> Shot:
        return replace(self, width=width)

    @property
    def file(self) -> str:
        scale = f"-{self.ratio:g}x" if self.ratio != 1 else ""
        return f"{self.name}-{self.width}-{self.theme}{scale}.png"


SELECTION = {"selection": SELECTED}
WIDE = Shot("wide", overrides=SELECTION)
SQUARES = Shot("square", kind="square", overrides={"selection": SQUARE})
TALLS = Shot("tall", kind="tall", overrides={"selection": TALL})
SEVEN = ("occlusion", "gradient", "integrated_gradients", "smoothgrad")
SEVEN += ("input_x_gradient", "lrp", "deep_taylor")
SHARED = {"limits": "shared", "quantile": 0.998, "colours": "purple-green"}
SHARED |= {
    "channel": None,
    "profiles": True,
    "evidence": True,
    "mode": "rows",
    "brush": 1,
    "input": "whole",
    "blocks": "strongest",
}


def shapes() -> Iterator[Shot]:
    """Every kind of matrix at every width."""
    for shot in (WIDE, SQUARES, TALLS):
        yield from (shot, shot.themed("dark"), *map(shot.wide, (1100, 700, 400, 360)))
    yield replace(WIDE, ratio=2)
    yield replace(WIDE, name="wide-seven", methods=SEVEN)
    yield replace(SQUARES, name="square-seven", methods=SEVEN, theme="dark")
    yield from (Shot("digits", kind="digits"), Shot("digits", kind="digits", width=400))
    yield Shot("row", kind="row")
    yield Shot("channels", kind="channels")
    yield Shot("channels", kind="channels", width=400, theme="dark")
    yield Shot("large", kind="large")
    number = {"kind": "values", "all": [41.7], "predicted": 0}
    yield Shot("values", overrides={"classes": ["load"], "scores": number})


def hands() -> Iterator[Shot]:
    """The pointer and the keyboard at work."""
    pointed = Shot("crosshair", acts=(hover("gradient", 0.42, 0.65),))
    yield from (pointed, pointed.wide(400), replace(pointed, kind="tall", name="tall-crosshair"))
    dragged = drag("occlusion", (0.66, 0.2), (0.74, 0.29), drop=False)
    dragging = Shot("dragging", acts=(dragged,))
    yield from (dragging, dragging.themed("dark"), dragging.wide(400))
    rows = drag("gradient", (0.07, 0.5), (0.18, 0.02), drop=False)
    yield Shot("dragging-rows", theme="dark", acts=(click("Rows"), rows))
    removed = drag("occlusion", (0.1, 0.62), (0.35, 0.68), drop=False, hold="Alt")
    yield replace(WIDE, name="removing", acts=(removed,))
    yield from (Shot("bands", acts=(several,)), Shot("keyboard", acts=(keyboard,)))
    yield replace(WIDE, name="zoomed", acts=(zoomed,))
    yield Shot("large-zoomed", kind="large", acts=(zoomed,))


def hidden() -> Iterator[Shot]:
    """The input as the model gets it, what hidden cells become, and cells that do not exist."""
    for kind, selected in (("wide", SELECTED), ("square", SQUARE), ("tall", TALL)):
        for seen in ("without", "only"):
            options = {**SHARED, "colours": "blue-red", "input": seen}
            shot = Shot(f"seen-{seen}-{kind}", kind, overrides={"selection": selected})
            shot = replace(shot, overrides={**shot.overrides, "options": options})
            yield from (shot, shot.themed("dark"), shot.wide(700), shot.wide(400))
        gone = Shot(f"absent-{kind}", kind, acts=(absent,))
        yield from (gone, gone.themed("dark"), gone.wide(400))
    table = replace(WIDE, name="baselines", acts=(warned, open_baselines))
    yield from (table, table.themed("dark"), table.wide(400))
    yield replace(WIDE, name="input-menu", width=400, acts=(click("Panel menu of input"),))


def menus() -> Iterator[Shot]:
    """What opens under a button, and what it changes."""
    picker = replace(WIDE, name="methods", acts=(choose,))
    yield from (picker, picker.themed("dark"), picker.wide(400))
    yield replace(picker, name="methods-low", kind="row", overrides={})
    form = replace(WIDE, name="form", acts=(click("Parameters of occlusion: defaults"),))
    yield from (form, form.themed("dark"), form.wide(400))
    lrp = Shot("lrp-form", methods=("lrp", "occlusion"), acts=(open_lrp,))
    yield from (lrp, lrp.themed("dark"), lrp.wide(400))
    yield replace(lrp, name="lrp-alpha", acts=(open_lrp, rule("alpha_beta")))
    yield replace(lrp, name="lrp-composite", acts=(open_lrp, composite))
    yield replace(form, name="form-wrong", acts=(*form.acts, wrong_patch))
    yield from (Shot("view", acts=(click("View"),)), Shot("export", acts=(click("Export"),)))
    yield Shot("more", width=400, acts=(click("More"),))
    cells = replace(WIDE, name="selection-menu", acts=(click("Selection"),))
    yield from (cells, cells.themed("dark"))
    typed = replace(WIDE, name="typing", acts=(click("Selection"), entry("Type"), mistyped))
    yield from (typed, typed.themed("dark"))
    yield replace(typed, width=400, acts=(click("More"), entry("Selection"), *typed.acts[1:]))
    strongest = Shot("strongest", acts=(click("Panel menu of occlusion"), entry("Strongest cells")))
    yield from (strongest, strongest.themed("dark"), strongest.wide(400))
    taken = Shot("strongest-taken", acts=(*strongest.acts, entry("5 % by")))
    yield from (taken, taken.themed("dark"))
    yield Shot("rerun", acts=(click("Panel menu of gradient"), rerun))
    yield Shot("no-profiles", acts=(no_profiles,))
    yield Shot("colours", theme="dark", overrides={"options": SHARED})


def footers() -> Iterator[Shot]:
    """What stands under the maps: sums, residuals and notes."""
    methods = ("integrated_gradients", "lrp", "deep_taylor", "shapley")
    wide = Shot("footer", methods=methods)
    yield from (wide, wide.themed("dark"), wide.wide(700), wide.wide(400))
    yield Shot("footer-two", methods=(*SEVEN, "shapley"))
    for kind in ("square", "tall"):
        shot = Shot(f"footer-{kind}", kind=kind, methods=("gradient", *methods, "occlusion"))
        yield from (shot, shot.themed("dark"), shot.wide(700), shot.wide(400))
    notes = replace(wide, name="notes", acts=(open_notes,))
    yield from (notes, notes.themed("dark"), notes.wide(400))
    yield replace(wide, name="standard-error", acts=(hover("shapley", 0.42, 0.65),))


def evidence() -> Iterator[Shot]:
    """The table of runs: found, pointed at, chosen, and while it is searched."""
    for kind in ("wide", "square", "tall"):
        shot = Shot(f"evidence-{kind}", kind=kind, acts=(point,))
        yield from (shot, shot.themed("dark"), shot.wide(700), shot.wide(400))
    yield Shot("evidence-chosen", acts=(choose_run,))
    yield Shot("evidence-searching", acts=(searching,))
    form = Shot("evidence-form", acts=(open_finder,))
    yield from (form, form.wide(400))


def scrolled(page: Page) -> None:
    page.locator(".hb-body").evaluate("(body) => body.scrollBy(0, 190)")
    page.wait_for_timeout(200)


def enlarge(page: Page) -> None:
    page.set_viewport_size({"width": page.viewport_size["width"], "height": 900})
    page.locator('[data-panel="gradient"]').get_by_role("button", name="Enlarge").click()


def arranged(page: Page) -> None:
    """A panel pinned for another sample, and its difference from another."""
    page.evaluate(
        """() => {
          const { kernel, model } = window;
          kernel.pin(model, { panel: "occlusion", wanted: true });
          kernel.show(model, { sample: 12, a: null, b: null });
          kernel.subtract(model, { a: "occlusion", b: "gradient", panel: "occlusion - gradient" });
        }"""
    )


def dragged_title(page: Page) -> None:
    title = page.locator('[data-panel="gradient"] .hb-title').first.bounding_box()
    first = page.locator('[data-panel="occlusion"] .hb-title').first.bounding_box()
    assert title and first
    page.mouse.move(title["x"] + 90, title["y"] + 8)
    page.mouse.down()
    page.mouse.move(first["x"] + 90, first["y"] + 8, steps=4)


def arranging() -> Iterator[Shot]:
    """Panels pinned, subtracted, duplicated and moved."""
    for kind, selected in (("wide", SELECTED), ("square", SQUARE), ("tall", TALL)):
        shot = Shot(f"arranged-{kind}", kind, SEVEN[:2], {"selection": selected}, acts=(arranged,))
        yield from (shot, shot.themed("dark"), shot.wide(360))
    shot = Shot("panel-menu", methods=SEVEN[:2], acts=(arranged, click("Panel menu of gradient")))
    yield from (shot, shot.themed("dark"), shot.wide(360))
    form = replace(shot, name="duplicate", acts=(*shot.acts, entry("Duplicate")))
    yield from (form, form.themed("dark"), form.wide(360))
    yield replace(shot, name="differences", acts=(*shot.acts, entry("Difference")))
    moving = Shot("moving", methods=SEVEN[:2], acts=(dragged_title,))
    yield from (moving, replace(moving, name="moving-square", kind="square", theme="dark"))


def room() -> Iterator[Shot]:
    """A view with a height of its own, scrolled."""
    sized = Shot(
        "height", methods=SEVEN[:4], overrides={**SELECTION, "height": 620}, acts=(scrolled,)
    )
    yield from (sized, sized.themed("dark"), sized.wide(700), sized.wide(360), sized.wide(2000))
    for kind in ("wide", "square", "tall"):
        large = Shot(f"enlarged-{kind}", kind, methods=SEVEN[:2], acts=(enlarge,))
        yield from (large, large.themed("dark"), large.wide(360))


def drawn() -> Iterator[Shot]:
    """Scales by hand, the input with and without a zero and beneath the maps, rows turned over."""
    options = {
        "by-hand": {"by_hand": {"gradient": [-0.3, 0.3]}, "input_scale": "plain"},
        "beneath": {"beneath": True, "colours": "blue-orange"},
        "flipped": {"flipped": True, "per_row": 2, "colours": "pink-green"},
        "rows-apart": {"rows_apart": True, "aspect": 1},
    }
    for name, chosen in options.items():
        for kind in ("wide", "square"):
            shot = Shot(f"{name}-{kind}", kind, overrides={"options": {**SHARED, **chosen}})
            yield from (shot, shot.themed("dark"), shot.wide(360), shot.wide(2000))
    lines = {
        "lines-over": {"lines": "over"},
        "lines-along": {"lines": "along", "rows_apart": True, "flipped": True},
    }
    for name, chosen in lines.items():
        for kind in ("leads", "channels", "row"):
            given = {"options": {**SHARED, **chosen}}
            shot = Shot(f"{name}-{kind}", kind, overrides=given, acts=(drag_some,), width=1280)
            yield from (shot, shot.themed("dark"), shot.wide(360))
    half = [["turning", "still"][row % 3 == 0] for row in range(20)]
    orders = {
        "order-groups": {"order": "groups", "groups": half},
        "order-profile": {"order": "profile", "order_by": "gradient", "descending": True},
    }
    for name, chosen in orders.items():
        given = {"options": {**SHARED, "mode": "rectangle", **chosen}}
        shot = Shot(name, overrides=given, acts=(drag_some,), width=1280)
        yield from (shot, shot.themed("dark"), shot.wide(360))
    gaps = Shot("lines-gaps", "leads", overrides={"options": {**SHARED, "lines": "over"}})
    yield replace(gaps, acts=(absent,))
    for opened in ("Colours", "Room", "Input beneath"):
        menu = Shot(f"menu-{opened.split()[0].lower()}", acts=(click("View"), entry(opened)))
        yield from (menu, menu.themed("dark"))
    typed = (click("Panel menu of gradient"), entry("Colour limits"))
    yield Shot("limits-typed", acts=typed)


def matrices() -> Iterator[Shot]:
    """A matrix without a model behind it."""
    options = {**SHARED, "colours": "blue-red", "profiles": False, "quantile": 1.0}
    bare = {"bare": True, "classes": [], "options": options}
    small = Shot("matrix", kind="digits", methods=("occlusion",), overrides=bare)
    yield from (small, small.themed("dark"), small.wide(400))
    yield replace(small, name="matrix-large", kind="square")


def samples() -> Iterator[Shot]:
    """The list of samples: by index, narrowed down and half looked at, and a step in it."""
    by_index = Shot("samples", acts=(list_samples,))
    yield from (by_index, by_index.themed("dark"), by_index.wide(360))
    yield replace(by_index, kind="digits", name="samples-digits")
    half = {"names": True, "surveyed": {"done": 61, "total": 240, "running": True}}
    some = Shot("samples-some", kernel=half, acts=(least_sure,), width=1280)
    yield from (some, some.themed("dark"), some.wide(360))
    yield from (
        replace(some, name="samples-walk", acts=(walk,), width=width) for width in (1280, 360)
    )


def states() -> Iterator[Shot]:
    """Running, failing, without a kernel, empty."""
    run = replace(WIDE, name="running", acts=(running,))
    yield from (run, run.themed("dark"), run.wide(400))
    error = Shot("error", acts=(failing,))
    yield from (error, error.themed("dark"), error.wide(400))
    yield Shot("error-tall", kind="tall", width=400, acts=(failing,))
    yield Shot("error-row", kind="row", width=400, acts=(failing,))
    offline = replace(WIDE, name="gone", acts=(gone,))
    yield from (offline.themed("dark"), offline.wide(400))
    yield Shot("saved", overrides={"live": False, **SELECTION})
    lost = replace(WIDE, name="lost", acts=(cut,))
    yield from (lost, lost.themed("dark"), lost.wide(400))
    answered = {"sample": 37, **SELECTION, "without": [0.15, 0.35, 0.25, 0.25]}
    answered |= {"only": [0.1, 0.2, 0.3, 0.4]}
    nobody = replace(WIDE, name="unheard", acts=(unheard,), kernel={"alive": False})
    nobody = replace(nobody, overrides={**SELECTION, "answered": answered})
    of_two = {"kind": "probabilities", "predicted": 0, "models": ["before", "after"]}
    of_two["all"] = [0.15, 0.35, 0.25, 0.25, 0.05, 0.75, 0.1, 0.1]
    both = {"sample": 37, **SELECTION, "only": of_two["all"][::-1]}
    both["without"] = [0.25, 0.25, 0.25, 0.25, 0.4, 0.2, 0.2, 0.2]
    given = {"live": False, **SELECTION, "scores": of_two, "answered": both}
    models = Shot("models", methods=SEVEN[:2], overrides=given)
    yield from (models, models.themed("dark"), models.wide(400))
    yield from (nobody, nobody.themed("dark"), nobody.wide(400))
    yield from (Shot("empty", methods=()), Shot("empty", methods=(), width=400))


def things() -> Iterator[Shot]:
    """Marks of what was found, three and fifty, with a selection that hides some."""
    hides = {"selection": {"bands": [{"op": "add", "rows": None, "columns": [15, 30]}]}}
    kinds = {"landmarks": "square", "parts": "square", "many": "square", "boxes": "wide"}
    for found, kind in (*kinds.items(), ("steps", "wide")):
        shot = Shot(f"things-{found}", kind=kind, methods=SEVEN[:1], overrides={"things": found})
        some = replace(shot, name=f"{shot.name}-hidden", overrides={"things": found, **hides})
        for each in (shot, some):
            yield from (each, each.themed("dark"), each.wide(360))


def turned(what: str, name: str, at: int, count: int) -> Act:
    """The target stands at a layer, or step, of so many."""
    dial = {"what": what, "name": name, "at": at, "count": count}
    target = {"a": 3, "b": None, "given": True, "added": 1, "dial": dial}
    return lambda page: page.evaluate("of => window.model.change('target', of)", target)


def offered(page: Page) -> None:
    """The list of what may be the target."""
    click("Another target: an output, a layer, a thing")(page)
    output = {"name": "the model's output", "rows": 32, "columns": 32, "channels": 1}
    layers = [
        {"name": f"block_{k}_conv", "shape": [32, 32, 8], "channels": 8, "cells": True}
        for k in range(30)
    ]
    said = {"kind": "offered", "layers": layers, "counts": True, "boxes": False, "missing": ""}
    said["outputs"] = [{**output, "classes": 0, "steps": 0, "each": 1}]
    page.evaluate(
        "of => window.model.reply({ ...of, viewer: window.model.sent.findLast("
        "({ kind }) => kind === 'offer').viewer })",
        said,
    )


def numbers(page: Page) -> None:
    """What a channel of a layer takes."""
    offered(page)
    page.keyboard.type("channel")
    page.keyboard.press("Enter")


def targets() -> Iterator[Shot]:
    """Another target, and the dial that turns it."""
    start = Shot("target", kind="square", methods=SEVEN[:1], overrides={"things": "landmarks"})
    for name, acts in {
        "layer": (turned("layer", "block_17_conv_of_the_backbone", 16, 30),),
        "step": (turned("step", "step 3", 3, 40),),
        "list": (offered,),
        "form": (numbers,),
    }.items():
        shot = replace(start, name=f"target-{name}", acts=acts)
        yield from (shot, shot.themed("dark"), shot.wide(360), shot.themed("dark").wide(360))
        if name == "layer":
            yield shot.wide(1280)


def shots() -> Iterator[Shot]:
    """The gallery."""
    parts = (shapes, hands, hidden, menus, arranging, footers, evidence, room, samples, matrices)
    for part in (*parts, drawn, things, targets, states):
        yield from part()


def take(shot: Shot, page: Page) -> None:
    mount(
        page,
        shot.width,
        kind=shot.kind,
        methods=list(shot.methods),
        overrides=shot.overrides,
        theme=shot.theme,
        kernel=shot.kernel,
    )
    for act in shot.acts:
        act(page)
    page.wait_for_timeout(400)
    page.locator("#mount").screenshot(path=ARTIFACTS / shot.file)


def watched(page: Page) -> list[str]:
    """What the page complains about, as it comes."""
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def shoot(browser: Browser, shot: Shot) -> list[str]:
    """Take one picture; return what went wrong."""
    context = browser.new_context(device_scale_factor=shot.ratio)
    page = context.new_page()
    said = watched(page)
    serve(page)
    try:
        take(shot, page)
    except Error as error:
        said.append(str(error))
    root = "document.documentElement"
    if page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"):
        said.append("scrolls sideways")
    context.close()
    return said


def main(words: list[str]) -> int:
    """Take the pictures; return how many pages complained or scrolled sideways."""
    ARTIFACTS.mkdir(exist_ok=True)
    wrong = 0
    with sync_playwright() as playwright:
        path = chromium.find()
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        for shot in shots():
            if all(word in shot.file for word in words):
                said = shoot(browser, shot)
                wrong += bool(said)
                print(shot.file, *said, sep="\n    ")
        browser.close()
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
