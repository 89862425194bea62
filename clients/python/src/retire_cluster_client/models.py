# Generated from openapi/openapi.json by `npm run generate`.
"""The shapes of the API, under the names that they have in its OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Union, final

from ._typing import NotRequired

__all__ = [
    "ApiKey",
    "ApiKeyCreated",
    "ApiKeyList",
    "ApiKeyRemoved",
    "ApiKeyRequest",
    "Artifact",
    "ArtifactQuery",
    "ArtifactRemoved",
    "ArtifactsMissing",
    "ArtifactsMissingPartial",
    "AuditAnchor",
    "AuditEntry",
    "AuditList",
    "BatchCancellation",
    "BatchCancellationOutcomes",
    "BatchProgress",
    "BatchRetried",
    "BatchRetriedOutcomes",
    "BatchRetryRequest",
    "BatchSelection",
    "BatchSubmission",
    "BatchSubmitted",
    "Battery",
    "BatteryHealth",
    "Benchmark",
    "ClusterConfig",
    "ClusterConfigCluster",
    "ClusterConfigFiles",
    "ClusterConfigHealth",
    "ClusterConfigLogging",
    "ClusterConfigRetention",
    "ClusterConfigServer",
    "ClusterHealth",
    "ClusterHealthChecks",
    "ClusterHealthChecksDatabase",
    "ClusterHealthChecksFiles",
    "ClusterHealthChecksNetwork",
    "ClusterHealthChecksResources",
    "ClusterMember",
    "ClusterMetrics",
    "ClusterMetricsMetrics",
    "ClusterMetricsMetricsCpu",
    "ClusterMetricsMetricsDisk",
    "ClusterMetricsMetricsMemory",
    "ClusterMetricsMetricsNetwork",
    "ClusterMetricsMetricsTasks",
    "ClusterStatus",
    "ClusterStatusClusterStats",
    "ClusterStatusClusterStatsTasks",
    "CommandPayload",
    "CommandSubmission",
    "ConfigPatch",
    "ConfigPatchCluster",
    "ConfigPatchFiles",
    "ConfigPatchHealth",
    "ConfigPatchLogging",
    "ConfigPatchRetention",
    "ConfigPatchServer",
    "ConfigUpdated",
    "ConfigUpdatedEvent",
    "ConfigView",
    "CoreKind",
    "CustomSubmission",
    "DetailedInfo",
    "Device",
    "DeviceAnswerData",
    "DeviceBatch",
    "DeviceBatchOutcome",
    "DeviceBatchOutcomeOutcomes",
    "DeviceBatchRemove",
    "DeviceDetail",
    "DeviceDetailSlots",
    "DeviceDetailTasks",
    "DeviceList",
    "DeviceOfflineEvent",
    "DeviceOnlineEvent",
    "DevicePatch",
    "DevicePause",
    "DevicePlacement",
    "DevicePlacementReason",
    "DeviceProbation",
    "DeviceRemoval",
    "DeviceRemovedEvent",
    "DeviceSlots",
    "DeviceStatistics",
    "DeviceStatisticsDeviceStats",
    "DeviceStatisticsDeviceStatsPerformanceRanking",
    "DeviceStatisticsDeviceStatsUtilization",
    "DeviceStatus",
    "DeviceTasks",
    "DeviceUpdateEvent",
    "EchoPayload",
    "EchoSubmission",
    "ErrorBody",
    "ErrorDetails",
    "GetBatchArtifactsQuery",
    "GetClusterMetricsQuery",
    "GetDeviceStatsQuery",
    "GetTaskOutputQuery",
    "GetTaskStatsQuery",
    "HttpRequestPayload",
    "HttpRequestSubmission",
    "JavascriptPayload",
    "JavascriptSubmission",
    "JoinToken",
    "JoinTokenCreated",
    "JoinTokenList",
    "JoinTokenRemoved",
    "JoinTokenRequest",
    "LearnedAbilities",
    "LearnedAbilitiesLacks",
    "ListAuditQuery",
    "ListDevicesQuery",
    "ListLogsQuery",
    "ListTasksQuery",
    "LogEntry",
    "LogEntryEvent",
    "LogLevel",
    "LogList",
    "MonitorEvent",
    "OwnerPolicy",
    "PendingReason",
    "PerformanceHistory",
    "PingAnswerData",
    "PingRequest",
    "PingResults",
    "PingResultsResults",
    "Platform",
    "Priority",
    "PythonEvalPayload",
    "PythonEvalSubmission",
    "PythonPayload",
    "PythonSubmission",
    "RemoveDeviceQuery",
    "Requirements",
    "ResourceTotals",
    "ResourceUsage",
    "Resources",
    "Scope",
    "ScorePoints",
    "ServerHealth",
    "ServerHealthCluster",
    "SleepPayload",
    "SleepSubmission",
    "StoreArtifactQuery",
    "StreamEventsQuery",
    "StreamResetEvent",
    "SubmissionOptions",
    "SystemInfoPayload",
    "SystemInfoSubmission",
    "Task",
    "TaskAnswerData",
    "TaskArtifact",
    "TaskAssignedEvent",
    "TaskAttempt",
    "TaskCancellation",
    "TaskCancelledEvent",
    "TaskCompletedEvent",
    "TaskCreatedEvent",
    "TaskDetail",
    "TaskError",
    "TaskFailedEvent",
    "TaskInput",
    "TaskList",
    "TaskPlacement",
    "TaskResult",
    "TaskRetried",
    "TaskRetryRequest",
    "TaskRetryingEvent",
    "TaskStartedEvent",
    "TaskStatistics",
    "TaskStatisticsTaskStats",
    "TaskStatisticsTaskStatsByDevice",
    "TaskStatisticsTaskStatsByHour",
    "TaskStatisticsTaskStatsByStatus",
    "TaskStatisticsTaskStatsByTaskType",
    "TaskStatus",
    "TaskSubmission",
    "TaskSubmitted",
    "TaskType",
    "TaskTypeList",
    "UncleanStop",
    "ValidationIssue",
    "WasmPayload",
    "WasmSubmission",
]


DeviceStatus = Literal["online", "offline", "pending_approval"]
"""online: connected and sending heartbeats; offline: silent beyond cluster.offline_threshold, its connection closed
beyond cluster.reconnect_grace, or stopped by itself; pending_approval: it waits for its owner to approve it."""


TaskStatus = Literal["pending", "running", "completed", "failed", "cancelled"]
"""pending: waits for a device, or for the device to say that it started; the last three are final."""


Priority = Literal["low", "normal", "high", "urgent"]
"""How urgent. Waiting raises a task, so that none starves."""


LogLevel = Literal["debug", "info", "warning", "error"]
"""How serious."""


Scope = Literal["read", "write", "admin"]
"""read: look; write: submit, cancel, retry, ping; admin: config, removal, keys, join tokens, audit."""


class ClusterMember(TypedDict):
    """A node of the cluster, of those that share its database."""

    id: str
    """Its id, made anew at each start."""

    host: str
    """Where devices and the other nodes reach it."""

    port: int
    """The port there."""

    version: str
    """Version of the product."""

    schedules: bool
    """True for the one that schedules: all others speak with it."""

    last_seen: str
    """When it last told that it lives, by the clock of the database."""


class ServerHealthCluster(TypedDict):
    """The cluster node."""

    reachable: bool
    """True where it answers."""

    mode: Literal["embedded", "remote"]
    """embedded: it lives in this process; remote: it is spoken to over the link."""

    reason: str | None
    """Why it is not reached; null where it is."""

    since: str | None
    """Since when it is not reached; null where it is."""

    members: NotRequired[list[ClusterMember]]
    """The nodes that share the database; absent where the state is in a file, and there is one node. One that has not
    told for a minute that it lives is left out."""


class ServerHealth(TypedDict):
    """Whether this process serves, and whether it reaches its cluster node."""

    status: Literal["healthy", "degraded"]
    """degraded where the cluster node is not reached."""

    version: str
    """Version of the product."""

    uptime_seconds: float
    """Uptime of this process. Seconds."""

    cluster: ServerHealthCluster
    """The cluster node."""


class ResourceTotals(TypedDict):
    """Sums over the registered devices; what a device cannot tell is left out of the sum."""

    cpu_cores: int
    """Logical processors."""

    memory_gb: float
    """Memory. GiB (2^30 bytes), at most two decimals."""

    storage_gb: float
    """Storage. GiB (2^30 bytes), at most two decimals."""


class ClusterStatusClusterStatsTasks(TypedDict):
    """Tasks that are not final."""

    pending: int
    """Pending."""

    running: int
    """Running."""


class ClusterStatusClusterStats(TypedDict):
    """The figures."""

    total_devices: int
    """Registered devices, those that wait for approval included."""

    online_devices: int
    """Of these, online."""

    offline_devices: int
    """Of these, offline; those that wait for approval are neither."""

    health_percentage: float | None
    """online_devices / total_devices; null in an empty cluster. Percent, 0–100, one decimal."""

    total_resources: ResourceTotals
    """Sums over the registered devices; what a device cannot tell is left out of the sum."""

    by_role: dict[str, int]
    """Registered devices by role."""

    uptime: str
    """Uptime of the cluster node: days, hours and minutes."""

    tasks: ClusterStatusClusterStatsTasks
    """Tasks that are not final."""


class ClusterStatus(TypedDict):
    """The cluster in figures."""

    cluster_stats: ClusterStatusClusterStats
    """The figures."""

    members: NotRequired[list[ClusterMember]]
    """The nodes that share the database; absent where the state is in a file, and there is one node. One that has not
    told for a minute that it lives is left out."""


class ClusterHealthChecksDatabase(TypedDict):
    """The store of the node."""

    status: Literal["healthy", "warning", "unhealthy"]
    """unhealthy where it does not answer, or refuses new work because its storage is full."""

    response_time_ms: float | None
    """A round trip to the store, measured for this answer; null where it did not answer. Milliseconds, three
    decimals."""

    storage_full: bool
    """True while new tasks are refused with `STORAGE_FULL`: the disk of the node is full, or its unfinished tasks alone
    are larger than retention.max_size."""


class ClusterHealthChecksNetwork(TypedDict):
    """The device links."""

    status: Literal["healthy", "warning", "unhealthy"]
    """warning where a registered device is offline; unhealthy where none is online, or most have fallen silent at
    once."""

    connected_devices: int
    """Devices with an open link."""

    silent_devices: int
    """Devices with unfinished work that are silent: no link, or 1.5 heartbeat intervals without a heartbeat."""

    mass_silence: bool
    """True while most of the cluster has fallen silent at once, so that nothing is taken from anybody."""


class ClusterHealthChecksResources(TypedDict):
    """The online devices."""

    status: Literal["healthy", "warning", "unhealthy"]
    """warning and unhealthy by the thresholds of the config’s `health`."""

    cpu_usage: float | None
    """Mean processor usage of the online devices; null where none tells. Percent, 0–100, one decimal."""

    memory_usage: float | None
    """Memory in use over memory, of the online devices; null where none tells. Percent, 0–100, one decimal."""

    storage_usage: float | None
    """Storage in use over storage, of the online devices; null where none tells. Percent, 0–100, one decimal."""


class ClusterHealthChecksFiles(TypedDict):
    """The files of tasks; a node of an older version does not tell."""

    status: Literal["healthy", "warning", "unhealthy"]
    """unhealthy where files are refused because there is no room for them."""

    storage_full: bool
    """True since a file was refused with `STORAGE_FULL`, and as long as it would be again: what unfinished tasks and
    batches name takes all of `files.max_size` or `files.max_disk_percent`, or the disk of the node is full. Tasks that
    leave files wait on their devices, and fail after half an hour."""


class ClusterHealthChecks(TypedDict):
    """The checks."""

    database: ClusterHealthChecksDatabase
    """The store of the node."""

    network: ClusterHealthChecksNetwork
    """The device links."""

    resources: ClusterHealthChecksResources
    """The online devices."""

    files: NotRequired[ClusterHealthChecksFiles]
    """The files of tasks; a node of an older version does not tell."""


class ClusterHealth(TypedDict):
    """A check of each part of the cluster."""

    overall_health: Literal["healthy", "warning", "unhealthy"]
    """The worst of the checks."""

    members: NotRequired[list[ClusterMember]]
    """The nodes that share the database; absent where the state is in a file, and there is one node. One that has not
    told for a minute that it lives is left out."""

    checks: ClusterHealthChecks
    """The checks."""


class GetClusterMetricsQuery(TypedDict, total=False):
    """What can be asked of get_cluster_metrics."""

    period: Literal["1h", "24h", "7d", "30d"]
    """The span of time, up to now."""

    type: Literal["all", "cpu", "memory", "network", "disk"]
    """Only this resource; `tasks` stays."""


class ClusterMetricsMetricsCpu(TypedDict):
    """Processors."""

    average_usage: float | None
    """Mean over the samples of the online devices in the period; null where there is none. Percent, 0–100, one
    decimal."""

    peak_usage: float | None
    """Highest sample; null where there is none. Percent, 0–100, one decimal."""

    total_cores: int
    """Logical processors of the online devices."""


class ClusterMetricsMetricsMemory(TypedDict):
    """Memory."""

    average_usage: float | None
    """Mean over the samples of the online devices in the period; null where there is none. Percent, 0–100, one
    decimal."""

    peak_usage: float | None
    """Highest sample; null where there is none. Percent, 0–100, one decimal."""

    total_gb: float
    """Memory of the online devices. GiB (2^30 bytes), at most two decimals."""


class ClusterMetricsMetricsNetwork(TypedDict):
    """Network."""

    average_rx_bytes_per_second: float | None
    """Mean of what a device received, bytes per second; null where no device tells."""

    average_tx_bytes_per_second: float | None
    """Mean of what a device sent, bytes per second; null where no device tells."""


class ClusterMetricsMetricsDisk(TypedDict):
    """Storage."""

    average_usage: float | None
    """Mean over the samples of the online devices in the period; null where there is none. Percent, 0–100, one
    decimal."""

    peak_usage: float | None
    """Highest sample; null where there is none. Percent, 0–100, one decimal."""

    total_gb: float
    """Storage of the online devices. GiB (2^30 bytes), at most two decimals."""


class ClusterMetricsMetricsTasks(TypedDict):
    """Tasks that ended in the period."""

    completed: int
    """Completed."""

    failed: int
    """Failed."""

    cancelled: int
    """Cancelled."""

    average_duration_seconds: float | None
    """Mean running time of the completed ones; null where there is none. Seconds."""


class ClusterMetricsMetrics(TypedDict):
    """The figures."""

    cpu: NotRequired[ClusterMetricsMetricsCpu]
    """Processors."""

    memory: NotRequired[ClusterMetricsMetricsMemory]
    """Memory."""

    network: NotRequired[ClusterMetricsMetricsNetwork]
    """Network."""

    disk: NotRequired[ClusterMetricsMetricsDisk]
    """Storage."""

    tasks: ClusterMetricsMetricsTasks
    """Tasks that ended in the period."""


class ClusterMetrics(TypedDict):
    """Figures over a period."""

    metrics: ClusterMetricsMetrics
    """The figures."""

    period: Literal["1h", "24h", "7d", "30d"]
    """The span of time."""


class ListDevicesQuery(TypedDict, total=False):
    """What can be asked of list_devices."""

    status: Literal["all", "online", "offline", "pending_approval"]
    """Only devices in this state."""

    role: str
    """Only devices of this role; `all` for any."""

    platform: str
    """Only devices with this operating system."""

    tag: list[str]
    """Only devices that bear this tag; repeat it for several, all must match."""

    sort: Literal["name", "cpu", "memory", "last_seen"]
    """Order by id, processor usage, memory usage, or last sign of life."""

    order: Literal["asc", "desc"]
    """Direction. When absent: `desc` for last_seen, else `asc`."""

    limit: int
    """Devices a page."""


class Platform(TypedDict):
    """What the device runs on."""

    os: str
    """Operating system: android, linux, darwin, win32, …"""

    os_version: str | None
    """Its version, where the device tells."""

    arch: str
    """Processor architecture as uname says it: aarch64, armv7l, x86_64, …"""

    python_version: str | None
    """Version of python3 on the device; null where there is none."""

    node_version: str | None
    """Version of Node that the worker runs on."""


class Resources(TypedDict):
    """What the device has, and how much of it is in use. What the device cannot tell is null."""

    cpu_cores: int | None
    """Logical processors that the worker may use."""

    cpu_usage: float | None
    """Processor time in use, over the last heartbeat interval, all cores together. Percent, 0–100, one decimal."""

    memory_total_gb: float | None
    """Memory. GiB (2^30 bytes), at most two decimals."""

    memory_used_gb: float | None
    """Memory in use. GiB (2^30 bytes), at most two decimals."""

    storage_total_gb: float | None
    """Size of the file system that holds the data directory of the worker. GiB (2^30 bytes), at most two decimals."""

    storage_used_gb: float | None
    """How much of it is in use. GiB (2^30 bytes), at most two decimals."""


class DeviceTasks(TypedDict):
    """Its tasks, counted since it joined."""

    active: int
    """Assigned to it or running on it now."""

    completed: int
    """Completed by it."""

    failed: int
    """Failed on it."""


class DeviceSlots(TypedDict):
    """How many tasks it runs at a time."""

    total: int
    """Slots that the worker offers."""

    free: int
    """Slots that are free now."""


class DevicePause(TypedDict):
    """Why the device takes nothing for now, as it says itself."""

    reason: str
    """For programs. stopping: it is told to stop; overheating: it is near the heat at which its system switches it off,
    whatever its owner allows; battery: its charge is near the floor; unplugged: it is off the plug; temperature: it is
    too hot; hours: its hours are over; used: somebody uses it; memory: its memory is short. Later versions may know
    more."""

    message: str
    """For people."""

    since: str
    """Since when the node knows it."""


class Device(TypedDict):
    """A device of the cluster."""

    id: str
    """The id of the device, unique in the cluster."""

    hostname: str
    """The host name that the device gives itself."""

    display_name: str | None
    """A name for people, where the owner gave one."""

    status: DeviceStatus
    """online: connected and sending heartbeats; offline: silent beyond cluster.offline_threshold, its connection closed
    beyond cluster.reconnect_grace, or stopped by itself; pending_approval: it waits for its owner to approve it."""

    role: str
    """What the device is for: compute, mobile, storage, or a word of your own."""

    tags: list[str]
    """Tags that the owner gave the device."""

    platform: Platform
    """What the device runs on."""

    resources: Resources
    """What the device has, and how much of it is in use. What the device cannot tell is null."""

    tasks: DeviceTasks
    """Its tasks, counted since it joined."""

    slots: DeviceSlots
    """How many tasks it runs at a time."""

    schedulable: bool
    """False: drained; it finishes what it has, and gets nothing new."""

    paused: DevicePause | None
    """Why it takes nothing for now, as it says itself; null where it takes tasks, or is offline."""

    task_types: list[str]
    """Task types that its owner allows on it."""

    last_seen: str | None
    """When it was last heard of."""

    registered_at: str
    """When it joined."""

    uptime_seconds: float | None
    """How long its operating system has been up. Seconds."""


class DeviceList(TypedDict):
    """One page of devices, and counts of all that match the filters (the status filter aside)."""

    devices: list[Device]
    """The devices of this page."""

    total: int
    """Devices that match."""

    online: int
    """Of these, online."""

    offline: int
    """Of these, offline."""

    pending_approval: int
    """Of these, waiting for approval."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""


