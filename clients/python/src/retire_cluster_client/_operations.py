# Generated from openapi/openapi.json by `npm run generate`.
"""Where each operation stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._protocol import Operation

if TYPE_CHECKING:
    from . import models

GET_HEALTH: Operation[models.ServerHealth] = Operation("GET", "/health")
"""Whether this server serves, and reaches its cluster node."""
GET_PROMETHEUS_METRICS: Operation[str] = Operation("GET", "/metrics")
"""The figures of the cluster and of this server, for Prometheus."""
GET_CLUSTER_STATUS: Operation[models.ClusterStatus] = Operation("GET", "/api/v1/cluster/status")
"""The cluster in figures."""
GET_CLUSTER_HEALTH: Operation[models.ClusterHealth] = Operation("GET", "/api/v1/cluster/health")
"""A check of each part of the cluster, made now."""
GET_CLUSTER_METRICS: Operation[models.ClusterMetrics] = Operation("GET", "/api/v1/cluster/metrics")
"""Usage and tasks over a period."""
LIST_DEVICES: Operation[models.DeviceList] = Operation("GET", "/api/v1/devices")
"""The registered devices, page by page."""
GET_DEVICE: Operation[models.DeviceAnswerData] = Operation("GET", "/api/v1/devices/{device_id}")
"""One device, with all that is known of it."""
UPDATE_DEVICE: Operation[models.DeviceAnswerData] = Operation("PATCH", "/api/v1/devices/{device_id}")
"""Change what the owner decides of a device."""
REMOVE_DEVICE: Operation[models.DeviceRemoval] = Operation("DELETE", "/api/v1/devices/{device_id}")
"""Remove a device from the cluster."""
APPROVE_DEVICE: Operation[models.DeviceAnswerData] = Operation("POST", "/api/v1/devices/{device_id}/approve")
"""Let in a device that waits for its approval."""
UPDATE_DEVICES: Operation[models.DeviceBatchOutcome] = Operation("POST", "/api/v1/devices/batch")
"""Do one thing to many devices."""
PING_DEVICE: Operation[models.PingAnswerData] = Operation("POST", "/api/v1/devices/{device_id}/ping")
"""Measure round trips to a device."""
LIST_TASKS: Operation[models.TaskList] = Operation("GET", "/api/v1/tasks")
"""The tasks, newest first, page by page."""
SUBMIT_TASK: Operation[models.TaskSubmitted] = Operation("POST", "/api/v1/tasks")
"""Submit a task."""
LIST_TASK_TYPES: Operation[models.TaskTypeList] = Operation("GET", "/api/v1/tasks/types")
"""The task types that can be submitted here."""
GET_TASK: Operation[models.TaskAnswerData] = Operation("GET", "/api/v1/tasks/{task_id}")
"""One task, with its log, usage and attempts."""
CANCEL_TASK: Operation[models.TaskCancellation] = Operation("DELETE", "/api/v1/tasks/{task_id}")
"""Cancel a task."""
GET_TASK_PLACEMENT: Operation[models.TaskPlacement] = Operation("GET", "/api/v1/tasks/{task_id}/placement")
"""Why a task is where it is: what speaks for and against each device."""
RETRY_TASK: Operation[models.TaskRetried] = Operation("POST", "/api/v1/tasks/{task_id}/retry")
"""Run a failed or cancelled task again."""
GET_TASK_OUTPUT: Operation[str] = Operation("GET", "/api/v1/tasks/{task_id}/output")
"""What a task has printed."""
SUBMIT_BATCH: Operation[models.BatchSubmitted] = Operation("POST", "/api/v1/tasks/batch")
"""Submit up to 1000 tasks at once."""
GET_BATCH: Operation[models.BatchProgress] = Operation("GET", "/api/v1/tasks/batch/{batch_id}")
"""How far a batch is."""
CANCEL_TASKS: Operation[models.BatchCancellation] = Operation("POST", "/api/v1/tasks/batch/cancel")
"""Cancel many tasks at once."""
RETRY_TASKS: Operation[models.BatchRetried] = Operation("POST", "/api/v1/tasks/batch/retry")
"""Run many failed or cancelled tasks again."""
GET_BATCH_ARTIFACTS: Operation[str] = Operation("GET", "/api/v1/tasks/batch/{batch_id}/artifacts")
"""The files that a batch left, as one archive."""
GET_ARTIFACT: Operation[str] = Operation("GET", "/api/v1/artifacts/{sha256}")
"""A file."""
REMOVE_ARTIFACT: Operation[models.ArtifactRemoved] = Operation("DELETE", "/api/v1/artifacts/{sha256}")
"""Remove a file."""
FIND_MISSING_ARTIFACTS: Operation[models.ArtifactsMissing] = Operation("POST", "/api/v1/artifacts/missing")
"""Which of up to 1000 files are not stored."""
STORE_ARTIFACT: Operation[models.Artifact] = Operation("POST", "/api/v1/artifacts")
"""Store a file."""
LIST_LOGS: Operation[models.LogList] = Operation("GET", "/api/v1/logs")
"""The log of the cluster, newest first, page by page."""
STREAM_EVENTS: Operation[models.MonitorEvent] = Operation("GET", "/api/v1/monitor/stream")
"""The events of the cluster, as they happen."""
GET_CONFIG: Operation[models.ConfigView] = Operation("GET", "/api/v1/config")
"""The config in force."""
UPDATE_CONFIG: Operation[models.ConfigUpdated] = Operation("PUT", "/api/v1/config")
"""Change the config."""
GET_CLUSTER_CONFIG: Operation[models.ConfigView] = Operation("GET", "/api/v1/cluster/config")
"""The config in force."""
LIST_KEYS: Operation[models.ApiKeyList] = Operation("GET", "/api/v1/keys")
"""The API keys, without their secrets."""
CREATE_KEY: Operation[models.ApiKeyCreated] = Operation("POST", "/api/v1/keys")
"""Make an API key."""
REMOVE_KEY: Operation[models.ApiKeyRemoved] = Operation("DELETE", "/api/v1/keys/{key_id}")
"""Revoke an API key."""
LIST_JOIN_TOKENS: Operation[models.JoinTokenList] = Operation("GET", "/api/v1/join-tokens")
"""The tokens with which devices join, without their secrets."""
CREATE_JOIN_TOKEN: Operation[models.JoinTokenCreated] = Operation("POST", "/api/v1/join-tokens")
"""Make a token with which devices join."""
REMOVE_JOIN_TOKEN: Operation[models.JoinTokenRemoved] = Operation("DELETE", "/api/v1/join-tokens/{join_id}")
"""Revoke a join token."""
LIST_AUDIT: Operation[models.AuditList] = Operation("GET", "/api/v1/audit")
"""The audit log, newest first, page by page."""
GET_TASK_STATS: Operation[models.TaskStatistics] = Operation("GET", "/api/v1/stats/tasks")
"""How the tasks of a period ended."""
GET_DEVICE_STATS: Operation[models.DeviceStatistics] = Operation("GET", "/api/v1/stats/devices")
"""How the devices were used in a period."""
