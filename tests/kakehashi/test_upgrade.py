"""A folder that a station of before the flight core left behind, killed in flight, is carried over whole.

`recorded/var-before-the-flight-core.tar.xz` is such a folder: a request of the office, its plan, a delivery in the air,
an account, an audit chain of nineteen entries, secrets, and an outbox with what was not told yet.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.audit_file import verify_file
from fleet.realm import Realm
from fleet.text import Text
from kakehashi.home import Home
from kakehashi.page_client import PageClient
from tests.kakehashi.running import Running, environment, kakehashi, run

RECORDED = Path(__file__).parent / "recorded" / "var-before-the-flight-core.tar.xz"
PASSWORD = "訓練用の長い合言葉です"
WAIT = Text("まだ見えません", "not seen yet")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.unpack_archive(RECORDED, tmp_path)
    return tmp_path


@pytest.fixture
def before(home: Path) -> dict[str, str]:
    """Return the ids of what was there before: one request, one delivery."""
    with sqlite3.connect(home / "drill/station/station.sqlite") as database:
        rows = database.execute("SELECT collection, id FROM documents").fetchall()
    return dict(rows)


@pytest.fixture
def drill(home: Path, before: dict[str, str]) -> Iterator[Running]:
    assert set(before) == {"requests", "plans", "deliveries"}
    with run("--drill", env=environment(home)) as running:
        running.wait_for("Ctrl-C")
        yield running


async def test_accounts_requests_deliveries_keys_and_the_audit_chain_are_carried_over(
    home: Path, before: dict[str, str], drill: Running
) -> None:
    old_chain = home / "drill/station/audit.jsonl"
    last, fault = verify_file(old_chain)
    assert fault is None
    assert last is not None
    async with PageClient(drill.station) as page:
        await page.sign_in("訓練 太郎", PASSWORD)
        state = await page.until(
            lambda now: now.get("deliveries", {}).get(before["deliveries"], {}).get("state") not in (None, "flying"),
            within_s=90,
            what=WAIT,
        )
    assert before["requests"] in state["requests"]
    # The simulated aircraft of this run stands on the ground: the flight of before did not end at the site.
    assert state["deliveries"][before["deliveries"]]["state"] in {"checking", "recalled"}
    assert kakehashi("audit", "verify", env=drill.env).returncode == 0
    keys = Home(root=home, realm=Realm.DRILL).secrets(broker_users=(), devices=("companion",)).device_keys
    assert keys["companion"] in (home / "drill/secrets.json").read_text()
