from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retire_cluster_client import AsyncClusterClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def client(url: str, key: str) -> AsyncIterator[AsyncClusterClient]:
    async with AsyncClusterClient(url, key) as one:
        yield one
