"""What a user waits for before anything is computed: the import, and the bundle."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 11


def seconds(code: str) -> float:
    """Return the median wall time of a fresh interpreter running `code`."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    import heatbrush

    bare, light = seconds("pass"), seconds("import heatbrush")
    print(
        f"import heatbrush           {light - bare:.2f} s beyond a bare interpreter "
        f"(median of {RUNS}; aim: at most 0.5 s)"
    )
    bundle = Path(heatbrush.__file__).parent / "static" / "widget.js"
    size = bundle.stat().st_size / 1000
    print(f"bundle                     {size:.0f} kB minified (aim: at most 150 kB)")


if __name__ == "__main__":
    main()
