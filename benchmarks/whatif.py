"""What a moved brush costs the kernel: both answers of a what-if, in passes of one matrix."""

from __future__ import annotations

import numpy as np

from benchmarks.model import SHAPE, small_cnn
from benchmarks.turns import in_turn

RUNS = 200
MOST = 2.0


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


if __name__ == "__main__":
    main()
