import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from fleet.errors import BadInputError, ExpiredError, TooLargeError, UnavailableError
from imagery.camera_tags import tagged_jpeg
from imagery.derivatives import PictureLimits
from imagery.intake import MEMORY_BYTES, DeadlyPictureError, PictureIntake
from imagery.worker_process import WorkerProcess, worker_command
from tests.imagery.samples import TAGS, jpeg, png

REAL = worker_command("imagery.worker_main", MEMORY_BYTES)


def memory_peak_bytes(process_id: int) -> int:
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmPeak"):
            return int(line.split()[1]) * 1024
    pytest.fail("the kernel does not say how much memory a process took")


async def test_a_picture_is_examined_in_another_process() -> None:
    worker = WorkerProcess(REAL, deadline_s=20)
    async with PictureIntake(workers=[worker]) as intake:
        found = await intake.examine(tagged_jpeg(jpeg(), TAGS))
        assert worker.process_id not in {None, os.getpid()}
    assert found.tags.make == "Kakehashi"
    assert (found.width_px, found.height_px) == (640, 480)


async def test_the_worker_ends_with_its_owner() -> None:
    worker = WorkerProcess(REAL, deadline_s=20)
    async with PictureIntake(workers=[worker]):
        process_id = worker.process_id
        assert process_id is not None
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


async def test_a_text_file_named_jpg_is_refused_in_both_languages(intake: PictureIntake) -> None:
    with pytest.raises(BadInputError) as refusal:
        await intake.examine("名前だけ写真の文書".encode())
    assert "文字だけ" in str(refusal.value)
    assert "text file" in str(refusal.value)


@pytest.mark.parametrize("colour_type", [0, 2])
async def test_bombs_of_100_and_200_megapixels_are_refused_in_little_memory(colour_type: int) -> None:
    worker = WorkerProcess(REAL, deadline_s=20)
    async with PictureIntake(workers=[worker]) as intake:
        for side in (10_000, 14_200):
            with pytest.raises(TooLargeError):
                await intake.examine(png(side, side, colour_type))
        assert worker.process_id is not None
        assert memory_peak_bytes(worker.process_id) < 128 * 1024 * 1024
        assert worker.starts == 1


async def test_the_largest_picture_fits_into_the_memory_limit() -> None:
    worker = WorkerProcess(REAL, deadline_s=60)
    async with PictureIntake(workers=[worker]) as intake:
        found = await intake.examine(png(8900, 6700, 2))
        assert (found.width_px, found.height_px) == (8900, 6700)
        assert worker.process_id is not None
        assert memory_peak_bytes(worker.process_id) <= MEMORY_BYTES


async def test_a_picture_that_needs_more_memory_is_refused_and_the_next_is_taken() -> None:
    worker = WorkerProcess(REAL, deadline_s=60)
    async with PictureIntake(workers=[worker]) as intake:
        with pytest.raises(TooLargeError) as refusal:
            await intake.examine(png(7700, 7700, 6, bits=16))
        assert "メモリ" in refusal.value.what.ja
        assert (await intake.examine(jpeg())).width_px == 640
        assert worker.process_id is not None
        assert memory_peak_bytes(worker.process_id) <= MEMORY_BYTES


async def test_a_hanging_worker_is_killed_and_another_serves_the_next_picture() -> None:
    worker = WorkerProcess(REAL, deadline_s=6)
    async with PictureIntake(workers=[worker]) as intake:
        hung = worker.process_id
        assert hung is not None
        os.kill(hung, signal.SIGSTOP)
        with pytest.raises(ExpiredError):
            await intake.examine(jpeg())
        assert (await intake.examine(jpeg())).width_px == 640
        assert worker.process_id != hung
    with pytest.raises(ProcessLookupError):
        os.kill(hung, 0)


async def test_a_worker_killed_while_idle_costs_no_picture() -> None:
    worker = WorkerProcess(REAL, deadline_s=20)
    async with PictureIntake(workers=[worker]) as intake:
        assert worker.process_id is not None
        os.kill(worker.process_id, signal.SIGKILL)
        assert (await intake.examine(jpeg())).width_px == 640
        assert worker.starts == 2


async def test_a_picture_that_kills_every_worker_is_refused() -> None:
    worker = WorkerProcess((sys.executable, "-c", "import sys; sys.stdin.buffer.read(4)"), deadline_s=20)
    async with PictureIntake(workers=[worker]) as intake:
        with pytest.raises(DeadlyPictureError) as refusal:
            await intake.examine(jpeg())
        assert worker.starts == 2
    assert "safely" in refusal.value.what.en


async def test_a_worker_that_cannot_start_ends_no_service_and_is_said_when_a_picture_comes() -> None:
    async with PictureIntake(workers=[WorkerProcess(("/nonexistent-worker",), deadline_s=1)]) as intake:
        for _ in range(2):
            with pytest.raises(UnavailableError):
                await intake.examine(jpeg())


async def test_an_answer_cut_off_by_a_cancelled_caller_is_not_given_to_the_next() -> None:
    worker = WorkerProcess(REAL, deadline_s=20)
    async with PictureIntake(workers=[worker]) as intake:
        first = asyncio.create_task(intake.examine(jpeg(4000, 3000)))
        await asyncio.sleep(0.02)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert (await intake.examine(jpeg(320, 200))).width_px == 320


async def test_a_file_over_the_limit_never_reaches_the_worker() -> None:
    worker = WorkerProcess(REAL, deadline_s=20)
    intake = PictureIntake(PictureLimits(max_bytes=100), workers=[worker])
    with pytest.raises(TooLargeError):
        await intake.examine(jpeg())
    assert worker.starts == 0
