"""The config of the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations

if TYPE_CHECKING:
    from .. import models
    from .._typing import Unpack
    from .connection import AsyncConnection


class AsyncConfig:
    """The operations on the config."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self) -> models.ClusterConfig:
        """Give the config as it is."""
        return (await self._connection.call(operations.GET_CONFIG))["config"]

    async def update(self, **patch: Unpack[models.ConfigPatch]) -> models.ConfigUpdated:
        """Change the named fields, and leave the others as they are."""
        return await self._connection.call(operations.UPDATE_CONFIG, body=patch)