class DeviceDetailTasks(TypedDict):
    """Its tasks, counted since it joined."""

    active: int
    """Assigned to it or running on it now."""

    completed: int
    """Completed by it."""

    failed: int
    """Failed on it."""


class DeviceDetailSlots(TypedDict):
    """How many tasks it runs at a time."""

    total: int
    """Slots that the worker offers."""

    free: int
    """Slots that are free now."""


class OwnerPolicy(TypedDict):
    """What the owner lets the cluster use of the device, and when; null where there is no such limit."""

    only_charging: bool
    """True: it takes nothing off the plug."""

    min_battery_percent: float | None
    """Off the plug it takes nothing with less charge, percent."""

    max_temperature_celsius: float | None
    """It takes nothing while it is warmer, degrees Celsius: its battery, where that tells its temperature, else its
    hottest sensor."""

    max_cpu_percent: int | None
    """Share of the processor, percent: of its cores so many are slots, and tasks run at a low priority."""

    max_memory_gb: float | None
    """Memory that its tasks may use together before it takes no more. GiB (2^30 bytes), at most two decimals."""

    hours: str | None
    """The hours of the day in which it takes tasks, by its own clock."""

    pause_when_used: bool
    """True: it takes nothing while somebody uses it."""


class Battery(TypedDict):
    """The battery of a device."""

    level: float | None
    """Charge. Percent, 0–100, one decimal."""

    charging: bool | None
    """True while it is plugged in."""

    temperature_celsius: NotRequired[float | None]
    """Its temperature, degrees Celsius; absent where its worker tells none."""


class CoreKind(TypedDict):
    """The cores of one kind."""

    kind: Literal["uniform", "big", "medium", "little"]
    """uniform: all cores are alike; else big are the strongest and little the weakest, by the capacity that the kernel
    gives them, or by their highest clock rate."""

    count: int
    """How many there are."""

    max_mhz: int | None
    """Their highest clock rate, MHz."""


class BatteryHealth(TypedDict):
    """What has become of the battery, as far as the device tells."""

    health: str | None
    """In the words of the system: Good, Overheat, Dead, …"""

    capacity_percent: float | None
    """What it holds when it is full, of what it was made for. Percent, 0–100, one decimal."""

    cycles: int | None
    """How often it was charged and discharged."""


class Benchmark(TypedDict):
    """How fast one core of the device is: measured once, after it has joined, for about 2 seconds of processor time,
    while no task runs; anew when its processor or its Node changes."""

    operations_per_second: float
    """Median of 7 slices. One operation is 1,000 steps of a 32-bit xorshift generator (Marsaglia 2003), 1,000 steps of
    a logistic map with a square root (floating point), and the SHA-256 of 1,024 bytes, in the worker’s own Node. Times
    `cores` it says what the whole device can do at the most."""

    measured_at: str
    """When it was measured, by the clock of the device."""


class DetailedInfo(TypedDict):
    """More about the device, as it told itself."""

    capabilities: list[str]
    """What tasks may require of it: computational, network_services, storage, mobile, and the programs found on it
    (python3, ffmpeg, …)."""

    network_interfaces: list[str]
    """Network interfaces that are up, loopback aside."""

    sensors: list[str]
    """Sensors that the device tells of."""

    battery: Battery | None

    model: str | None
    """Maker and model, where the device tells."""

    cpu_model: str | None
    """The processor, where the device tells."""

    cores: list[CoreKind] | None
    """Its cores by their kinds, the strongest first; null where the device does not tell."""

    gpu: str | None
    """The graphics processor, where the device tells; several are joined by commas."""

    battery_health: BatteryHealth | None
    """What has become of its battery; null without one, and where the device does not tell."""

    benchmark: Benchmark | None
    """How fast one core of it is; null until that was measured, and where its worker is older."""

    temperature_celsius: float | None
    """The hottest sensor of processor or battery, degrees Celsius."""

    network_rx_bytes_per_second: float | None
    """Received, bytes per second."""

    network_tx_bytes_per_second: float | None
    """Sent, bytes per second."""

    load_average_1m: float | None
    """Load average over one minute."""

    metered: bool | None
    """True where its network is known to be metered."""

    worker_version: str
    """Version of the worker."""

    address: str | None
    """The address that its connection comes from; null while it has none."""


