"""What a moved brush costs the kernel: both answers of a what-if, and of all places of an edge."""

from __future__ import annotations

import numpy as np

from benchmarks.model import SHAPE, small_cnn
from benchmarks.turns import in_turn

RUNS = 200
MOST = 2.0
SWEEPS, BATCH = 10, 32


def main() -> None:
    import tensorflow as tf

    import heatbrush_core as hb

    model = small_cnn()
    x = np.random.default_rng(0).normal(size=SHAPE).astype("float32")
    explainer, region = hb.Explainer(model), hb.Region.rectangle(10, 30, 40, 90)
    predict = tf.function(lambda X: model(X, training=False))

    def one() -> np.ndarray:
        return predict(tf.constant(x[None])).numpy()

    times = in_turn(lambda: explainer.whatif(x, region), one, RUNS)
    a, b = (1000 * seconds for seconds in times.medians)
    print(
        f"what-if, without and only    {times.ratio:.2f} forward passes ({a:.2f} and {b:.2f} ms, "
        f"medians of {len(times.ours)}; aim: at most {MOST:g})"
    )
    start, columns = 100, SHAPE[1]
    places = [hb.Region.columns(min(start, c), max(start, c) + 1) for c in range(columns)]
    whole = np.repeat(x[None], BATCH, axis=0)

    def naive() -> None:
        for _ in range(2 * columns // BATCH):
            predict(tf.constant(whole)).numpy()

    times = in_turn(lambda: explainer.whatif_each(x, places), naive, SWEEPS)
    a, b = (1000 * seconds for seconds in times.medians)
    print(
        f"all {columns} places of an edge    {times.ratio:.2f} of {2 * columns} passes in batches "
        f"of {BATCH} ({a:.0f} and {b:.0f} ms, medians of {len(times.ours)}; both answers each)"
    )


if __name__ == "__main__":
    main()
