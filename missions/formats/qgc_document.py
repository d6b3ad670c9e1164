"""The structure of a QGroundControl .plan document (docs.qgroundcontrol.com, plan file format) as JSON."""

import msgspec

Number = float | None


class SimpleItem(msgspec.Struct, tag_field="type", tag="SimpleItem", kw_only=True):
    """One mission item; the seven parameters, null where QGroundControl leaves one open."""

    command: int
    frame: int
    params: list[Number]
    auto_continue: bool = msgspec.field(name="autoContinue", default=True)


class Transects(msgspec.Struct, kw_only=True):
    """The simple items that a survey comes to."""

    items: list[SimpleItem] = msgspec.field(name="Items")


class ComplexItem(msgspec.Struct, tag_field="type", tag="ComplexItem", kw_only=True):
    """A survey, corridor or other pattern."""

    kind: str = msgspec.field(name="complexItemType")
    transects: Transects | None = msgspec.field(name="TransectStyleComplexItem", default=None)


class Mission(msgspec.Struct, kw_only=True):
    """The mission; `home` is latitude, longitude and height above mean sea level."""

    version: int
    items: list[SimpleItem | ComplexItem]
    home: list[float] = msgspec.field(name="plannedHomePosition")
    firmware_type: int = msgspec.field(name="firmwareType", default=3)
    vehicle_type: int = msgspec.field(name="vehicleType", default=2)
    cruise_mps: float = msgspec.field(name="cruiseSpeed", default=15.0)
    hover_mps: float = msgspec.field(name="hoverSpeed", default=5.0)


class FencePolygon(msgspec.Struct, kw_only=True):
    """A polygon of latitudes and longitudes."""

    polygon: list[list[float]]
    inclusion: bool
    version: int = 1


class Circle(msgspec.Struct, kw_only=True):
    """A centre (latitude, longitude) and a radius in metres."""

    center: list[float]
    radius: float


class FenceCircle(msgspec.Struct, kw_only=True):
    """A circle to stay in or out of."""

    circle: Circle
    inclusion: bool
    version: int = 1


class GeoFence(msgspec.Struct, kw_only=True):
    """The fence; version 1 had one `polygon`."""

    version: int = 2
    polygons: list[FencePolygon] = msgspec.field(default_factory=list)
    circles: list[FenceCircle] = msgspec.field(default_factory=list)
    polygon: list[object] = msgspec.field(default_factory=list)
    breach_return: list[float] | None = msgspec.field(name="breachReturn", default=None)


class RallyPoints(msgspec.Struct, kw_only=True):
    """Rally points: latitude, longitude, height above home."""

    version: int = 2
    points: list[list[float]] = msgspec.field(default_factory=list)


class Document(msgspec.Struct, kw_only=True):
    """The whole file."""

    file_type: str = msgspec.field(name="fileType")
    version: int
    mission: Mission | None = None
    fence: GeoFence = msgspec.field(name="geoFence", default_factory=GeoFence)
    rally: RallyPoints = msgspec.field(name="rallyPoints", default_factory=RallyPoints)
