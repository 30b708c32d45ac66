"""iNNvestigate's side of a comparison: its own Python runs this, with TensorFlow 2 up to 2.14.

python -m benchmarks.innvestigate_lrp GIVEN.npz FOUND.npz ANALYZER...

The first file holds x, target and the weights; the maps go into the second, and the times are
printed: per analyzer how many bare gradients it takes, and its ms.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import numpy as np

from benchmarks.model import small_cnn
from benchmarks.turns import in_turn

RUNS = 100


def main(given: str, found: str, *names: str) -> None:
    import tensorflow as tf

    tf.compat.v1.disable_eager_execution()
    import innvestigate
    from tensorflow import keras

    stored = np.load(given)
    x, target = stored["x"][None], int(stored["target"])
    model = small_cnn(head="linear")
    model.set_weights([stored[f"weight{n}"] for n in range(len(model.weights))])
    slopes = keras.backend.gradients(model.output[:, target], [model.input])
    bare = keras.backend.function([model.input], slopes)

    def analysis(name: str) -> Callable[[], np.ndarray]:
        analyzer = innvestigate.create_analyzer(name, model, neuron_selection_mode="index")
        return lambda: analyzer.analyze(x, target)

    times, maps = {}, {}
    for name in names:
        run = analysis(name)
        maps[name] = run()[0]
        measured = in_turn(run, lambda: bare([x]), RUNS)
        times[name] = (measured.ratio, 1000 * measured.medians[0])
    np.savez(found, **maps)
    print(json.dumps(times))


if __name__ == "__main__":
    main(*sys.argv[1:])
