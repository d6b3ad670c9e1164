"""How long a 12-megapixel photo takes to be taken in: checked, decoded, its tags read, preview and thumbnail made.

Beside it, in the same run and on the same files: bare pyvips making a 1600 px and a 320 px copy, with no check, no tags
and no process of its own. Also how long the manifest with its thumbnail takes over 128 kbit/s, and how long the
simulated camera renders. Prints one JSON object; run as `python -m bench.picture_intake`.
"""

import asyncio
import io
import json
import statistics
import time
from collections.abc import Callable

import numpy as np
import pyvips
from PIL import Image

from fleet.ids import StationId
from imagery.bodies import manifest_of
from imagery.camera_tags import CameraTags, tagged_jpeg
from imagery.chunks import chunk_digests
from imagery.derivatives import PictureLimits, examine
from imagery.intake import PictureIntake
from imagery.pictures import PictureContext, picture_of
from imagery.store import sha256_of
from imagery.transfer import manifest_record
from missions.formats.demo_town import make_demo_town
from sim.camera.landslide import landslide_near
from sim.camera.renderer import Renderer
from sim.camera.view import CameraView
from telemetry.codec import WireWriter, encode_record

SEED = 34
FILES = 6
LINK_BITS_PER_S = 128_000.0
BUDGET_SHARE_OF_PYVIPS = 0.8
BUDGET_THUMBNAIL_S = 3.0


def photo(seed: int) -> bytes:
    """Return a 4000 × 3000 JPEG with detail at every scale and a camera's tags."""
    random = np.random.default_rng(seed)
    picture = np.zeros((3000, 4000, 3), dtype=np.float32)
    for size in (8, 40, 200, 1000):
        grain = random.normal(0.0, 30.0, (size * 3 // 4, size, 3)).astype(np.float32)
        bands = [
            np.asarray(Image.fromarray(grain[..., band]).resize((4000, 3000), Image.Resampling.BICUBIC))
            for band in range(3)
        ]
        picture += np.stack(bands, axis=-1)
    target = io.BytesIO()
    Image.fromarray(np.clip(picture + 120.0, 0, 255).astype(np.uint8)).save(target, "JPEG", quality=90)
    return tagged_jpeg(target.getvalue(), CameraTags(taken_at_s=1.78e9, lon_deg=133.25, lat_deg=34.75))


def seconds_each(work: Callable[[bytes], object], files: list[bytes]) -> float:
    """Return the median seconds of `work` over the files."""
    taken = []
    for data in files:
        start = time.perf_counter()
        work(data)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


async def intake_seconds(files: list[bytes]) -> float:
    """Return the median seconds of a running intake, its other process and the way there and back included."""
    async with PictureIntake() as intake:
        await intake.examine(files[0])
        taken = []
        for data in files:
            start = time.perf_counter()
            await intake.examine(data)
            taken.append(time.perf_counter() - start)
        return statistics.median(taken)


def pyvips_seconds(files: list[bytes]) -> float:
    """Return the median seconds of bare pyvips for the same copies."""

    def copies(data: bytes) -> None:
        for size in (1600, 320):
            pyvips.Image.thumbnail_buffer(data, size).jpegsave_buffer(Q=82, keep="none")

    copies(files[0])
    return seconds_each(copies, files)


def manifest_bytes(data: bytes) -> int:
    """Return the size on the wire of what makes a picture visible at the office."""
    examined = examine(data, PictureLimits())
    context = PictureContext(who="bench")
    picture = picture_of(
        examined, context, sha256=sha256_of(data), size_bytes=len(data), station_id=StationId("bench"), now_s=1.78e9
    )
    manifest = manifest_of(picture, thumbnail=examined.thumbnail_jpeg, digests=chunk_digests(data))
    record = manifest_record(manifest, recorded_at_s=1.78e9)
    return len(WireWriter().batch("bench", [encode_record(record)]))


def render_seconds() -> dict[str, float]:
    """Return seconds to render 1600 × 1200 over the demonstration town, before and after a landslide."""
    town = make_demo_town(SEED)
    renderer = Renderer(town.terrain, seed=SEED)
    site = next(place for place in town.places if place.id == "takamuro")
    slide = landslide_near(renderer.ground, site.at, seed=SEED)
    middle = len(slide.east_m) // 2
    east_m, north_m = float(slide.east_m[middle]), float(slide.north_m[middle])
    ground_m = float(renderer.ground.height_m(east_m, north_m))
    view = CameraView(east_m=east_m, north_m=north_m, alt_amsl_m=ground_m + 100.0)
    found = {}
    for name, slides in (("before", ()), ("after", (slide,))):
        taken = []
        for _ in range(5):
            start = time.perf_counter()
            renderer.jpeg(view, slides)
            taken.append(time.perf_counter() - start)
        found[name] = round(statistics.median(taken), 3)
    return found


def main() -> None:
    """Measure and print."""
    files = [photo(seed) for seed in range(FILES)]
    ours_s = asyncio.run(intake_seconds(files))
    peer_s = pyvips_seconds(files)
    wire_bytes = manifest_bytes(files[0])
    thumbnail_s = ours_s + wire_bytes * 8.0 / LINK_BITS_PER_S
    result = {
        "what": "picture intake, 12 MP JPEG",
        "files": FILES,
        "file_mb": round(statistics.median(len(data) for data in files) / 1e6, 2),
        "intake_s": round(ours_s, 4),
        "pyvips_s": round(peer_s, 4),
        "speed_beside_pyvips": round(peer_s / ours_s, 3),
        "reach_beside_pyvips": BUDGET_SHARE_OF_PYVIPS,
        "manifest_bytes": wire_bytes,
        "thumbnail_visible_s_at_128_kbit": round(thumbnail_s, 2),
        "reach_thumbnail_s": BUDGET_THUMBNAIL_S,
        "render_s": render_seconds(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
