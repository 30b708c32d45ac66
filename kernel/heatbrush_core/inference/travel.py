"""A model in pickles, copies and files: a Keras model travels as what its .keras file holds."""

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
    if isinstance(model, NoModel):
        return model
    if not is_keras(model):
        raise TypeError(
            f"An explainer of {name} cannot be pickled or copied, as nothing tells what a function "
            "needs elsewhere; make the explainer anew where it is used, or give it a Keras model."
        )
    try:
        return _content(model)
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
        # whoever reads a pickle has trusted it with more than a layer's code
        model = _model(keras, content, safe=False)
    except Exception as error:
        raise TypeError(
            f"The explainer cannot be made here, as Keras cannot read its model ({_words(error)}); "
            "import the module that registers its layers first."
        ) from error
    return make(model, **given)


def filed(model: Any, name: str) -> bytes:
    """Turn a model into the content of a .keras file that `opened` reads: one without code.

    Raises
    ------
    TypeError
        In one sentence, for a function, a model that Keras cannot save, and one that holds code.
    """
    if not is_keras(model):
        raise TypeError(
            f"{name[:1].upper()}{name[1:]} cannot be kept in a file, as only a Keras model can; "
            "give model=False, and the explainer to load_view when the file is opened."
        )
    try:
        content = _content(model)
        _model(sys.modules["keras"], content, safe=True)
    except Exception as error:
        raise TypeError(
            f"The model cannot be kept in a file, as Keras does not save it, or would not read it "
            f"again in safe mode ({_words(error)}); give model=False, and the explainer to "
            "load_view when the file is opened."
        ) from error
    return content


def opened(content: bytes, file: str) -> Any:
    """Read a model from a file that anybody may have written: in the safe mode of Keras alone.

    Raises
    ------
    ImportError, ValueError
        In one sentence, without Keras, and for a model that it does not read in this mode.
    """
    try:
        import keras
    except ImportError as error:
        raise ImportError(
            f"{file} holds a Keras model, but Keras cannot be imported here ({_words(error)}); "
            "install tensorflow or tensorflow-cpu, and keras."
        ) from error
    try:
        return _model(keras, content, safe=True)
    except Exception as error:
        raise ValueError(
            f"{file} holds a model that Keras does not read in safe mode ({_words(error)}), and "
            "code from a file is never run; open it with load_view(path, explainer=...), whose "
            "model you have made or loaded yourself."
        ) from error


def is_keras(model: Any) -> bool:
    """Tell whether something is a Keras model, without importing Keras."""
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(model, keras.Model)


def _content(model: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        sys.modules["keras"].saving.save_model(model, path)
        return path.read_bytes()


def _model(keras: Any, content: bytes, safe: bool) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(content)
        return keras.saving.load_model(path, safe_mode=safe)


def _words(error: Exception) -> str:
    first = str(error).strip().splitlines()[:1]
    return " ".join([f"{type(error).__name__}:", *first])[:200]
