"""One look at an audit chain, be it a file of lines or the journal in which it goes on."""

from dataclasses import dataclass
from pathlib import Path

from fleet.audit import AuditEntry
from fleet.audit_file import verify_file
from fleet.errors import NotFoundError
from fleet.text import Text
from ground_station.flight.journal.posix import PosixFiles, read_old_chain
from ground_station.flight.journal.segment import Finding
from ground_station.flight.journal.verification import Verdict, verify_journal

OLD_CHAIN = "audit.jsonl"
JOURNAL = "journal"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What is in a chain. It is whole if it has no faults; `known` is damage that the chain itself tells of."""

    entries: int
    last: AuditEntry | None
    faults: tuple[Text, ...]
    known: tuple[Text, ...]


def check_chain(path: Path) -> ChainReport:
    """Return what is found in a chain file or a journal's folder; raises NotFoundError, and OSError of the disk."""
    if path.is_dir():
        return _journal(_verdict(path))
    if not path.is_file():
        raise NotFoundError(Text(f"{path} がありません", f"there is no file {path}"))
    last, fault = verify_file(path)
    words: tuple[Text, ...] = ()
    if fault is not None:
        line = fault.line_number
        words = (Text(f"{line} 行目が正しくありません", f"line {line}: {fault.reason}"),)
    is_known = bool(words) and _is_known(path)
    return ChainReport(
        entries=0 if last is None else last.number,
        last=last,
        faults=() if is_known else words,
        known=words if is_known else (),
    )


def _is_known(path: Path) -> bool:
    """Return whether the journal beside a broken chain goes on from it and says that it is broken."""
    folder = path.parent / JOURNAL
    if path.name != OLD_CHAIN or not folder.is_dir():
        return False
    verdict = _verdict(folder)
    named = {finding.file for finding in verdict.set_aside} - {finding.file for finding in verdict.faults}
    return verdict.continues == path.name and path.name in named


def _verdict(folder: Path) -> Verdict:
    return verify_journal(PosixFiles(folder), read_old_chain(folder.parent / OLD_CHAIN))


def _journal(verdict: Verdict) -> ChainReport:
    known = [_words(finding) for finding in verdict.set_aside]
    if verdict.old_is_missing:
        name = verdict.continues
        known.append(
            Text(
                f"続きの元 {name} がここにないため、つながりは確かめていません",
                f"it goes on from {name}, which is not here to compare",
            )
        )
    return ChainReport(
        entries=verdict.entries,
        last=verdict.last,
        faults=tuple(_words(finding) for finding in verdict.faults),
        known=tuple(known),
    )


def _words(finding: Finding) -> Text:
    place = f"{finding.file} ({finding.offset_bytes} +{finding.length_bytes} B)"
    return Text(f"{place} が正しくありません", f"{place}: {finding.reason}")
