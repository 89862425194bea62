# Generated from clients/python/src/retire_cluster_client/_async/stats.py by `npm run generate`.
"""Statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations

if TYPE_CHECKING:
    from .. import models
    from .._typing import Unpack
    from .connection import Connection


class Stats:
    """The statistics of tasks and devices."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tasks(self, **query: Unpack[models.GetTaskStatsQuery]) -> models.TaskStatisticsTaskStats:
        """Tell how the tasks of a period ended."""
        return (self._connection.call(operations.GET_TASK_STATS, query=query))["task_stats"]

    def devices(self, **query: Unpack[models.GetDeviceStatsQuery]) -> models.DeviceStatisticsDeviceStats:
        """Tell how the devices were used in a period."""
        return (self._connection.call(operations.GET_DEVICE_STATS, query=query))["device_stats"]
