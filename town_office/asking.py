"""From what a person at the office wishes to a request a station can take. Pure."""

from fleet.errors import InvalidValueError
from fleet.ids import RequestId, SiteId
from fleet.text import Text
from missions.values.request import DeliveryRequest, Urgency
from missions.values.town import PlaceKind, Town
from town_office.api.schemas import RequestIn


def delivery_request(
    wish: RequestIn, *, town: Town, request_id: RequestId, requested_by: str, now_s: float
) -> DeliveryRequest:
    """Return the request; raises InvalidValueError for an unknown landing site or text that cannot be shown."""
    site = town.place(SiteId(wish.site_id))
    if site is None or site.kind is not PlaceKind.LANDING_SITE:
        known = town.places_of(PlaceKind.LANDING_SITE)
        raise InvalidValueError(
            Text(f"着陸場「{wish.site_id}」はこの町にありません", f"this town has no landing site {wish.site_id!r}"),
            Text(
                "次から選んでください: " + "、".join(place.name.ja for place in known),
                "choose one of: " + ", ".join(place.id for place in known),
            ),
        )
    for text in (wish.item, *wish.note.splitlines()):
        if not text.isprintable():
            raise InvalidValueError(
                Text("使えない文字が入っています", "the text holds characters that cannot be shown"),
                Text("文字を打ち直してください", "type the text again"),
            )
    return DeliveryRequest(
        id=request_id,
        item=wish.item.strip(),
        mass_kg=wish.mass_kg,
        site_id=site.id,
        urgency=Urgency(wish.urgency),
        requested_by=requested_by,
        requested_at_s=now_s,
        note=wish.note.strip(),
    )
