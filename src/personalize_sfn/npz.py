"""Arrays from npz files of uncertain origin: no code of the writer runs, and memory is as large as the file."""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["NpzError", "read_npz"]

_BROKEN = (
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,  # also RecursionError, and a member that says it is encrypted
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What zipfile and numpy raise on bytes that are no npz."""
_PLAIN_KINDS = "biufUS"
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


class NpzError(ValueError):
    """The bytes are no whole npz of plain arrays, stored without compression."""


def read_npz(file: IO[bytes]) -> dict[str, NDArray[Any]]:
    """The arrays of an npz by name, each compared with its CRC-32; `file` is one that can be searched (``seek``).

    Raises:
        NpzError: damaged, compressed, of Python objects, or with an array that claims more than the file has.
    """
    try:
        size = file.seek(0, 2)
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if any(member.compress_type != zipfile.ZIP_STORED for member in members):
                raise NpzError("its arrays are compressed")
            if sum(member.file_size for member in members) > size:
                raise NpzError("its arrays are larger than the file")
            return {member.filename.removesuffix(".npy"): _array(archive, member) for member in members}
    except NpzError:
        raise
    except _BROKEN as error:
        raise NpzError(str(error) or type(error).__name__) from error


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    with archive.open(member) as opened:
        version = np.lib.format.read_magic(opened)
        if version not in _HEADERS:
            raise NpzError(f"{member.filename} has a header of version {version}")
        shape, _, dtype = _HEADERS[version](opened)
        if dtype.kind not in _PLAIN_KINDS or not dtype.itemsize:
            raise NpzError(f"{member.filename} holds values of type {dtype}")
        # numpy takes the memory for what the header claims before it reads.
        if math.prod(shape) * dtype.itemsize != member.file_size - opened.tell():
            raise NpzError(f"{member.filename} claims the shape {shape}, which is not what it holds")
    with archive.open(member) as opened:
        array: NDArray[Any] = np.lib.format.read_array(opened, allow_pickle=False)
    return array
