"""Each backward method through `explain`, warm, in turn with the bare gradient; and first calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks.model import SHAPE, small_cnn
from benchmarks.turns import in_turn, timed

RUNS = 100
BATCH = 32
FIRST_CALL = 1.5


class Case(NamedTuple):
    """One method with its parameters, and how many bare gradients it may take."""

    method: str
    parameters: dict[str, Any]
    most: float | None = None

    @property
    def name(self) -> str:
        """As in "lrp epsilon_plus"."""
        named = (
            str(v) for k, v in self.parameters.items() if k in ("rule", "composite", "input_rule")
        )
        return " ".join([self.method, *named])


CASES = (
    Case("gradient", {}, 1.5),
    Case("input_x_gradient", {}),
    Case("guided_backprop", {}, 1.7),
    Case("deconvnet", {}, 1.7),
    Case("lrp", {"rule": "epsilon"}, 2),
    Case("lrp", {"rule": "z"}),
    Case("lrp", {"rule": "flat"}),
    Case("lrp", {"rule": "w_square"}),
    Case("lrp", {"rule": "epsilon", "input_rule": "z_bounded", "low": -5.0, "high": 5.0}),
    Case("lrp", {"rule": "z_plus"}, 3),
    Case("lrp", {"composite": "epsilon_plus"}, 3),
    Case("lrp", {"composite": "epsilon_plus_flat"}, 3),
    Case("lrp", {"composite": "excitation_backprop"}),
    Case("lrp", {"rule": "alpha_beta"}, 4.5),
    Case("lrp", {"composite": "epsilon_alpha2_beta1"}, 4.5),
    Case("lrp", {"composite": "epsilon_alpha2_beta1_flat"}, 4.5),
    Case("lrp", {"rule": "gamma"}, 4.5),
    Case("lrp", {"composite": "epsilon_gamma_box", "low": -5.0, "high": 5.0}, 4.5),
    Case("deep_taylor", {}),
    Case("deeplift", {"rule": "rescale"}, 4),
    Case("deeplift", {"rule": "reveal_cancel"}),
    Case("patternnet", {}),
    Case("pattern_attribution", {}),
    Case("cam", {}),
    Case("grad_cam", {}),
    Case("grad_cam_plus_plus", {}),
    Case("layer_cam", {}),
)
IN_BATCHES = (Case("gradient", {}), Case("lrp", {"rule": "epsilon"}))


def bare_gradient(model: Any, target: int) -> Callable[[np.ndarray], np.ndarray]:
    """Compile the gradient of one logit, with nothing around it."""
    import tensorflow as tf

    logits = model.layers[-1]
    features = tf.keras.Model(model.inputs, logits.input)

    @tf.function
    def gradient(batch):
        with tf.GradientTape() as tape:
            tape.watch(batch)
            score = tf.matmul(features(batch, training=False), logits.kernel)[:, target]
        return tape.gradient(score, batch)

    return lambda X: gradient(tf.convert_to_tensor(X)).numpy()


def explain(explainer: Any, X: np.ndarray, case: Case, target: int) -> Callable[[], Any]:
    """Make a run of one method on each matrix, one by one."""
    settings = {"target": target, **case.parameters}
    return lambda: [explainer.explain(x, case.method, **settings) for x in X]


def explain_batch(explainer: Any, X: np.ndarray, case: Case, target: int) -> Callable[[], Any]:
    """Make a run of one method on all matrices together."""
    settings = {"targets": target, **case.parameters}
    return lambda: explainer.explain_batch(X, case.method, **settings)


def main() -> None:
    import heatbrush as hb

    model, random = small_cnn(), np.random.default_rng(0)
    X = random.normal(size=(BATCH, *SHAPE)).astype("float32")
    background = random.normal(size=(BATCH, *SHAPE)).astype("float32")
    explainer = hb.Explainer(model, background=background)
    x, target = X[:1], explainer.predict(X[0]).predicted
    bare = bare_gradient(model, target)
    found = explain(explainer, x, CASES[0], target)()[0]
    np.testing.assert_allclose(found.values, bare(x)[0], atol=1e-6)
    print(
        f"{'method, warm':<33}{'ms':>6}  times a bare gradient (medians of {RUNS}), first call "
        f"in s (aim: at most {FIRST_CALL})"
    )
    for case in CASES:
        fresh = hb.Explainer(model, background=background)
        first = timed(explain(fresh, x, case, target))
        times = in_turn(explain(explainer, x, case, target), lambda: bare(x), RUNS)
        aim = "" if case.most is None else f"aim: at most {case.most:g}"
        warm = 1000 * times.medians[0]
        print(f"{case.name:<33}{warm:6.1f}{times.ratio:6.2f}  {aim:<17}{first:6.2f}", flush=True)
    for case in IN_BATCHES:
        run, single = (make(explainer, X, case, target) for make in (explain_batch, explain))
        ratio = in_turn(run, single, RUNS).ratio
        print(f"{case.name}, explain_batch of {BATCH}: {ratio:.2f} times {BATCH} calls of explain")


if __name__ == "__main__":
    main()