class PerformanceHistory(TypedDict):
    """The last 24 hours of the device, hour by hour, oldest first."""

    cpu_usage_24h: list[float | None]
    """Mean processor usage, percent: 24 hourly figures, oldest first, the current hour last; null where there is no
    sample."""

    memory_usage_24h: list[float | None]
    """Mean memory usage, percent: 24 hourly figures, oldest first, the current hour last; null where there is no
    sample."""

    task_count_24h: list[float | None]
    """Tasks that ended on the device: 24 hourly figures, oldest first, the current hour last; null where there is no
    sample."""


class DeviceProbation(TypedDict):
    """The device failed 5 times in a row, of types that others had completed in the hour before: it gets nothing for 60
    seconds, and then one task. Where that fails too, the pause doubles, up to an hour; where it completes, the device
    is trusted again."""

    failures: int
    """Failures in a row."""

    until: str
    """It gets nothing before that, and one task at a time afterwards."""

    pause_seconds: int
    """How long this pause is."""


class LearnedAbilitiesLacks(TypedDict):
    """Something that it cannot run."""

    kind: Literal["program", "task_type", "input"]
    """program: it does not have it; task_type: it does not run the type; input: so much of it is too large."""

    name: str
    """The program, or the task type."""

    input_kib: int
    """Of an input its size in KiB, as a power of two; else 0."""

    since: str
    """When it said so."""


class LearnedAbilities(TypedDict):
    """What the scheduler has learned of the device from the ends of tasks."""

    programs: list[str]
    """Programs that it has run well, the oldest first; they meet `capabilities` like those that it names itself."""

    lacks: list[LearnedAbilitiesLacks]
    """What it said that it cannot run: it is not asked for the like until it stops and comes back, says hello with
    another profile, or a day has passed."""


class UncleanStop(TypedDict):
    """An end of the worker that nobody asked for."""

    kind: Literal["restarted", "killed", "out_of_memory", "crashed"]
    """restarted: the device restarted or lost power; killed: something on the device ended the worker alone;
    out_of_memory: so it was, while the kernel ended programs for lack of memory; crashed: the worker ended by an error
    of its own."""

    message: str
    """What is known of it, and what the cause is likely to be."""

    started_at: str
    """When that run of the worker began, by the clock of the device."""

    last_alive_at: str
    """When it was last known to run, by the clock of the device: at most a minute before it ended."""

    reported_at: str
    """When the node heard of it, by its own clock."""


class DeviceDetail(TypedDict):
    """A device with all that is known of it."""

    id: str
    """The id of the device, unique in the cluster."""

    hostname: str
    """The host name that the device gives itself."""

    display_name: str | None
    """A name for people, where the owner gave one."""

    status: DeviceStatus
    """online: connected and sending heartbeats; offline: silent beyond cluster.offline_threshold, its connection closed
    beyond cluster.reconnect_grace, or stopped by itself; pending_approval: it waits for its owner to approve it."""

    role: str
    """What the device is for: compute, mobile, storage, or a word of your own."""

    tags: list[str]
    """Tags that the owner gave the device."""

    platform: Platform
    """What the device runs on."""

    resources: Resources
    """What the device has, and how much of it is in use. What the device cannot tell is null."""

    tasks: DeviceDetailTasks
    """Its tasks, counted since it joined."""

    slots: DeviceDetailSlots
    """How many tasks it runs at a time."""

    schedulable: bool
    """False: drained; it finishes what it has, and gets nothing new."""

    paused: DevicePause | None
    """Why it takes nothing for now, as it says itself; null where it takes tasks, or is offline."""

    task_types: list[str]
    """Task types that its owner allows on it."""

    last_seen: str | None
    """When it was last heard of."""

    registered_at: str
    """When it joined."""

    uptime_seconds: float | None
    """How long its operating system has been up. Seconds."""

    policy: OwnerPolicy | None
    """What its owner lets the cluster use of it; null where its worker tells none."""

    detailed_info: DetailedInfo
    """More about the device, as it told itself."""

    performance_history: PerformanceHistory
    """The last 24 hours of the device, hour by hour, oldest first."""

    probation: DeviceProbation | None

    learned: LearnedAbilities
    """What the scheduler has learned of the device from the ends of tasks."""

    unclean_stops: list[UncleanStop]
    """The last ends of its worker that nobody asked for, the oldest first: killed by the system, a power cut. The
    device tells of them when it is back."""


class DeviceAnswerData(TypedDict):
    """The device."""

    device: DeviceDetail
    """A device with all that is known of it."""


class DevicePatch(TypedDict, total=False):
    """The fields to change; the others stay."""

    role: str
    """The new role."""

    tags: list[str]
    """The new tags, all of them."""

    display_name: str | None
    """A name for people; null takes it away."""

    schedulable: bool
    """False drains the device: it finishes what it has, and gets nothing new."""


class RemoveDeviceQuery(TypedDict, total=False):
    """What can be asked of remove_device."""

    force: bool
    """Remove it though it has unfinished tasks, and cancel these."""


class DeviceRemoval(TypedDict):
    """What the removal did."""

    removed_device: str
    """The device that is gone. Its credential is revoked."""

    cancelled_tasks: int
    """Tasks that were cancelled with it."""


class DeviceBatchRemove(TypedDict, total=False):
    """Remove them."""

    force: bool
    """Cancel their unfinished tasks. When absent: false."""


class DeviceBatch(TypedDict, total=False):
    """Which devices (`device_ids` or `tag`, exactly one of them), and what to do with them (`set`, `approve` or
    `remove`, exactly one of them)."""

    device_ids: list[str]
    """The devices."""

    tag: str
    """All devices that bear this tag."""

    set: DevicePatch
    """The fields to change; the others stay."""

    approve: Literal[True]
    """Approve those that wait for it."""

    remove: DeviceBatchRemove
    """Remove them."""


class DeviceBatchOutcomeOutcomes(TypedDict):
    """What became of one device."""

    device_id: str
    """The device."""

    ok: bool
    """True where it was done."""

    code: str | None
    """The error code where it was not."""


class DeviceBatchOutcome(TypedDict):
    """An outcome for each device."""

    outcomes: list[DeviceBatchOutcomeOutcomes]
    """One for each device."""

    changed: int
    """Devices for which it was done."""


class PingRequest(TypedDict, total=False):
    """How to ping."""

    timeout: float
    """How long to wait for each answer, in seconds. When absent: 5."""

    count: int
    """How many round trips to measure. When absent: 3."""


class PingResultsResults(TypedDict):
    """One ping."""

    seq: int
    """Its number, from 1."""

    time_ms: float | None
    """Its round trip; null where no answer came in time. Milliseconds, three decimals."""


class PingResults(TypedDict):
    """Round trips measured over the device’s own connection."""

    device_id: str
    """The device."""

    reachable: bool
    """True where at least one answer came."""

    average_latency_ms: float | None
    """Mean of the answers; null where none came. Milliseconds, three decimals."""

    packet_loss: float
    """Share of the pings that had no answer in time. Percent, 0–100, one decimal."""

    results: list[PingResultsResults]
    """Each ping."""


class PingAnswerData(TypedDict):
    """What the ping measured."""

    ping_results: PingResults
    """Round trips measured over the device’s own connection."""


class ListTasksQuery(TypedDict, total=False):
    """What can be asked of list_tasks."""

    status: Literal["all", "pending", "running", "completed", "failed", "cancelled"]
    """Only tasks in this state."""

    device_id: str
    """Only tasks that are assigned to this device or ran on it."""

    task_type: str
    """Only tasks of this type."""

    priority: Literal["low", "normal", "high", "urgent"]
    """Only tasks of this priority."""

    batch_id: str
    """Only tasks of this batch."""

    since: str
    """Only tasks taken in at or after this instant. RFC 3339, or seconds since 1970."""

    until: str
    """Only tasks taken in before this instant. RFC 3339, or seconds since 1970."""

    limit: int
    """Tasks a page."""


class TaskArtifact(TypedDict):
    """A file that the task left, stored."""

    name: str
    """Its name in the directory of the task: a relative path with forward slashes, without `.` and `..`, and without
    control characters."""

    sha256: str
    """SHA-256 of the content, lower-case hexadecimal."""

    bytes: int
    """Its size."""


class TaskResult(TypedDict):
    """What the task returned."""

    output: str
    """The text that it printed; cut where it was too long."""

    exit_code: int | None
    """0 where it went well; null where it was ended by a signal or never ran."""

    signal: str | None
    """The signal that ended it, where one did."""

    value: Any
    """Any JSON that it returned; null for types that only print."""

    output_truncated: bool
    """True where `output` was cut."""

    output_bytes: int
    """Bytes that it printed in all, but for the lines that say how far it is."""

    artifacts: NotRequired[list[TaskArtifact]]
    """The files that it left, of `outputs`, in that order. Absent where none were named."""


class TaskError(TypedDict):
    """Why the task failed."""

    code: str
    """TASK_TIMEOUT, TASK_EXIT_NONZERO, TASK_KILLED, TASK_ERROR, TASK_INPUT_MISSING, TASK_OUTPUT_MISSING, TASK_REJECTED,
    TASK_CANCELLED, DEVICE_LOST."""

    message: str
    """What happened, for people."""


class PendingReason(TypedDict):
    """Why the task is still pending."""

    code: Literal["no_device", "no_fitting_device", "device_offline", "devices_offline", "devices_busy", "devices_drained", "devices_paused", "devices_rejected", "devices_on_probation", "devices_pending_approval", "assigned", "backoff", "cluster_silent", "storage_full"]
    """The cause, for programs."""

    message: str
    """The cause, for people, with what would help."""


class Task(TypedDict):
    """A task."""

    task_id: str
    """The id of the task."""

    task_type: str
    """The task type."""

    status: TaskStatus
    """pending: waits for a device, or for the device to say that it started; the last three are final."""

    device_id: str | None
    """The device that it is assigned to or ran on."""

    requested_device_id: str | None
    """The device that was asked for."""

    priority: Priority
    """How urgent. Waiting raises a task, so that none starves."""

    batch_id: str | None
    """The batch that it belongs to."""

    created_at: str
    """When it was taken in."""

    started_at: str | None
    """When its last attempt started."""

    completed_at: str | None
    """When it reached its final state."""

    execution_time_seconds: float | None
    """Running time of its last attempt, up to its end. Seconds."""

    progress: float | None
    """How far its current or last attempt is, as the task itself said last, also where it has ended; null where it said
    nothing. Kept with the task when that ends, before in the memory of the node alone. Percent, 0–100, one decimal."""

    progress_message: str | None
    """What it said of that; null where it said no more."""

    result: TaskResult | None

    error: TaskError | None

    pending_reason: PendingReason | None

    attempt: int
    """Number of the current or last attempt; 0 before the first."""

    original_task_id: str | None
    """The task that this one is a retry of."""

    metadata: dict[str, str]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""


