"""Spoils files as disks and power cuts do, seeded: one bit somewhere, or cut off somewhere."""

from collections.abc import Iterator

import numpy as np

SEED = 34545


def flipped(whole: bytes, count: int, *, places: tuple[int, ...] = ()) -> Iterator[tuple[int, bytes]]:
    """Yield `count` contents with one flipped bit each and its place, `places` first."""
    chance = np.random.default_rng(SEED)
    drawn = chance.integers(0, len(whole), count).tolist() if whole else []
    for place in (*places, *drawn):
        content = bytearray(whole)
        content[place] ^= 1 << int(chance.integers(0, 8))
        yield place, bytes(content)


def cut(whole: bytes, count: int, *, lengths: tuple[int, ...] = ()) -> Iterator[bytes]:
    """Yield `count` contents cut off somewhere, those of `lengths` first."""
    chance = np.random.default_rng(SEED)
    drawn = chance.integers(0, len(whole), count).tolist() if whole else []
    for length in (*lengths, *drawn):
        yield whole[:length]
