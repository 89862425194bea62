"""The application of Celery: its settings, and its task."""

import os

from celery import Celery
from celery.signals import worker_ready

_REDIS = f"redis://127.0.0.1:{os.environ['REDIS_PORT']}/0"

app = Celery("bench", broker=_REDIS, backend=_REDIS)
app.conf.update(
    # Else a task is off the queue before it has run, and lost with its worker.
    task_acks_late=True,
    # Short tasks want a large one: "Optimizing" in the user guide.
    worker_prefetch_multiplier=64,
)


@app.task
def echo(message: str) -> str:
    """Gives back what it is given."""
    return message


@worker_ready.connect
def _say_ready(**_: object) -> None:
    # Celery makes it a line of its log.
    print("ready")
