"""Whose turn it is among the orders to one aircraft that come while others still wait for their paper. Pure.

The newest goes, with two exceptions that keep an aircraft safe: what makes it safer yields only to what is safer and
newer, and another order stands behind for nothing until it is on paper, since an order that fails there never was one.
"""

from ground_station.flight.vehicles.flight_command import SAFER, Action


class Turns:
    """Counts the orders to one aircraft."""

    def __init__(self) -> None:
        self._arrived = 0
        self._newest_safer = 0
        self._newest_other = 0

    def arrive(self, action: Action) -> int:
        """Return the turn of an order that has just come."""
        self._arrived += 1
        if action in SAFER:
            self._newest_safer = self._arrived
        return self._arrived

    def take(self, turn: int, action: Action) -> bool:
        """Return whether an order that is on paper now may still go out."""
        if action in SAFER:
            return turn == self._newest_safer
        if turn < max(self._newest_safer, self._newest_other):
            return False
        self._newest_other = turn
        return True