class TaskList(TypedDict):
    """One page of tasks, newest first, and counts of all that match the filters (the status filter aside)."""

    tasks: list[Task]
    """The tasks of this page."""

    total: int
    """Tasks that match."""

    pending: int
    """Of these, pending."""

    running: int
    """Of these, running."""

    completed: int
    """Of these, completed."""

    failed: int
    """Of these, failed."""

    cancelled: int
    """Of these, cancelled."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""


class EchoPayload(TypedDict, total=False):
    """Prints a message."""

    message: str
    """The text to print. When absent: the empty text."""

    repeat: int
    """How many times, joined by line feeds. When absent: 1."""


class Requirements(TypedDict, total=False):
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    min_cpu_cores: int
    """At least so many logical processors."""

    min_memory_gb: float
    """At least so much memory, GiB."""

    min_storage_gb: float
    """At least so much free storage, GiB."""

    platform: str
    """This operating system."""

    arch: str
    """This processor architecture."""

    role: str
    """This role."""

    tags: list[str]
    """All of these tags."""

    capabilities: list[str]
    """All of these capabilities."""

    min_battery_percent: float
    """At least so much charge; a device without a battery meets it."""

    charging: bool
    """True: plugged in; false: on battery. A device without a battery meets it."""

    not_metered: bool
    """True: not on a network that is known to be metered."""


@final
class EchoSubmission(TypedDict):
    """Prints a message."""

    task_type: Literal["echo"]
    """The task type."""

    payload: EchoPayload
    """Prints a message."""

    priority: NotRequired[Priority]
    """How urgent. Waiting raises a task, so that none starves."""

    device_id: NotRequired[str]
    """Run it on this device and no other."""

    requirements: NotRequired[Requirements]
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: NotRequired[float]
    """Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout."""

    max_retries: NotRequired[int]
    """How often a failed run is repeated. When absent: 0."""

    on_device_lost: NotRequired[Literal["requeue", "fail"]]
    """What to do when the device that runs it is lost. When absent: requeue."""

    queue_if_unavailable: NotRequired[bool]
    """Queue it though the device is offline, or no registered device could run it. When absent: false."""

    metadata: NotRequired[dict[str, str]]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    batch_id: NotRequired[str]
    """The batch that it belongs to; several submissions may name the same."""


class SleepPayload(TypedDict):
    """Waits, and does nothing."""

    duration: float
    """How long, in seconds."""


@final
class SleepSubmission(TypedDict):
    """Waits for some seconds."""

    task_type: Literal["sleep"]
    """The task type."""

    payload: SleepPayload
    """Waits, and does nothing."""

    priority: NotRequired[Priority]
    """How urgent. Waiting raises a task, so that none starves."""

    device_id: NotRequired[str]
    """Run it on this device and no other."""

    requirements: NotRequired[Requirements]
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: NotRequired[float]
    """Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout."""

    max_retries: NotRequired[int]
    """How often a failed run is repeated. When absent: 0."""

    on_device_lost: NotRequired[Literal["requeue", "fail"]]
    """What to do when the device that runs it is lost. When absent: requeue."""

    queue_if_unavailable: NotRequired[bool]
    """Queue it though the device is offline, or no registered device could run it. When absent: false."""

    metadata: NotRequired[dict[str, str]]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    batch_id: NotRequired[str]
    """The batch that it belongs to; several submissions may name the same."""


class SystemInfoPayload(TypedDict, total=False):
    """Returns what the device tells of itself, as `value`."""



@final
class SystemInfoSubmission(TypedDict):
    """Returns what the device tells of itself."""

    task_type: Literal["system_info"]
    """The task type."""

    payload: SystemInfoPayload
    """Returns what the device tells of itself, as `value`."""

    priority: NotRequired[Priority]
    """How urgent. Waiting raises a task, so that none starves."""

    device_id: NotRequired[str]
    """Run it on this device and no other."""

    requirements: NotRequired[Requirements]
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: NotRequired[float]
    """Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout."""

    max_retries: NotRequired[int]
    """How often a failed run is repeated. When absent: 0."""

    on_device_lost: NotRequired[Literal["requeue", "fail"]]
    """What to do when the device that runs it is lost. When absent: requeue."""

    queue_if_unavailable: NotRequired[bool]
    """Queue it though the device is offline, or no registered device could run it. When absent: false."""

    metadata: NotRequired[dict[str, str]]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    batch_id: NotRequired[str]
    """The batch that it belongs to; several submissions may name the same."""


class HttpRequestPayload(TypedDict):
    """Makes an HTTP request from the device. The text of the answer is the `output`; the `value` is `{status, headers,
    url, redirects}`, with the URL that answered. Any status completes the task. Up to 5 redirects are followed; to
    another origin neither `authorization` nor `cookie` goes along."""

    url: str
    """An http or https URL without a user name or password. Addresses of the device itself and of the networks around
    it need the device’s `lan` permission."""

    method: NotRequired[Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]]
    """The method. When absent: GET."""

    headers: NotRequired[dict[str, str]]
    """Headers to send; those that frame the message (`host`, `content-length`, `connection`, …) are the device’s
    own."""

    body: NotRequired[str]
    """A body to send."""


@final
class HttpRequestSubmission(TypedDict):
    """Makes an HTTP request from the device."""

    task_type: Literal["http_request"]
    """The task type."""

    payload: HttpRequestPayload
    """Makes an HTTP request from the device. The text of the answer is the `output`; the `value` is `{status, headers,
    url, redirects}`, with the URL that answered. Any status completes the task. Up to 5 redirects are followed; to
    another origin neither `authorization` nor `cookie` goes along."""

    priority: NotRequired[Priority]
    """How urgent. Waiting raises a task, so that none starves."""

    device_id: NotRequired[str]
    """Run it on this device and no other."""

    requirements: NotRequired[Requirements]
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: NotRequired[float]
    """Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout."""

    max_retries: NotRequired[int]
    """How often a failed run is repeated. When absent: 0."""

    on_device_lost: NotRequired[Literal["requeue", "fail"]]
    """What to do when the device that runs it is lost. When absent: requeue."""

    queue_if_unavailable: NotRequired[bool]
    """Queue it though the device is offline, or no registered device could run it. When absent: false."""

    metadata: NotRequired[dict[str, str]]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    batch_id: NotRequired[str]
    """The batch that it belongs to; several submissions may name the same."""


class CommandPayload(TypedDict):
    """Runs a program, in an empty directory of its own."""

    command: list[str] | str
    """A program and its arguments; or, with `shell: true`, a line for the shell."""

    shell: NotRequired[bool]
    """Run `command` by /bin/sh. The device must allow `shell`. When absent: false."""

    env: NotRequired[dict[str, str]]
    """Environment variables, besides PATH, HOME, LANG and TMPDIR."""

    stdin: NotRequired[str]
    """Text for the standard input."""


class TaskInput(TypedDict):
    """A stored file that is put into the directory of the task before it starts."""

    name: str
    """Its name in the directory of the task: a relative path with forward slashes, without `.` and `..`, and without
    control characters."""

    sha256: str
    """SHA-256 of the content, lower-case hexadecimal."""


@final
class CommandSubmission(TypedDict):
    """Runs a program."""

    task_type: Literal["command"]
    """The task type."""

    payload: CommandPayload
    """Runs a program, in an empty directory of its own."""

    priority: NotRequired[Priority]
    """How urgent. Waiting raises a task, so that none starves."""

    device_id: NotRequired[str]
    """Run it on this device and no other."""

    requirements: NotRequired[Requirements]
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: NotRequired[float]
    """Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout."""

    max_retries: NotRequired[int]
    """How often a failed run is repeated. When absent: 0."""

    on_device_lost: NotRequired[Literal["requeue", "fail"]]
    """What to do when the device that runs it is lost. When absent: requeue."""

    queue_if_unavailable: NotRequired[bool]
    """Queue it though the device is offline, or no registered device could run it. When absent: false."""

    metadata: NotRequired[dict[str, str]]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    batch_id: NotRequired[str]
    """The batch that it belongs to; several submissions may name the same."""

    inputs: NotRequired[list[TaskInput]]
    """Stored files that it takes, by names that differ. When absent: none."""

    outputs: NotRequired[list[str]]
    """Names of the files that it leaves, which are stored when it completes. Where one of them is not there at its end,
    the task has failed. When absent: none."""


class PythonPayload(TypedDict):
    """Calls a function that is sent along, by the python3 of the device. It is a program like any other, in an empty
    directory of its own, with all rights of the user that runs the worker: files and network included. What it returns
    is the `value`, as JSON of at most 1 MiB; what it prints is the `output`, with the traceback where it raises."""

    source: str
    """Python source text that defines the function at its top level, and imports what that needs."""

    function: str
    """The name of the function."""

    args: NotRequired[list[Any]]
    """Its arguments by position. When absent: none."""

    kwargs: NotRequired[dict[str, Any]]
    """Its arguments by name. When absent: none."""


@final
class PythonSubmission(TypedDict):
    """Calls a Python function that is sent along."""

    task_type: Literal["python"]
    """The task type."""

    payload: PythonPayload
    """Calls a function that is sent along, by the python3 of the device. It is a program like any other, in an empty
    directory of its own, with all rights of the user that runs the worker: files and network included. What it returns
    is the `value`, as JSON of at most 1 MiB; what it prints is the `output`, with the traceback where it raises."""

    priority: NotRequired[Priority]
    """How urgent. Waiting raises a task, so that none starves."""

    device_id: NotRequired[str]
    """Run it on this device and no other."""

    requirements: NotRequired[Requirements]
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: NotRequired[float]
    """Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout."""

    max_retries: NotRequired[int]
    """How often a failed run is repeated. When absent: 0."""

    on_device_lost: NotRequired[Literal["requeue", "fail"]]
    """What to do when the device that runs it is lost. When absent: requeue."""

    queue_if_unavailable: NotRequired[bool]
    """Queue it though the device is offline, or no registered device could run it. When absent: false."""

    metadata: NotRequired[dict[str, str]]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    batch_id: NotRequired[str]
    """The batch that it belongs to; several submissions may name the same."""

    inputs: NotRequired[list[TaskInput]]
    """Stored files that it takes, by names that differ. When absent: none."""

    outputs: NotRequired[list[str]]
    """Names of the files that it leaves, which are stored when it completes. Where one of them is not there at its end,
    the task has failed. When absent: none."""


class PythonEvalPayload(TypedDict):
    """Evaluates a Python expression by the python3 of the device, in a process of its own with little memory, no files
    and no network. The value is the `value` where JSON has it exactly (whole numbers up to 2^53, text as keys); else it
    is printed as Python writes it, and `value` is null."""

    expression: str
    """The expression. It sees the usual built-in functions, and cmath, datetime, decimal, fractions, itertools, json,
    math, random, re and statistics."""


@final
class PythonEvalSubmission(TypedDict):
    """Evaluates a Python expression."""

    task_type: Literal["python_eval"]
    """The task type."""

    payload: PythonEvalPayload
    """Evaluates a Python expression by the python3 of the device, in a process of its own with little memory, no files
    and no network. The value is the `value` where JSON has it exactly (whole numbers up to 2^53, text as keys); else it
    is printed as Python writes it, and `value` is null."""

    priority: NotRequired[Priority]
    """How urgent. Waiting raises a task, so that none starves."""

    device_id: NotRequired[str]
    """Run it on this device and no other."""

    requirements: NotRequired[Requirements]
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: NotRequired[float]
    """Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout."""

    max_retries: NotRequired[int]
    """How often a failed run is repeated. When absent: 0."""

    on_device_lost: NotRequired[Literal["requeue", "fail"]]
    """What to do when the device that runs it is lost. When absent: requeue."""

    queue_if_unavailable: NotRequired[bool]
    """Queue it though the device is offline, or no registered device could run it. When absent: false."""

    metadata: NotRequired[dict[str, str]]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    batch_id: NotRequired[str]
    """The batch that it belongs to; several submissions may name the same."""


class JavascriptPayload(TypedDict):
    """Runs JavaScript in a sandbox: the language, `console` and `context.progress(percent, message)`, nothing of the
    device, 128 MiB of memory. The code is the body of an async function of `input`; what it returns is the `value`, as
    JSON of at most 1 MiB."""

    code: str
    """The body of the function."""

    input: NotRequired[Any]
    """What the function gets as `input`. When absent: null."""


@final
class JavascriptSubmission(TypedDict):
    """Runs JavaScript in a sandbox."""

    task_type: Literal["javascript"]
    """The task type."""

    payload: JavascriptPayload
    """Runs JavaScript in a sandbox: the language, `console` and `context.progress(percent, message)`, nothing of the
    device, 128 MiB of memory. The code is the body of an async function of `input`; what it returns is the `value`, as
    JSON of at most 1 MiB."""

    priority: NotRequired[Priority]
    """How urgent. Waiting raises a task, so that none starves."""

    device_id: NotRequired[str]
    """Run it on this device and no other."""

    requirements: NotRequired[Requirements]
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: NotRequired[float]
    """Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout."""

    max_retries: NotRequired[int]
    """How often a failed run is repeated. When absent: 0."""

    on_device_lost: NotRequired[Literal["requeue", "fail"]]
    """What to do when the device that runs it is lost. When absent: requeue."""

    queue_if_unavailable: NotRequired[bool]
    """Queue it though the device is offline, or no registered device could run it. When absent: false."""

    metadata: NotRequired[dict[str, str]]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    batch_id: NotRequired[str]
    """The batch that it belongs to; several submissions may name the same."""


class WasmPayload(TypedDict):
    """Runs a program of WebAssembly (WASI preview 1) in a sandbox: 128 MiB of memory, the files in its own directory,
    no network and no other programs. Its exit code is that of the task."""

    module: str
    """The module: the name of one of the `inputs` of the task."""

    args: NotRequired[list[str]]
    """Its arguments, after its name. When absent: none."""

    env: NotRequired[dict[str, str]]
    """Its environment variables. When absent: none."""

    stdin: NotRequired[str]
    """Text for the standard input."""


@final
class WasmSubmission(TypedDict):
    """Runs WebAssembly in a sandbox."""

    task_type: Literal["wasm"]
    """The task type."""

    payload: WasmPayload
    """Runs a program of WebAssembly (WASI preview 1) in a sandbox: 128 MiB of memory, the files in its own directory,
    no network and no other programs. Its exit code is that of the task."""

    priority: NotRequired[Priority]
    """How urgent. Waiting raises a task, so that none starves."""

    device_id: NotRequired[str]
    """Run it on this device and no other."""

    requirements: NotRequired[Requirements]
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: NotRequired[float]
    """Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout."""

    max_retries: NotRequired[int]
    """How often a failed run is repeated. When absent: 0."""

    on_device_lost: NotRequired[Literal["requeue", "fail"]]
    """What to do when the device that runs it is lost. When absent: requeue."""

    queue_if_unavailable: NotRequired[bool]
    """Queue it though the device is offline, or no registered device could run it. When absent: false."""

    metadata: NotRequired[dict[str, str]]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    batch_id: NotRequired[str]
    """The batch that it belongs to; several submissions may name the same."""

    inputs: NotRequired[list[TaskInput]]
    """Stored files that it takes, by names that differ. When absent: none."""

    outputs: NotRequired[list[str]]
    """Names of the files that it leaves, which are stored when it completes. Where one of them is not there at its end,
    the task has failed. When absent: none."""


@final
class CustomSubmission(TypedDict):
    """A task of a type that a device offers."""

    task_type: str
    """A task type that a device offers."""

    payload: dict[str, Any]
    """Checked against the schema that the device offers for its type."""

    priority: NotRequired[Priority]
    """How urgent. Waiting raises a task, so that none starves."""

    device_id: NotRequired[str]
    """Run it on this device and no other."""

    requirements: NotRequired[Requirements]
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: NotRequired[float]
    """Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout."""

    max_retries: NotRequired[int]
    """How often a failed run is repeated. When absent: 0."""

    on_device_lost: NotRequired[Literal["requeue", "fail"]]
    """What to do when the device that runs it is lost. When absent: requeue."""

    queue_if_unavailable: NotRequired[bool]
    """Queue it though the device is offline, or no registered device could run it. When absent: false."""

    metadata: NotRequired[dict[str, str]]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    batch_id: NotRequired[str]
    """The batch that it belongs to; several submissions may name the same."""

    inputs: NotRequired[list[TaskInput]]
    """Stored files that it takes, by names that differ. When absent: none."""

    outputs: NotRequired[list[str]]
    """Names of the files that it leaves, which are stored when it completes. Where one of them is not there at its end,
    the task has failed. When absent: none."""


class TaskAttempt(TypedDict):
    """One attempt to run the task."""

    attempt: int
    """Its number, from 1."""

    device_id: str
    """The device that it was assigned to."""

    assigned_at: str
    """When it was assigned."""

    started_at: str | None
    """When the device said that it started; where its end alone tells of that, by its running time."""

    ended_at: str | None
    """When it ended; of a lost one, when its device was last heard of."""

    outcome: Literal["completed", "failed", "cancelled", "lost", "rejected", "returned"] | None
    """lost: the device went away; rejected: the device cannot run it; returned: the device stopped and handed it back.
    Null while it lasts."""

    error: TaskError | None


class ResourceUsage(TypedDict):
    """What the task used up, as measured on the device. What the device cannot measure is null."""

    peak_cpu_percent: float | None
    """Highest processor use seen; 100 is one core."""

    peak_memory_mb: float | None
    """Highest resident memory, MiB."""

    total_cpu_time_seconds: float | None
    """Processor time. Seconds."""


class TaskDetail(TypedDict):
    """A task with all that is known of it."""

    task_id: str
    """The id of the task."""

    task_type: str
    """The task type."""

    status: TaskStatus
    """pending: waits for a device, or for the device to say that it started; the last three are final."""

    device_id: str | None
    """The device that it is assigned to or ran on."""

    requested_device_id: str | None
    """The device that was asked for."""

    priority: Priority
    """How urgent. Waiting raises a task, so that none starves."""

    batch_id: str | None
    """The batch that it belongs to."""

    created_at: str
    """When it was taken in."""

    started_at: str | None
    """When its last attempt started."""

    completed_at: str | None
    """When it reached its final state."""

    execution_time_seconds: float | None
    """Running time of its last attempt, up to its end. Seconds."""

    progress: float | None
    """How far its current or last attempt is, as the task itself said last, also where it has ended; null where it said
    nothing. Kept with the task when that ends, before in the memory of the node alone. Percent, 0–100, one decimal."""

    progress_message: str | None
    """What it said of that; null where it said no more."""

    result: TaskResult | None

    error: TaskError | None

    pending_reason: PendingReason | None

    attempt: int
    """Number of the current or last attempt; 0 before the first."""

    original_task_id: str | None
    """The task that this one is a retry of."""

    metadata: dict[str, str]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    payload: dict[str, Any]
    """What it was submitted with."""

    inputs: list[TaskInput]
    """Stored files that it takes, by names that differ."""

    outputs: list[str]
    """Names of the files that it leaves, which are stored when it completes."""

    requirements: Requirements
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: float
    """Seconds of running time that it is given."""

    max_retries: int
    """How often a failed run is repeated."""

    retries: int
    """How often it was repeated so far."""

    on_device_lost: Literal["requeue", "fail"]
    """What is done when its device is lost."""

    queue_if_unavailable: bool
    """True where it was to be queued though its device was offline, or no registered device could run it."""

    attempts: list[TaskAttempt]
    """Every attempt, oldest first; of very many, the newest."""

    detailed_log: list[str]
    """What happened to it, oldest first."""

    resource_usage: ResourceUsage | None


class TaskSubmitted(TypedDict):
    """The task is on disk, and will reach a final state."""

    task_id: str
    """The id of the new task."""

    assigned_device: str | None
    """The device that it was assigned to; null while it waits for one."""

    estimated_completion: str | None
    """When it should be done: from the mean running time of its type on that device and its queue, else from the
    timeout; null while it waits for a device."""

    task: NotRequired[TaskDetail]
    """A task with all that is known of it."""


class TaskType(TypedDict):
    """A task type that can be submitted."""

    task_type: str
    """Its name."""

    description: str
    """What it does."""

    builtin: bool
    """True for the types that every worker knows."""

    needs_allow: bool
    """True where a device runs it only with its owner’s `--allow`."""

    devices: int
    """Registered devices that run it."""

    online_devices: int
    """Of these, online."""

    payload_schema: dict[str, Any]
    """The JSON Schema of its payload."""


class TaskTypeList(TypedDict):
    """All task types that can be submitted."""

    task_types: list[TaskType]
    """The types, by name."""


class TaskAnswerData(TypedDict):
    """The task."""

    task: TaskDetail
    """A task with all that is known of it."""


class TaskCancellation(TypedDict):
    """The task is cancelled, for good."""

    cancelled_task: str
    """The task."""

    was_running: bool
    """True where a device had started it; the device is told to end it."""


class DevicePlacementReason(TypedDict):
    """Why, or why not."""

    code: Literal["has_it", "ran_it", "fits", "busy", "not_now", "on_probation", "paused", "drained", "silent", "offline", "pending_approval", "rejected", "requirement_unmet", "not_allowed", "type_not_offered", "not_requested", "task_final"]
    """For programs. has_it: it has the task; ran_it: it ran the task, which has ended; fits: it could run the task now;
    busy: its slots are taken; not_now: its charge, plug, network or free storage does not meet a requirement at the
    moment; on_probation: it failed too often in a row, and gets nothing or one task at a time for a while; paused: it
    takes nothing for now, by its owner’s policy or because it is about to stop; drained: its owner drained it; silent:
    it has no connection, or is late with its heartbeat; offline: it is offline; pending_approval: its owner has not
    approved it yet; rejected: it said that it cannot run this task, or one like it; requirement_unmet: it does not meet
    a requirement; not_allowed: it runs tasks of this type, and its owner does not allow what this one needs besides;
    type_not_offered: it does not run tasks of this type; not_requested: another device was asked for; task_final: the
    task has ended, and goes nowhere any more."""

    message: str
    """For people, with what would help."""


class ScorePoints(TypedDict):
    """The points of a score, part by part."""

    free_slots: float
    """Because an empty device answers sooner than a full one, and heats up less. Two decimals."""

    power: float
    """Because charge spent on an old battery wears it out, and the plug is free. Two decimals."""

    idle_cpu: float
    """Because its owner may be using it, whatever our slots say. Two decimals."""

    success: float
    """Because who did it well will do it well; without a record it is 0.5 (Laplace’s rule of succession). Two
    decimals."""

    cool: float
    """Because heat kills old batteries, and a hot processor is throttled. Two decimals."""

    speed: float
    """Because a slow device is better than a queue, so that this decides only among equals. Two decimals."""

    files: float
    """Because what need not move costs neither air time nor battery: as much as one free slot of four. Two decimals."""

    affinity: float
    """Because a warm cache saves seconds, a second core more: it must not outweigh a free slot. Two decimals."""


class DevicePlacement(TypedDict):
    """One device as a place for the task."""

    device_id: str
    """The device."""

    fits: bool
    """True where it could run the task now."""

    reason: DevicePlacementReason
    """Why, or why not."""

    score: float | None
    """How well it suits, 0–100: of those that fit, the highest gets the task, of equals the first by id. 32 ×
    free_slots (free slots / all slots) + 15 × power (1 on the plug or without a battery, else half of the charge (0.25
    where it is unknown)) + 12 × idle_cpu (1 − processor usage, 0.5 where it is unknown) + 12 × success ((completed + 1)
    / (completed + failed + 2) of its runs of this type, a run counting half after six hours) + 10 × cool (1 up to 35
    °C, falling to 0 at 50 °C, by its battery where that tells, else by its hottest sensor; 1 where it is unknown) + 6 ×
    speed (the cluster’s mean running time of this type over its own, at most 2, divided by 2; where it has completed
    none, its benchmark over the cluster’s median, likewise; 0.5 where unknown) + 8 × files (the share of its inputs
    that the device was given with earlier tasks, and probably still keeps; 0 for a task without inputs) + 5 × affinity
    (1 where it completed the like (type and program) last or has had tasks of the same batch, 0.5 where it has run the
    program before, else 0; 0 where this task failed last time). Null where it could never run it, or where the task is
    final. Two decimals."""

    score_points: ScorePoints | None


class TaskPlacement(TypedDict):
    """Where a task is, or could go now: every registered device, with what speaks for and against it."""

    task_id: str
    """The task."""

    status: TaskStatus
    """pending: waits for a device, or for the device to say that it started; the last three are final."""

    device_id: str | None
    """The device that has it, or ran it last; null while it waits."""

    pending_reason: PendingReason | None

    devices: list[DevicePlacement]
    """Every registered device: the one that has the task or ran it, then those nearest to running it, each kind by its
    score."""


class TaskRetryRequest(TypedDict, total=False):
    """What the new task should have differently."""

    priority: Priority
    """How urgent. Waiting raises a task, so that none starves."""


class TaskRetried(TypedDict):
    """A new task with the same work."""

    new_task_id: str
    """The new task."""

    original_task_id: str
    """The task that it repeats."""


class GetTaskOutputQuery(TypedDict, total=False):
    """What can be asked of get_task_output."""

    offset: int
    """Skip so many characters (UTF-16 units, as JavaScript counts them)."""


class BatchSubmission(TypedDict):
    """Many tasks at once: all are taken in, or none."""

    tasks: list[TaskSubmission]
    """The tasks."""

    batch_id: NotRequired[str]
    """A batch of your own naming; more submissions may name it. When absent: one is made."""


class BatchSubmitted(TypedDict):
    """All tasks are on disk."""

    batch_id: str
    """The batch."""

    task_ids: list[str]
    """The ids of the new tasks, in the order of the request."""


class BatchProgress(TypedDict):
    """How far the batch is."""

    batch_id: str
    """The batch."""

    total: int
    """Its tasks."""

    pending: int
    """Of these, pending."""

    running: int
    """Of these, running."""

    completed: int
    """Of these, completed."""

    failed: int
    """Of these, failed."""

    cancelled: int
    """Of these, cancelled."""

    progress: float
    """Share of its tasks that are final. Percent, 0–100, one decimal."""

    created_at: str
    """When its first task was taken in."""

    finished_at: str | None
    """When its last task became final; null before."""

    estimated_completion: str | None
    """When it should be done, from its pace so far; null where nothing has ended yet, while nothing runs, and when it
    is done."""


class BatchSelection(TypedDict, total=False):
    """Which tasks: `task_ids` or `batch_id`, exactly one of them."""

    task_ids: list[str]
    """The tasks."""

    batch_id: str
    """The tasks of this batch for which it is possible."""


_ValidationIssueKeywords = TypedDict("_ValidationIssueKeywords", {"in": "Literal[\"body\", \"query\", \"path\", \"headers\"]"})


class ValidationIssue(_ValidationIssueKeywords):
    """One thing that is wrong with a request."""

    path: str
    """Where in that part, as a JSON pointer (RFC 6901); empty for the whole part."""

    message: str
    """What is wrong, and what would be right."""

    allowed: NotRequired[list[Any]]
    """The values or names that are allowed here."""

    suggestion: NotRequired[str]
    """What was probably meant."""


class ErrorDetails(TypedDict, total=False):
    """What an error says beside its message. Which fields are there depends on the code."""

    issues: list[ValidationIssue]
    """VALIDATION_ERROR: all that is wrong."""

    reason: str
    """The cause in one sentence, without a full stop."""

    device_id: str
    """The device that was asked for."""

    available_devices: list[str]
    """DEVICE_NOT_FOUND: at most 20 registered devices, the nearest names first."""

    task_id: str
    """The task that was asked for."""

    task_status: str
    """The status that stands in the way."""

    task_type: str
    """The task type that was asked for."""

    available_types: list[str]
    """INVALID_TASK_TYPE: the types that exist here."""

    suggestion: str
    """What was probably meant."""

    unmet_requirement: str
    """INSUFFICIENT_RESOURCES: the requirement that the nearest device fails."""

    required: Any
    """INSUFFICIENT_RESOURCES: what was asked for."""

    available: Any
    """INSUFFICIENT_RESOURCES: what the nearest device has."""

    nearest_device: str
    """INSUFFICIENT_RESOURCES: the device that comes nearest."""

    unfinished_tasks: int
    """DEVICE_BUSY: the tasks that stand in the way."""

    required_scope: str
    """PERMISSION_DENIED: the scope that the key lacks."""

    field: str
    """CONFIG_PINNED: the field of the config."""

    path: str
    """The path that was asked for; of a refused batch, the task that refuses it, as a JSON pointer into the body."""

    sha256: str
    """The file that was asked for."""

    bytes: int
    """RANGE_NOT_SATISFIABLE: the size of the file."""

    method: str
    """The method that was used."""

    allow: list[str]
    """METHOD_NOT_ALLOWED: what is possible there."""

    media_type: str
    """The media type to use."""

    limit_bytes: int
    """PAYLOAD_TOO_LARGE: the bound, in bytes."""

    limit: int
    """RATE_LIMIT_EXCEEDED: requests or bytes per window, or streams or transfers at a time."""

    retry_after_seconds: int
    """When to try again, in seconds."""


class ErrorBody(TypedDict):
    """What went wrong."""

    code: Literal["DEVICE_NOT_FOUND", "TASK_NOT_FOUND", "ARTIFACT_NOT_FOUND", "ARTIFACT_IN_USE", "INVALID_TASK_TYPE", "DEVICE_OFFLINE", "INSUFFICIENT_RESOURCES", "AUTHENTICATION_REQUIRED", "PERMISSION_DENIED", "RATE_LIMIT_EXCEEDED", "INTERNAL_ERROR", "VALIDATION_ERROR", "NOT_FOUND", "METHOD_NOT_ALLOWED", "NOT_ACCEPTABLE", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "DEVICE_BUSY", "TASK_NOT_CANCELLABLE", "TASK_NOT_RETRYABLE", "IDEMPOTENCY_CONFLICT", "PRECONDITION_FAILED", "RANGE_NOT_SATISFIABLE", "CONFIG_PINNED", "STORAGE_FULL", "CLUSTER_UNAVAILABLE"]
    """What went wrong, for programs. Codes never change."""

    message: str
    """What went wrong and what to do, for people, in English or Simplified Chinese."""

    details: ErrorDetails
    """What an error says beside its message. Which fields are there depends on the code."""


class BatchCancellationOutcomes(TypedDict):
    """What became of one task."""

    task_id: str
    """The task."""

    outcome: Literal["cancelled", "refused"]
    """Whether it was cancelled; where it was not, it is as it was."""

    was_running: bool
    """True where a device had started it; the device is told to end it."""

    error: ErrorBody | None
    """Why it was refused; null where it was not."""


class BatchCancellation(TypedDict):
    """Those that could be cancelled are, for good."""

    outcomes: list[BatchCancellationOutcomes]
    """One for each task: of `task_ids` in their order, of a batch in the order in which its tasks were taken in."""

    changed: int
    """Tasks for which it was done."""

    more: bool
    """True where the batch has more such tasks than one call takes: ask again, and the next ones follow; a retry that
    names the last of these as `after` comes past those that were refused."""


class BatchRetryRequest(TypedDict, total=False):
    """Which tasks, `task_ids` or `batch_id`, exactly one of them; and what the new ones should have differently."""

    task_ids: list[str]
    """The tasks."""

    batch_id: str
    """The tasks of this batch for which it is possible."""

    after: str
    """With `batch_id`: only tasks that were taken in after this one, which is of the batch too. The last task of an
    answer with `more` leads to the next ones, past those that were refused."""

    priority: Priority
    """How urgent. Waiting raises a task, so that none starves."""


class BatchRetriedOutcomes(TypedDict):
    """What became of one task."""

    task_id: str
    """The task."""

    outcome: Literal["retried", "refused"]
    """Whether a new task was made."""

    new_task_id: str | None
    """The new task; null where none was made."""

    error: ErrorBody | None
    """Why it was refused; null where it was not."""


class BatchRetried(TypedDict):
    """A new task with the same work for each that could be repeated."""

    outcomes: list[BatchRetriedOutcomes]
    """One for each task: of `task_ids` in their order, of a batch in the order in which its tasks were taken in."""

    changed: int
    """Tasks for which it was done."""

    more: bool
    """True where the batch has more such tasks than one call takes: ask again, and the next ones follow; a retry that
    names the last of these as `after` comes past those that were refused."""


class GetBatchArtifactsQuery(TypedDict, total=False):
    """What can be asked of get_batch_artifacts."""

    after: str
    """Only files of tasks that were taken in after this one, which is of the batch too: the last one of which you have
    all files, where an archive broke off."""


class ArtifactRemoved(TypedDict):
    """The file is gone."""

    removed_artifact: str
    """SHA-256 of the content, lower-case hexadecimal."""

    bytes: int
    """So many bytes are free again."""


class ArtifactQuery(TypedDict):
    """Hashes to be looked up."""

    sha256: list[str]
    """The hashes."""


class ArtifactsMissingPartial(TypedDict):
    """A transfer that broke."""

    sha256: str
    """SHA-256 of the content, lower-case hexadecimal."""

    bytes: int
    """So many of its bytes are here."""


class ArtifactsMissing(TypedDict):
    """What is not stored here. What is counts as used now."""

    missing: list[str]
    """The hashes of what is not stored, in the order of the request."""

    partial: list[ArtifactsMissingPartial]
    """Of the missing ones, those of which a part is here: the next transfer can go on from there."""


class StoreArtifactQuery(TypedDict, total=False):
    """What can be asked of store_artifact."""

    sha256: str
    """What the content must be: with it a transfer that breaks can go on where it was, and one that went wrong is
    refused. When absent: whatever comes is stored."""

    offset: int
    """Where the body goes on, in bytes, after a transfer that broke: the `bytes` that `POST /artifacts/missing` tells
    of it. Needs `sha256`."""


class Artifact(TypedDict):
    """A stored file."""

    sha256: str
    """SHA-256 of the content, lower-case hexadecimal."""

    bytes: int
    """Its size."""

    used_at: str
    """When it was stored, or last asked for by a client, a task or a device."""

    expires_at: str
    """When it goes, unless it is used till then: `files.days` after its last use. What an unfinished task or batch
    names stays."""


class ListLogsQuery(TypedDict, total=False):
    """What can be asked of list_logs."""

    level: Literal["debug", "info", "warning", "error"]
    """That level and above."""

    device_id: str
    """Only lines about this device."""

    task_id: str
    """Only lines about this task."""

    component: Literal["task_executor", "scheduler", "device_registry", "link", "config", "store", "api"]
    """The part of the product that speaks."""

    since: str
    """Only lines at or after this instant. RFC 3339, or seconds since 1970."""

    until: str
    """Only lines before this instant. RFC 3339, or seconds since 1970."""

    limit: int
    """Lines a page."""


class LogEntry(TypedDict):
    """One line of the cluster’s log."""

    timestamp: str
    """When."""

    level: LogLevel
    """How serious."""

    component: Literal["task_executor", "scheduler", "device_registry", "link", "config", "store", "api"]
    """The part of the product that speaks."""

    device_id: str | None
    """The device that it speaks of."""

    task_id: str | None
    """The task that it speaks of."""

    message: str
    """What happened, for people."""

    details: dict[str, Any]
    """More, for programs."""


class LogList(TypedDict):
    """One page of the log, newest first."""

    logs: list[LogEntry]
    """The lines of this page."""

    total: int
    """Lines that match."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""


