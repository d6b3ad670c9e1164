"""What both services say over HTTP: sessions, people, problems, the town's map and text in two languages."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from fleet.realm import Realm
from fleet.roles import Permission, Role


class WireModel(BaseModel):
    """Base of every body: unknown fields are refused, values are not changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _shown_name(name: str) -> str:
    if not name.strip():
        raise PydanticCustomError("name_blank", "A name cannot be blank")
    # The ideographic space between a Japanese family name and given name counts as not printable, but is wanted.
    if not name.replace("\u3000", " ").isprintable():
        raise PydanticCustomError("name_not_shown", "The name holds characters that cannot be shown")
    return name


PersonName = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_shown_name)]


class TextOut(WireModel):
    """A sentence in both languages."""

    ja: str
    en: str


class StorageAlarmOut(WireModel):
    """Something that cannot be kept, here or at the other side. `at_s`: since when. `cure`: what to do."""

    id: str
    at_s: float
    level: Literal["warn", "act"]
    text: TextOut
    cure: TextOut | None


class ProblemOut(WireModel):
    """problem+json (RFC 9457), with what happened and what to do in both languages."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    what: TextOut
    cure: TextOut | None


class PersonOut(WireModel):
    """A person who is signed in."""

    id: str
    name: str
    roles: list[Role]
    permissions: list[Permission]


class SessionOut(WireModel):
    """Who is signed in, in which realm, and the token that changes must carry in `X-CSRF-Token`."""

    service: Literal["station", "office"]
    realm: Realm
    town_name: TextOut
    person: PersonOut | None
    csrf_token: str
    setup_needed: bool
    time_scale: float


class SetupIn(WireModel):
    """The first administrator, named through the one-time link."""

    token: str = Field(min_length=16, max_length=128)
    name: PersonName
    password: str = Field(min_length=10, max_length=256)


class SignInIn(WireModel):
    """A name and its password."""

    name: str = Field(min_length=1, max_length=80)
    password: str = Field(min_length=1, max_length=256)


class PersonIn(WireModel):
    """A new person; they choose their own password through the link that comes back."""

    name: PersonName
    roles: list[Role] = Field(min_length=1, max_length=6)


class InvitationOut(WireModel):
    """The one-time link of a new person."""

    person_id: str
    path: str
    expires_at_s: float


class InvitationIn(WireModel):
    """A password chosen through an invitation."""

    token: str = Field(min_length=16, max_length=128)
    password: str = Field(min_length=10, max_length=256)


class PlaceOut(WireModel):
    """A named place on the map. `kind`: depot, landing_site, shelter, station, settlement."""

    id: str
    kind: str
    name: TextOut
    lon_deg: float
    lat_deg: float
    ground_amsl_m: float
    detail: dict[str, str]


class AircraftOut(WireModel):
    """What the pages need of an aircraft type."""

    vehicle_id: str
    name: TextOut
    max_payload_kg: float
    home_site_id: str
    gear: str


class TownOut(WireModel):
    """The town as the map shows it. The GeoJSON is WGS 84 lon, lat.

    `airspace` features have `kind` (no_fly, did, airport, emergency_use), `name_ja`, `name_en`, `source`;
    `lines` features have `kind` (road, river), `name_ja`, `name_en`.
    """

    id: str
    name: TextOut
    code: str
    bounds: tuple[float, float, float, float]
    terrain_synthetic: bool
    terrain_source: TextOut
    credits: list[str]
    places: list[PlaceOut]
    aircraft: list[AircraftOut]
    airspace: dict[str, Any]
    lines: dict[str, Any]
    boundary: dict[str, Any]
    ceiling_agl_m: float
    clearance_m: float
    reserve_fraction: float


class LiveMessage(WireModel):
    """One message of `/api/live`: a snapshot, then merge patches (RFC 7386), and a beat each second."""

    type: Literal["snapshot", "delta", "beat"]
    cursor: int
    at_s: float
    state: dict[str, Any] | None = None
    patch: dict[str, Any] | None = None
