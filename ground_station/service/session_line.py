"""Hands the flight core who is signed in, so that they can act on its own page while nothing else is alive."""

import asyncio

import structlog

from fleet.errors import FleetError
from ground_station.flight.port import FlightPort, HoldSessions, LiveSession
from portal.access import Access

_log = structlog.get_logger(__name__)

EVERY_S = 2.0


class SessionLine:
    """Tells of the live sessions every two seconds; `run` until cancelled."""

    def __init__(self, access: Access, port: FlightPort) -> None:
        self._access = access
        self._port = port

    async def run(self) -> None:
        """Go on; what the core or the database does not take now is told the next time."""
        while True:
            try:
                await self.tell()
            except FleetError as error:
                _log.debug("sessions are handed over later", what=error.what.en)
            await asyncio.sleep(EVERY_S)

    async def tell(self) -> None:
        """Hand over every live session, by its token's digest; raises UnavailableError."""
        live = await asyncio.to_thread(self._access.live_sessions)
        await self._port.set_up(
            HoldSessions(
                sessions=tuple(
                    LiveSession(
                        token_digest=session.token_hash,
                        person=session.person.name,
                        permissions=session.person.permissions,
                        remaining_s=remaining_s,
                    )
                    for session, remaining_s in live
                )
            )
        )