class StreamEventsQuery(TypedDict, total=False):
    """What can be asked of stream_events."""

    device_id: str
    """Only messages that speak of this device."""

    level: Literal["debug", "info", "warning", "error"]
    """Of log entries, that level and above."""


@final
class DeviceOnlineEvent(TypedDict):
    """A device is online."""

    type: Literal["device_online"]
    """What happened."""

    timestamp: str
    """When."""

    device_id: str
    """The device."""

    joined: bool
    """True where it has just joined the cluster."""


@final
class DeviceUpdateEvent(TypedDict):
    """A device sent telemetry. Not kept, and not replayed."""

    type: Literal["device_update"]
    """What happened."""

    timestamp: str
    """When."""

    device_id: str
    """The device."""

    cpu_usage: float | None
    """Processor usage. Percent, 0–100, one decimal."""

    memory_usage: float | None
    """Memory usage. Percent, 0–100, one decimal."""

    storage_usage: float | None
    """Storage usage. Percent, 0–100, one decimal."""

    temperature_celsius: float | None
    """Degrees Celsius."""

    battery: Battery | None

    paused: DevicePause | None

    active_tasks: int
    """Tasks assigned to it."""


@final
class DeviceOfflineEvent(TypedDict):
    """A device is offline."""

    type: Literal["device_offline"]
    """What happened."""

    timestamp: str
    """When."""

    device_id: str
    """The device."""

    reason: Literal["silent", "connection_closed", "goodbye"]
    """How it went."""


