"""Heights of the ground out of elevation rasters: GeoTIFF and SRTM tiles, in any reference system."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError
from rasterio.warp import Resampling, reproject, transform, transform_bounds
from scipy.ndimage import gaussian_filter, map_coordinates

from planner.errors import RoadsError
from planner.roads.streets import METRES_PER_DEGREE, Floats

WGS84 = CRS.from_epsg(4326)

# What reading and transforming end in; not all that GDAL reports comes wrapped.
_BROKEN_TILE = (RasterioError, CRSError, CPLE_BaseError)

# Heights err by metres, cell by cell: those of SRTM by up to 6-9 m at nine points of ten (Rodriguez et al., 2006, An
# assessment of the SRTM topographic products). A Gaussian of 40 m evens that out, houses and walls too, but no hill.
SMOOTHING_M = 40.0
REACH = 4  # sigmas after which the Gaussian is cut off
LEAST_WEIGHT = 0.02  # of the Gaussian on known cells: closes gaps of some 80 m from their rim, no larger ones
FINEST_CELL_M = 10.0  # finer cells are read as larger ones: smoothing leaves nothing of them

# The shore of the Dead Sea lies at -430 m, Everest at 8,849 m; beyond stand gaps that the file does not declare.
LOWEST_M, HIGHEST_M = -500.0, 9_000.0

NOWHERE, NOWHERE_REMEDY = "does not say where on the globe it lies", "give a GeoTIFF with its reference system"

Box = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True, slots=True, kw_only=True)
class Terrain:
    """Height of the ground at each point asked for, NaN where no tile knows it; the box of all tiles in degrees."""

    height_m: Floats
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """A north-up raster in the reference system of the first tile; `left` and `top` are outer edges."""

    crs: CRS
    left: float
    top: float
    step: tuple[float, float]  # of a cell eastwards and southwards, in units of the reference system
    cell_m: tuple[float, float]
    size: tuple[int, int]  # columns and rows

    @classmethod
    def over(cls, x: Floats, y: Floats, tiles: Sequence[Any]) -> Self | None:
        """Lay the cells of the first tile over points, as far as there are tiles. None where there are none."""
        first = tiles[0]
        west, south, east, north = _union([transform_bounds(tile.crs, first.crs, *tile.bounds) for tile in tiles])
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        if not inside.any():
            return None
        x, y = x[inside], y[inside]
        unit_m = _unit_m(first.crs, float(y.mean()))
        native = [abs(step) for step in first.res]
        times = [max(1, int(FINEST_CELL_M / (step * unit))) for step, unit in zip(native, unit_m, strict=True)]
        step_x, step_y = (step * many for step, many in zip(native, times, strict=True))
        cell_m = step_x * unit_m[0], step_y * unit_m[1]
        margin_x, margin_y = (int(REACH * SMOOTHING_M / cell) + 2 for cell in cell_m)
        # Counted in whole cells from the tile's corner, so that a tile's own cells are taken as they are.
        column = int((x.min() - first.transform.c) // step_x) - margin_x
        row = int((first.transform.f - y.max()) // step_y) - margin_y
        left, top = first.transform.c + column * step_x, first.transform.f - row * step_y
        return cls(
            crs=first.crs,
            left=left,
            top=top,
            step=(step_x, step_y),
            cell_m=cell_m,
            size=(int((x.max() - left) / step_x) + 1 + margin_x, int((top - y.min()) / step_y) + 1 + margin_y),
        )

    def read(self, tile: Any) -> NDArray[np.float32]:
        """Return a tile's heights in the cells of this grid, reading no more of the file than lies there."""
        heights = np.full(self.size[::-1], np.nan, dtype=np.float32)
        reproject(
            rasterio.band(tile, 1),
            heights,
            dst_transform=rasterio.Affine(self.step[0], 0, self.left, 0, -self.step[1], self.top),
            dst_crs=self.crs,
            dst_nodata=np.nan,
            resampling=Resampling.bilinear,
        )
        heights[(heights < LOWEST_M) | (heights > HIGHEST_M)] = np.nan
        return heights

    def at(self, heights: NDArray[np.float32], x: Floats, y: Floats) -> Floats:
        """Interpolate between the four centres of cells around each point; NaN where one of them is."""
        row = (self.top - y) / self.step[1] - 0.5
        column = (x - self.left) / self.step[0] - 0.5
        outside = -2.0  # also for points that the reference system cannot express
        where = np.nan_to_num(np.stack([row, column]), nan=outside, posinf=outside, neginf=outside)
        sampled: Floats = map_coordinates(heights, where, order=1, mode="constant", cval=np.nan, output=np.float64)
        return sampled


