"""What schemathesis is told of Retire-Cluster beside schemathesis.toml."""

import hashlib
import re

import schemathesis
from schemathesis.generation import GenerationMode

# Waiting and following take as long as they are told to. The run has five minutes.
LONGEST_WAIT = 0.1

# Numbers of query strings are written in plain digits (CONTRACT.md §1), not as 2.2e-311.
PLAIN_AND_SHORT = re.compile(r"0(\.0\d*)?")

# The device that the test starts. Without it there is nothing to list, ping or run anything on.
KEPT_DEVICE = "worker-1"

# The batch of which the tasks are known (tasks-of-the-batch.dict).
KNOWN_BATCH = "a-batch"

# One of our entity tags. To headers schemathesis writes letters and digits only, of which none is made, and then takes one that
# breaks the schema for a valid one.
ENTITY_TAG = 'W/"a-tag"'
# Whatever the version is. schemathesis knows none, and each that it makes up would be refused.
ANY_VERSION = "*"
TAGS = re.compile(r'\*|(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"(?:[ \t]*,[ \t]*(?:W/)?"[\x21\x23-\x7e\x80-\xff]*")*')

# An Idempotency-Key that the schema takes.
KEYS = re.compile(r"[\x20-\x7e]{1,255}")

# Fields of a submission, or of a task of a batch, that no schema can judge: which files are stored, whether the names of inputs fit into
# one directory, and whether the module of a wasm task is one of them.
INPUTS = re.compile(r"(/tasks/\d+)?/(inputs/\d+/(sha256|name)|payload/module)")

SUBMISSION_CODES = {"INVALID_TASK_TYPE", "DEVICE_NOT_FOUND", "DEVICE_OFFLINE", "INSUFFICIENT_RESOURCES"}

# The codes with which CONTRACT.md refuses what its schemas allow, by operationId. Of VALIDATION_ERROR: the field.
REFUSALS = {
    "submitTask": SUBMISSION_CODES,
    "submitBatch": SUBMISSION_CODES,
    "retryTask": SUBMISSION_CODES | {"TASK_NOT_FOUND", "TASK_NOT_RETRYABLE", "ARTIFACT_NOT_FOUND"},
    "cancelTask": {"TASK_NOT_FOUND", "TASK_NOT_CANCELLABLE"},
    "cancelTasks": {"NOT_FOUND"},
    # `after` is of the batch, and needs one.
    "retryTasks": {"NOT_FOUND", "/after", "/batch_id"},
    "getTask": {"TASK_NOT_FOUND"},
    "getTaskOutput": {"TASK_NOT_FOUND"},
    "getTaskPlacement": {"TASK_NOT_FOUND"},
    "getBatch": {"NOT_FOUND"},
    # `after` is of the batch.
    "getBatchArtifacts": {"NOT_FOUND", "/after"},
    # What the bytes must be, and where they go on: no schema knows what is stored.
    "storeArtifact": {"/sha256", "/offset"},
    "getArtifact": {"ARTIFACT_NOT_FOUND"},
    "removeArtifact": {"ARTIFACT_NOT_FOUND", "ARTIFACT_IN_USE"},
    "getDevice": {"DEVICE_NOT_FOUND"},
    "updateDevice": {"DEVICE_NOT_FOUND"},
    "removeDevice": {"DEVICE_NOT_FOUND", "DEVICE_BUSY"},
    "pingDevice": {"DEVICE_NOT_FOUND"},
    "approveDevice": {"DEVICE_NOT_FOUND"},
    # An instant that has passed.
    "createKey": {"/expires_at"},
    "removeKey": {"NOT_FOUND"},
    "removeJoinToken": {"NOT_FOUND"},
    "listDevices": {"/cursor"},
    "listTasks": {"/cursor"},
    "listLogs": {"/cursor"},
    "listAudit": {"/cursor"},
    "updateConfig": {
        # Fields that must fit each other, of which one may be stored already.
        "/cluster/offline_threshold",
        "/cluster/heartbeat_interval",
        "/health/usage_critical",
        "/health/usage_warning",
        "CONFIG_PINNED",
    },
}


# Fields of the config that the flags of the test fix: with one of them, a whole patch is refused.
PINNED = ("host", "port")


def without_pinned(patch):
    server = {name: value for name, value in patch.get("server", {}).items() if name not in PINNED}
    rest = {name: value for name, value in patch.items() if name != "server"}
    return {**rest, "server": server} if server else rest or patch


def is_valid(case):
    return case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE


def operation_id(case):
    return case.operation.definition.raw.get("operationId")


@schemathesis.hook
def before_call(ctx, case, kwargs):
    query = case.query or {}
    if is_valid(case) and PLAIN_AND_SHORT.fullmatch(str(query.get("wait", 0))) is None:
        query["wait"] = LONGEST_WAIT
    if query.get("follow") in (True, "true"):
        query["follow"] = "false"

    # In the coverage phase every case bears an `after`, of which none is a task of the batch: nothing but refusals would be seen.
    if is_valid(case) and operation_id(case) == "getBatchArtifacts" and case.path_parameters.get("batch_id") != KNOWN_BATCH:
        query.pop("after", None)

    headers = case.headers or {}
    if is_valid(case) and "If-Match" in headers:
        headers["If-Match"] = ANY_VERSION
    if is_valid(case) and TAGS.fullmatch(headers.get("If-None-Match", ENTITY_TAG)) is None:
        headers["If-None-Match"] = ENTITY_TAG
    # schemathesis writes the same key to many bodies, and a conflict would hide what is said of the body.
    if KEYS.fullmatch(str(headers.get("Idempotency-Key", ""))) is not None:
        headers["Idempotency-Key"] = hashlib.sha256(repr(case.body).encode()).hexdigest()

    if is_valid(case) and operation_id(case) == "updateConfig" and isinstance(case.body, dict):
        case.body = without_pinned(case.body)
    if operation_id(case) == "removeDevice" and (case.path_parameters or {}).get("device_id") == KEPT_DEVICE:
        case.path_parameters["device_id"] = "a-device-of-nobody"
    if operation_id(case) == "updateDevices" and isinstance(case.body, dict) and "remove" in case.body:
        if isinstance(case.body.get("device_ids"), list):
            case.body["device_ids"] = [one if one != KEPT_DEVICE else "a-device-of-nobody" for one in case.body["device_ids"]]


@schemathesis.check
def refused_as_the_contract_says(ctx, response, case):
    """Of valid input, what is refused is refused with a code that the contract has for it."""
    if not is_valid(case) or response.status_code not in (400, 403, 404, 409, 412):
        return
    error = response.json()["error"]
    reasons = {error["code"]}
    if error["code"] == "VALIDATION_ERROR":
        reasons = {issue["path"] for issue in error["details"]["issues"]}
    known = REFUSALS.get(operation_id(case), set())
    foreign = {reason for reason in reasons if reason not in known and not (known >= SUBMISSION_CODES and INPUTS.fullmatch(reason))}
    assert not foreign, f"{operation_id(case)} refused valid input with {sorted(foreign)}: {error['message']}"
