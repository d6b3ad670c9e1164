"""Gives handlers the station they work for."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from ground_station.field_station import FieldStation


def station_of(connection: HTTPConnection) -> FieldStation:
    """Return the app's station."""
    station: FieldStation = connection.app.state.station
    return station


Station = Annotated[FieldStation, Depends(station_of)]
