"""Reads a stream and submits, while the server is killed as soon as this has said "kill" and started again by the test."""

from __future__ import annotations

import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor

from retire_cluster_client import AsyncClusterClient, AsyncEventStream, ClusterClient, EventStream
from retire_cluster_client.models import MonitorEvent

_, half, url, key = sys.argv
Seen = list[tuple[str | None, MonitorEvent]]


def is_last(event: MonitorEvent) -> bool:
    return event["type"] == "task_completed" and event["batch_id"] == "the-end"


def report(seen: Seen, sent: list[str], total: int) -> None:
    ids = [event_id for event_id, _ in seen]
    created = [event["task_id"] for _, event in seen if event["type"] == "task_created"]
    print(json.dumps({"repeated": len(ids) - len(set(ids)), "created": created, "sent": sent, "total": total}))


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
        report(reading.result(), sent, client.tasks.batch("sent")["total"])


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
        report(await reading, sent, (await client.tasks.batch("sent"))["total"])


if half == "sync":
    synchronous()
else:
    asyncio.run(asynchronous())
