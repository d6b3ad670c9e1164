"""XMP packets of drone cameras: DJI's `drone-dji` and senseFly's `Camera` names, and `exif:GPS…` (XMP part 2, 2014).

DJI writes values as `+`-signed text, as attributes or as elements, and some firmware misspells `GpsLongtitude`.
Reading never raises; a packet that is no XML is searched for the usual prefixes instead.
"""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import quoteattr

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

DJI = "http://www.dji.com/drone-dji/1.0/"
_PREFIXES = {
    DJI: "drone-dji",
    "http://ns.sensefly.com/Camera/1.0/": "Camera",
    "http://pix4d.com/camera/1.0/": "Camera",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/xap/1.0/": "xmp",
}
_MAX_BYTES = 256 * 1024
_LOOSE = re.compile(
    r"\b(drone-dji|Camera|exif|tiff|xmp):(\w{1,40})\s*(?:=\s*[\"']([^\"'<>]{0,80})[\"']|>([^<>]{0,80})<)"
)


def read_xmp_packet(packet: bytes) -> tuple[dict[str, str], bool]:
    """Return `prefix:Name` → text for the names known here, and whether the packet was sound XML."""
    if len(packet) > _MAX_BYTES:
        packet = packet[:_MAX_BYTES]
    try:
        root = ElementTree.fromstring(_xml_part(packet))
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return _search(packet), False
    found: dict[str, str] = {}
    for element in root.iter():
        _collect(element, found)
    return found, True


def _xml_part(packet: bytes) -> bytes:
    start = packet.find(b"<x:xmpmeta")
    end = packet.rfind(b"</x:xmpmeta>")
    if start >= 0 and end > start:
        return packet[start : end + len(b"</x:xmpmeta>")]
    return packet.strip(b"\x00 \r\n\t")


def _collect(element: Element, found: dict[str, str]) -> None:
    for name, value in element.attrib.items():
        known = _known(name)
        if known is not None:
            found.setdefault(known, value.strip())
    known = _known(element.tag) if isinstance(element.tag, str) else None
    if known is not None and element.text is not None and element.text.strip():
        found.setdefault(known, element.text.strip())


def _known(name: str) -> str | None:
    namespace, brace, local = name.removeprefix("{").partition("}")
    prefix = _PREFIXES.get(namespace)
    return f"{prefix}:{local}" if brace and prefix is not None else None


def _search(packet: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for prefix, name, attribute, element in _LOOSE.findall(packet.decode("utf-8", "replace")):
        found.setdefault(f"{prefix}:{name}", (attribute or element).strip())
    return found


def write_dji_packet(values: Mapping[str, str]) -> bytes:
    """Return a packet with `drone-dji` attributes, as a DJI camera writes them."""
    attributes = "".join(f"\n   drone-dji:{name}={quoteattr(value)}" for name, value in values.items())
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f'  <rdf:Description rdf:about="" xmlns:drone-dji="{DJI}"{attributes}/>\n'
        " </rdf:RDF>\n</x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    )
    return text.encode()
