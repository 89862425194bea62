# Generated from clients/python/tests/_async/conftest.py by `npm run generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retire_cluster_client import ClusterClient

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def client(url: str, key: str) -> Iterator[ClusterClient]:
    with ClusterClient(url, key) as one:
        yield one