@final
class DeviceRemovedEvent(TypedDict):
    """A device was removed."""

    type: Literal["device_removed"]
    """What happened."""

    timestamp: str
    """When."""

    device_id: str
    """The device."""


@final
class TaskCreatedEvent(TypedDict):
    """A task was taken in."""

    type: Literal["task_created"]
    """What happened."""

    timestamp: str
    """When."""

    task_id: str
    """The task."""

    task_type: str
    """Its type."""

    batch_id: str | None
    """Its batch."""

    requested_device_id: str | None
    """The device."""


@final
class TaskAssignedEvent(TypedDict):
    """A task was given to a device."""

    type: Literal["task_assigned"]
    """What happened."""

    timestamp: str
    """When."""

    task_id: str
    """The task."""

    task_type: str
    """Its type."""

    batch_id: str | None
    """Its batch."""

    device_id: str
    """The device."""

    attempt: int
    """The attempt."""


@final
class TaskStartedEvent(TypedDict):
    """A device started a task."""

    type: Literal["task_started"]
    """What happened."""

    timestamp: str
    """When."""

    task_id: str
    """The task."""

    task_type: str
    """Its type."""

    batch_id: str | None
    """Its batch."""

    device_id: str
    """The device."""

    attempt: int
    """The attempt."""


@final
class TaskCompletedEvent(TypedDict):
    """A task is completed."""

    type: Literal["task_completed"]
    """What happened."""

    timestamp: str
    """When."""

    task_id: str
    """The task."""

    task_type: str
    """Its type."""

    batch_id: str | None
    """Its batch."""

    device_id: str | None
    """The device."""

    attempt: int
    """The attempt."""

    execution_time_seconds: float | None
    """Its running time. Seconds."""


