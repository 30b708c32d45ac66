"""What a selection of many boxes costs: bytes of each question, and the kernel's time to read it.

`python -m benchmarks.boxes` prints a table for masks of single cells of a 64 x 256 matrix. The page
and the kernel send and read the whole selection with every question of a moving brush.
"""

from __future__ import annotations

import json
import time

import numpy as np

from heatbrush_core import Region

SHAPE = (64, 256)
COUNTS = (100, 500, 1000, 2000, 4000, 8000)
ROUNDS = 20


def selection(count: int) -> list[dict[str, object]]:
    """Draw single cells that no two of which touch along an edge, as the page sends them."""
    height, width = SHAPE
    cells = [(r, c) for r in range(height) for c in range(r % 2, width, 2)]
    places = np.random.default_rng(0).permutation(len(cells))[:count]
    return [
        {"op": "add", "rows": [r, r + 1], "columns": [c, c + 1]}
        for r, c in (cells[place] for place in places)
    ]


def main() -> None:
    """Print one line for each number of boxes: the fastest of some rounds."""
    print(f"{'boxes':>6} {'kB':>6} {'read, ms':>9} {'mask, ms':>9}")
    for count in COUNTS:
        given = {"bands": selection(count)}
        text = json.dumps(given, separators=(",", ":"))
        read, mask = [], []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            region = Region.from_json(json.loads(text))
            middle = time.perf_counter()
            inside = region.mask(SHAPE)
            mask.append(time.perf_counter() - middle)
            read.append(middle - start)
            assert inside.sum() == count
        fastest = [1000 * min(each) for each in (read, mask)]
        print(f"{count:>6} {len(text) / 1000:>6.0f} {fastest[0]:>9.1f} {fastest[1]:>9.1f}")


if __name__ == "__main__":
    main()
