"""Checksums that S3 has beyond the standard library, by check values that their specifications publish."""

from __future__ import annotations

import random

import pytest

from personalize_sfn.local.http.crc import crc32c, crc64nvme


# https://reveng.sourceforge.io/crc-catalogue/all.htm (CRC-32/ISCSI, CRC-64/NVME); of zeros: RFC 3720, appendix B.4
@pytest.mark.parametrize(
    ("data", "of_32", "of_64"),
    [(b"123456789", 0xE3069283, 0xAE8B14860A799888), (b"", 0, 0), (bytes(32), 0x8A9136AA, None)],
)
def test_published_values(data: bytes, of_32: int, of_64: int | None):
    assert crc32c(data) == of_32
    assert of_64 is None or crc64nvme(data) == of_64


def one_bit_at_a_time(data: bytes, polynomial: int, bits: int) -> int:
    state = (1 << bits) - 1
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ (polynomial if state & 1 else 0)
    return state ^ (1 << bits) - 1


@pytest.mark.parametrize("size", [4096, 65535, 65536, 65537, 200_001])
def test_lanes_are_joined_to_the_value_of_the_whole(size: int):
    data = random.Random(size).randbytes(size)
    assert crc32c(data) == one_bit_at_a_time(data, 0x82F63B78, 32)
    assert crc64nvme(data) == one_bit_at_a_time(data, 0x9A6C9329AC4BC9B5, 64)
