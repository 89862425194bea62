"""Statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations

if TYPE_CHECKING:
    from .. import models
    from .._typing import Unpack
    from .connection import AsyncConnection


class AsyncStats:
    """The statistics of tasks and devices."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def tasks(self, **query: Unpack[models.GetTaskStatsQuery]) -> models.TaskStatisticsTaskStats:
        """Tell how the tasks of a period ended."""
        return (await self._connection.call(operations.GET_TASK_STATS, query=query))["task_stats"]

    async def devices(self, **query: Unpack[models.GetDeviceStatsQuery]) -> models.DeviceStatisticsDeviceStats:
        """Tell how the devices were used in a period."""
        return (await self._connection.call(operations.GET_DEVICE_STATS, query=query))["device_stats"]
