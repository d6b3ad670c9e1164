from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ids import PictureId
from imagery.bodies import PictureChunk, PictureManifest
from imagery.chunks import CHUNK_BYTES, chunk_count, chunk_digests, chunk_fits, chunk_span
from imagery.store import sha256_of
from imagery.transfer import AskAgain, joined, parse_body_ref
from tests.imagery.samples import shuffled


def file_of(size: int, seed: int = 0) -> bytes:
    return np.random.default_rng(seed).bytes(size)


def manifest_for(data: bytes, **changes: object) -> PictureManifest:
    fields: dict[str, object] = {
        "picture_id": PictureId("p"),
        "sha256": sha256_of(data),
        "size_bytes": len(data),
        "media_type": "image/jpeg",
        "width_px": 10,
        "height_px": 10,
        "taken_at_s": 0.0,
        "who": "drone",
        "source": "companion",
        "thumbnail": b"",
        "chunk_digests": chunk_digests(data),
        **changes,
    }
    return msgspec.convert(fields, PictureManifest)


def chunks_of(data: bytes) -> list[PictureChunk]:
    found = []
    for index in range(chunk_count(len(data))):
        offset, length = chunk_span(len(data), index)
        found.append(
            PictureChunk(picture_id="p", sha256=sha256_of(data), index=index, data=data[offset : offset + length])
        )
    return found


def fits(data: bytes, chunk: PictureChunk) -> bool:
    digests = chunk_digests(data)
    return chunk_fits(size_bytes=len(data), digests=digests, index=chunk.index, data=chunk.data)


@given(st.integers(1, 40 * CHUNK_BYTES))
def test_spans_cover_a_file_once(size: int) -> None:
    spans = [chunk_span(size, index) for index in range(chunk_count(size))]
    assert spans[0][0] == 0
    assert all(a[0] + a[1] == b[0] for a, b in pairwise(spans))
    assert sum(spans[-1]) == size
    with pytest.raises(IndexError):
        chunk_span(size, chunk_count(size))


@pytest.mark.parametrize("size", [1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES + 7])
def test_chunks_in_any_order_give_the_file(size: int) -> None:
    data = file_of(size)
    for seed in range(20):
        chunks = shuffled(chunks_of(data), seed)
        assert all(fits(data, chunk) for chunk in chunks)
        assert joined({chunk.index: chunk.data for chunk in chunks}) == data


def test_a_chunk_at_the_wrong_place_does_not_fit() -> None:
    data = file_of(3 * CHUNK_BYTES)
    chunk = chunks_of(data)[1]
    for index in (0, 2, 3, 2047):
        assert not fits(data, msgspec.structs.replace(chunk, index=index))


@pytest.mark.parametrize("change", [lambda d: d[:-1], lambda d: d + b"x", lambda d: bytes([d[0] ^ 1]) + d[1:]])
def test_a_changed_chunk_does_not_fit(change: object) -> None:
    assert callable(change)
    data = file_of(2 * CHUNK_BYTES - 5)
    for chunk in chunks_of(data):
        assert not fits(data, msgspec.structs.replace(chunk, data=change(chunk.data)))


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": "x"},
        {"sha256": "A" * 64},
        {"size_bytes": 0},
        {"size_bytes": 10**9},
        {"chunk_digests": b"short"},
        {"media_type": "text/html"},
        {"thumbnail": b"x" * 40_000},
        {"taken_at_s": float("nan")},
        {"lat_deg": 91.0},
        {"before_after": "during"},
        {"who": "a\x00b"},
        {"vehicle_id": "drone\n1"},
        {"image_index": 2**31},
        {"width_px": 2**31},
    ],
)
def test_a_manifest_out_of_bounds_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        manifest_for(file_of(100), **changes)


@given(st.text(max_size=80))
def test_only_a_chunks_reference_is_understood(text: str) -> None:
    place = parse_body_ref(text)
    assert place is None or text.startswith("picture/")


def test_asking_again_waits_for_quiet_and_then_ever_longer() -> None:
    rule = AskAgain(quiet_s=60, at_most_s=600)
    assert not rule.due(last_chunk_at_s=0, asked_count=0, asked_at_s=None, now_s=59)
    assert rule.due(last_chunk_at_s=0, asked_count=0, asked_at_s=None, now_s=60)
    assert not rule.due(last_chunk_at_s=0, asked_count=1, asked_at_s=60, now_s=179)
    assert rule.due(last_chunk_at_s=0, asked_count=1, asked_at_s=60, now_s=180)
    assert rule.due(last_chunk_at_s=0, asked_count=30, asked_at_s=1000, now_s=1600)