@final
class TaskFailedEvent(TypedDict):
    """A task is failed."""

    type: Literal["task_failed"]
    """What happened."""

    timestamp: str
    """When."""

    task_id: str
    """The task."""

    task_type: str
    """Its type."""

    batch_id: str | None
    """Its batch."""

    device_id: str | None
    """The device."""

    attempt: int
    """The attempt."""

    execution_time_seconds: float | None
    """Its running time. Seconds."""

    error: TaskError
    """Why the task failed."""


@final
class TaskCancelledEvent(TypedDict):
    """A task is cancelled."""

    type: Literal["task_cancelled"]
    """What happened."""

    timestamp: str
    """When."""

    task_id: str
    """The task."""

    task_type: str
    """Its type."""

    batch_id: str | None
    """Its batch."""

    device_id: str | None
    """The device."""

    attempt: int
    """The attempt."""

    execution_time_seconds: float | None
    """Its running time. Seconds."""


@final
class TaskRetryingEvent(TypedDict):
    """A task waits for another attempt."""

    type: Literal["task_retrying"]
    """What happened."""

    timestamp: str
    """When."""

    task_id: str
    """The task."""

    task_type: str
    """Its type."""

    batch_id: str | None
    """Its batch."""

    device_id: str | None
    """The device."""

    attempt: int
    """The attempt."""

    delay_seconds: float
    """How long it waits at least. Seconds."""

    error: TaskError
    """Why the task failed."""


@final
class LogEntryEvent(TypedDict):
    """A line of the log."""

    type: Literal["log_entry"]
    """What happened."""

    timestamp: str
    """When."""

    level: LogLevel
    """How serious."""

    component: Literal["task_executor", "scheduler", "device_registry", "link", "config", "store", "api"]
    """The part of the product that speaks."""

    device_id: str | None
    """The device."""

    task_id: str | None
    """The task."""

    message: str
    """What happened."""


@final
class ConfigUpdatedEvent(TypedDict):
    """The config was changed."""

    type: Literal["config_updated"]
    """What happened."""

    timestamp: str
    """When."""

    updated_fields: list[str]
    """What changed."""


@final
class StreamResetEvent(TypedDict):
    """What came after your Last-Event-ID is no longer kept, or never was: read the state anew, then go on from here."""

    type: Literal["stream_reset"]
    """What happened."""

    timestamp: str
    """When."""

    reason: Literal["expired", "unknown"]
    """expired: no longer kept; unknown: of another epoch, or beyond its last event."""


class ClusterConfigServer(TypedDict):
    """The node’s listener for devices."""

    host: str
    """Address that the node listens on for devices. A change needs a restart."""

    port: int
    """Port that the node listens on for devices; 0 picks a free one. A change needs a restart."""

    max_connections: int
    """Device links at most."""


class ClusterConfigCluster(TypedDict):
    """Devices and tasks."""

    heartbeat_interval: int
    """Seconds between two heartbeats of a device."""

    offline_threshold: int
    """Seconds of silence after which a device is offline; at least twice heartbeat_interval."""

    reconnect_grace: int
    """Seconds that a device whose connection closed has to come back, before it is offline."""

    task_timeout: int
    """Seconds of running time of a task that names no timeout."""


class ClusterConfigLogging(TypedDict):
    """The log."""

    level: Literal["debug", "info", "warning", "error"]
    """Least level that is kept."""

    max_size: str
    """Bound of the kept log. A whole number and KB, MB or GB (powers of 1024)."""


class ClusterConfigRetention(TypedDict):
    """How much is kept."""

    task_days: int
    """Days that a finished task is kept."""

    max_tasks: int
    """Finished tasks that are kept at most."""

    event_hours: int
    """Hours that events are kept for streams to resume from."""

    max_events: int
    """Events that are kept at most."""

    audit_days: int
    """Days that the audit log is kept."""

    max_audit_entries: int
    """Lines of the audit log that are kept at most."""

    log_days: int
    """Days that the log is kept."""

    minute_means_hours: int
    """Hours that the minute means of devices are kept; the figures of 24 hours are made of them."""

    hour_means_days: int
    """Days that the hour means of devices are kept; the figures of 30 days are made of them."""

    max_size: str
    """Size of all that is kept together. Beyond it the oldest finished tasks go earlier, then events, then minute
    means; where unfinished tasks alone are larger, new ones are refused. A whole number and KB, MB or GB (powers of
    1024)."""

    max_idempotency_keys: int
    """Idempotency keys that are kept at most, each for 24 hours with its answer; beyond it the oldest go earlier."""


class ClusterConfigFiles(TypedDict):
    """Files of tasks."""

    days: int
    """Days that a file is kept after its last use; outputs, after the end of their batch."""

    max_size: str
    """Size of all files together. Beyond it those that were used longest ago go earlier, but for what unfinished tasks
    and batches name; then new ones are refused. A whole number and KB, MB or GB (powers of 1024)."""

    max_disk_percent: int
    """Percent of their disk that files may take at most, whatever max_size says."""

    max_file_size: str
    """Size of one file at most. A whole number and KB, MB or GB (powers of 1024)."""


class ClusterConfigHealth(TypedDict):
    """Thresholds of the health checks."""

    usage_warning: int
    """Usage in percent from which a resource check says `warning`."""

    usage_critical: int
    """Usage in percent from which a resource check says `unhealthy`."""


class ClusterConfig(TypedDict):
    """The config in force."""

    server: ClusterConfigServer
    """The node’s listener for devices."""

    cluster: ClusterConfigCluster
    """Devices and tasks."""

    logging: ClusterConfigLogging
    """The log."""

    retention: ClusterConfigRetention
    """How much is kept."""

    files: ClusterConfigFiles
    """Files of tasks."""

    health: ClusterConfigHealth
    """Thresholds of the health checks."""


class ConfigView(TypedDict):
    """The config in force."""

    config: ClusterConfig
    """The config in force."""


class ConfigPatchServer(TypedDict, total=False):
    """The node’s listener for devices."""

    host: str
    """Address that the node listens on for devices. A change needs a restart."""

    port: int
    """Port that the node listens on for devices; 0 picks a free one. A change needs a restart."""

    max_connections: int
    """Device links at most."""


class ConfigPatchCluster(TypedDict, total=False):
    """Devices and tasks."""

    heartbeat_interval: int
    """Seconds between two heartbeats of a device."""

    offline_threshold: int
    """Seconds of silence after which a device is offline; at least twice heartbeat_interval."""

    reconnect_grace: int
    """Seconds that a device whose connection closed has to come back, before it is offline."""

    task_timeout: int
    """Seconds of running time of a task that names no timeout."""


class ConfigPatchLogging(TypedDict, total=False):
    """The log."""

    level: Literal["debug", "info", "warning", "error"]
    """Least level that is kept."""

    max_size: str
    """Bound of the kept log. A whole number and KB, MB or GB (powers of 1024)."""


class ConfigPatchRetention(TypedDict, total=False):
    """How much is kept."""

    task_days: int
    """Days that a finished task is kept."""

    max_tasks: int
    """Finished tasks that are kept at most."""

    event_hours: int
    """Hours that events are kept for streams to resume from."""

    max_events: int
    """Events that are kept at most."""

    audit_days: int
    """Days that the audit log is kept."""

    max_audit_entries: int
    """Lines of the audit log that are kept at most."""

    log_days: int
    """Days that the log is kept."""

    minute_means_hours: int
    """Hours that the minute means of devices are kept; the figures of 24 hours are made of them."""

    hour_means_days: int
    """Days that the hour means of devices are kept; the figures of 30 days are made of them."""

    max_size: str
    """Size of all that is kept together. Beyond it the oldest finished tasks go earlier, then events, then minute
    means; where unfinished tasks alone are larger, new ones are refused. A whole number and KB, MB or GB (powers of
    1024)."""

    max_idempotency_keys: int
    """Idempotency keys that are kept at most, each for 24 hours with its answer; beyond it the oldest go earlier."""


class ConfigPatchFiles(TypedDict, total=False):
    """Files of tasks."""

    days: int
    """Days that a file is kept after its last use; outputs, after the end of their batch."""

    max_size: str
    """Size of all files together. Beyond it those that were used longest ago go earlier, but for what unfinished tasks
    and batches name; then new ones are refused. A whole number and KB, MB or GB (powers of 1024)."""

    max_disk_percent: int
    """Percent of their disk that files may take at most, whatever max_size says."""

    max_file_size: str
    """Size of one file at most. A whole number and KB, MB or GB (powers of 1024)."""


