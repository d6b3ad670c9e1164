"""`kakehashi audit verify`: is the audit chain whole?"""

from pathlib import Path
from typing import Annotated

import typer

from fleet.audit_file import verify_file
from fleet.clock import iso_jst
from fleet.errors import NotFoundError
from fleet.realm import Realm
from fleet.set_aside import MARK, kept_aside
from fleet.text import Text
from kakehashi.home import Home
from kakehashi.settings import load_settings

_CHAIN = f"audit.jsonl{MARK}"

app = typer.Typer(help="監査記録 / the audit chain", no_args_is_help=True)


@app.command("verify")
def verify(
    context: typer.Context,
    files: Annotated[list[Path] | None, typer.Argument(help="調べるファイル / chain files; without: all here")] = None,
) -> None:
    """Check every chain; exit 1 if one is broken."""
    chosen = files or _known_files(load_settings(context.obj).home)
    broken = [path for path in chosen if not _report(path)]
    if broken:
        raise typer.Exit(1)


def _known_files(root: Path) -> list[Path]:
    homes = [Home(root=root, realm=realm) for realm in Realm]
    folders = [folder for home in homes for folder in (home.station, home.office)]
    found = [path for folder in folders for path in (folder / "audit.jsonl", *_set_aside(folder)) if path.exists()]
    if not found:
        raise NotFoundError(
            Text(f"{root} に監査記録がありません", f"there is no audit chain in {root}"),
            Text("KAKEHASHI_HOME を確認するか、ファイルを指定してください", "check KAKEHASHI_HOME, or name a file"),
        )
    return found


def _set_aside(folder: Path) -> list[Path]:
    return [part.kept_as for part in kept_aside((folder,)) if part.kept_as and part.kept_as.name.startswith(_CHAIN)]


def _report(path: Path) -> bool:
    aside = MARK in path.name
    if not path.is_file() and not aside:
        raise NotFoundError(Text(f"{path} がありません", f"there is no file {path}"))
    last, fault = verify_file(path) if path.is_file() else (None, None)
    if fault is not None:
        typer.echo(f"✗ {path}: {fault.line_number} 行目が正しくありません / line {fault.line_number}: {fault.reason}")
        return False
    if aside:
        typer.echo(f"✗ {path}: 壊れていたため取り置かれています / set aside as broken")
        return False
    if last is None:
        typer.echo(f"○ {path}: 空です / empty")
        return True
    typer.echo(f"✓ {path}: {last.number} 件, 最後 {iso_jst(last.at_s)}, {last.hash[:16]}… / whole")
    return True
