"""Arrays in an npz file, read one by one: what each claims to be is checked before it is read."""

from __future__ import annotations

import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFLATE = 1100
"""How many times smaller deflate can make anything, at the most, and a little more."""
TEXT = 2**26
"""Characters of a text, at the most."""


class Foreign(Exception):
    """The file is another kind of file; the message is the middle of a sentence, or empty."""


class Damaged(Exception):
    """The file is ours, but cannot be read; the message is the end of a sentence."""


_BROKEN = (
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What zipfile and NumPy raise at a damaged member."""


class Claim(NamedTuple):
    """What the head of an array says of it: its shape, the kind of its numbers, its order."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool

    @property
    def size(self) -> int:
        """How many bytes there must be."""
        return math.prod(self.shape) * self.dtype.itemsize


class Stored:
    """The arrays of one npz file, by name.

    Parameters
    ----------
    file
        An open file.

    Raises
    ------
    Foreign, Damaged
        Where no array can be read.
    """

    def __init__(self, file: IO[bytes]) -> None:
        start = b""
        try:
            start = file.read(4)
            file.seek(file.tell() - len(start))
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            if start == b"PK\3\4":
                raise Damaged("it is cut off, or its list of contents is broken") from error
            raise Foreign("") from error
        self._members = {info.filename.removesuffix(".npy"): info for info in self._zip.infolist()}

    @property
    def size(self) -> int:
        """How many bytes all members claim to take."""
        return sum(info.file_size for info in self._members.values())

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def claim(self, name: str) -> Claim:
        """Tell what an array is, from its head alone.

        Raises
        ------
        Foreign
            For what is encrypted, or packed in a way that npz files are not.
        Damaged
            Where the head cannot be read, or tells of more than there is.
        """
        info = self._member(name)
        with _reading(name), self._zip.open(info) as member:
            claim = _head(member)
            there = info.file_size - member.tell()
        if claim.dtype.hasobject:
            raise Foreign("it holds Python objects")
        if claim.size != there or min(claim.shape, default=0) < 0:
            raise Damaged(f"{name} should take {claim.size} bytes, but has {there}")
        return claim

    def array(self, name: str) -> NDArray[Any]:
        """Read an array whole."""
        claim, info = self.claim(name), self._members[name]
        with _reading(name), self._zip.open(info) as member:
            _head(member)
            content = member.read(claim.size + 1)
            # at its end a member's checksum is compared
            found = np.frombuffer(content, claim.dtype, math.prod(claim.shape))
        order: Any = "F" if claim.fortran else "C"
        return found.reshape(claim.shape, order=order)

    def text(self, name: str) -> str:
        """Read a text.

        Raises
        ------
        Foreign
            Where there is no text of that name.
        """
        if name not in self or (claim := self.claim(name)).dtype.kind != "U" or claim.shape:
            raise Foreign("")
        if claim.size > 4 * TEXT:
            raise Damaged(
                f"{name} claims {claim.size // 4} characters, but at most {TEXT} are read"
            )
        return str(self.array(name)[()])

    def content(self, name: str, most: int = 4 * TEXT) -> bytes:
        """Read a member that is no array as it is, of so many bytes at the most.

        Raises
        ------
        Foreign, Damaged
            As `claim` does, and where there is no such member.
        """
        info = self._member(name)
        if info.file_size > most:
            raise Damaged(f"{name} claims {info.file_size} bytes, but at most {most} are read")
        with _reading(name), self._zip.open(info) as member:
            # at its end a member's checksum is compared
            return member.read(info.file_size + 1)

    def _member(self, name: str) -> zipfile.ZipInfo:
        if name not in self._members:
            raise Damaged(f"{name} is missing")
        info = self._members[name]
        if info.flag_bits & 1:
            raise Foreign("it is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Foreign("it is packed in a way that NumPy does not use")
        if info.file_size > DEFLATE * max(info.compress_size, 1):
            raise Damaged(f"{name} claims {info.file_size} bytes in {info.compress_size}")
        return info


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Say of a member that it cannot be read, whatever zipfile or NumPy raise."""
    try:
        yield
    except MemoryError as error:
        raise Damaged(f"{name} does not fit into the memory") from error
    except _BROKEN as error:
        raise Damaged(f"{name} cannot be read") from error


def _head(member: IO[bytes]) -> Claim:
    """Read the head of an npy file."""
    heads: dict[tuple[int, int], Callable[..., Any]] = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    version = np.lib.format.read_magic(member)
    if version not in heads:
        raise ValueError(f"the head has the unknown version {version}")
    shape, fortran, dtype = heads[version](member)
    return Claim(shape, dtype, fortran)
