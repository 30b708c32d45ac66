"""What crosses to a page while large maps are computed: of finished maps, and while they fill."""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from front_end import FrontEnd, Widget, kernel  # noqa: E402

PANELS = 8
SHAPE = (512, 2048)
PIXELS = (250, 1000)  # rows and columns in which a page of 1,100 pixels draws such a map
SETUP = f"""
import time
import numpy as np, heatbrush as hb

def model(batch):
    time.sleep(0.05)  # so that a map takes some seconds, as with a network
    return np.stack([batch[:, :, :1000].mean((1, 2, 3)), batch[:, :, 1000:].mean((1, 2, 3))], 1)

x = np.random.default_rng(0).normal(size={SHAPE}).astype("float32")
explainer = hb.Explainer(model, classes=["left", "right"], batch_size=1, baseline=0)
patch = dict(patch=(64, 256), stride=(64, 256))
methods = {{f"map {{i}}": ("occlusion", patch) for i in range({PANELS})}}
"""


def watch(front: FrontEnd, widget: Widget, request: str, pause: float) -> None:
    """Answer each map that is still filling, `pause` seconds after it came, until the cell ends."""
    answered = 0
    while request not in front.idle:
        newest = max([message["number"] for message in widget.of("partial")], default=0)
        time.sleep(pause)
        if newest > answered:
            answered = newest
            front.see(widget, 0, *PIXELS)


def main() -> None:
    for pause in (0.02, 1.0):
        with kernel(subshells=True) as front:
            front.cell(SETUP)
            start = time.perf_counter()
            widget = front.view("view = hb.compare(explainer, x, methods, charts=False)\nview")
            watch(front, widget, front.start("view.wait()"), pause)
            took = time.perf_counter() - start
            shown, filling = (
                sum(message["bytes"] for message in widget.of(kind))
                for kind in ("update", "partial")
            )
        print(
            f"{PANELS} maps of {SHAPE[0]} x {SHAPE[1]} in {took:.0f} s, a page that answers within "
            f"{pause} s: {shown / PANELS / 1e6:.1f} MB for each finished map, "
            f"{filling / took / 1e6:.2f} MB a second while they fill; "
            f"{(shown + filling) / 1e6:.0f} MB in all"
        )


if __name__ == "__main__":
    main()
