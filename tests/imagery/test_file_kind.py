import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import BadInputError
from imagery.file_kind import FileKind, kind_of, require_picture
from tests.imagery.samples import jpeg, png


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", FileKind.EMPTY),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", FileKind.HEIC),
        (b"\x00\x00\x00\x18ftypavif\x00\x00", FileKind.AVIF),
        (b"\x00\x00\x00\x18ftypisom\x00\x00", FileKind.VIDEO),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", FileKind.WEBP),
        (b"GIF89a\x01\x00", FileKind.GIF),
        (b"II*\x00\x08\x00\x00\x00", FileKind.TIFF),
        (b"%PDF-1.7", FileKind.PDF),
        (b"PK\x03\x04", FileKind.ZIP),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', FileKind.MARKUP),
        (b"\xef\xbb\xbf  <!doctype html><script>", FileKind.MARKUP),
        (b"insulin for 12", FileKind.TEXT),
        ("高室集会所 水 4 kg".encode("cp932"), FileKind.TEXT),
        (bytes(range(256)), FileKind.UNKNOWN),
        (jpeg(), FileKind.JPEG),
        (png(4, 4), FileKind.PNG),
    ],
)
def test_content_decides(data: bytes, kind: FileKind) -> None:
    assert kind_of(data) is kind


def test_a_text_file_is_refused_in_words_with_a_cure() -> None:
    with pytest.raises(BadInputError) as refusal:
        require_picture("これは写真ではありません".encode())
    assert "文字だけのファイル" in refusal.value.what.ja
    assert "text file" in refusal.value.what.en
    assert refusal.value.cure is not None
    assert "JPEG" in refusal.value.cure.ja


def test_heic_is_refused_with_the_camera_setting_to_change() -> None:
    with pytest.raises(BadInputError) as refusal:
        require_picture(b"\x00\x00\x00\x18ftypheic\x00\x00")
    assert refusal.value.cure is not None
    assert "互換性優先" in refusal.value.cure.ja


@given(st.binary(max_size=5000))
def test_anything_has_a_kind(data: bytes) -> None:
    assert kind_of(data) in FileKind
