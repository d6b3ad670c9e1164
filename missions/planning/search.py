"""The cheapest path over a coarse grid: short, low, inside the height band, outside no-fly areas.

Cost per metre is 1 on low ground and grows with how far the floor lies above both ends; where the band is empty or
the terrain unknown it is so high that the path goes there only if there is no other way. Cheapest path: Dijkstra
with diagonal steps (skimage.graph.MCP_Geometric).
"""

from dataclasses import dataclass

import numpy as np
from skimage.graph import MCP_Geometric

from fleet.positions import FloatArray
from missions.planning.band import HeightBand
from missions.planning.no_fly import SEARCH_SLACK_M, NoFly

_STEP_M = 40.0
_EMPTY_BAND_COST = 30.0
_MISSING_COST = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchGrid:
    """What a search needs that does not depend on how it weighs height."""

    west_m: float
    south_m: float
    step_m: float
    floor_m: FloatArray
    base_cost: FloatArray
    blocked: np.ndarray

    def cell(self, point_m: FloatArray) -> tuple[int, int]:
        """Return row and column of the grid point nearest to a local point."""
        rows, columns = self.floor_m.shape
        row = round(float(point_m[1] - self.south_m) / self.step_m)
        column = round(float(point_m[0] - self.west_m) / self.step_m)
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostGrid:
    """A search grid with the cost per metre for one weight of height."""

    grid: SearchGrid
    cost: FloatArray

    def along(self, start_m: FloatArray, end_m: FloatArray) -> float:
        """Return the cost of the straight line between two local points."""
        length_m = float(np.hypot(*(end_m - start_m)))
        steps = max(2, int(length_m / (self.grid.step_m / 2.0)))
        share = (np.arange(steps) + 0.5) / steps
        rows, columns = self.cost.shape
        row = np.rint((start_m[1] + share * (end_m[1] - start_m[1]) - self.grid.south_m) / self.grid.step_m)
        column = np.rint((start_m[0] + share * (end_m[0] - start_m[0]) - self.grid.west_m) / self.grid.step_m)
        cells = (
            np.clip(row.astype(np.intp), 0, rows - 1),
            np.clip(column.astype(np.intp), 0, columns - 1),
        )
        return float(self.cost[cells].mean()) * length_m


def search_grid(band: HeightBand, no_fly: NoFly) -> SearchGrid:
    """Return the coarse grid over the band."""
    stride = max(1, round(_STEP_M / band.cell_m))
    floor_m = band.highest_m[::stride, ::stride] + band.clearance_m
    ceiling_m = band.lowest_m[::stride, ::stride] + band.ceiling_agl_m
    cost = np.ones(floor_m.shape, dtype=np.float64)
    cost[floor_m > ceiling_m] += _EMPTY_BAND_COST
    cost[band.missing[::stride, ::stride]] += _MISSING_COST
    step_m = stride * band.cell_m
    rows, columns = floor_m.shape
    east_m = band.west_m + np.arange(columns) * step_m
    north_m = band.south_m + np.arange(rows) * step_m
    mesh_east_m, mesh_north_m = np.meshgrid(east_m, north_m)
    return SearchGrid(
        west_m=band.west_m,
        south_m=band.south_m,
        step_m=step_m,
        floor_m=floor_m.astype(np.float64),
        base_cost=cost,
        blocked=no_fly.contains(mesh_east_m, mesh_north_m, SEARCH_SLACK_M),
    )


def cost_grid(grid: SearchGrid, start_m: FloatArray, end_m: FloatArray, height_weight: float) -> CostGrid:
    """Return the costs for a route between two local points; `height_weight` is per 100 m above both ends."""
    reference_m = max(grid.floor_m[grid.cell(start_m)], grid.floor_m[grid.cell(end_m)])
    rise_m = np.maximum(0.0, grid.floor_m - reference_m)
    return CostGrid(grid=grid, cost=grid.base_cost + rise_m * (height_weight / 100.0))


def cheapest_path(costs: CostGrid, start_m: FloatArray, end_m: FloatArray) -> FloatArray | None:
    """Return the path (n × 2 local metres, both ends exact), or None where no-fly areas leave no way."""
    grid = costs.grid
    start, end = grid.cell(start_m), grid.cell(end_m)
    passable = np.where(grid.blocked, np.inf, costs.cost)
    passable[start] = costs.cost[start]
    passable[end] = costs.cost[end]
    search = MCP_Geometric(passable, fully_connected=True)
    reached, _ = search.find_costs([start], [end])
    if not np.isfinite(reached[end]):
        return None
    cells = np.asarray(search.traceback(end), dtype=np.float64)
    path = np.column_stack((grid.west_m + cells[:, 1] * grid.step_m, grid.south_m + cells[:, 0] * grid.step_m))
    if len(path) == 1:
        return np.vstack((start_m, end_m))
    path[0], path[-1] = start_m, end_m
    return path
