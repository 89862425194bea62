"""Tokens with which devices join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .. import models
    from .._typing import Unpack
    from .connection import AsyncConnection


class AsyncJoinTokens:
    """The operations on join tokens."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(self) -> Sequence[models.JoinToken]:
        """Give all that were made, without their secrets."""
        return (await self._connection.call(operations.LIST_JOIN_TOKENS))["join_tokens"]

    async def create(self, **token: Unpack[models.JoinTokenRequest]) -> models.JoinTokenCreated:
        """Make a token. Its secret is shown in this answer, with the line to paste on a device, and never again."""
        return await self._connection.call(operations.CREATE_JOIN_TOKEN, body=token)

    async def remove(self, join_id: str) -> models.JoinTokenRemoved:
        """Revoke a token: nobody can join with it any more, and devices that did stay."""
        return await self._connection.call(operations.REMOVE_JOIN_TOKEN, path={"join_id": join_id})
