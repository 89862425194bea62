"""Reads a stream, submits and maps; the test kills the server as soon as this says "kill", and starts it again."""

from __future__ import annotations

import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor

from retire_cluster_client import AsyncClusterClient, AsyncEventStream, ClusterClient, EventStream
from retire_cluster_client.models import MonitorEvent, Task

_, half, url, key = sys.argv
Seen = list[tuple[str | None, MonitorEvent]]
items = [{"message": str(number)} for number in range(1500)]


def is_last(event: MonitorEvent) -> bool:
    return event["type"] == "task_completed" and event["batch_id"] == "the-end"


class Killing:
    """Says "kill" at the first progress that a map tells of."""

    def __init__(self) -> None:
        self.said = False

    def __call__(self, _: object) -> None:
        if not self.said:
            print("kill", flush=True)
        self.said = True


def outputs(tasks: list[Task]) -> list[str]:
    return [task["result"]["output"] for task in tasks if task["result"] is not None]


def report(seen: Seen, sent: list[str], total: int, mapped: list[str]) -> None:
    ids = [event_id for event_id, _ in seen]
    created = [event["task_id"] for _, event in seen if event["type"] == "task_created"]
    repeated = len(ids) - len(set(ids))
    print(json.dumps({"repeated": repeated, "created": created, "sent": sent, "total": total, "mapped": mapped}))


def read(stream: EventStream) -> Seen:
    seen: Seen = []
    for event in stream:
        seen.append((stream.last_event_id, event))
        if is_last(event):
            break
    return seen


def synchronous() -> None:
    with ClusterClient(url, key) as client, client.monitor.stream(["tasks"]) as stream, ThreadPoolExecutor() as pool:
        reading = pool.submit(read, stream)
        patient = client.with_options(max_retries=20)
        sleeper = patient.tasks.submit("sleep", {"duration": 3}, batch_id="sent")
        sent: list[str] = [sleeper]
        for number in range(39):
            if number == 19:
                print("kill", flush=True)
            sent.append(patient.tasks.submit("echo", batch_id="sent"))
        sleeper.wait()
        sent.append(patient.tasks.submit("echo", batch_id="the-end"))
        seen = reading.result()
        mapped = client.map("echo", items, on_progress=Killing())
        report(seen, sent, client.tasks.batch("sent")["total"], outputs(mapped))


async def read_async(stream: AsyncEventStream) -> Seen:
    seen: Seen = []
    async for event in stream:
        seen.append((stream.last_event_id, event))
        if is_last(event):
            break
    return seen


async def asynchronous() -> None:
    async with AsyncClusterClient(url, key) as client, client.monitor.stream(["tasks"]) as stream:
        reading = asyncio.create_task(read_async(stream))
        patient = client.with_options(max_retries=20)
        sleeper = await patient.tasks.submit("sleep", {"duration": 3}, batch_id="sent")
        sent: list[str] = [sleeper]
        for number in range(39):
            if number == 19:
                print("kill", flush=True)
            sent.append(await patient.tasks.submit("echo", batch_id="sent"))
        await sleeper.wait()
        sent.append(await patient.tasks.submit("echo", batch_id="the-end"))
        seen = await reading
        mapped = await client.map("echo", items, on_progress=Killing())
        report(seen, sent, (await client.tasks.batch("sent"))["total"], outputs(mapped))


if half == "sync":
    synchronous()
else:
    asyncio.run(asynchronous())
