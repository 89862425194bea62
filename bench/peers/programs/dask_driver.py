"""Submits tasks to dask.distributed."""

import asyncio
import json
import os
import sys
from time import perf_counter

from distributed import Client
from drive import MESSAGE, expect_message
from echo import echo


async def run(client: Client, in_flight: int, tasks: int, seconds: float) -> dict[str, object]:
    """As in drive.mjs."""
    task_ms: list[float] = []
    begun = 0
    began = perf_counter()

    async def one_after_the_other() -> None:
        nonlocal begun
        while begun < tasks and perf_counter() - began < seconds:
            begun += 1
            sent = perf_counter()
            # Not pure: equal calls would be one task.
            expect_message(await client.submit(echo, MESSAGE, pure=False))
            task_ms.append((perf_counter() - sent) * 1000)

    await asyncio.gather(*(one_after_the_other() for _ in range(in_flight)))
    return {"task_ms": task_ms, "seconds": perf_counter() - began}


async def main() -> None:
    async with Client(os.environ["SCHEDULER"], asynchronous=True) as client:
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await run(client, **json.loads(line))), flush=True)


asyncio.run(main())
