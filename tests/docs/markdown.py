"""Reads the project's documents: fenced blocks, command lines of ours, links, settings named in tables. Pure."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN_MARK = "<!-- test: run -->"
_FENCE = re.compile(r"(?:^(?P<mark><!--.*-->)\n)?^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]\n]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (?P<title>.+)$", re.MULTILINE)
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")
_LEFT_OUT = frozenset({"…", "..."})
_ENVIRONMENT = re.compile(r"[A-Z][A-Z0-9_]*=\S*")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block. `mark` is the HTML comment on the line before, empty if there is none."""

    document: Path
    kind: str
    body: str
    mark: str

    @property
    def lines(self) -> list[str]:
        """Return the lines with continuations joined, without comments and empty ones."""
        joined = self.body.replace("\\\n", " ")
        return [line for line in (raw.strip() for raw in joined.splitlines()) if line and not line.startswith("#")]


def documents() -> list[Path]:
    """Return every document a reader of the project meets."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(document: Path) -> list[Block]:
    """Return the fenced blocks of a document."""
    return [
        Block(document=document, kind=found["kind"], body=found["body"], mark=found["mark"] or "")
        for found in _FENCE.finditer(document.read_text(encoding="utf-8"))
    ]


def prose(document: Path) -> str:
    """Return a document without its fenced blocks."""
    return _FENCE.sub("", document.read_text(encoding="utf-8"))


def anchors(document: Path) -> set[str]:
    """Return the anchors that a web view gives the headings of a document."""
    titles = (found["title"] for found in _HEADING.finditer(prose(document)))
    return {_NOT_IN_ANCHORS.sub("", title.lower()).replace(" ", "-") for title in titles}


def links(document: Path) -> list[str]:
    """Return the targets of all links and images but those to other hosts."""
    targets = (found["target"] for found in _LINK.finditer(prose(document)))
    return [target for target in targets if not target.startswith(("http://", "https://"))]


def our_words(line: str) -> list[str] | None:
    """Return the words after `kakehashi` of a command line of ours, None for others."""
    words = shlex.split(line, comments=True)
    while words and _ENVIRONMENT.fullmatch(words[0]):
        words = words[1:]
    if not words or Path(words[0]).name != "kakehashi":
        return None
    return [word for word in words[1:] if word not in _LEFT_OUT]


def our_command_lines(document: Path) -> Iterator[list[str]]:
    """Yield every command line of ours in a document: in shell blocks, in unit files and in the running text."""
    for block in blocks(document):
        if block.kind in {"sh", "ini"}:
            for line in block.lines:
                words = our_words(line.removeprefix("ExecStart="))
                if words is not None:
                    yield words
    for found in _INLINE.finditer(prose(document)):
        if found[1].startswith("kakehashi "):
            words = our_words(found[1])
            if words is not None:
                yield words


def first_cells(document: Path, heading: str) -> list[str]:
    """Return the names in backticks in the first cells of the table under a heading."""
    section = document.read_text(encoding="utf-8").split(f"# {heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return [found[1] for row in rows for found in _INLINE.finditer(row.split(" | ")[0])]
