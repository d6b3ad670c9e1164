"""Hands one picture to the station: `POST {station}/api/companion/pictures`, multipart, with the device's key."""

from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

import httpx
import structlog

from sim.camera.spool import HandOver

_LOG = structlog.get_logger(__name__)
_TIMEOUT_S = 60.0
# These may pass: no or another key yet, too slow, too early, too often.
_MAY_PASS = frozenset({401, 403, 404, 408, 425, 429})


class Outcome(StrEnum):
    """What became of a hand-over."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class StationAddress:
    """Where the station is and how the companion proves itself."""

    url: str
    device_key: str


class HttpHandOver:
    """Speaks to one station; use as an async context manager."""

    def __init__(self, station: StationAddress) -> None:
        self._url = station.url.rstrip("/") + "/api/companion/pictures"
        headers = {"Authorization": f"Bearer {station.device_key}"}
        self._client = httpx.AsyncClient(headers=headers, timeout=_TIMEOUT_S, trust_env=False)

    async def __aenter__(self) -> Self:
        """Open the client."""
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the client."""
        await self._client.__aexit__(kind, error, trace)

    async def send(self, data: bytes, about: HandOver) -> Outcome:
        """Return whether the station has the picture, will never take it, or may later."""
        fields = {
            "vehicle_id": about.vehicle_id,
            "image_index": str(about.image_index),
            "captured_at": repr(about.captured_at_s),
        }
        try:
            answer = await self._client.post(
                self._url, data=fields, files={"file": (about.file_name, data, "image/jpeg")}
            )
        except httpx.HTTPError as error:
            _LOG.debug("station_not_reached", error=str(error))
            return Outcome.LATER
        if answer.is_success:
            return Outcome.ACCEPTED
        lasting = answer.is_client_error and answer.status_code not in _MAY_PASS
        _LOG.warning("picture_not_taken", status=answer.status_code, answer=answer.text[:300], lasting=lasting)
        return Outcome.REFUSED if lasting else Outcome.LATER
