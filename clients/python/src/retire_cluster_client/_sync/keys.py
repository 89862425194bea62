# Generated from clients/python/src/retire_cluster_client/_async/keys.py by `npm run generate`.
"""API keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .. import models
    from .._typing import Unpack
    from .connection import Connection


class Keys:
    """The operations on API keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Sequence[models.ApiKey]:
        """Give all keys, without their secrets."""
        return (self._connection.call(operations.LIST_KEYS))["keys"]

    def create(self, **key: Unpack[models.ApiKeyRequest]) -> models.ApiKeyCreated:
        """Make a key. Its secret is shown in this answer, and never again."""
        return self._connection.call(operations.CREATE_KEY, body=key)

    def remove(self, key_id: str) -> models.ApiKeyRemoved:
        """Revoke a key, at once."""
        return self._connection.call(operations.REMOVE_KEY, path={"key_id": key_id})
