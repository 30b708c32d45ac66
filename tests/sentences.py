"""What every refusal must be: one sentence that says what was given, expected, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def refuses(kind: type[Exception], given: str, expected: str, remedy: str) -> Iterator[None]:
    """Expect an error of exactly this kind whose one sentence holds the three parts."""
    with pytest.raises(kind) as caught:
        yield
    assert type(caught.value) is kind
    sentence = str(caught.value)
    for part in (given, expected, remedy):
        assert part in sentence, f"{part!r} is not in: {sentence}"
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))
