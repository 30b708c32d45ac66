"""`explain(x, "gradient")`, warm, in turn with the same gradient as a bare tf.function."""

from __future__ import annotations

import statistics
import time

import numpy as np

from benchmarks.model import SHAPE, small_cnn

RUNS = 200


def main() -> None:
    import tensorflow as tf

    import heatbrush as hb

    model = small_cnn()
    logits = model.layers[-1]
    features = tf.keras.Model(model.inputs, logits.input)
    x = np.random.default_rng(0).normal(size=SHAPE).astype("float32")
    explainer = hb.Explainer(model)
    target = explainer.predict(x).predicted

    @tf.function
    def bare(batch):
        with tf.GradientTape() as tape:
            tape.watch(batch)
            score = tf.matmul(features(batch, training=False), logits.kernel)[0, target]
        return tape.gradient(score, batch)

    def ours():
        return explainer.explain(x, "gradient", target=target)

    def theirs():
        return bare(tf.convert_to_tensor(x[None])).numpy()

    np.testing.assert_allclose(ours().values, theirs()[0], atol=1e-6)
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(RUNS):
        for name, run in (("ours", ours), ("theirs", theirs)):
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    mine, other = (statistics.median(times[name]) for name in ("ours", "theirs"))
    ratio = statistics.median(a / b for a, b in zip(times["ours"], times["theirs"], strict=True))
    print(
        f"gradient through explain   {ratio:.2f} times a bare tf.function "
        f"({mine * 1000:.2f} ms against {other * 1000:.2f} ms, medians of {RUNS}; aim: at most 1.5)"
    )


if __name__ == "__main__":
    main()
