"""Sends tasks to Celery. Its client waits for many results at a time in greenlets only, so that gevent is what it runs on."""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
from time import perf_counter  # noqa: E402

import gevent  # noqa: E402
from celery_app import echo  # noqa: E402
from drive import MESSAGE, expect_message  # noqa: E402


def run(in_flight: int, tasks: int, seconds: float) -> dict[str, object]:
    """As in drive.mjs."""
    task_ms: list[float] = []
    begun = 0
    began = perf_counter()

    def one_after_the_other() -> None:
        nonlocal begun
        while begun < tasks and perf_counter() - began < seconds:
            begun += 1
            sent = perf_counter()
            expect_message(echo.delay(MESSAGE).get())
            task_ms.append((perf_counter() - sent) * 1000)

    gevent.joinall([gevent.spawn(one_after_the_other) for _ in range(in_flight)], raise_error=True)
    return {"task_ms": task_ms, "seconds": perf_counter() - began}


for line in sys.stdin:
    print(json.dumps(run(**json.loads(line))), flush=True)
