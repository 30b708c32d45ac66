"""An explainer in pickles and deep copies: a Keras model travels as what its .keras file holds."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from heatbrush_core.network.no_model import NoModel


def packed(model: Any, name: str) -> Any:
    """Turn a model into what can be pickled: the bytes of a .keras file.

    `name` is how messages call it, inside a sentence.

    Raises
    ------
    TypeError
        In one sentence, for a function, and for a model that Keras cannot save.
    """
    keras = sys.modules.get("keras")
    if isinstance(model, NoModel):
        return model
    if keras is None or not isinstance(model, keras.Model):
        raise TypeError(
            f"An explainer of {name} cannot be pickled or copied, as nothing tells what a function "
            "needs elsewhere; make the explainer anew where it is used, or give it a Keras model."
        )
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            keras.saving.save_model(model, path)
            return path.read_bytes()
    except Exception as error:
        raise TypeError(
            f"An explainer of {name} cannot be pickled or copied, as Keras cannot save the model "
            f"({_words(error)}); see to it that model.save works, or make the explainer anew."
        ) from error


def unpacked(make: type[Any], content: Any, given: dict[str, Any]) -> Any:
    """Make an explainer of what `packed` returned.

    Raises
    ------
    ImportError, TypeError
        In one sentence, where there is no Keras, and for a model that it cannot read here.
    """
    if not isinstance(content, bytes):
        return make(content, **given)
    try:
        import keras
    except ImportError as error:
        raise ImportError(
            f"The explainer holds a Keras model, but Keras cannot be imported here "
            f"({_words(error)}); install tensorflow or tensorflow-cpu, and keras."
        ) from error
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            path.write_bytes(content)
            # whoever reads a pickle has trusted it with more than a layer's code
            model = keras.saving.load_model(path, safe_mode=False)
    except Exception as error:
        raise TypeError(
            f"The explainer cannot be made here, as Keras cannot read its model ({_words(error)}); "
            "import the module that registers its layers first."
        ) from error
    return make(model, **given)


def _words(error: Exception) -> str:
    first = str(error).strip().splitlines()[:1]
    return " ".join([f"{type(error).__name__}:", *first])[:200]
