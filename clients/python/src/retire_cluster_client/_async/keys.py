"""API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .. import models
    from .._typing import Unpack
    from .connection import AsyncConnection


class AsyncKeys:
    """The operations on API keys."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(self) -> Sequence[models.ApiKey]:
        """Give all keys, without their secrets."""
        return (await self._connection.call(operations.LIST_KEYS))["keys"]

    async def create(self, **key: Unpack[models.ApiKeyRequest]) -> models.ApiKeyCreated:
        """Make a key. Its secret is shown in this answer, and never again."""
        return await self._connection.call(operations.CREATE_KEY, body=key)

    async def remove(self, key_id: str) -> models.ApiKeyRemoved:
        """Revoke a key, at once."""
        return await self._connection.call(operations.REMOVE_KEY, path={"key_id": key_id})
