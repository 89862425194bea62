# Generated from clients/python/tests/_async/test_async_artifacts.py by `npm run generate`.
from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from retire_cluster_client import ClusterClient
from retire_cluster_client.errors import ArtifactNotFoundError, StorageFullError

from ..serving import Reply, binary, hang_up, refusal, serving, success

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

CONTENT = b"what a file contains, and a bit more"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
STORED = {"sha256": SHA256, "bytes": len(CONTENT), "used_at": "", "expires_at": ""}


def begun(count: int) -> Reply:
    return success({"missing": [SHA256], "partial": [{"sha256": SHA256, "bytes": count}] if count else []})


def all_of(client: ClusterClient, start: int = 0) -> bytes:
    content = b""
    for piece in client.artifacts.download(SHA256, start=start):
        content += piece
    return content


def test_bytes_and_files_are_sent_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    for content in (CONTENT, path, str(path)):
        with serving(success(STORED)) as server:
            with ClusterClient(server.url) as client:
                assert (client.artifacts.upload(content))["sha256"] == SHA256
        (sent,) = server.seen
        assert sent.path == f"/api/v1/artifacts?sha256={SHA256}"
        assert sent.headers["content-type"] == "application/octet-stream"
        assert sent.headers["content-length"] == str(len(CONTENT))
        assert sent.body == CONTENT


def test_an_upload_that_breaks_goes_on_where_it_was() -> None:
    with serving(hang_up, begun(5), success(STORED)) as server:
        with ClusterClient(server.url) as client:
            client.artifacts.upload(CONTENT)
    assert server.seen[2].path == f"/api/v1/artifacts?sha256={SHA256}&offset=5"
    assert server.seen[2].body == CONTENT[5:]


def test_an_upload_that_is_refused_for_good_is_not_sent_again() -> None:
    with serving(refusal(507, "STORAGE_FULL")) as server:
        with ClusterClient(server.url) as client:
            with pytest.raises(StorageFullError):
                client.artifacts.upload(CONTENT)
    assert len(server.seen) == 1


def test_a_download_that_breaks_goes_on_where_it_was() -> None:
    with serving(binary(200, CONTENT[:10], length=len(CONTENT)), binary(206, CONTENT[10:])) as server:
        with ClusterClient(server.url) as client:
            assert all_of(client) == CONTENT
    assert [seen.headers.get("range") for seen in server.seen] == [None, "bytes=10-"]


def test_a_download_goes_on_though_something_between_knows_no_parts_of_files() -> None:
    with serving(binary(200, CONTENT)) as server:
        with ClusterClient(server.url) as client:
            assert all_of(client, start=7) == CONTENT[7:]


def test_a_file_that_is_not_there_is_told() -> None:
    with serving(refusal(404, "ARTIFACT_NOT_FOUND")) as server:
        with ClusterClient(server.url) as client:
            with pytest.raises(ArtifactNotFoundError):
                all_of(client)


def test_any_number_of_files_is_looked_up_by_the_thousand() -> None:
    hashes = [f"{number:064x}" for number in range(2001)]
    with serving(begun(0)) as server:
        with ClusterClient(server.url) as client:
            answer = client.artifacts.missing(hashes * 2)
    assert answer["missing"] == [SHA256] * 3
    assert answer["partial"] == []
    assert [len(json.loads(seen.body)["sha256"]) for seen in server.seen] == [1000, 1000, 1]
