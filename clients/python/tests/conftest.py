from __future__ import annotations

import os

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def _given(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        pytest.fail(f"{name} is not set: `npm run test:system` starts the cluster that these tests run against")
    return value


@pytest.fixture(scope="session")
def url() -> str:
    """The API of a cluster with two workers that allow `command` and `python`, without rate limits."""
    return _given("RETIRE_CLUSTER_TEST_URL")


@pytest.fixture(scope="session")
def key() -> str:
    return _given("RETIRE_CLUSTER_TEST_KEY")
