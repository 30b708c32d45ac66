"""The view in Chromium: frames and answers a second under the hand, bytes, a saved view opened.

It is headless Chromium with software rendering: there is no graphics card, the processor paints
every frame, and the kernel shares it. So these figures are a lower bound, and tell one version from
another on the same machine rather than what a reader's screen shows.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import chromium, jupyter  # noqa: E402
from browser.hand import Hand  # noqa: E402

FRAMES = 200
DRAGS = 5
OPENED = 7
PATIENCE = 300_000.0
SHAPE = (64, 256)
WINDOW = {"width": 1500, "height": 1100}
SIZES = ((64, 256, 8), (2048, 2048, 4))
# one step of the hand in each frame, and how long the frames took, in ms
PACED = """async ([selector, frames, steps]) => {
  const target = document.querySelector(selector);
  const frame = () => new Promise(requestAnimationFrame);
  const make = ([kind, clientX, clientY, deltaY]) => {
    const place = { clientX, clientY, bubbles: true, cancelable: true };
    if (kind === "wheel") return new WheelEvent(kind, { ...place, deltaY, ctrlKey: true });
    return new PointerEvent(kind, { ...place, pointerId: 1, pointerType: "mouse", buttons: 1 });
  };
  const times = [], waiting = [];
  const scores = document.querySelector(".hb-scores");
  let [touched, repaints] = [false, 0];
  const watch = new MutationObserver(() => { touched = true; });
  watch.observe(scores, { subtree: true, childList: true, characterData: true });
  await frame();
  let before = await frame();
  for (let index = 0; index < frames; index++) {
    target.dispatchEvent(make(steps[index % steps.length]));
    const now = await frame();
    times.push(now - before);
    waiting.push(scores.hasAttribute("data-waiting"));
    repaints += touched;
    touched = false;
    before = now;
  }
  watch.disconnect();
  return { times, waiting, repaints };
}"""

# what crosses between the page and its server, in bytes
COUNT = """(() => {
  window.crossed = { sent: 0, received: 0 };
  const size = (data) => data.byteLength ?? data.size ?? data.length;
  const { send } = WebSocket.prototype;
  const heard = new WeakSet();
  WebSocket.prototype.send = function (data) {
    window.crossed.sent += size(data);
    const count = ({ data }) => { window.crossed.received += size(data); };
    if (!heard.has(this)) this.addEventListener("message", count);
    heard.add(this);
    return send.call(this, data);
  };
})();"""

# when everything in the window is painted, since the page was asked for
PAINTED = """(() => {
  const look = () => {
    const maps = [...document.querySelectorAll("canvas.heatbrush-map")];
    const seen = maps.filter((map) => map.getBoundingClientRect().top < innerHeight);
    const drawn = seen.every((map) => Number(map.dataset.renders) > 0);
    if (maps.length > window.wanted && drawn)
      requestAnimationFrame(() => setTimeout(() => { window.opened = performance.now(); }));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();"""

Step = tuple[str, float, float, float]


def there_and_back(hand: Hand, shape: tuple[int, int], row: float, first: int) -> list[Step]:
    """Walk along a row, a 128th of it a step, to its end and back."""
    stride = max(1, shape[1] // 128)
    path = [*range(first, shape[1] - 1, stride), *range(shape[1] - 2, first, -stride)]
    (left, y), (right, _) = (hand.point("input", row, c, shape) for c in (0, shape[1]))
    step = (right - left) / shape[1]
    return [("pointermove", left + step * (c + 0.5), y, 0.0) for c in path]


@contextmanager
def held(page: Page, x: float, y: float) -> Iterator[None]:
    """Press the button of the mouse there, and let go in the end."""
    page.mouse.move(x, y)
    page.mouse.down()
    yield
    page.mouse.up()


def brushing(page: Page, hand: Hand, shape: tuple[int, int]) -> list[float]:
    """Drag an edge of a band of columns."""
    hand.button("Columns").click()
    row, first = shape[0] / 2, shape[1] // 8
    steps = there_and_back(hand, shape, row, first)
    with held(page, *hand.point("input", row, first, shape)):
        found = page.evaluate(PACED, [MAP, FRAMES, steps])
    page.keyboard.press("Escape")
    return found["times"]


def zooming(page: Page, hand: Hand, shape: tuple[int, int]) -> list[float]:
    """Turn the wheel with Ctrl: in for twenty frames, out for twenty."""
    x, y = hand.point("input", shape[0] / 3, shape[1] / 3, shape)
    steps = [("wheel", x, y, turn) for turn in [-30.0] * 20 + [30.0] * 20]
    return page.evaluate(PACED, [MAP, FRAMES, steps])["times"]


def colouring(page: Page, hand: Hand, _shape: tuple[int, int]) -> list[float] | None:
    """Drag an end of the colour bar; None where the legend has no end to drag."""
    hand.panel("map 0").scroll_into_view_if_needed()
    bar = hand.panel("map 0").locator(GRIP).locator("visible=true")
    if not bar.count():
        return None
    box = bar.first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] - 4, box["y"] + box["height"] / 2
    path = [*range(2, 22), *range(21, 1, -1)]
    steps = [("pointermove", x - by, y, 0.0) for by in path]
    selector = f'[data-panel="map 0"] {GRIP}:not([hidden])'
    with held(page, x, y):
        return page.evaluate(PACED, [selector, FRAMES, steps])["times"]


MAP = '[data-panel="input"] canvas.heatbrush-map'
GRIP = ".hb-ends-grip"
ACTS = {"brushing": brushing, "zooming": zooming, "dragging the legend": colouring}


def frames(page: Page) -> None:
    """Print how many frames a second the page shows, of maps of noise."""
    for number, (rows, columns, panels) in enumerate(SIZES):
        hand = shown(page, MAPS + number)
        print(f"\n{rows} x {columns}, {panels} panels and the input: frames a second")
        for name, act in ACTS.items():
            print(f"  {name:20s}{rate(act(page, hand, (rows, columns)))}", flush=True)


def shown(page: Page, cell: int) -> Hand:
    """Run the cell that shows a view, and wait until all of it is there."""
    jupyter.run_cell(page, cell, timeout=PATIENCE)
    hand = Hand(page)
    hand.canvas("input").wait_for()
    hand.expect_state("idle", timeout=PATIENCE)
    page.wait_for_timeout(2000)
    return hand


def rate(times: list[float] | None) -> str:
    if times is None:
        return "the legend has nothing to drag"
    median, worst = 1000 / statistics.median(times), 1000 / max(times)
    return f"{median:5.1f} (median of {len(times)}, worst {worst:.1f}; aim: 60)"


SETUP = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import numpy as np, heatbrush as hb
from heatbrush.answering import places
from benchmarks.model import small_cnn
random = np.random.default_rng(0)
def noise(*shape): return random.normal(size=shape).astype("float32")
def quarters(batch):
    return np.stack([each.mean((1, 2, 3)) for each in np.array_split(batch, 4, axis=2)], axis=1)
def maps(rows, columns, panels):
    found = {{f"map {{index}}": noise(rows, columns) for index in range(panels)}}
    hb.close_all()
    return hb.compare(hb.Explainer(quarters, baseline=0), noise(rows, columns), found, charts=False)
"""
NETWORK = f"""
hb.close_all()
view = hb.compare(small_cnn(), 30 * noise{SHAPE}, methods=["gradient", "occlusion"], charts=False)
view
"""
MAPS = 1
CELLS = (SETUP, *(f"view = maps{size}\nview" for size in SIZES), NETWORK)
ALONE = "places.MOMENT = 0.0"


def answers(page: Page) -> None:
    """Print how the scores follow the hand, with a network that answers."""
    hand = shown(page, len(CELLS) - 1)
    hand.button("Columns").click()
    print(f"\n{SHAPE[0]} x {SHAPE[1]}, the network of docs/figures.md, an edge that is dragged:")
    dragged(page, hand, "the first drag", 1)
    dragged(page, hand, "later drags", DRAGS)
    jupyter.ask(page, ALONE)
    dragged(page, hand, "the same, place by place", DRAGS)


def dragged(page: Page, hand: Hand, name: str, times: int) -> None:
    """Drag an edge, a step in each frame; print in how many of them its own scores were there."""
    found = []
    for number in range(times):
        first = 20 + 7 * number  # not the places of the drag before
        steps = there_and_back(hand, SHAPE, 32, first)
        before = page.evaluate("() => ({ ...window.crossed })")
        with held(page, *hand.point("input", 32, first, SHAPE)):
            each = page.evaluate(PACED, [MAP, FRAMES, steps])
        page.wait_for_timeout(500)
        after = page.evaluate("() => window.crossed")
        crossed = (after[way] - before[way] for way in ("sent", "received"))
        repaints = 1000 * each["repaints"] / sum(each["times"])
        found.append((repaints, *followed(each["times"], each["waiting"]), *crossed))
        page.keyboard.press("Escape")
        page.wait_for_timeout(300)
    repaints, share, since, up, down = map(statistics.median, zip(*found, strict=True))
    print(
        f"  {name + ':':26s}{repaints:3.0f} repaints a second; {share:4.0%} of the frames with "
        f"their own answer, from {since:.0f} ms on all; {up / 1e3:.0f} kB to the kernel and "
        f"{down / 1e3:.0f} kB back a drag (medians of {times})",
        flush=True,
    )


def followed(times: list[float], waiting: list[bool]) -> tuple[float, float]:
    """Tell the share of frames with an answer, and the ms after which none was without."""
    last = max((index + 1 for index, missing in enumerate(waiting) if missing), default=0)
    return waiting.count(False) / len(waiting), sum(times[:last])


def opened(browser: Browser, home: Path) -> None:
    """Print how long a saved view of eight panels takes to be there."""
    import numpy as np

    import heatbrush as hb

    random = np.random.default_rng(0)
    maps = {f"map {index}": random.normal(size=SHAPE) for index in range(8)}
    explainer = hb.Explainer(lambda batch: batch.sum(axis=(2, 3))[:, :4], baseline=0)
    x = random.normal(size=SHAPE).astype("float32")
    view = hb.compare(explainer, x, maps, charts=False)
    view.wait()
    path = home / "saved.html"
    view.save_html(path)
    view.close()
    times = []
    for _ in range(OPENED):
        page = browser.new_page(viewport=WINDOW)
        page.add_init_script(f"window.wanted = {len(maps)}; {PAINTED}")
        page.goto(path.as_uri())
        page.wait_for_function("() => window.opened")
        times.append(page.evaluate("() => window.opened"))
        page.close()
    print(
        f"\na saved view of {len(maps)} panels {SHAPE[0]} x {SHAPE[1]} "
        f"({path.stat().st_size / 1e6:.2f} MB): painted after {statistics.median(times):.0f} ms "
        f"(median of {len(times)}, worst {max(times):.0f}; aim: 1000)"
    )


def main() -> None:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(
        f"JupyterLab in headless Chromium, software rendering, {os.cpu_count()} cores for all "
        f"of it, load {load:.1f}"
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        jupyter.write_notebook(home / "notebooks" / "view.ipynb", *CELLS)
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        page = browser.new_page(viewport=WINDOW)
        page.set_default_timeout(PATIENCE)
        page.add_init_script(COUNT)
        with jupyter.server(home) as address:
            jupyter.open_notebook(page, address, "view.ipynb")
            jupyter.run_cell(page, 0, timeout=PATIENCE)
            answers(page)
            frames(page)
        page.close()
        opened(browser, home)
        browser.close()


if __name__ == "__main__":
    main()
