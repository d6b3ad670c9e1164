"""Which town a bundle is, without reading its maps."""

from pathlib import Path

from fleet.ids import TownId, check_name
from fleet.text import Text
from missions.formats.bad_input import bad_input
from missions.formats.toml_values import read_table

TOWN_FILE = "town.toml"


def read_town_id(bundle: Path) -> TownId:
    """Return the id in the bundle's `town.toml`; raises BadInputError naming the file, or InvalidValueError."""
    found = read_table(bundle / TOWN_FILE, TOWN_FILE).get("id")
    if not isinstance(found, str):
        raise bad_input(
            TOWN_FILE,
            Text("id（町の名前）がありません", "there is no id, the town's name"),
            Text('id = "our-town" のように書いてください', 'write it like id = "our-town"'),
        )
    return TownId(check_name(found))
