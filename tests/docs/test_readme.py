"""What the documents say holds: commands run or parse, links and pictures are there, settings exist."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from fleet.audit_file import AuditFile
from fleet.clock import SystemClock
from kakehashi.settings import Settings, load_settings
from tests.docs import markdown
from tests.docs.command_tree import fault_of
from tests.docs.markdown import ROOT, RUN_MARK, Block

README = ROOT / "README.md"
DOCUMENTS = markdown.documents()
_RUNNABLE = {"kakehashi"}


def _names(document: Path) -> str:
    return str(document.relative_to(ROOT))


def _settings_of(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _settings_of(kind, f"{prefix}{name}.")
        else:
            yield prefix + name


def _runnable_blocks() -> list[Block]:
    return [block for document in DOCUMENTS for block in markdown.blocks(document) if block.mark == RUN_MARK]


def _run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(line)
    assert words[0] in _RUNNABLE, f"a test runs only {_RUNNABLE}: {line}"
    return subprocess.run(
        [sys.executable, "-m", "kakehashi", *words[1:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "KAKEHASHI_HOME": str(folder / "var")},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_the_readme_has_commands_that_are_run() -> None:
    assert any(block.document == README for block in _runnable_blocks())


@pytest.mark.timeout(900)
@pytest.mark.parametrize("block", _runnable_blocks(), ids=lambda block: _names(block.document))
def test_marked_commands_run(block: Block, tmp_path: Path) -> None:
    if any("doctor" in line for line in block.lines) and not (ROOT / "web" / "dist" / "operator.html").is_file():
        pytest.fail("the pages are not built: run `make pages` first")
    for line in block.lines:
        done = _run(line, tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, line


def test_what_the_readme_says_of_plan_files_holds(tmp_path: Path) -> None:
    for name in ("takamuro.plan", "takamuro.waypoints"):
        done = _run(f"kakehashi plan takamuro --mass-kg 4 --output {name}", tmp_path)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).stat().st_size > 1000
    refused = _run("kakehashi plan takamuro --mass-kg 40", tmp_path)
    assert refused.returncode == 1
    assert "33.0 kg" in refused.stdout


def test_openapi_documents_are_written_as_the_protocols_say(tmp_path: Path) -> None:
    done = _run("kakehashi openapi out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"station.json", "office.json"}


def test_audit_verify_says_whole_or_where_it_is_broken(tmp_path: Path) -> None:
    chain = AuditFile(tmp_path / "audit.jsonl", SystemClock())
    for number in range(3):
        chain.append(actor="test", action="count", subject=str(number), detail={})
    assert _run("kakehashi audit verify audit.jsonl", tmp_path).returncode == 0
    text = (tmp_path / "audit.jsonl").read_text()
    (tmp_path / "audit.jsonl").write_text(text.replace('"subject":"1"', '"subject":"7"'))
    broken = _run("kakehashi audit verify audit.jsonl", tmp_path)
    assert broken.returncode == 1
    assert "line 2" in broken.stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=_names)
def test_every_command_line_of_ours_is_understood(document: Path) -> None:
    faults = {
        " ".join(words): fault
        for words in markdown.our_command_lines(document)
        if (fault := fault_of(words)) is not None
    }
    assert not faults


def test_a_wrong_command_line_would_be_noticed() -> None:
    assert fault_of(["run", "--dril"]) is not None
    assert fault_of(["fly"]) is not None
    assert fault_of(["doctor", "everything"]) is not None
    assert fault_of(["town", "check", "folder"]) is None


def test_make_targets_in_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named: set[str] = set()
    for document in DOCUMENTS:
        named |= set(re.findall(r"`make ([a-z-]+)", markdown.prose(document)))
        for block in markdown.blocks(document):
            if block.kind == "sh":
                named |= set(re.findall(r"(?:^|\s)make ([a-z-]+)", "\n".join(block.lines)))
    assert {"run", "test"} <= named
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=_names)
def test_every_relative_link_and_picture_is_there(document: Path) -> None:
    missing = []
    for target in markdown.links(document):
        path, _, anchor = target.partition("#")
        file = (document.parent / path) if path else document
        if not file.exists() or (anchor and anchor not in markdown.anchors(file)):
            missing.append(target)
    assert not missing


def test_the_readme_shows_both_pages() -> None:
    assert {"docs/images/operator.png", "docs/images/town-office.png"} <= set(markdown.links(README))


def test_the_settings_table_is_complete_and_names_nothing_else() -> None:
    named = markdown.first_cells(README, "Settings")
    assert sorted(named) == sorted(_settings_of(Settings))


def test_settings_in_running_text_exist() -> None:
    known = set(_settings_of(Settings))
    sections = {name.partition(".")[0] for name in known if "." in name}
    others = {"station.health", "office.sqlite", "station.sqlite", "office.json", "station.json", "town.toml"}
    others |= {"flight.lock", "flight.log", "flight.sock"}
    unknown = set()
    for document in DOCUMENTS:
        for name in re.findall(r"`((?:" + "|".join(sorted(sections)) + r")\.[a-z_]+)\b", markdown.prose(document)):
            if name not in known | others:
                unknown.add((_names(document), name))
    assert not unknown


def test_settings_variables_in_documents_exist() -> None:
    known = {"KAKEHASHI_" + name.upper().replace(".", "__") for name in _settings_of(Settings)}
    for document in DOCUMENTS:
        named = set(re.findall(r"\bKAKEHASHI_[A-Z_]+[A-Z]\b", document.read_text(encoding="utf-8")))
        assert named <= known, _names(document)


@pytest.mark.parametrize(
    "block",
    [block for document in DOCUMENTS for block in markdown.blocks(document) if block.kind == "toml"],
    ids=lambda block: _names(block.document),
)
def test_settings_files_in_documents_are_accepted(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("KAKEHASHI_")]:
        monkeypatch.delenv(name)
    file = tmp_path / "kakehashi.toml"
    file.write_text(block.body, encoding="utf-8")
    settings = load_settings(file).model_dump(mode="json")
    for section, values in tomllib.loads(block.body).items():
        if isinstance(values, dict):
            assert values.items() <= settings[section].items()
        else:
            assert settings[section] == values


@pytest.mark.parametrize("document", DOCUMENTS, ids=_names)
def test_no_document_mentions_issue_numbers(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert not re.findall(r"(?:^|[\s(])#\d+\b|\bissue \d+", text, re.IGNORECASE)


@pytest.mark.parametrize("document", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=_names)
def test_decision_records_have_their_four_parts(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert text.startswith(f"# {document.name[:4]} ")
    assert "\nStatus: " in text
    assert [part for part in ("## Context", "## Decision", "## Consequences") if part not in text] == []


def test_package_order_in_the_architecture_is_the_linters() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    order = {
        package.strip(): level
        for level, layer in enumerate(reversed(contract["layers"]), start=1)
        for package in layer.split("|")
    }
    rows = re.findall(
        r"^\| (\d) \| `(\w+)/`", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {package: int(level) for level, package in rows} == order
