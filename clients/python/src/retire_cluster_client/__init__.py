"""The Python client of Retire-Cluster.

    from retire_cluster_client import ClusterClient

    with ClusterClient("http://localhost:8081", api_key="your-key") as client:
        task = client.tasks.submit("echo", {"message": "Hello"})
        print(task, task.wait()["result"])

Shapes of the API stand in `retire_cluster_client.models`, exceptions by code in `retire_cluster_client.errors`.
"""

from . import errors, models
from ._async.client import AsyncClusterClient
from ._async.event_stream import AsyncEventStream
from ._async.submitted_task import AsyncSubmittedTask
from ._failures import (
    ApiConnectionError,
    ApiError,
    ApiTimeoutError,
    MapFailedError,
    RetireClusterError,
    TaskFailedError,
    WaitTimeoutError,
)
from ._page import Page
from ._protocol import Language, Subject
from ._sync.client import ClusterClient
from ._sync.event_stream import EventStream
from ._sync.submitted_task import SubmittedTask

__all__ = [
    "ApiConnectionError",
    "ApiError",
    "ApiTimeoutError",
    "AsyncClusterClient",
    "AsyncEventStream",
    "AsyncSubmittedTask",
    "ClusterClient",
    "EventStream",
    "Language",
    "MapFailedError",
    "Page",
    "RetireClusterError",
    "Subject",
    "SubmittedTask",
    "TaskFailedError",
    "WaitTimeoutError",
    "errors",
    "models",
]
