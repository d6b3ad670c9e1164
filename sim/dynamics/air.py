"""Wind: a steady part and seeded gusts that fade in seconds.

The gusts are an Ornstein–Uhlenbeck process, which is what Dryden's longitudinal gust is at a constant airspeed.
"""

import numpy as np

from fleet.positions import FloatArray


class Air:
    """The air each of N vehicles flies in; `wind_mps` is (N, 2), east and north, where the air goes *to*."""

    def __init__(self, count: int, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._gust = np.zeros((count, 2))
        self._steady = np.zeros((count, 2))
        self._turbulence = np.zeros(count)
        self._fade_s = np.full(count, 5.0)
        self._calm = True
        self.wind_mps: FloatArray = np.zeros((count, 2))

    def set_wind(self, index: int, *, speed_mps: float, from_deg: float, turbulence_mps: float, fade_s: float) -> None:
        """Give one vehicle its wind: mean speed, direction it comes from, standard deviation of the gusts."""
        angle = np.radians(from_deg)
        self._steady[index] = (-speed_mps * np.sin(angle), -speed_mps * np.cos(angle))
        self._turbulence[index] = turbulence_mps
        self._fade_s[index] = max(0.5, fade_s)
        self._calm = not (self._steady.any() or self._turbulence.any())
        self.wind_mps = self._steady + self._gust

    def step(self, dt_s: float) -> None:
        """Let the gusts go on by `dt_s`."""
        if self._calm:
            return
        keep = np.exp(-dt_s / self._fade_s)
        kick = self._turbulence * np.sqrt(1.0 - keep**2)
        noise = self._random.standard_normal(self._gust.shape)
        self._gust = self._gust * keep[:, None] + noise * kick[:, None]
        self.wind_mps = self._steady + self._gust
