"""A picture as the pages take it. Pure. The addresses change with what lies behind them, so a page may keep it."""

from imagery.pictures import Picture, PictureState
from town_office.api.schemas import PictureOut


def picture_out(picture: Picture) -> PictureOut:
    """Return a picture with the addresses of what of it is here."""
    whole = picture.state is PictureState.COMPLETE
    address = f"/api/pictures/{picture.id}"
    version = f"v={picture.sha256[:12]}"
    return PictureOut(
        id=picture.id,
        station_id=picture.station_id,
        state=picture.state.value,
        release=picture.release.value,
        taken_at_s=picture.taken_at_s,
        received_at_s=picture.received_at_s,
        lon_deg=picture.lon_deg,
        lat_deg=picture.lat_deg,
        alt_amsl_m=picture.alt_amsl_m,
        heading_deg=picture.heading_deg,
        vehicle_id=picture.vehicle_id,
        delivery_id=picture.delivery_id,
        who=picture.who,
        before_after=picture.before_after,
        sha256=picture.sha256,
        size_bytes=picture.size_bytes,
        chunks_total=picture.chunks_total,
        chunks_have=picture.chunks_have,
        thumbnail=f"{address}/thumbnail?{version}-{'own' if whole else 'sent'}",
        preview=f"{address}/preview?{version}" if whole else None,
        original=f"{address}/original?{version}" if whole else None,
        simulated=picture.simulated,
    )
