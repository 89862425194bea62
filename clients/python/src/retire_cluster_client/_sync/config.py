# Generated from clients/python/src/retire_cluster_client/_async/config.py by `npm run generate`.
"""The config of the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations

if TYPE_CHECKING:
    from .. import models
    from .._typing import Unpack
    from .connection import Connection


class Config:
    """The operations on the config."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self) -> models.ClusterConfig:
        """Give the config as it is."""
        return (self._connection.call(operations.GET_CONFIG))["config"]

    def update(self, **patch: Unpack[models.ConfigPatch]) -> models.ConfigUpdated:
        """Change the named fields, and leave the others as they are."""
        return self._connection.call(operations.UPDATE_CONFIG, body=patch)
