"""The members of a file that is being written: arrays as npy, each content once, and texts."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every member: the same view makes the same file."""


class Members:
    """Writes into an open file.

    Parameters
    ----------
    file
        A binary file; what is written is whole after `close`.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._known: dict[bytes, dict[str, Any]] = {}
        self._loose = 0

    def close(self) -> None:
        """Write the list of contents."""
        self._zip.close()

    def array(self, name: str, values: ArrayLike) -> str:
        """Write an array, and return its name."""
        array, file = np.asarray(values), io.BytesIO()
        np.lib.format.write_array(file, array, allow_pickle=False)
        content, member = file.getvalue(), f"{name}.npy"
        self._put(member, content)
        if array.flags.c_contiguous:
            numbers = content[len(content) - array.nbytes :]
            place = {"member": member, "from": len(content) - len(numbers)}
            self._known.setdefault(_digest(numbers), place)
        return name

    def content(self, name: str, content: bytes) -> None:
        """Write a member as it is."""
        self._put(name, content)

    def text(self, name: str, said: Any) -> None:
        """Write plain data as JSON; bytes in it become the place where they lie."""
        self._put(name, json.dumps(self._placed(said), ensure_ascii=False).encode("utf-8"))

    def _placed(self, value: Any) -> Any:
        if isinstance(value, bytes | bytearray | memoryview):
            return self._place(bytes(value))
        if isinstance(value, Mapping):
            return {str(key): self._placed(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._placed(each) for each in value]
        return value

    def _place(self, content: bytes) -> dict[str, Any]:
        """Tell where bytes lie in the file: within an array of the same numbers, or by themselves.

        So the page's part of a file holds none of the arrays a second time.
        """
        key = _digest(content)
        if key not in self._known:
            member = f"page/{self._loose}.bin"
            self._loose += 1
            self._put(member, content)
            self._known[key] = {"member": member, "from": 0}
        return {**self._known[key], "size": len(content)}

    def _put(self, name: str, content: bytes) -> None:
        info = zipfile.ZipInfo(name, EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(info, content)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
