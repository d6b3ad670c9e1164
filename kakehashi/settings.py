"""Settings from one TOML file and the environment (`KAKEHASHI_STATION__PORT=8711` sets `station.port`)."""

import os
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from fleet.errors import BadInputError
from fleet.realm import Realm
from fleet.text import Text
from kakehashi.logging_setup import LogLevel
from kakehashi.variables import CONFIG_VARIABLE, require_known

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


class FlightSettings(Part):
    """The flight core: where its own page 緊急操作 is served."""

    host: str = "127.0.0.1"
    port: int = Field(default=8711, ge=1, le=65535)


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
    file_values: ClassVar[dict[str, Any]] = {}

    home: Path = Path("var")
    realm: Realm = Realm.LIVE
    town: TownSettings = TownSettings()
    broker: BrokerSettings = BrokerSettings()
    station: StationSettings = StationSettings()
    flight: FlightSettings = FlightSettings()
    office: OfficeSettings = OfficeSettings()
    sim: SimSettings = SimSettings()
    log_level: LogLevel = LogLevel.INFO

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_small_letters(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

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
        return init_settings, env_settings, InitSettingsSource(settings_cls, cls.file_values)


def load_settings(file: Path | None = None, **overrides: Any) -> Settings:
    """Return the settings; raises BadInputError naming the file or variable that is wrong.

    Without `file`, the one that `KAKEHASHI_CONFIG` names is read (none if that is empty), and where it is not set,
    `kakehashi.toml` in the working folder if it is there.
    """
    require_known(os.environ, Settings)
    found = _file_of(file)
    values = {} if found is None else _read(found)
    reader = type("FileSettings", (Settings,), {"file_values": values})
    where = found or DEFAULT_FILE
    try:
        settings: Settings = reader(**overrides)
    except SettingsError as error:
        why = f"{error}: {error.__cause__}"
        raise BadInputError(
            Text(f"環境変数の値を JSON として読めません: {why}", f"a variable's value cannot be read as JSON: {why}"),
            Text(
                """KAKEHASHI_STATION__VEHICLES='["tcp:127.0.0.1:5760"]' のように書いてください""",
                """write it like KAKEHASHI_STATION__VEHICLES='["tcp:127.0.0.1:5760"]'""",
            ),
        ) from error
    except ValidationError as error:
        raise BadInputError(
            Text(f"設定に誤りがあります: {_places(error)}", f"a setting is wrong: {_places(error)}"),
            Text(
                f"{where} か環境変数 KAKEHASHI_… の値を直してください",
                f"correct it in {where} or in the environment (KAKEHASHI_…)",
            ),
        ) from error
    return settings


def _file_of(named: Path | None) -> Path | None:
    if named is not None:
        return named
    variable = os.environ.get(CONFIG_VARIABLE)
    if variable is not None:
        return Path(variable) if variable else None
    default = Path(DEFAULT_FILE)
    return default if os.path.lexists(default) else None


def _read(file: Path) -> dict[str, Any]:
    """Return what the file sets. A byte order mark, which some editors write, is no fault."""
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise BadInputError(
            Text(f"設定ファイル {file} がありません", f"there is no settings file {file}"),
            Text(
                f"--config か {CONFIG_VARIABLE} の場所を確認してください",
                f"check the path given with --config or {CONFIG_VARIABLE}",
            ),
        ) from error
    except OSError as error:
        raise BadInputError(
            Text(
                f"設定ファイル {file} を読めません: {error.strerror}",
                f"cannot read the settings file {file}: {error.strerror}",
            ),
            Text("読めるファイルの場所を指定してください", "name a file that can be read"),
        ) from error
    except UnicodeDecodeError as error:
        raise BadInputError(
            Text(
                f"設定ファイル {file} の文字コードが UTF-8 ではありません（{error.start + 1} バイト目）",
                f"the settings file {file} is not in UTF-8 (byte {error.start + 1})",
            ),
            Text("UTF-8 で保存し直してください", "save it again as UTF-8"),
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(
            Text(f"設定ファイル {file} を読めません: {error}", f"cannot read the settings file {file}: {error}"),
            Text("示された行の書き方を直してください", "correct the named line"),
        ) from error


def _places(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()[:5])