def read_terrain(paths: Sequence[Path], *, lat: Floats, lon: Floats) -> Terrain:
    """Return the smoothed height of the ground at points; of several tiles the first that knows a cell counts.

    Tiles are laid on one grid before they are smoothed, so that there is no step where two of them meet. Raises
    `RoadsError` E-M04 or E-M31 for a file that is missing or holds no heights.
    """
    with ExitStack() as stack:
        tiles = [stack.enter_context(_open(path)) for path in paths]
        box = _union([_box(path, tile) for path, tile in zip(paths, tiles, strict=True)])
        x, y = (np.array(values) for values in transform(WGS84, tiles[0].crs, lon, lat))
        grid = _Grid.over(x, y, tiles)
        if grid is None:
            return Terrain(height_m=np.full(len(lat), np.nan), box=box)
        heights = np.full(grid.size[::-1], np.nan, dtype=np.float32)
        for path, tile in zip(paths, tiles, strict=True):
            try:
                np.copyto(heights, grid.read(tile), where=np.isnan(heights))
            except _BROKEN_TILE as error:
                raise _refused(path, "incomplete or damaged raster", "download it again") from error
    return Terrain(height_m=grid.at(_smoothed(heights, grid.cell_m), x, y), box=box)


def _open(path: Path) -> Any:
    """Open a raster whose place on the globe is known. Raises `RoadsError`."""
    if not path.is_file():
        raise RoadsError(f"E-M04 {path}: no such file → give the path of a GeoTIFF or .hgt tile")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            # Named, because some of the other formats read any file that they name in turn.
            tile = rasterio.open(path, driver="SRTMHGT" if path.suffix.casefold() == ".hgt" else "GTiff")
    except _BROKEN_TILE as error:
        raise _refused(path, "neither a GeoTIFF nor a whole .hgt tile", "unpack or download it again") from error
    if tile.crs is None or tile.transform.is_identity:
        raise _refused(path, NOWHERE, NOWHERE_REMEDY)
    if tile.count != 1:
        raise _refused(path, f"has {tile.count} bands, heights have one", "give the raster of heights")
    return tile


def _smoothed(heights: NDArray[np.float32], cell_m: tuple[float, float]) -> NDArray[np.float32]:
    """Return the Gaussian mean of the known cells around each cell, NaN where these are few."""
    known = np.isfinite(heights)
    sigma = SMOOTHING_M / cell_m[1], SMOOTHING_M / cell_m[0]
    weight = gaussian_filter(known.astype(np.float32), sigma, mode="constant", truncate=REACH)
    total = gaussian_filter(np.where(known, heights, np.float32(0)), sigma, mode="constant", truncate=REACH)
    return np.divide(total, weight, out=np.full_like(heights, np.nan), where=weight > LEAST_WEIGHT)


def _unit_m(crs: CRS, y: float) -> tuple[float, float]:
    """Return how long a unit of a reference system is at `y`, eastwards and northwards."""
    if crs.is_geographic:
        return METRES_PER_DEGREE * float(np.cos(np.radians(y))), METRES_PER_DEGREE
    unit_m = float(crs.linear_units_factor[1])
    return unit_m, unit_m


def _box(path: Path, tile: Any) -> Box:
    """Return the box of a tile in degrees. Raises `RoadsError` for a reference system of no place on the globe."""
    try:
        box: Box = transform_bounds(tile.crs, WGS84, *tile.bounds)
    except _BROKEN_TILE as error:
        raise _refused(path, NOWHERE, NOWHERE_REMEDY) from error
    return box


def _union(boxes: Sequence[Box]) -> Box:
    """Return the box around boxes, of which some may stand on their heads: rasters may count rows northwards."""
    west, south, east, north = zip(*boxes, strict=True)
    return min(west + east), min(south + north), max(west + east), max(south + north)


def _refused(path: Path, what: str, remedy: str) -> RoadsError:
    return RoadsError(f"E-M31 {path}: {what} → {remedy}")
