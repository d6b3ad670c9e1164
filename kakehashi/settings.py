"""Settings from one TOML file and the environment (`KAKEHASHI_STATION__PORT=8711` sets `station.port`)."""

import os
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from fleet.errors import BadInputError
from fleet.realm import Realm
from fleet.text import Text

DEFAULT_FILE = "kakehashi.toml"


class BrokerKind(StrEnum):
    """Which MQTT broker is used."""

    EMBEDDED = "embedded"
    MOSQUITTO = "mosquitto"
    EXTERNAL = "external"


class Part(BaseModel):
    """Base of the sections: a misspelt setting is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TownSettings(Part):
    """Which town: a bundle folder; in a drill, empty means the demonstration town."""

    bundle: Path | None = None


class BrokerSettings(Part):
    """Where MQTT is spoken. User and password are for an external broker; ours makes its own."""

    kind: BrokerKind = BrokerKind.EMBEDDED
    host: str = "127.0.0.1"
    port: int = Field(default=8730, ge=1, le=65535)
    username: str | None = None
    password: str | None = None


class StationSettings(Part):
    """The ground station.

    `vehicles` are links, each `tcp:host:port`, `udpin:host:port`, `udpout:host:port` or `serial:device:baud`, with
    `id=` before it to say which aircraft of the town it is; without, the town's aircraft are taken in their order.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8710, ge=1, le=65535)
    vehicles: tuple[str, ...] = ()


class OfficeSettings(Part):
    """The town office. `database` is a SQLAlchemy URL; empty means SQLite in the home folder."""

    host: str = "127.0.0.1"
    port: int = Field(default=8720, ge=1, le=65535)
    database: str | None = None


class SimSettings(Part):
    """Simulated aircraft of a drill."""

    count: int = Field(default=1, ge=0, le=500)
    base_port: int = Field(default=5760, ge=1, le=65000)
    seed: int = 34
    speedup: float = Field(default=1.0, ge=0.1, le=100.0)
    wind_mps: float = Field(default=2.0, ge=0.0, le=30.0)
    wind_from_deg: float = Field(default=270.0, ge=0.0, lt=360.0)
    gusts_mps: float = Field(default=0.0, ge=0.0, le=15.0)
    udp_out: str | None = None
    landslide: bool = True
    arducopter: Path | None = None


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", env_nested_delimiter="__", extra="forbid", frozen=True)
    toml_file: ClassVar[Path | None] = None

    home: Path = Path("var")
    realm: Realm = Realm.LIVE
    town: TownSettings = TownSettings()
    broker: BrokerSettings = BrokerSettings()
    station: StationSettings = StationSettings()
    office: OfficeSettings = OfficeSettings()
    sim: SimSettings = SimSettings()
    log_level: str = "info"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the command line over the environment over the file."""
        sources: tuple[PydanticBaseSettingsSource, ...] = (init_settings, env_settings)
        if cls.toml_file is not None:
            sources += (TomlConfigSettingsSource(settings_cls, cls.toml_file),)
        return sources


def load_settings(file: Path | None = None, **overrides: Any) -> Settings:
    """Return the settings; raises BadInputError naming the file or variable that is wrong.

    Without `file`, `kakehashi.toml` in the working folder is read if it is there.
    """
    found = file if file is not None else Path(os.environ.get("KAKEHASHI_CONFIG", DEFAULT_FILE))
    if file is not None and not file.is_file():
        raise BadInputError(
            Text(f"設定ファイル {file} がありません", f"there is no settings file {file}"),
            Text("--config の場所を確認してください", "check the path given with --config"),
        )
    reader = type("FileSettings", (Settings,), {"toml_file": found if found.is_file() else None})
    try:
        settings: Settings = reader(**overrides)
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(
            Text(f"設定ファイル {found} を読めません: {error}", f"cannot read the settings file {found}: {error}"),
            Text("示された行の書き方を直してください", "correct the named line"),
        ) from error
    except ValidationError as error:
        raise BadInputError(
            Text(f"設定に誤りがあります: {_places(error)}", f"a setting is wrong: {_places(error)}"),
            Text(
                f"{found} か環境変数 KAKEHASHI_… の値を直してください",
                f"correct it in {found} or in the environment (KAKEHASHI_…)",
            ),
        ) from error
    return settings


def _places(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()[:5])
