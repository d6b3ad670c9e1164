"""`kakehashi audit`: are the audit chain and the flight core's journal, which goes on in it, whole?"""

from pathlib import Path
from typing import Annotated

import typer

from fleet.clock import iso_jst
from fleet.errors import NotFoundError
from fleet.realm import Realm
from fleet.set_aside import MARK, kept_aside
from fleet.text import Text
from ground_station.flight.journal.posix import PosixFiles
from ground_station.flight.journal.verification import export_lines
from kakehashi.audit_chains import check_chain
from kakehashi.home import DESK_AUDIT, Home
from kakehashi.settings import load_settings

_CHAINS = (f"audit.jsonl{MARK}", f"{DESK_AUDIT}{MARK}")

app = typer.Typer(help="監査記録 / the audit chain", no_args_is_help=True)


@app.command("verify")
def verify(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="調べるファイルか journal フォルダ / chain files or journal folders; without: all here"),
    ] = None,
) -> None:
    """Check every chain; exit 1 if one is broken."""
    chosen = files or _known(load_settings(context.obj).home)
    broken = [path for path in chosen if not _report(path)]
    if broken:
        raise typer.Exit(1)


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="journal フォルダ / a journal folder")],
) -> None:
    """Write a journal's entries to standard output, one line of JSON each."""
    if not folder.is_dir():
        raise NotFoundError(Text(f"{folder} がありません", f"there is no folder {folder}"))
    for line in export_lines(PosixFiles(folder)):
        typer.echo(line)


def _known(root: Path) -> list[Path]:
    homes = [Home(root=root, realm=realm) for realm in Realm]
    folders = [folder for home in homes for folder in (home.station, home.office)]
    aside = [path for folder in folders for path in _set_aside(folder)]
    found = [path for path in (*(chain for home in homes for chain in home.audit_chains), *aside) if path.exists()]
    if not found:
        raise NotFoundError(
            Text(f"{root} に監査記録がありません", f"there is no audit chain in {root}"),
            Text("KAKEHASHI_HOME を確認するか、ファイルを指定してください", "check KAKEHASHI_HOME, or name a file"),
        )
    return found


def _set_aside(folder: Path) -> list[Path]:
    return [part.kept_as for part in kept_aside((folder,)) if part.kept_as and part.kept_as.name.startswith(_CHAINS)]


def _report(path: Path) -> bool:
    aside = MARK in path.name
    if aside and not path.is_file():
        typer.echo(f"✗ {path}: 壊れていたため取り置かれています / set aside as broken")
        return False
    report = check_chain(path)
    for text in report.known:
        typer.echo(f"△ {path}: 記録済みの破損: {text.ja} / known damage: {text.en}")
    for text in report.faults:
        typer.echo(f"✗ {path}: {text.ja} / {text.en}")
    if aside:
        typer.echo(f"✗ {path}: 壊れていたため取り置かれています / set aside as broken")
    if report.faults or aside:
        return False
    last = report.last
    if last is None:
        typer.echo(f"○ {path}: 空です / empty")
        return True
    typer.echo(
        f"✓ {path}: {report.entries} 件, {last.number} 番まで, 最後 {iso_jst(last.at_s)}, {last.hash[:16]}… / whole"
    )
    return True