class ConfigPatchHealth(TypedDict, total=False):
    """Thresholds of the health checks."""

    usage_warning: int
    """Usage in percent from which a resource check says `warning`."""

    usage_critical: int
    """Usage in percent from which a resource check says `unhealthy`."""


class ConfigPatch(TypedDict, total=False):
    """The fields to change; the others stay."""

    server: ConfigPatchServer
    """The node’s listener for devices."""

    cluster: ConfigPatchCluster
    """Devices and tasks."""

    logging: ConfigPatchLogging
    """The log."""

    retention: ConfigPatchRetention
    """How much is kept."""

    files: ConfigPatchFiles
    """Files of tasks."""

    health: ConfigPatchHealth
    """Thresholds of the health checks."""


class ConfigUpdated(TypedDict):
    """What was changed."""

    updated_fields: list[str]
    """The fields whose value is now another."""

    restart_required: bool
    """True where a changed field acts only after a restart of the node."""


class ApiKey(TypedDict):
    """An API key. Its secret is kept hashed, and never shown again."""

    id: str
    """The id of the key."""

    name: str
    """A name for people."""

    scopes: list[Scope]
    """What the key may do; none implies another."""

    created_at: str
    """When it was made."""

    expires_at: str | None
    """When it ends; null for never."""

    last_used_at: str | None
    """When it was last used, to the minute: a use less than a minute after the one that is noted is not."""


class ApiKeyList(TypedDict):
    """All keys that the cluster keeps, the oldest first, without their secrets."""

    keys: list[ApiKey]
    """The keys; those that have expired stay until they are removed."""


class ApiKeyRequest(TypedDict):
    """A key to be made."""

    name: str
    """A name for people."""

    scopes: list[Scope]
    """What the key may do; none implies another."""

    expires_at: NotRequired[str]
    """When it should end: an instant to come. When absent: never. RFC 3339, in any zone."""


class ApiKeyCreated(TypedDict):
    """A new key. The secret is shown this once."""

    key: ApiKey
    """An API key. Its secret is kept hashed, and never shown again."""

    secret: str
    """The key itself."""


class ApiKeyRemoved(TypedDict):
    """The key is gone, at once."""

    removed_key: str
    """The key."""


class JoinToken(TypedDict):
    """A token with which devices join. Its secret is kept hashed, and never shown again."""

    id: str
    """The id of the token."""

    tags: list[str]
    """Tags that its devices get, beside those that they name themselves."""

    role: str | None
    """The role that its devices get; null for the one that each names itself."""

    auto_approve: bool
    """True: who joins with it needs no approval, also where the node requires one (`--require-approval`)."""

    created_at: str
    """When it was made."""

    expires_at: str | None
    """When it ends; null for never."""

    max_uses: int | None
    """How many devices may join with it; null for any number."""

    uses: int
    """How many did."""


class JoinTokenList(TypedDict):
    """All join tokens that were made, the oldest first, without their secrets."""

    join_tokens: list[JoinToken]
    """The tokens; those that have expired or are used up stay until they are removed, or others need their room."""


class JoinTokenRequest(TypedDict, total=False):
    """A join token to be made."""

    tags: list[str]
    """Tags that its devices get, beside those that they name themselves."""

    role: str
    """The role that its devices get. When absent: the one that each names itself."""

    auto_approve: bool
    """Let in who joins with it, also where the node requires approval. When absent: false."""

    expires_in: int
    """Seconds until it ends. When absent: 86400."""

    max_uses: int
    """How many devices may join with it. When absent: any number."""


class JoinTokenCreated(TypedDict):
    """A new join token. The secret is shown this once."""

    join_token: JoinToken
    """A token with which devices join. Its secret is kept hashed, and never shown again."""

    secret: str
    """The token as a worker takes it (`--token`): with the fingerprint of the node behind a dot."""

    command: str
    """The line to paste on the device. It lists the nodes, where the cluster has several."""

    join_url: str
    """The page of the node that has the line for a device with a browser. The token stands behind `#`, which browsers
    send to nobody."""


class JoinTokenRemoved(TypedDict):
    """Nobody can join with it any more. Devices that did stay."""

    removed_join_token: str
    """The token."""


class ListAuditQuery(TypedDict, total=False):
    """What can be asked of list_audit."""

    key_id: str
    """Only lines of this key."""

    operation: str
    """Only lines of this operation."""

    since: str
    """Only lines at or after this instant. RFC 3339, or seconds since 1970."""

    until: str
    """Only lines before this instant. RFC 3339, or seconds since 1970."""

    limit: int
    """Lines a page."""


class AuditEntry(TypedDict):
    """Who did what to what. Each line holds the hash of the one before it."""

    sequence: int
    """Its number."""

    timestamp: str
    """When."""

    key_id: str | None
    """The key; null where auth is off, and where the key was none of ours."""

    address: str
    """The address that it came from; `console` where it was done on the machine of the node."""

    operation: str
    """The operationId; `none` where the path is none of the API’s."""

    target: str | None
    """The id of what it was done to; null of many, which stand in `details`, and of none."""

    outcome: int
    """The HTTP status of the answer."""

    details: dict[str, Any]
    """More: `request_id`; `targets`, the first 100 of many, and their `count`; `code` of a refusal; `left_out_before`,
    how many refusals were not written since the line before, as there were more than 60 in a minute."""

    hash: str
    """SHA-256, hexadecimal, over the hash of the line before (of the first, 64 zeros), a line feed, and the line
    without its hash as canonical JSON (RFC 8785)."""


class AuditAnchor(TypedDict):
    """The last line that has aged out."""

    sequence: int
    """Its number."""

    hash: str
    """Its hash."""


class AuditList(TypedDict):
    """One page of the audit log, newest first."""

    entries: list[AuditEntry]
    """The lines of this page."""

    total: int
    """Lines that match."""

    anchor: AuditAnchor | None
    """The last line that has aged out: the oldest goes on from it; null where none has."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""


class GetTaskStatsQuery(TypedDict, total=False):
    """What can be asked of get_task_stats."""

    period: Literal["1h", "24h", "7d", "30d"]
    """The span of time, up to now."""

    group_by: Literal["device", "task_type", "hour"]
    """Which of by_device, by_task_type and by_hour is filled."""


class TaskStatisticsTaskStatsByStatus(TypedDict):
    """By their final state."""

    completed: int
    """Completed."""

    failed: int
    """Failed."""

    cancelled: int
    """Cancelled."""


class TaskStatisticsTaskStatsByDevice(TypedDict):
    """The tasks of one device."""

    completed: int
    """Completed."""

    failed: int
    """Failed."""

    cancelled: int
    """Cancelled."""


class TaskStatisticsTaskStatsByTaskType(TypedDict):
    """The tasks of one type."""

    completed: int
    """Completed."""

    failed: int
    """Failed."""

    cancelled: int
    """Cancelled."""


class TaskStatisticsTaskStatsByHour(TypedDict):
    """One hour."""

    hour: str
    """Its beginning."""

    completed: int
    """Completed."""

    failed: int
    """Failed."""

    cancelled: int
    """Cancelled."""


class TaskStatisticsTaskStats(TypedDict):
    """The figures, over tasks that reached their final state in the period."""

    period: Literal["1h", "24h", "7d", "30d"]
    """The span of time."""

    total_tasks: int
    """Tasks that became final."""

    by_status: TaskStatisticsTaskStatsByStatus
    """By their final state."""

    by_device: NotRequired[dict[str, TaskStatisticsTaskStatsByDevice]]
    """By the device that ran them last."""

    by_task_type: NotRequired[dict[str, TaskStatisticsTaskStatsByTaskType]]
    """By type."""

    by_hour: NotRequired[list[TaskStatisticsTaskStatsByHour]]
    """By the hour in which they ended, oldest first; hours without tasks are there with zeros."""

    average_execution_time: float | None
    """Mean running time of the completed ones; null where there is none. Seconds."""

    success_rate: float | None
    """completed / (completed + failed + cancelled); null where there is none. Percent, 0–100, one decimal."""


class TaskStatistics(TypedDict):
    """How the tasks of the period ended."""

    task_stats: TaskStatisticsTaskStats
    """The figures, over tasks that reached their final state in the period."""


class GetDeviceStatsQuery(TypedDict, total=False):
    """What can be asked of get_device_stats."""

    period: Literal["1h", "24h", "7d", "30d"]
    """The span of time, up to now."""


class DeviceStatisticsDeviceStatsUtilization(TypedDict):
    """One device."""

    cpu_avg: float | None
    """Mean processor usage; null where there is no sample. Percent, 0–100, one decimal."""

    memory_avg: float | None
    """Mean memory usage; null where there is no sample. Percent, 0–100, one decimal."""

    uptime_percent: float | None
    """Share of the period, from registration on, in which it was online. Percent, 0–100, one decimal."""


class DeviceStatisticsDeviceStatsPerformanceRanking(TypedDict):
    """One device."""

    device_id: str
    """The device."""

    score: float
    """0–100: 100 × (0.5 × success + 0.3 × speed + 0.2 × uptime). success: completed / (completed + failed) in the
    period. speed: mean over the task types it completed of the cluster’s mean running time over its own, at most 2,
    divided by 2; for a type that no other device completed, its benchmark over the cluster’s median, likewise, where it
    was measured. uptime: share of the period online. A device that ended no task is not ranked."""


class DeviceStatisticsDeviceStats(TypedDict):
    """The figures."""

    period: Literal["1h", "24h", "7d", "30d"]
    """The span of time."""

    utilization: dict[str, DeviceStatisticsDeviceStatsUtilization]
    """By device id."""

    performance_ranking: list[DeviceStatisticsDeviceStatsPerformanceRanking]
    """The devices that ended a task in the period, best first."""


class DeviceStatistics(TypedDict):
    """How the devices were used in the period."""

    device_stats: DeviceStatisticsDeviceStats
    """The figures."""


class SubmissionOptions(TypedDict, total=False):
    """What a submission may say beside type and payload."""

    priority: Priority
    """How urgent. Waiting raises a task, so that none starves."""

    device_id: str
    """Run it on this device and no other."""

    requirements: Requirements
    """What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where
    it is asked for."""

    timeout: float
    """Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout."""

    max_retries: int
    """How often a failed run is repeated. When absent: 0."""

    on_device_lost: Literal["requeue", "fail"]
    """What to do when the device that runs it is lost. When absent: requeue."""

    queue_if_unavailable: bool
    """Queue it though the device is offline, or no registered device could run it. When absent: false."""

    metadata: dict[str, str]
    """Up to 20 pairs of your own, each key and value up to 256 characters."""

    batch_id: str
    """The batch that it belongs to; several submissions may name the same."""

    inputs: list[TaskInput]
    """Stored files that it takes, by names that differ. When absent: none."""

    outputs: list[str]
    """Names of the files that it leaves, which are stored when it completes. Where one of them is not there at its end,
    the task has failed. When absent: none."""


TaskSubmission = Union[
    EchoSubmission,
    SleepSubmission,
    SystemInfoSubmission,
    HttpRequestSubmission,
    CommandSubmission,
    PythonSubmission,
    PythonEvalSubmission,
    JavascriptSubmission,
    WasmSubmission,
    CustomSubmission,
]
"""A task to be done. `task_type` tells which payload it takes."""


MonitorEvent = Union[
    DeviceOnlineEvent,
    DeviceUpdateEvent,
    DeviceOfflineEvent,
    DeviceRemovedEvent,
    TaskCreatedEvent,
    TaskAssignedEvent,
    TaskStartedEvent,
    TaskCompletedEvent,
    TaskFailedEvent,
    TaskCancelledEvent,
    TaskRetryingEvent,
    LogEntryEvent,
    ConfigUpdatedEvent,
    StreamResetEvent,
]
"""A message of the monitor stream, told apart by `type`."""
