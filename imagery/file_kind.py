"""What a file is, by its first bytes; a name proves nothing (signatures: the formats' own specifications)."""

from enum import StrEnum

from fleet.errors import BadInputError
from fleet.text import Text


class FileKind(StrEnum):
    """Kinds told apart, of which only JPEG and PNG are taken in."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    HEIC = "image/heic"
    AVIF = "image/avif"
    WEBP = "image/webp"
    GIF = "image/gif"
    TIFF = "image/tiff"
    VIDEO = "video"
    PDF = "application/pdf"
    ZIP = "application/zip"
    MARKUP = "text/html"
    TEXT = "text/plain"
    EMPTY = "empty"
    UNKNOWN = "unknown"


_HEADS = (
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"GIF8", FileKind.GIF),
    (b"II*\x00", FileKind.TIFF),
    (b"MM\x00*", FileKind.TIFF),
    (b"%PDF", FileKind.PDF),
    (b"PK\x03\x04", FileKind.ZIP),
)
_BRANDS = {b"heic": FileKind.HEIC, b"heix": FileKind.HEIC, b"mif1": FileKind.HEIC, b"avif": FileKind.AVIF}
_NAMES = {
    FileKind.HEIC: Text("HEIC 形式の写真", "a HEIC picture"),
    FileKind.AVIF: Text("AVIF 形式の写真", "an AVIF picture"),
    FileKind.WEBP: Text("WebP 形式の写真", "a WebP picture"),
    FileKind.GIF: Text("GIF 形式の画像", "a GIF picture"),
    FileKind.TIFF: Text("TIFF または RAW 形式の画像", "a TIFF or raw picture"),
    FileKind.VIDEO: Text("動画", "a video"),
    FileKind.PDF: Text("PDF", "a PDF"),
    FileKind.ZIP: Text("ZIP などの圧縮ファイル", "a ZIP archive"),
    FileKind.MARKUP: Text("SVG または HTML の文書", "an SVG or HTML document"),
    FileKind.TEXT: Text("文字だけのファイル", "a text file"),
    FileKind.EMPTY: Text("中身のないファイル", "an empty file"),
    FileKind.UNKNOWN: Text("写真として読めないファイル", "no picture that can be read"),
}


def kind_of(data: bytes) -> FileKind:
    """Return what the content is, whatever the file is called."""
    if not data:
        return FileKind.EMPTY
    for head, kind in _HEADS:
        if data.startswith(head):
            return kind
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], FileKind.VIDEO)
    if data[:4] == b"RIFF":
        return FileKind.WEBP if data[8:12] == b"WEBP" else FileKind.VIDEO
    return _text_kind(data[:4096])


def _text_kind(head: bytes) -> FileKind:
    if b"\x00" in head:
        return FileKind.UNKNOWN
    for codec in ("utf-8", "cp932"):
        try:
            text = head[: len(head) - 4 if len(head) == 4096 else len(head)].decode(codec)
        except UnicodeDecodeError:
            continue
        if any(ord(c) < 32 and c not in "\t\r\n\f\v" for c in text):
            return FileKind.UNKNOWN
        return FileKind.MARKUP if text.lstrip("\ufeff \t\r\n").startswith("<") else FileKind.TEXT
    return FileKind.UNKNOWN


def require_picture(data: bytes) -> FileKind:
    """Return JPEG or PNG; raises BadInputError that says what the file is instead and what to do."""
    kind = kind_of(data)
    if kind in {FileKind.JPEG, FileKind.PNG}:
        return kind
    name = _NAMES[kind]
    raise BadInputError(
        Text(f"受け取れません。これは{name.ja}です", f"not accepted: this is {name.en}, not a JPEG or PNG"),
        _cure(kind),
        kind=kind.value,
    )


def _cure(kind: FileKind) -> Text:
    if kind is FileKind.HEIC:
        return Text(
            "カメラの設定を「互換性優先」（JPEG）にするか、JPEG で書き出して送ってください",
            "set the camera to 'Most Compatible' (JPEG), or export it as JPEG and send that",
        )
    if kind is FileKind.EMPTY:
        return Text("写真を選び直して、もう一度送ってください", "choose the picture again and send it once more")
    return Text(
        "JPEG か PNG の写真を送ってください（ファイル名を変えても写真にはなりません）",
        "send a JPEG or PNG picture (renaming a file does not make it one)",
    )
