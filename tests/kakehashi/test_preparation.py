"""What no service could start with is said at once, before any is started."""

from pathlib import Path

import pytest

from fleet.errors import BadInputError
from fleet.realm import Realm
from kakehashi.commands.run import run_settings
from kakehashi.preparation import prepare
from kakehashi.settings import (
    BrokerKind,
    BrokerSettings,
    OfficeSettings,
    Settings,
    SimSettings,
    StationSettings,
    TownSettings,
)
from missions.formats.town_bundle import write_town
from tests.kakehashi.running import environment, kakehashi
from tests.missions.planning import small_town as towns


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("towns") / "small"
    write_town(towns.town_of(towns.flat()), folder)
    return folder


def _drill(home: Path, bundle: Path, **parts: object) -> Settings:
    settings = Settings(home=home, realm=Realm.DRILL, town=TownSettings(bundle=bundle))
    return settings.model_copy(update=parts)


def test_a_drill_of_the_towns_aircraft_is_ready(tmp_path: Path, bundle: Path) -> None:
    prepare(_drill(tmp_path, bundle))
    assert (tmp_path / "drill" / "station").is_dir()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"station": StationSettings(vehicles=("nobody-7=tcp:127.0.0.1:1",))}, "nobody-7"),
        ({"station": StationSettings(vehicles=("carrier-pigeon:1",))}, "carrier-pigeon"),
        ({"sim": SimSettings(count=50)}, "at most"),
        ({"sim": SimSettings(udp_out="somewhere")}, "somewhere"),
        ({"sim": SimSettings(arducopter=Path("no-such-binary"))}, "no-such-binary"),
        ({"broker": BrokerSettings(kind=BrokerKind.EXTERNAL)}, "account"),
        ({"office": OfficeSettings(database="garbage")}, "database URL"),
    ],
)
def test_what_the_services_could_not_start_with_is_refused(
    tmp_path: Path, bundle: Path, parts: dict[str, object], said: str
) -> None:
    with pytest.raises(BadInputError, match=said) as refused:
        prepare(_drill(tmp_path, bundle, **parts))
    assert refused.value.cure is not None


@pytest.mark.parametrize(
    ("realm", "sim_count", "speedup", "said"),
    [
        (Realm.LIVE, 2, None, "--sim-count"),
        (Realm.DRILL, 2, None, "--sim-count"),
        (Realm.LIVE, None, 2.0, "--speedup"),
    ],
)
def test_what_is_said_of_simulated_aircraft_where_there_are_none_is_refused(
    realm: Realm, sim_count: int | None, speedup: float | None, said: str
) -> None:
    with pytest.raises(BadInputError, match=said) as refused:
        run_settings(Settings(realm=realm), vehicles=("tcp:127.0.0.1:1",), sim_count=sim_count, speedup=speedup)
    assert refused.value.cure is not None


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--drill", "--vehicle", "carrier-pigeon:1"),
        ("run", "--drill", "--vehicle", "nobody-7=tcp:127.0.0.1:1"),
        ("run", "--drill", "--sim-count", "99"),
        ("run", "--drill", "--vehicle", "tcp:127.0.0.1:1", "--sim-count", "2"),
        ("demo", "--vehicle", "nobody-7=tcp:127.0.0.1:1"),
    ],
)
def test_the_command_line_says_so_and_starts_nothing(tmp_path: Path, bundle: Path, words: tuple[str, ...]) -> None:
    done = kakehashi(*words, env=environment(tmp_path, TOWN__BUNDLE=bundle), timeout_s=60)
    assert done.returncode == 1
    assert "→" in done.stderr
    assert "Traceback" not in done.stderr
    assert "starting it again" not in done.stderr
