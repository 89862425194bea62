# Generated from openapi/openapi.json by `npm run generate`.
"""All that can be raised. Each code of the API has a class of its own."""

from __future__ import annotations

from ._failures import (
    ApiConnectionError,
    ApiError,
    ApiTimeoutError,
    MapFailedError,
    RetireClusterError,
    TaskFailedError,
    WaitTimeoutError,
)

__all__ = [
    "BY_CODE",
    "ApiConnectionError",
    "ApiError",
    "ApiTimeoutError",
    "ArtifactInUseError",
    "ArtifactNotFoundError",
    "AuthenticationRequiredError",
    "ClusterUnavailableError",
    "ConfigPinnedError",
    "DeviceBusyError",
    "DeviceNotFoundError",
    "DeviceOfflineError",
    "IdempotencyConflictError",
    "InsufficientResourcesError",
    "InternalError",
    "InvalidTaskTypeError",
    "MapFailedError",
    "MethodNotAllowedError",
    "NotAcceptableError",
    "NotFoundError",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "PreconditionFailedError",
    "RangeNotSatisfiableError",
    "RateLimitExceededError",
    "RetireClusterError",
    "StorageFullError",
    "TaskFailedError",
    "TaskNotCancellableError",
    "TaskNotFoundError",
    "TaskNotRetryableError",
    "UnsupportedMediaTypeError",
    "ValidationError",
    "WaitTimeoutError",
]


class DeviceNotFoundError(ApiError):
    """The API said DEVICE_NOT_FOUND."""


class TaskNotFoundError(ApiError):
    """The API said TASK_NOT_FOUND."""


class ArtifactNotFoundError(ApiError):
    """The API said ARTIFACT_NOT_FOUND."""


class ArtifactInUseError(ApiError):
    """The API said ARTIFACT_IN_USE."""


class InvalidTaskTypeError(ApiError):
    """The API said INVALID_TASK_TYPE."""


class DeviceOfflineError(ApiError):
    """The API said DEVICE_OFFLINE."""


class InsufficientResourcesError(ApiError):
    """The API said INSUFFICIENT_RESOURCES."""


class AuthenticationRequiredError(ApiError):
    """The API said AUTHENTICATION_REQUIRED."""


class PermissionDeniedError(ApiError):
    """The API said PERMISSION_DENIED."""


class RateLimitExceededError(ApiError):
    """The API said RATE_LIMIT_EXCEEDED."""


class InternalError(ApiError):
    """The API said INTERNAL_ERROR."""


class ValidationError(ApiError):
    """The API said VALIDATION_ERROR."""


class NotFoundError(ApiError):
    """The API said NOT_FOUND."""


class MethodNotAllowedError(ApiError):
    """The API said METHOD_NOT_ALLOWED."""


class NotAcceptableError(ApiError):
    """The API said NOT_ACCEPTABLE."""


class PayloadTooLargeError(ApiError):
    """The API said PAYLOAD_TOO_LARGE."""


class UnsupportedMediaTypeError(ApiError):
    """The API said UNSUPPORTED_MEDIA_TYPE."""


class DeviceBusyError(ApiError):
    """The API said DEVICE_BUSY."""


class TaskNotCancellableError(ApiError):
    """The API said TASK_NOT_CANCELLABLE."""


class TaskNotRetryableError(ApiError):
    """The API said TASK_NOT_RETRYABLE."""


class IdempotencyConflictError(ApiError):
    """The API said IDEMPOTENCY_CONFLICT."""


class PreconditionFailedError(ApiError):
    """The API said PRECONDITION_FAILED."""


class RangeNotSatisfiableError(ApiError):
    """The API said RANGE_NOT_SATISFIABLE."""


class ConfigPinnedError(ApiError):
    """The API said CONFIG_PINNED."""


class StorageFullError(ApiError):
    """The API said STORAGE_FULL."""


class ClusterUnavailableError(ApiError):
    """The API said CLUSTER_UNAVAILABLE."""


BY_CODE: dict[str, type[ApiError]] = {
    "DEVICE_NOT_FOUND": DeviceNotFoundError,
    "TASK_NOT_FOUND": TaskNotFoundError,
    "ARTIFACT_NOT_FOUND": ArtifactNotFoundError,
    "ARTIFACT_IN_USE": ArtifactInUseError,
    "INVALID_TASK_TYPE": InvalidTaskTypeError,
    "DEVICE_OFFLINE": DeviceOfflineError,
    "INSUFFICIENT_RESOURCES": InsufficientResourcesError,
    "AUTHENTICATION_REQUIRED": AuthenticationRequiredError,
    "PERMISSION_DENIED": PermissionDeniedError,
    "RATE_LIMIT_EXCEEDED": RateLimitExceededError,
    "INTERNAL_ERROR": InternalError,
    "VALIDATION_ERROR": ValidationError,
    "NOT_FOUND": NotFoundError,
    "METHOD_NOT_ALLOWED": MethodNotAllowedError,
    "NOT_ACCEPTABLE": NotAcceptableError,
    "PAYLOAD_TOO_LARGE": PayloadTooLargeError,
    "UNSUPPORTED_MEDIA_TYPE": UnsupportedMediaTypeError,
    "DEVICE_BUSY": DeviceBusyError,
    "TASK_NOT_CANCELLABLE": TaskNotCancellableError,
    "TASK_NOT_RETRYABLE": TaskNotRetryableError,
    "IDEMPOTENCY_CONFLICT": IdempotencyConflictError,
    "PRECONDITION_FAILED": PreconditionFailedError,
    "RANGE_NOT_SATISFIABLE": RangeNotSatisfiableError,
    "CONFIG_PINNED": ConfigPinnedError,
    "STORAGE_FULL": StorageFullError,
    "CLUSTER_UNAVAILABLE": ClusterUnavailableError,
}
"""The class of each code."""
