"""What a request and an answer of the API are, whoever carries them: nothing here does I/O."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypedDict, TypeVar
from urllib.parse import quote

import httpx

from ._failures import ApiConnectionError, ApiError, Refusal
from .errors import BY_CODE

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable, Mapping

    from ._typing import Unpack

Data = TypeVar("Data")
Language = Literal["en", "zh"]
"""A language of the error messages."""
Subject = Literal["devices", "tasks", "logs"]
"""What events are about."""

# Not DELETE: the second answer would say that there is nothing to end any more.
_REPEATABLE = ("GET", "PUT", "PATCH")

_PARTS_OF_AN_ERROR = {"code", "message", "details"}


@dataclass(frozen=True)
class Operation(Generic[Data]):
    """An operation of the API: where it stands, and, as a type, what it gives."""

    method: str
    path: str

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does what sending it once does."""
        return self.method in _REPEATABLE


def _is_address(url: str) -> bool:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return address.scheme in ("http", "https") and address.host != ""


@dataclass(frozen=True)
class Settings:
    """What all calls of a client have in common."""

    url: str
    """The base of the API, without `/api/v1`."""
    api_key: str | None = field(repr=False)
    """The API key, where the API asks for one."""
    timeout: float
    """Seconds that the API may be silent, beyond what the call itself waits for."""
    max_retries: int
    """How often a request that failed is sent again, where that is safe."""
    language: Language | None
    """The language of the error messages; None is English."""

    def __post_init__(self) -> None:
        if not _is_address(self.url):
            raise ValueError(f"{self.url!r} is no address of an API, such as http://localhost:8081")
        # Found later, in a header, it would be told of with the whole key.
        if self.api_key is not None and re.fullmatch(r"[!-~]*", self.api_key) is None:
            raise ValueError(
                "an API key is visible ASCII; this one holds something else, such as the line end of a file"
            )


class Arguments(TypedDict, total=False):
    """What an operation is called with."""

    path: Mapping[str, str]
    query: Mapping[str, object]
    body: object
    idempotency_key: str
    """Makes a `POST` safe to repeat: the API does it once, and answers again with its first answer."""
    repeatable: Literal[True]
    """Sent twice, it does what it does sent once, whatever the method."""
    headers: Mapping[str, str]
    content: Iterable[bytes] | AsyncIterable[bytes]
    """Sent as it is, once, and not as JSON."""


@dataclass(frozen=True)
class Request:
    """A request as HTTP has it."""

    method: str
    url: str
    params: list[tuple[str, str | int | float | bool | None]]
    headers: dict[str, str]
    content: bytes | Iterable[bytes] | AsyncIterable[bytes] | None


def new_idempotency_key() -> str:
    """Make a key that no other request has."""
    return uuid.uuid4().hex


def encoded(body: object) -> bytes:
    """Write JSON as it is sent. Raises ValueError for NaN and infinity, which JSON has not."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def utf16_length(text: str) -> int:
    """Measure text as the API counts offsets: in UTF-16 units, of which what lies beyond U+FFFF takes two."""
    return len(text.encode("utf-16-le")) // 2


def _params(query: Mapping[str, Any]) -> list[tuple[str, str | int | float | bool | None]]:
    return [
        (name, one)
        for name, value in query.items()
        if value is not None
        for one in (value if isinstance(value, (list, tuple)) else [value])
    ]


def request_of(settings: Settings, operation: Operation[Any], **arguments: Unpack[Arguments]) -> Request:
    """Make the request of a call."""
    path = arguments.get("path", {})
    headers = {"accept": "application/json", **arguments.get("headers", {})}
    if settings.api_key is not None:
        headers["x-api-key"] = settings.api_key
    if settings.language is not None:
        headers["accept-language"] = settings.language
    if "idempotency_key" in arguments:
        headers["idempotency-key"] = arguments["idempotency_key"]
    content: bytes | Iterable[bytes] | AsyncIterable[bytes] | None = None
    if "content" in arguments:
        headers["content-type"] = "application/octet-stream"
        content = arguments["content"]
    elif "body" in arguments:
        headers["content-type"] = "application/json"
        content = encoded(arguments["body"])
    filled = re.sub(r"\{(\w+)\}", lambda name: quote(path[name[1]], safe=""), operation.path)
    params = _params(arguments.get("query", {}))
    return Request(operation.method, settings.url.rstrip("/") + filled, params, headers, content)


def _refusal(response: httpx.Response, error: dict[str, Any], request_id: str) -> ApiError:
    after = response.headers.get("retry-after", "")
    refusal = Refusal(
        code=error["code"],
        message=error["message"],
        details=error["details"],
        status=response.status_code,
        request_id=request_id,
        # Our API sends seconds. What else a proxy may send there (a date, RFC 9110 §10.2.3) is left to the backoff.
        retry_after=float(after) if re.fullmatch(r"[0-9]+", after) else None,
    )
    return BY_CODE.get(refusal.code, ApiError)(refusal)


def stranger(response: httpx.Response) -> ApiConnectionError:
    """Say that what answered is something else than the API."""
    url = response.request.url
    where = f"{url.scheme}://{url.netloc.decode()} (HTTP {response.status_code})"
    return ApiConnectionError(f"What answers at {where} is not the Retire-Cluster API.", status=response.status_code)


def data_of(response: httpx.Response) -> Any:
    """Open the envelope of an answer. Raises ApiError where it is a refusal, ApiConnectionError where it has none."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        if answer.get("status") == "success" and "data" in answer:
            return answer["data"]
        error = answer.get("error")
        if answer.get("status") == "error" and isinstance(error, dict) and error.keys() >= _PARTS_OF_AN_ERROR:
            raise _refusal(response, error, answer.get("request_id", ""))
    raise stranger(response)


def text_of(response: httpx.Response) -> str:
    """Read an answer that bears no envelope unless it is an error. Raises as `data_of` does."""
    if response.is_success:
        return response.text
    data_of(response)
    raise stranger(response)
