"""CRC32C and CRC64NVME, which S3 knows beside zlib's CRC32 and which the standard library lacks.

Thousands of lanes of the data are computed at once and then joined: some 100 MB a second.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["crc32c", "crc64nvme"]

_LANES = 4096  # a power of two
_LEAST_STEPS, _MOST_STEPS = 16, 1024  # bytes of a lane at a time: enough to be worth it, and at most 4 MiB in all


def crc32c(data: bytes, before: int = 0) -> int:
    """Castagnoli's CRC, of what follows data whose CRC is ``before``.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    return _crc(data, 0x82F63B78, 32, before)


def crc64nvme(data: bytes, before: int = 0) -> int:
    """The 64-bit CRC of the NVM Express specification, of what follows data whose CRC is ``before``.

    >>> hex(crc64nvme(b"123456789"))
    '0xae8b14860a799888'
    """
    return _crc(data, 0x9A6C9329AC4BC9B5, 64, before)


def _crc(data: bytes, polynomial: int, bits: int, before: int) -> int:
    """``polynomial`` is in reversed order of bits; the state begins and ends inverted."""
    table = _table(polynomial)
    inverted = (1 << bits) - 1
    state = before ^ inverted
    rest = memoryview(data)
    while len(rest) >= _LANES * _LEAST_STEPS:
        steps = min(len(rest) // _LANES, _MOST_STEPS)
        state = _block(rest[: steps * _LANES], steps, state, _array(polynomial), bits)
        rest = rest[steps * _LANES :]
    for byte in rest:
        state = table[(state ^ byte) & 0xFF] ^ (state >> 8)
    return state ^ inverted


def _block(block: memoryview, steps: int, state: int, table: npt.NDArray[np.uint64], bits: int) -> int:
    """The state after a block, of which each lane holds ``steps`` bytes.

    A CRC is linear: a lane that begins at zero can be computed by itself, and is joined to the lanes before it by
    sending their state through as many zero bytes.  What those do to each single bit is computed beside the lanes.
    """
    import numpy as np

    columns = np.zeros((steps, _LANES + bits), np.uint8)
    columns[:, :_LANES] = np.frombuffer(block, np.uint8).reshape(_LANES, steps).T
    states = np.zeros(_LANES + bits, np.uint64)
    states[0] = state
    states[_LANES:] = np.left_shift(np.uint64(1), np.arange(bits, dtype=np.uint64))
    low, eight = np.uint64(0xFF), np.uint64(8)
    for column in columns:
        states = table[(states ^ column) & low] ^ (states >> eight)
    lanes, of_bits = states[:_LANES], states[_LANES:]
    while len(lanes) > 1:
        lanes = _sent(lanes[0::2], of_bits) ^ lanes[1::2]
        of_bits = _sent(of_bits, of_bits)  # twice as many zero bytes
    return int(lanes[0])


def _sent(states: npt.NDArray[np.uint64], of_bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Each state after as many zero bytes as those of the single bits."""
    import numpy as np

    one = np.uint64(1)
    sent = np.zeros_like(states)
    for bit, of_bit in enumerate(of_bits):
        sent ^= (states >> np.uint64(bit) & one) * of_bit
    return sent


@functools.cache
def _table(polynomial: int) -> tuple[int, ...]:
    """What a byte does to the state."""
    values = list(range(256))
    for _ in range(8):
        values = [value >> 1 ^ (polynomial if value & 1 else 0) for value in values]
    return tuple(values)


@functools.cache
def _array(polynomial: int) -> npt.NDArray[np.uint64]:
    import numpy as np

    return np.array(_table(polynomial), np.uint64)
