// Generated from openapi/openapi.json by `npm run generate`.
export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether this server serves, and reaches its cluster node
         * @description Always 200 while the process serves. Needs no key.
         *
         *     Open to everybody.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The figures of the cluster and of this server, for Prometheus
         * @description In the Prometheus text format 0.0.4. Durations are in seconds, sizes in bytes, shares from 0 to 1. A figure that nobody knows is left out.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getPrometheusMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cluster/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The cluster in figures
         * @description With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getClusterStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cluster/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A check of each part of the cluster, made now
         * @description Always 200 where the node answers: what is wrong stands in the body. The thresholds are those of the config’s `health`.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getClusterHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cluster/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Usage and tasks over a period
         * @description Usage is over the samples of the online devices in the period; a figure without a sample is null.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getClusterMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The registered devices, page by page
         * @description The counts speak of all devices that match the filters (the status filter aside), not of the page. Follow `next_cursor` with the same filters.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["listDevices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{device_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One device, with all that is known of it
         * @description With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getDevice"];
        put?: never;
        post?: never;
        /**
         * Remove a device from the cluster
         * @description Revokes its credential: its worker ends, and can join anew only with a join token made since. A device with unfinished tasks is removed only with `force=true`, which cancels them.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        delete: operations["removeDevice"];
        options?: never;
        head?: never;
        /**
         * Change what the owner decides of a device
         * @description Its role, its tags, its name, and whether it gets new tasks: `schedulable: false` drains it. Answers with the device as it is then.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        patch: operations["updateDevice"];
        trace?: never;
    };
    "/api/v1/devices/{device_id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let in a device that waits for its approval
         * @description Where the node requires approval (`--require-approval`), a device that joins is `pending_approval`, and gets no tasks before this. One that waits for nothing stays as it is. Answers with the device as it is then; many at once: `POST /devices/batch`.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        post: operations["approveDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Do one thing to many devices
         * @description To those that are named, or to all that bear a tag, up to 1000: change them, approve them, or remove them. Counts as one write; the answer has an outcome for each device.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        post: operations["updateDevices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{device_id}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Measure round trips to a device
         * @description Over the device’s own connection. A device that does not answer is an answer, not an error.
         *
         *     With `--auth`, needs a key with the scope `write`.
         */
        post: operations["pingDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The tasks, newest first, page by page
         * @description The counts speak of all tasks that match the filters (the status filter aside), not of the page. Follow `next_cursor` with the same filters: no task is repeated or skipped while others are added.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["listTasks"];
        put?: never;
        /**
         * Submit a task
         * @description When the answer comes, the task is on disk and will reach a final state. With `wait`, the answer bears the task itself, as soon as it is final or that long has passed. A replay (`Idempotency-Key`) waits as well: its `task` is the task as it is then, all else is as it was first answered.
         *
         *     With `--auth`, needs a key with the scope `write`.
         */
        post: operations["submitTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The task types that can be submitted here
         * @description The built-in ones, and those that registered devices offer, each with the schema of its payload.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["listTaskTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One task, with its log, usage and attempts
         * @description With `wait`, the answer comes as soon as the task is final, or after that long.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getTask"];
        put?: never;
        post?: never;
        /**
         * Cancel a task
         * @description Answered at once and final; a device that runs it is told to end its whole process tree.
         *
         *     With `--auth`, needs a key with the scope `write`.
         */
        delete: operations["cancelTask"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/placement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why a task is where it is: what speaks for and against each device
         * @description For each registered device whether the task could run there now, why or why not, and its score with the points that it is made of. The codes are those by which `pending_reason` is decided: it speaks of the device that is nearest to running the task.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getTaskPlacement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a failed or cancelled task again
         * @description Makes a new task with the same work, which points to the old one.
         *
         *     With `--auth`, needs a key with the scope `write`.
         */
        post: operations["retryTask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/output": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a task has printed
         * @description Plain text, from `offset` on; the header X-Next-Offset tells the `offset` that goes on from there. With `follow=true` the answer goes on until the task is final; where it breaks off before, ask again from the offset that you have reached. A task that runs again prints anew, from offset 0.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getTaskOutput"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit up to 1000 tasks at once
         * @description All are taken in, or none: where one is refused, `details.path` names it (`/tasks/3` is the fourth). Counts as one write. The body may have 16 MiB.
         *
         *     With `--auth`, needs a key with the scope `write`.
         */
        post: operations["submitBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/batch/{batch_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a batch is
         * @description Over all tasks that name this batch, from however many submissions. With `wait`, the answer comes as soon as all of them are final, or after that long.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getBatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/batch/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel many tasks at once
         * @description Up to 1000 tasks: those that are named, or those of a batch that are not final (`more` says whether there are more). All that can be cancelled are, in one transaction; an unknown or finished one is an outcome, and stands in nobody’s way. Counts as one write.
         *
         *     With `--auth`, needs a key with the scope `write`.
         */
        post: operations["cancelTasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/batch/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run many failed or cancelled tasks again
         * @description Up to 1000 tasks with 16 MiB of payload: those that are named, or those of a batch that failed or were cancelled and that no other task repeats yet (`more` says whether there are more; asking again goes on, and does nothing twice; with the last of them as `after`, past those that were refused). All that can be repeated are, in one transaction; one that cannot be repeated is an outcome, and stands in nobody’s way. Counts as one write.
         *
         *     With `--auth`, needs a key with the scope `write`.
         */
        post: operations["retryTasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/batch/{batch_id}/artifacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The files that a batch left, as one archive
         * @description A tar with an entry `TASK_ID/NAME` for each file of each task that has completed by then, in the order in which the tasks were taken in. Files that have expired are left out, and listed in a last entry, `MISSING.txt`. It is made while it is sent: one that breaks off has no end (`tar` says so), and `after` goes on from there. Counts by its bytes, and not as a read.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getBatchArtifacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/artifacts/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A file
         * @description Its bytes, as they were stored; to be saved, never shown. A download that broke off goes on with `Range: bytes=N-`. Counts by its bytes, and not as a read.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getArtifact"];
        put?: never;
        post?: never;
        /**
         * Remove a file
         * @description Before it goes by itself. One that an unfinished task names stays (`ARTIFACT_IN_USE`).
         *
         *     With `--auth`, needs a key with the scope `write`.
         */
        delete: operations["removeArtifact"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/artifacts/missing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Which of up to 1000 files are not stored
         * @description Ask before you send: what is stored need not be. Of what broke off on its way in, `partial` tells the `offset` to go on from. What is stored counts as used now, and stays for as long again. Counts as one read.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        post: operations["findMissingArtifacts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/artifacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Store a file
         * @description The body is the file as it is, of any Content-Type but a multipart form, of any length up to `files.max_file_size`, and as slow as it comes. It is found by the SHA-256 of what it contains: the same file again is the same artifact. Send its hash as `sha256`, and what goes wrong on the way is refused, and what breaks off can go on: `findMissingArtifacts` tells from which `offset`. Counts by its bytes, and not as a write.
         *
         *     With `--auth`, needs a key with the scope `write`.
         */
        post: operations["storeArtifact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The log of the cluster, newest first, page by page
         * @description `level` means that level and above. Follow `next_cursor` with the same filters: no line is repeated or skipped while others are added.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["listLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/monitor/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The events of the cluster, as they happen
         * @description Server-sent events: one unnamed message for each event, its `data` one JSON object, its `id` never used twice. Send the last one as `Last-Event-ID` to go on from there without a gap; where that is no longer kept, the first message is a `stream_reset`. Telemetry (`device_update`) is not kept, and not sent again. A comment every 15 seconds keeps the stream open; a client that does not read is closed once it is 1 MiB behind. It ends when its key is removed, or expires. Only so many streams of a key may be open at a time: `X-RateLimit-*` tell of these.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The config in force
         * @description A flag or variable stands before what was stored by `updateConfig`, that before the config file, that before the default. Its ETag is for `If-Match`.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        get: operations["getConfig"];
        /**
         * Change the config
         * @description Merges: fields that are not named stay. It acts at once, but for the fields that say otherwise (`restart_required`). With `If-Match`, only where nobody has changed it since.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        put: operations["updateConfig"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cluster/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The config in force
         * @description A flag or variable stands before what was stored by `updateConfig`, that before the config file, that before the default. Its ETag is for `If-Match`.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        get: operations["getClusterConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The API keys, without their secrets
         * @description Those that the cluster keeps. Keys given by `--api-key` are not among them: they end with the server.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make an API key
         * @description The answer bears its secret, this once: only a hash of it is kept. It works at once.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description At once: the streams that it opened end. The last key with the scope `admin` that holds can’t be removed (`PERMISSION_DENIED`); who has lost it gets another by `retire-cluster-api --new-admin-key`.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        delete: operations["removeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/join-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The tokens with which devices join, without their secrets
         * @description Those that were made over the API. The node’s own, which it prints at its start, is not among them.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        get: operations["listJoinTokens"];
        put?: never;
        /**
         * Make a token with which devices join
         * @description The answer bears its secret, this once, and the line to paste on the device: only a hash of it is kept. It works at once.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        post: operations["createJoinToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/join-tokens/{join_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a join token
         * @description At once. The devices that joined with it stay: each has a credential of its own.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        delete: operations["removeJoinToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit log, newest first, page by page
         * @description Who changed what, and who was refused something, for a wrong key, for lack of a scope, or by the cluster; what was only looked at is not in it. A change and its line are on disk together. Each line bears a hash over itself and the line before it: `retire-cluster audit verify` checks them all.
         *
         *     With `--auth`, needs a key with the scope `admin`.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the tasks of a period ended
         * @description Over the tasks that reached their final state in the period, by device, type or hour.
         *
         *     With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getTaskStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the devices were used in a period
         * @description With `--auth`, needs a key with the scope `read`.
         */
        get: operations["getDeviceStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An API key. Its secret is kept hashed, and never shown again. */
        ApiKey: {
            /** @description The id of the key. */
            id: string;
            /** @description A name for people. */
            name: string;
            /** @description What the key may do; none implies another. */
            scopes: components["schemas"]["Scope"][];
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description When it ends; null for never. */
            expires_at: string | null;
            /** @description When it was last used, to the minute: a use less than a minute after the one that is noted is not. */
            last_used_at: string | null;
        };
        /** @description A new key. The secret is shown this once. */
        ApiKeyCreated: {
            key: components["schemas"]["ApiKey"];
            /** @description The key itself. */
            secret: string;
        };
        /** @description A success. */
        ApiKeyCreatedAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["ApiKeyCreated"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description All keys that the cluster keeps, the oldest first, without their secrets. */
        ApiKeyList: {
            /** @description The keys; those that have expired stay until they are removed. */
            keys: components["schemas"]["ApiKey"][];
        };
        /** @description A success. */
        ApiKeyListAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["ApiKeyList"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description The key is gone, at once. */
        ApiKeyRemoved: {
            /** @description The key. */
            removed_key: string;
        };
        /** @description A success. */
        ApiKeyRemovedAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["ApiKeyRemoved"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description A key to be made. */
        ApiKeyRequest: {
            /** @description A name for people. */
            name: string;
            /** @description What the key may do; none implies another. */
            scopes: components["schemas"]["Scope"][];
            /**
             * Format: date-time
             * @description When it should end: an instant to come. When absent: never. RFC 3339, in any zone.
             */
            expires_at?: string;
        };
        /** @description A stored file. */
        Artifact: {
            /** @description SHA-256 of the content, lower-case hexadecimal. */
            sha256: string;
            /**
             * Format: int64
             * @description Its size.
             */
            bytes: number;
            /**
             * Format: date-time
             * @description When it was stored, or last asked for by a client, a task or a device.
             */
            used_at: string;
            /**
             * Format: date-time
             * @description When it goes, unless it is used till then: `files.days` after its last use. What an unfinished task or batch names stays.
             */
            expires_at: string;
        };
        /** @description A success. */
        ArtifactAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["Artifact"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description Hashes to be looked up. */
        ArtifactQuery: {
            /** @description The hashes. */
            sha256: string[];
        };
        /** @description The file is gone. */
        ArtifactRemoved: {
            /** @description SHA-256 of the content, lower-case hexadecimal. */
            removed_artifact: string;
            /**
             * Format: int64
             * @description So many bytes are free again.
             */
            bytes: number;
        };
        /** @description A success. */
        ArtifactRemovedAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["ArtifactRemoved"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description What is not stored here. What is counts as used now. */
        ArtifactsMissing: {
            /** @description The hashes of what is not stored, in the order of the request. */
            missing: string[];
            /** @description Of the missing ones, those of which a part is here: the next transfer can go on from there. */
            partial: {
                /** @description SHA-256 of the content, lower-case hexadecimal. */
                sha256: string;
                /**
                 * Format: int64
                 * @description So many of its bytes are here.
                 */
                bytes: number;
            }[];
        };
        /** @description A success. */
        ArtifactsMissingAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["ArtifactsMissing"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description The last line that has aged out. */
        AuditAnchor: {
            /**
             * Format: int64
             * @description Its number.
             */
            sequence: number;
            /** @description Its hash. */
            hash: string;
        };
        /** @description Who did what to what. Each line holds the hash of the one before it. */
        AuditEntry: {
            /**
             * Format: int64
             * @description Its number.
             */
            sequence: number;
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The key; null where auth is off, and where the key was none of ours. */
            key_id: string | null;
            /** @description The address that it came from; `console` where it was done on the machine of the node. */
            address: string;
            /** @description The operationId; `none` where the path is none of the API’s. */
            operation: string;
            /** @description The id of what it was done to; null of many, which stand in `details`, and of none. */
            target: string | null;
            /**
             * Format: int32
             * @description The HTTP status of the answer.
             */
            outcome: number;
            /** @description More: `request_id`; `targets`, the first 100 of many, and their `count`; `code` of a refusal; `left_out_before`, how many refusals were not written since the line before, as there were more than 60 in a minute. */
            details: {
                [key: string]: unknown;
            };
            /** @description SHA-256, hexadecimal, over the hash of the line before (of the first, 64 zeros), a line feed, and the line without its hash as canonical JSON (RFC 8785). */
            hash: string;
        };
        /** @description One page of the audit log, newest first. */
        AuditList: {
            /** @description The lines of this page. */
            entries: components["schemas"]["AuditEntry"][];
            /**
             * Format: int64
             * @description Lines that match.
             */
            total: number;
            /** @description The last line that has aged out: the oldest goes on from it; null where none has. */
            anchor: components["schemas"]["AuditAnchor"] | null;
            /** @description Send it as `cursor` for the next page; null on the last one. */
            next_cursor: string | null;
        };
        /** @description A success. */
        AuditListAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["AuditList"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description Those that could be cancelled are, for good. */
        BatchCancellation: {
            /** @description One for each task: of `task_ids` in their order, of a batch in the order in which its tasks were taken in. */
            outcomes: {
                /** @description The task. */
                task_id: string;
                /**
                 * @description Whether it was cancelled; where it was not, it is as it was.
                 * @enum {string}
                 */
                outcome: "cancelled" | "refused";
                /** @description True where a device had started it; the device is told to end it. */
                was_running: boolean;
                /** @description Why it was refused; null where it was not. */
                error: components["schemas"]["ErrorBody"] | null;
            }[];
            /**
             * Format: int64
             * @description Tasks for which it was done.
             */
            changed: number;
            /** @description True where the batch has more such tasks than one call takes: ask again, and the next ones follow; a retry that names the last of these as `after` comes past those that were refused. */
            more: boolean;
        };
        /** @description A success. */
        BatchCancellationAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["BatchCancellation"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description How far the batch is. */
        BatchProgress: {
            /** @description The batch. */
            batch_id: string;
            /**
             * Format: int64
             * @description Its tasks.
             */
            total: number;
            /**
             * Format: int64
             * @description Of these, pending.
             */
            pending: number;
            /**
             * Format: int64
             * @description Of these, running.
             */
            running: number;
            /**
             * Format: int64
             * @description Of these, completed.
             */
            completed: number;
            /**
             * Format: int64
             * @description Of these, failed.
             */
            failed: number;
            /**
             * Format: int64
             * @description Of these, cancelled.
             */
            cancelled: number;
            /** @description Share of its tasks that are final. Percent, 0–100, one decimal. */
            progress: number;
            /**
             * Format: date-time
             * @description When its first task was taken in.
             */
            created_at: string;
            /** @description When its last task became final; null before. */
            finished_at: string | null;
            /** @description When it should be done, from its pace so far; null where nothing has ended yet, while nothing runs, and when it is done. */
            estimated_completion: string | null;
        };
        /** @description A success. */
        BatchProgressAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["BatchProgress"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description A new task with the same work for each that could be repeated. */
        BatchRetried: {
            /** @description One for each task: of `task_ids` in their order, of a batch in the order in which its tasks were taken in. */
            outcomes: {
                /** @description The task. */
                task_id: string;
                /**
                 * @description Whether a new task was made.
                 * @enum {string}
                 */
                outcome: "retried" | "refused";
                /** @description The new task; null where none was made. */
                new_task_id: string | null;
                /** @description Why it was refused; null where it was not. */
                error: components["schemas"]["ErrorBody"] | null;
            }[];
            /**
             * Format: int64
             * @description Tasks for which it was done.
             */
            changed: number;
            /** @description True where the batch has more such tasks than one call takes: ask again, and the next ones follow; a retry that names the last of these as `after` comes past those that were refused. */
            more: boolean;
        };
        /** @description A success. */
        BatchRetriedAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["BatchRetried"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description Which tasks, `task_ids` or `batch_id`, exactly one of them; and what the new ones should have differently. */
        BatchRetryRequest: {
            /** @description The tasks. */
            task_ids?: string[];
            /** @description The tasks of this batch for which it is possible. */
            batch_id?: string;
            /** @description With `batch_id`: only tasks that were taken in after this one, which is of the batch too. The last task of an answer with `more` leads to the next ones, past those that were refused. */
            after?: string;
            priority?: components["schemas"]["Priority"];
        } & (unknown | unknown);
        /** @description Which tasks: `task_ids` or `batch_id`, exactly one of them. */
        BatchSelection: {
            /** @description The tasks. */
            task_ids?: string[];
            /** @description The tasks of this batch for which it is possible. */
            batch_id?: string;
        } & (unknown | unknown);
        /** @description Many tasks at once: all are taken in, or none. */
        BatchSubmission: {
            /** @description The tasks. */
            tasks: components["schemas"]["TaskSubmission"][];
            /** @description A batch of your own naming; more submissions may name it. When absent: one is made. */
            batch_id?: string;
        };
        /** @description All tasks are on disk. */
        BatchSubmitted: {
            /** @description The batch. */
            batch_id: string;
            /** @description The ids of the new tasks, in the order of the request. */
            task_ids: string[];
        };
        /** @description A success. */
        BatchSubmittedAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["BatchSubmitted"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description The battery of a device. */
        Battery: {
            /** @description Charge. Percent, 0–100, one decimal. */
            level: number | null;
            /** @description True while it is plugged in. */
            charging: boolean | null;
            /** @description Its temperature, degrees Celsius; absent where its worker tells none. */
            temperature_celsius?: number | null;
        };
        /** @description What has become of the battery, as far as the device tells. */
        BatteryHealth: {
            /** @description In the words of the system: Good, Overheat, Dead, … */
            health: string | null;
            /** @description What it holds when it is full, of what it was made for. Percent, 0–100, one decimal. */
            capacity_percent: number | null;
            /** @description How often it was charged and discharged. */
            cycles: number | null;
        };
        /** @description How fast one core of the device is: measured once, after it has joined, for about 2 seconds of processor time, while no task runs; anew when its processor or its Node changes. */
        Benchmark: {
            /** @description Median of 7 slices. One operation is 1,000 steps of a 32-bit xorshift generator (Marsaglia 2003), 1,000 steps of a logistic map with a square root (floating point), and the SHA-256 of 1,024 bytes, in the worker’s own Node. Times `cores` it says what the whole device can do at the most. */
            operations_per_second: number;
            /**
             * Format: date-time
             * @description When it was measured, by the clock of the device.
             */
            measured_at: string;
        };
        /** @description The config in force. */
        ClusterConfig: {
            /** @description The node’s listener for devices. */
            server: {
                /** @description Address that the node listens on for devices. A change needs a restart. */
                host: string;
                /**
                 * Format: int32
                 * @description Port that the node listens on for devices; 0 picks a free one. A change needs a restart.
                 */
                port: number;
                /**
                 * Format: int32
                 * @description Device links at most.
                 */
                max_connections: number;
            };
            /** @description Devices and tasks. */
            cluster: {
                /**
                 * Format: int32
                 * @description Seconds between two heartbeats of a device.
                 */
                heartbeat_interval: number;
                /**
                 * Format: int32
                 * @description Seconds of silence after which a device is offline; at least twice heartbeat_interval.
                 */
                offline_threshold: number;
                /**
                 * Format: int32
                 * @description Seconds that a device whose connection closed has to come back, before it is offline.
                 */
                reconnect_grace: number;
                /**
                 * Format: int32
                 * @description Seconds of running time of a task that names no timeout.
                 */
                task_timeout: number;
            };
            /** @description The log. */
            logging: {
                /**
                 * @description Least level that is kept.
                 * @enum {string}
                 */
                level: "debug" | "info" | "warning" | "error";
                /** @description Bound of the kept log. A whole number and KB, MB or GB (powers of 1024). */
                max_size: string;
            };
            /** @description How much is kept. */
            retention: {
                /**
                 * Format: int32
                 * @description Days that a finished task is kept.
                 */
                task_days: number;
                /**
                 * Format: int32
                 * @description Finished tasks that are kept at most.
                 */
                max_tasks: number;
                /**
                 * Format: int32
                 * @description Hours that events are kept for streams to resume from.
                 */
                event_hours: number;
                /**
                 * Format: int32
                 * @description Events that are kept at most.
                 */
                max_events: number;
                /**
                 * Format: int32
                 * @description Days that the audit log is kept.
                 */
                audit_days: number;
                /**
                 * Format: int32
                 * @description Lines of the audit log that are kept at most.
                 */
                max_audit_entries: number;
                /**
                 * Format: int32
                 * @description Days that the log is kept.
                 */
                log_days: number;
                /**
                 * Format: int32
                 * @description Hours that the minute means of devices are kept; the figures of 24 hours are made of them.
                 */
                minute_means_hours: number;
                /**
                 * Format: int32
                 * @description Days that the hour means of devices are kept; the figures of 30 days are made of them.
                 */
                hour_means_days: number;
                /** @description Size of all that is kept together. Beyond it the oldest finished tasks go earlier, then events, then minute means; where unfinished tasks alone are larger, new ones are refused. A whole number and KB, MB or GB (powers of 1024). */
                max_size: string;
                /**
                 * Format: int32
                 * @description Idempotency keys that are kept at most, each for 24 hours with its answer; beyond it the oldest go earlier.
                 */
                max_idempotency_keys: number;
            };
            /** @description Files of tasks. */
            files: {
                /**
                 * Format: int32
                 * @description Days that a file is kept after its last use; outputs, after the end of their batch.
                 */
                days: number;
                /** @description Size of all files together. Beyond it those that were used longest ago go earlier, but for what unfinished tasks and batches name; then new ones are refused. A whole number and KB, MB or GB (powers of 1024). */
                max_size: string;
                /**
                 * Format: int32
                 * @description Percent of their disk that files may take at most, whatever max_size says.
                 */
                max_disk_percent: number;
                /** @description Size of one file at most. A whole number and KB, MB or GB (powers of 1024). */
                max_file_size: string;
            };
            /** @description Thresholds of the health checks. */
            health: {
                /**
                 * Format: int32
                 * @description Usage in percent from which a resource check says `warning`.
                 */
                usage_warning: number;
                /**
                 * Format: int32
                 * @description Usage in percent from which a resource check says `unhealthy`.
                 */
                usage_critical: number;
            };
        };
        /** @description A check of each part of the cluster. */
        ClusterHealth: {
            /**
             * @description The worst of the checks.
             * @enum {string}
             */
            overall_health: "healthy" | "warning" | "unhealthy";
            /** @description The nodes that share the database; absent where the state is in a file, and there is one node. One that has not told for a minute that it lives is left out. */
            members?: components["schemas"]["ClusterMember"][];
            /** @description The checks. */
            checks: {
                /** @description The store of the node. */
                database: {
                    /**
                     * @description unhealthy where it does not answer, or refuses new work because its storage is full.
                     * @enum {string}
                     */
                    status: "healthy" | "warning" | "unhealthy";
                    /** @description A round trip to the store, measured for this answer; null where it did not answer. Milliseconds, three decimals. */
                    response_time_ms: number | null;
                    /** @description True while new tasks are refused with `STORAGE_FULL`: the disk of the node is full, or its unfinished tasks alone are larger than retention.max_size. */
                    storage_full: boolean;
                };
                /** @description The device links. */
                network: {
                    /**
                     * @description warning where a registered device is offline; unhealthy where none is online, or most have fallen silent at once.
                     * @enum {string}
                     */
                    status: "healthy" | "warning" | "unhealthy";
                    /**
                     * Format: int64
                     * @description Devices with an open link.
                     */
                    connected_devices: number;
                    /**
                     * Format: int64
                     * @description Devices with unfinished work that are silent: no link, or 1.5 heartbeat intervals without a heartbeat.
                     */
                    silent_devices: number;
                    /** @description True while most of the cluster has fallen silent at once, so that nothing is taken from anybody. */
                    mass_silence: boolean;
                };
                /** @description The online devices. */
                resources: {
                    /**
                     * @description warning and unhealthy by the thresholds of the config’s `health`.
                     * @enum {string}
                     */
                    status: "healthy" | "warning" | "unhealthy";
                    /** @description Mean processor usage of the online devices; null where none tells. Percent, 0–100, one decimal. */
                    cpu_usage: number | null;
                    /** @description Memory in use over memory, of the online devices; null where none tells. Percent, 0–100, one decimal. */
                    memory_usage: number | null;
                    /** @description Storage in use over storage, of the online devices; null where none tells. Percent, 0–100, one decimal. */
                    storage_usage: number | null;
                };
                /** @description The files of tasks; a node of an older version does not tell. */
                files?: {
                    /**
                     * @description unhealthy where files are refused because there is no room for them.
                     * @enum {string}
                     */
                    status: "healthy" | "warning" | "unhealthy";
                    /** @description True since a file was refused with `STORAGE_FULL`, and as long as it would be again: what unfinished tasks and batches name takes all of `files.max_size` or `files.max_disk_percent`, or the disk of the node is full. Tasks that leave files wait on their devices, and fail after half an hour. */
                    storage_full: boolean;
                };
            };
        };
        /** @description A success. */
        ClusterHealthAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["ClusterHealth"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description A node of the cluster, of those that share its database. */
        ClusterMember: {
            /** @description Its id, made anew at each start. */
            id: string;
            /** @description Where devices and the other nodes reach it. */
            host: string;
            /**
             * Format: int32
             * @description The port there.
             */
            port: number;
            /** @description Version of the product. */
            version: string;
            /** @description True for the one that schedules: all others speak with it. */
            schedules: boolean;
            /**
             * Format: date-time
             * @description When it last told that it lives, by the clock of the database.
             */
            last_seen: string;
        };
        /** @description Figures over a period. */
        ClusterMetrics: {
            /** @description The figures. */
            metrics: {
                /** @description Processors. */
                cpu?: {
                    /** @description Mean over the samples of the online devices in the period; null where there is none. Percent, 0–100, one decimal. */
                    average_usage: number | null;
                    /** @description Highest sample; null where there is none. Percent, 0–100, one decimal. */
                    peak_usage: number | null;
                    /**
                     * Format: int64
                     * @description Logical processors of the online devices.
                     */
                    total_cores: number;
                };
                /** @description Memory. */
                memory?: {
                    /** @description Mean over the samples of the online devices in the period; null where there is none. Percent, 0–100, one decimal. */
                    average_usage: number | null;
                    /** @description Highest sample; null where there is none. Percent, 0–100, one decimal. */
                    peak_usage: number | null;
                    /** @description Memory of the online devices. GiB (2^30 bytes), at most two decimals. */
                    total_gb: number;
                };
                /** @description Network. */
                network?: {
                    /** @description Mean of what a device received, bytes per second; null where no device tells. */
                    average_rx_bytes_per_second: number | null;
                    /** @description Mean of what a device sent, bytes per second; null where no device tells. */
                    average_tx_bytes_per_second: number | null;
                };
                /** @description Storage. */
                disk?: {
                    /** @description Mean over the samples of the online devices in the period; null where there is none. Percent, 0–100, one decimal. */
                    average_usage: number | null;
                    /** @description Highest sample; null where there is none. Percent, 0–100, one decimal. */
                    peak_usage: number | null;
                    /** @description Storage of the online devices. GiB (2^30 bytes), at most two decimals. */
                    total_gb: number;
                };
                /** @description Tasks that ended in the period. */
                tasks: {
                    /**
                     * Format: int64
                     * @description Completed.
                     */
                    completed: number;
                    /**
                     * Format: int64
                     * @description Failed.
                     */
                    failed: number;
                    /**
                     * Format: int64
                     * @description Cancelled.
                     */
                    cancelled: number;
                    /** @description Mean running time of the completed ones; null where there is none. Seconds. */
                    average_duration_seconds: number | null;
                };
            };
            /**
             * @description The span of time.
             * @enum {string}
             */
            period: "1h" | "24h" | "7d" | "30d";
        };
        /** @description A success. */
        ClusterMetricsAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["ClusterMetrics"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description The cluster in figures. */
        ClusterStatus: {
            /** @description The figures. */
            cluster_stats: {
                /**
                 * Format: int64
                 * @description Registered devices, those that wait for approval included.
                 */
                total_devices: number;
                /**
                 * Format: int64
                 * @description Of these, online.
                 */
                online_devices: number;
                /**
                 * Format: int64
                 * @description Of these, offline; those that wait for approval are neither.
                 */
                offline_devices: number;
                /** @description online_devices / total_devices; null in an empty cluster. Percent, 0–100, one decimal. */
                health_percentage: number | null;
                total_resources: components["schemas"]["ResourceTotals"];
                /** @description Registered devices by role. */
                by_role: {
                    [key: string]: number;
                };
                /** @description Uptime of the cluster node: days, hours and minutes. */
                uptime: string;
                /** @description Tasks that are not final. */
                tasks: {
                    /**
                     * Format: int64
                     * @description Pending.
                     */
                    pending: number;
                    /**
                     * Format: int64
                     * @description Running.
                     */
                    running: number;
                };
            };
            /** @description The nodes that share the database; absent where the state is in a file, and there is one node. One that has not told for a minute that it lives is left out. */
            members?: components["schemas"]["ClusterMember"][];
        };
        /** @description A success. */
        ClusterStatusAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["ClusterStatus"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description Runs a program, in an empty directory of its own. */
        CommandPayload: {
            /** @description A program and its arguments; or, with `shell: true`, a line for the shell. */
            command: string[] | string;
            /** @description Run `command` by /bin/sh. The device must allow `shell`. When absent: false. */
            shell?: boolean;
            /** @description Environment variables, besides PATH, HOME, LANG and TMPDIR. */
            env?: {
                [key: string]: string;
            };
            /** @description Text for the standard input. */
            stdin?: string;
        };
        /** @description Runs a program. */
        CommandSubmission: {
            /**
             * @description The task type.
             * @constant
             */
            task_type: "command";
            payload: components["schemas"]["CommandPayload"];
            priority?: components["schemas"]["Priority"];
            /** @description Run it on this device and no other. */
            device_id?: string;
            requirements?: components["schemas"]["Requirements"];
            /** @description Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout. */
            timeout?: number;
            /**
             * Format: int32
             * @description How often a failed run is repeated. When absent: 0.
             */
            max_retries?: number;
            /**
             * @description What to do when the device that runs it is lost. When absent: requeue.
             * @enum {string}
             */
            on_device_lost?: "requeue" | "fail";
            /** @description Queue it though the device is offline, or no registered device could run it. When absent: false. */
            queue_if_unavailable?: boolean;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata?: {
                [key: string]: string;
            };
            /** @description The batch that it belongs to; several submissions may name the same. */
            batch_id?: string;
            /** @description Stored files that it takes, by names that differ. When absent: none. */
            inputs?: components["schemas"]["TaskInput"][];
            /** @description Names of the files that it leaves, which are stored when it completes. Where one of them is not there at its end, the task has failed. When absent: none. */
            outputs?: string[];
        };
        /** @description A success. */
        ConfigAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["ConfigView"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description The fields to change; the others stay. */
        ConfigPatch: {
            /** @description The node’s listener for devices. */
            server?: {
                /** @description Address that the node listens on for devices. A change needs a restart. */
                host?: string;
                /**
                 * Format: int32
                 * @description Port that the node listens on for devices; 0 picks a free one. A change needs a restart.
                 */
                port?: number;
                /**
                 * Format: int32
                 * @description Device links at most.
                 */
                max_connections?: number;
            };
            /** @description Devices and tasks. */
            cluster?: {
                /**
                 * Format: int32
                 * @description Seconds between two heartbeats of a device.
                 */
                heartbeat_interval?: number;
                /**
                 * Format: int32
                 * @description Seconds of silence after which a device is offline; at least twice heartbeat_interval.
                 */
                offline_threshold?: number;
                /**
                 * Format: int32
                 * @description Seconds that a device whose connection closed has to come back, before it is offline.
                 */
                reconnect_grace?: number;
                /**
                 * Format: int32
                 * @description Seconds of running time of a task that names no timeout.
                 */
                task_timeout?: number;
            };
            /** @description The log. */
            logging?: {
                /**
                 * @description Least level that is kept.
                 * @enum {string}
                 */
                level?: "debug" | "info" | "warning" | "error";
                /** @description Bound of the kept log. A whole number and KB, MB or GB (powers of 1024). */
                max_size?: string;
            };
            /** @description How much is kept. */
            retention?: {
                /**
                 * Format: int32
                 * @description Days that a finished task is kept.
                 */
                task_days?: number;
                /**
                 * Format: int32
                 * @description Finished tasks that are kept at most.
                 */
                max_tasks?: number;
                /**
                 * Format: int32
                 * @description Hours that events are kept for streams to resume from.
                 */
                event_hours?: number;
                /**
                 * Format: int32
                 * @description Events that are kept at most.
                 */
                max_events?: number;
                /**
                 * Format: int32
                 * @description Days that the audit log is kept.
                 */
                audit_days?: number;
                /**
                 * Format: int32
                 * @description Lines of the audit log that are kept at most.
                 */
                max_audit_entries?: number;
                /**
                 * Format: int32
                 * @description Days that the log is kept.
                 */
                log_days?: number;
                /**
                 * Format: int32
                 * @description Hours that the minute means of devices are kept; the figures of 24 hours are made of them.
                 */
                minute_means_hours?: number;
                /**
                 * Format: int32
                 * @description Days that the hour means of devices are kept; the figures of 30 days are made of them.
                 */
                hour_means_days?: number;
                /** @description Size of all that is kept together. Beyond it the oldest finished tasks go earlier, then events, then minute means; where unfinished tasks alone are larger, new ones are refused. A whole number and KB, MB or GB (powers of 1024). */
                max_size?: string;
                /**
                 * Format: int32
                 * @description Idempotency keys that are kept at most, each for 24 hours with its answer; beyond it the oldest go earlier.
                 */
                max_idempotency_keys?: number;
            };
            /** @description Files of tasks. */
            files?: {
                /**
                 * Format: int32
                 * @description Days that a file is kept after its last use; outputs, after the end of their batch.
                 */
                days?: number;
                /** @description Size of all files together. Beyond it those that were used longest ago go earlier, but for what unfinished tasks and batches name; then new ones are refused. A whole number and KB, MB or GB (powers of 1024). */
                max_size?: string;
                /**
                 * Format: int32
                 * @description Percent of their disk that files may take at most, whatever max_size says.
                 */
                max_disk_percent?: number;
                /** @description Size of one file at most. A whole number and KB, MB or GB (powers of 1024). */
                max_file_size?: string;
            };
            /** @description Thresholds of the health checks. */
            health?: {
                /**
                 * Format: int32
                 * @description Usage in percent from which a resource check says `warning`.
                 */
                usage_warning?: number;
                /**
                 * Format: int32
                 * @description Usage in percent from which a resource check says `unhealthy`.
                 */
                usage_critical?: number;
            };
        };
        /** @description What was changed. */
        ConfigUpdated: {
            /** @description The fields whose value is now another. */
            updated_fields: string[];
            /** @description True where a changed field acts only after a restart of the node. */
            restart_required: boolean;
        };
        /** @description A success. */
        ConfigUpdatedAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["ConfigUpdated"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description The config was changed. */
        ConfigUpdatedEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "config_updated";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description What changed. */
            updated_fields: string[];
        };
        /** @description The config in force. */
        ConfigView: {
            config: components["schemas"]["ClusterConfig"];
        };
        /** @description The cores of one kind. */
        CoreKind: {
            /**
             * @description uniform: all cores are alike; else big are the strongest and little the weakest, by the capacity that the kernel gives them, or by their highest clock rate.
             * @enum {string}
             */
            kind: "uniform" | "big" | "medium" | "little";
            /**
             * Format: int32
             * @description How many there are.
             */
            count: number;
            /** @description Their highest clock rate, MHz. */
            max_mhz: number | null;
        };
        /** @description A task of a type that a device offers. */
        CustomSubmission: {
            /** @description A task type that a device offers. */
            task_type: string;
            /** @description Checked against the schema that the device offers for its type. */
            payload: {
                [key: string]: unknown;
            };
            priority?: components["schemas"]["Priority"];
            /** @description Run it on this device and no other. */
            device_id?: string;
            requirements?: components["schemas"]["Requirements"];
            /** @description Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout. */
            timeout?: number;
            /**
             * Format: int32
             * @description How often a failed run is repeated. When absent: 0.
             */
            max_retries?: number;
            /**
             * @description What to do when the device that runs it is lost. When absent: requeue.
             * @enum {string}
             */
            on_device_lost?: "requeue" | "fail";
            /** @description Queue it though the device is offline, or no registered device could run it. When absent: false. */
            queue_if_unavailable?: boolean;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata?: {
                [key: string]: string;
            };
            /** @description The batch that it belongs to; several submissions may name the same. */
            batch_id?: string;
            /** @description Stored files that it takes, by names that differ. When absent: none. */
            inputs?: components["schemas"]["TaskInput"][];
            /** @description Names of the files that it leaves, which are stored when it completes. Where one of them is not there at its end, the task has failed. When absent: none. */
            outputs?: string[];
        };
        /** @description More about the device, as it told itself. */
        DetailedInfo: {
            /** @description What tasks may require of it: computational, network_services, storage, mobile, and the programs found on it (python3, ffmpeg, …). */
            capabilities: string[];
            /** @description Network interfaces that are up, loopback aside. */
            network_interfaces: string[];
            /** @description Sensors that the device tells of. */
            sensors: string[];
            battery: components["schemas"]["Battery"] | null;
            /** @description Maker and model, where the device tells. */
            model: string | null;
            /** @description The processor, where the device tells. */
            cpu_model: string | null;
            /** @description Its cores by their kinds, the strongest first; null where the device does not tell. */
            cores: components["schemas"]["CoreKind"][] | null;
            /** @description The graphics processor, where the device tells; several are joined by commas. */
            gpu: string | null;
            /** @description What has become of its battery; null without one, and where the device does not tell. */
            battery_health: components["schemas"]["BatteryHealth"] | null;
            /** @description How fast one core of it is; null until that was measured, and where its worker is older. */
            benchmark: components["schemas"]["Benchmark"] | null;
            /** @description The hottest sensor of processor or battery, degrees Celsius. */
            temperature_celsius: number | null;
            /** @description Received, bytes per second. */
            network_rx_bytes_per_second: number | null;
            /** @description Sent, bytes per second. */
            network_tx_bytes_per_second: number | null;
            /** @description Load average over one minute. */
            load_average_1m: number | null;
            /** @description True where its network is known to be metered. */
            metered: boolean | null;
            /** @description Version of the worker. */
            worker_version: string;
            /** @description The address that its connection comes from; null while it has none. */
            address: string | null;
        };
        /** @description A device of the cluster. */
        Device: {
            /** @description The id of the device, unique in the cluster. */
            id: string;
            /** @description The host name that the device gives itself. */
            hostname: string;
            /** @description A name for people, where the owner gave one. */
            display_name: string | null;
            status: components["schemas"]["DeviceStatus"];
            /** @description What the device is for: compute, mobile, storage, or a word of your own. */
            role: string;
            /** @description Tags that the owner gave the device. */
            tags: string[];
            platform: components["schemas"]["Platform"];
            resources: components["schemas"]["Resources"];
            /** @description Its tasks, counted since it joined. */
            tasks: {
                /**
                 * Format: int64
                 * @description Assigned to it or running on it now.
                 */
                active: number;
                /**
                 * Format: int64
                 * @description Completed by it.
                 */
                completed: number;
                /**
                 * Format: int64
                 * @description Failed on it.
                 */
                failed: number;
            };
            /** @description How many tasks it runs at a time. */
            slots: {
                /**
                 * Format: int32
                 * @description Slots that the worker offers.
                 */
                total: number;
                /**
                 * Format: int32
                 * @description Slots that are free now.
                 */
                free: number;
            };
            /** @description False: drained; it finishes what it has, and gets nothing new. */
            schedulable: boolean;
            /** @description Why it takes nothing for now, as it says itself; null where it takes tasks, or is offline. */
            paused: components["schemas"]["DevicePause"] | null;
            /** @description Task types that its owner allows on it. */
            task_types: string[];
            /** @description When it was last heard of. */
            last_seen: string | null;
            /**
             * Format: date-time
             * @description When it joined.
             */
            registered_at: string;
            /** @description How long its operating system has been up. Seconds. */
            uptime_seconds: number | null;
        };
        /** @description A success. */
        DeviceAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            /** @description The device. */
            data: {
                device: components["schemas"]["DeviceDetail"];
            };
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description Which devices (`device_ids` or `tag`, exactly one of them), and what to do with them (`set`, `approve` or `remove`, exactly one of them). */
        DeviceBatch: {
            /** @description The devices. */
            device_ids?: string[];
            /** @description All devices that bear this tag. */
            tag?: string;
            set?: components["schemas"]["DevicePatch"];
            /**
             * @description Approve those that wait for it.
             * @constant
             */
            approve?: true;
            /** @description Remove them. */
            remove?: {
                /** @description Cancel their unfinished tasks. When absent: false. */
                force?: boolean;
            };
        } & ((unknown | unknown) & (unknown | unknown | unknown));
        /** @description A success. */
        DeviceBatchAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["DeviceBatchOutcome"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description An outcome for each device. */
        DeviceBatchOutcome: {
            /** @description One for each device. */
            outcomes: {
                /** @description The device. */
                device_id: string;
                /** @description True where it was done. */
                ok: boolean;
                /** @description The error code where it was not. */
                code: string | null;
            }[];
            /**
             * Format: int64
             * @description Devices for which it was done.
             */
            changed: number;
        };
        /** @description A device with all that is known of it. */
        DeviceDetail: {
            /** @description The id of the device, unique in the cluster. */
            id: string;
            /** @description The host name that the device gives itself. */
            hostname: string;
            /** @description A name for people, where the owner gave one. */
            display_name: string | null;
            status: components["schemas"]["DeviceStatus"];
            /** @description What the device is for: compute, mobile, storage, or a word of your own. */
            role: string;
            /** @description Tags that the owner gave the device. */
            tags: string[];
            platform: components["schemas"]["Platform"];
            resources: components["schemas"]["Resources"];
            /** @description Its tasks, counted since it joined. */
            tasks: {
                /**
                 * Format: int64
                 * @description Assigned to it or running on it now.
                 */
                active: number;
                /**
                 * Format: int64
                 * @description Completed by it.
                 */
                completed: number;
                /**
                 * Format: int64
                 * @description Failed on it.
                 */
                failed: number;
            };
            /** @description How many tasks it runs at a time. */
            slots: {
                /**
                 * Format: int32
                 * @description Slots that the worker offers.
                 */
                total: number;
                /**
                 * Format: int32
                 * @description Slots that are free now.
                 */
                free: number;
            };
            /** @description False: drained; it finishes what it has, and gets nothing new. */
            schedulable: boolean;
            /** @description Why it takes nothing for now, as it says itself; null where it takes tasks, or is offline. */
            paused: components["schemas"]["DevicePause"] | null;
            /** @description Task types that its owner allows on it. */
            task_types: string[];
            /** @description When it was last heard of. */
            last_seen: string | null;
            /**
             * Format: date-time
             * @description When it joined.
             */
            registered_at: string;
            /** @description How long its operating system has been up. Seconds. */
            uptime_seconds: number | null;
            /** @description What its owner lets the cluster use of it; null where its worker tells none. */
            policy: components["schemas"]["OwnerPolicy"] | null;
            detailed_info: components["schemas"]["DetailedInfo"];
            performance_history: components["schemas"]["PerformanceHistory"];
            probation: components["schemas"]["DeviceProbation"] | null;
            learned: components["schemas"]["LearnedAbilities"];
            /** @description The last ends of its worker that nobody asked for, the oldest first: killed by the system, a power cut. The device tells of them when it is back. */
            unclean_stops: components["schemas"]["UncleanStop"][];
        };
        /** @description One page of devices, and counts of all that match the filters (the status filter aside). */
        DeviceList: {
            /** @description The devices of this page. */
            devices: components["schemas"]["Device"][];
            /**
             * Format: int64
             * @description Devices that match.
             */
            total: number;
            /**
             * Format: int64
             * @description Of these, online.
             */
            online: number;
            /**
             * Format: int64
             * @description Of these, offline.
             */
            offline: number;
            /**
             * Format: int64
             * @description Of these, waiting for approval.
             */
            pending_approval: number;
            /** @description Send it as `cursor` for the next page; null on the last one. */
            next_cursor: string | null;
        };
        /** @description A success. */
        DeviceListAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["DeviceList"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description A device is offline. */
        DeviceOfflineEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "device_offline";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The device. */
            device_id: string;
            /**
             * @description How it went.
             * @enum {string}
             */
            reason: "silent" | "connection_closed" | "goodbye";
        };
        /** @description A device is online. */
        DeviceOnlineEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "device_online";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The device. */
            device_id: string;
            /** @description True where it has just joined the cluster. */
            joined: boolean;
        };
        /** @description The fields to change; the others stay. */
        DevicePatch: {
            /** @description The new role. */
            role?: string;
            /** @description The new tags, all of them. */
            tags?: string[];
            /** @description A name for people; null takes it away. */
            display_name?: string | null;
            /** @description False drains the device: it finishes what it has, and gets nothing new. */
            schedulable?: boolean;
        };
        /** @description Why the device takes nothing for now, as it says itself. */
        DevicePause: {
            /** @description For programs. stopping: it is told to stop; overheating: it is near the heat at which its system switches it off, whatever its owner allows; battery: its charge is near the floor; unplugged: it is off the plug; temperature: it is too hot; hours: its hours are over; used: somebody uses it; memory: its memory is short. Later versions may know more. */
            reason: string;
            /** @description For people. */
            message: string;
            /**
             * Format: date-time
             * @description Since when the node knows it.
             */
            since: string;
        };
        /** @description One device as a place for the task. */
        DevicePlacement: {
            /** @description The device. */
            device_id: string;
            /** @description True where it could run the task now. */
            fits: boolean;
            /** @description Why, or why not. */
            reason: {
                /**
                 * @description For programs. has_it: it has the task; ran_it: it ran the task, which has ended; fits: it could run the task now; busy: its slots are taken; not_now: its charge, plug, network or free storage does not meet a requirement at the moment; on_probation: it failed too often in a row, and gets nothing or one task at a time for a while; paused: it takes nothing for now, by its owner’s policy or because it is about to stop; drained: its owner drained it; silent: it has no connection, or is late with its heartbeat; offline: it is offline; pending_approval: its owner has not approved it yet; rejected: it said that it cannot run this task, or one like it; requirement_unmet: it does not meet a requirement; not_allowed: it runs tasks of this type, and its owner does not allow what this one needs besides; type_not_offered: it does not run tasks of this type; not_requested: another device was asked for; task_final: the task has ended, and goes nowhere any more.
                 * @enum {string}
                 */
                code: "has_it" | "ran_it" | "fits" | "busy" | "not_now" | "on_probation" | "paused" | "drained" | "silent" | "offline" | "pending_approval" | "rejected" | "requirement_unmet" | "not_allowed" | "type_not_offered" | "not_requested" | "task_final";
                /** @description For people, with what would help. */
                message: string;
            };
            /** @description How well it suits, 0–100: of those that fit, the highest gets the task, of equals the first by id. 32 × free_slots (free slots / all slots) + 15 × power (1 on the plug or without a battery, else half of the charge (0.25 where it is unknown)) + 12 × idle_cpu (1 − processor usage, 0.5 where it is unknown) + 12 × success ((completed + 1) / (completed + failed + 2) of its runs of this type, a run counting half after six hours) + 10 × cool (1 up to 35 °C, falling to 0 at 50 °C, by its battery where that tells, else by its hottest sensor; 1 where it is unknown) + 6 × speed (the cluster’s mean running time of this type over its own, at most 2, divided by 2; where it has completed none, its benchmark over the cluster’s median, likewise; 0.5 where unknown) + 8 × files (the share of its inputs that the device was given with earlier tasks, and probably still keeps; 0 for a task without inputs) + 5 × affinity (1 where it completed the like (type and program) last or has had tasks of the same batch, 0.5 where it has run the program before, else 0; 0 where this task failed last time). Null where it could never run it, or where the task is final. Two decimals. */
            score: number | null;
            score_points: components["schemas"]["ScorePoints"] | null;
        };
        /** @description The device failed 5 times in a row, of types that others had completed in the hour before: it gets nothing for 60 seconds, and then one task. Where that fails too, the pause doubles, up to an hour; where it completes, the device is trusted again. */
        DeviceProbation: {
            /**
             * Format: int64
             * @description Failures in a row.
             */
            failures: number;
            /**
             * Format: date-time
             * @description It gets nothing before that, and one task at a time afterwards.
             */
            until: string;
            /**
             * Format: int32
             * @description How long this pause is.
             */
            pause_seconds: number;
        };
        /** @description What the removal did. */
        DeviceRemoval: {
            /** @description The device that is gone. Its credential is revoked. */
            removed_device: string;
            /**
             * Format: int64
             * @description Tasks that were cancelled with it.
             */
            cancelled_tasks: number;
        };
        /** @description A success. */
        DeviceRemovalAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["DeviceRemoval"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description A device was removed. */
        DeviceRemovedEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "device_removed";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The device. */
            device_id: string;
        };
        /** @description How the devices were used in the period. */
        DeviceStatistics: {
            /** @description The figures. */
            device_stats: {
                /**
                 * @description The span of time.
                 * @enum {string}
                 */
                period: "1h" | "24h" | "7d" | "30d";
                /** @description By device id. */
                utilization: {
                    [key: string]: {
                        /** @description Mean processor usage; null where there is no sample. Percent, 0–100, one decimal. */
                        cpu_avg: number | null;
                        /** @description Mean memory usage; null where there is no sample. Percent, 0–100, one decimal. */
                        memory_avg: number | null;
                        /** @description Share of the period, from registration on, in which it was online. Percent, 0–100, one decimal. */
                        uptime_percent: number | null;
                    };
                };
                /** @description The devices that ended a task in the period, best first. */
                performance_ranking: {
                    /** @description The device. */
                    device_id: string;
                    /** @description 0–100: 100 × (0.5 × success + 0.3 × speed + 0.2 × uptime). success: completed / (completed + failed) in the period. speed: mean over the task types it completed of the cluster’s mean running time over its own, at most 2, divided by 2; for a type that no other device completed, its benchmark over the cluster’s median, likewise, where it was measured. uptime: share of the period online. A device that ended no task is not ranked. */
                    score: number;
                }[];
            };
        };
        /** @description A success. */
        DeviceStatsAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["DeviceStatistics"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /**
         * @description online: connected and sending heartbeats; offline: silent beyond cluster.offline_threshold, its connection closed beyond cluster.reconnect_grace, or stopped by itself; pending_approval: it waits for its owner to approve it.
         * @enum {string}
         */
        DeviceStatus: "online" | "offline" | "pending_approval";
        /** @description A device sent telemetry. Not kept, and not replayed. */
        DeviceUpdateEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "device_update";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The device. */
            device_id: string;
            /** @description Processor usage. Percent, 0–100, one decimal. */
            cpu_usage: number | null;
            /** @description Memory usage. Percent, 0–100, one decimal. */
            memory_usage: number | null;
            /** @description Storage usage. Percent, 0–100, one decimal. */
            storage_usage: number | null;
            /** @description Degrees Celsius. */
            temperature_celsius: number | null;
            battery: components["schemas"]["Battery"] | null;
            paused: components["schemas"]["DevicePause"] | null;
            /**
             * Format: int32
             * @description Tasks assigned to it.
             */
            active_tasks: number;
        };
        /** @description Prints a message. */
        EchoPayload: {
            /** @description The text to print. When absent: the empty text. */
            message?: string;
            /**
             * Format: int32
             * @description How many times, joined by line feeds. When absent: 1.
             */
            repeat?: number;
        };
        /** @description Prints a message. */
        EchoSubmission: {
            /**
             * @description The task type.
             * @constant
             */
            task_type: "echo";
            payload: components["schemas"]["EchoPayload"];
            priority?: components["schemas"]["Priority"];
            /** @description Run it on this device and no other. */
            device_id?: string;
            requirements?: components["schemas"]["Requirements"];
            /** @description Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout. */
            timeout?: number;
            /**
             * Format: int32
             * @description How often a failed run is repeated. When absent: 0.
             */
            max_retries?: number;
            /**
             * @description What to do when the device that runs it is lost. When absent: requeue.
             * @enum {string}
             */
            on_device_lost?: "requeue" | "fail";
            /** @description Queue it though the device is offline, or no registered device could run it. When absent: false. */
            queue_if_unavailable?: boolean;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata?: {
                [key: string]: string;
            };
            /** @description The batch that it belongs to; several submissions may name the same. */
            batch_id?: string;
        };
        /** @description What went wrong. */
        ErrorBody: {
            /**
             * @description What went wrong, for programs. Codes never change.
             * @enum {string}
             */
            code: "DEVICE_NOT_FOUND" | "TASK_NOT_FOUND" | "ARTIFACT_NOT_FOUND" | "ARTIFACT_IN_USE" | "INVALID_TASK_TYPE" | "DEVICE_OFFLINE" | "INSUFFICIENT_RESOURCES" | "AUTHENTICATION_REQUIRED" | "PERMISSION_DENIED" | "RATE_LIMIT_EXCEEDED" | "INTERNAL_ERROR" | "VALIDATION_ERROR" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "NOT_ACCEPTABLE" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "DEVICE_BUSY" | "TASK_NOT_CANCELLABLE" | "TASK_NOT_RETRYABLE" | "IDEMPOTENCY_CONFLICT" | "PRECONDITION_FAILED" | "RANGE_NOT_SATISFIABLE" | "CONFIG_PINNED" | "STORAGE_FULL" | "CLUSTER_UNAVAILABLE";
            /** @description What went wrong and what to do, for people, in English or Simplified Chinese. */
            message: string;
            details: components["schemas"]["ErrorDetails"];
        };
        /** @description What an error says beside its message. Which fields are there depends on the code. */
        ErrorDetails: {
            /** @description VALIDATION_ERROR: all that is wrong. */
            issues?: components["schemas"]["ValidationIssue"][];
            /** @description The cause in one sentence, without a full stop. */
            reason?: string;
            /** @description The device that was asked for. */
            device_id?: string;
            /** @description DEVICE_NOT_FOUND: at most 20 registered devices, the nearest names first. */
            available_devices?: string[];
            /** @description The task that was asked for. */
            task_id?: string;
            /** @description The status that stands in the way. */
            task_status?: string;
            /** @description The task type that was asked for. */
            task_type?: string;
            /** @description INVALID_TASK_TYPE: the types that exist here. */
            available_types?: string[];
            /** @description What was probably meant. */
            suggestion?: string;
            /** @description INSUFFICIENT_RESOURCES: the requirement that the nearest device fails. */
            unmet_requirement?: string;
            /** @description INSUFFICIENT_RESOURCES: what was asked for. */
            required?: unknown;
            /** @description INSUFFICIENT_RESOURCES: what the nearest device has. */
            available?: unknown;
            /** @description INSUFFICIENT_RESOURCES: the device that comes nearest. */
            nearest_device?: string;
            /**
             * Format: int64
             * @description DEVICE_BUSY: the tasks that stand in the way.
             */
            unfinished_tasks?: number;
            /** @description PERMISSION_DENIED: the scope that the key lacks. */
            required_scope?: string;
            /** @description CONFIG_PINNED: the field of the config. */
            field?: string;
            /** @description The path that was asked for; of a refused batch, the task that refuses it, as a JSON pointer into the body. */
            path?: string;
            /** @description The file that was asked for. */
            sha256?: string;
            /**
             * Format: int64
             * @description RANGE_NOT_SATISFIABLE: the size of the file.
             */
            bytes?: number;
            /** @description The method that was used. */
            method?: string;
            /** @description METHOD_NOT_ALLOWED: what is possible there. */
            allow?: string[];
            /** @description The media type to use. */
            media_type?: string;
            /**
             * Format: int64
             * @description PAYLOAD_TOO_LARGE: the bound, in bytes.
             */
            limit_bytes?: number;
            /**
             * Format: int64
             * @description RATE_LIMIT_EXCEEDED: requests or bytes per window, or streams or transfers at a time.
             */
            limit?: number;
            /**
             * Format: int32
             * @description When to try again, in seconds.
             */
            retry_after_seconds?: number;
        };
        /** @description An error. */
        ErrorEnvelope: {
            /**
             * @description Always "error".
             * @constant
             */
            status: "error";
            error: components["schemas"]["ErrorBody"];
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description A success. */
        HealthAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["ServerHealth"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description Makes an HTTP request from the device. The text of the answer is the `output`; the `value` is `{status, headers, url, redirects}`, with the URL that answered. Any status completes the task. Up to 5 redirects are followed; to another origin neither `authorization` nor `cookie` goes along. */
        HttpRequestPayload: {
            /** @description An http or https URL without a user name or password. Addresses of the device itself and of the networks around it need the device’s `lan` permission. */
            url: string;
            /**
             * @description The method. When absent: GET.
             * @enum {string}
             */
            method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
            /** @description Headers to send; those that frame the message (`host`, `content-length`, `connection`, …) are the device’s own. */
            headers?: {
                [key: string]: string;
            };
            /** @description A body to send. */
            body?: string;
        };
        /** @description Makes an HTTP request from the device. */
        HttpRequestSubmission: {
            /**
             * @description The task type.
             * @constant
             */
            task_type: "http_request";
            payload: components["schemas"]["HttpRequestPayload"];
            priority?: components["schemas"]["Priority"];
            /** @description Run it on this device and no other. */
            device_id?: string;
            requirements?: components["schemas"]["Requirements"];
            /** @description Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout. */
            timeout?: number;
            /**
             * Format: int32
             * @description How often a failed run is repeated. When absent: 0.
             */
            max_retries?: number;
            /**
             * @description What to do when the device that runs it is lost. When absent: requeue.
             * @enum {string}
             */
            on_device_lost?: "requeue" | "fail";
            /** @description Queue it though the device is offline, or no registered device could run it. When absent: false. */
            queue_if_unavailable?: boolean;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata?: {
                [key: string]: string;
            };
            /** @description The batch that it belongs to; several submissions may name the same. */
            batch_id?: string;
        };
        /** @description Runs JavaScript in a sandbox: the language, `console` and `context.progress(percent, message)`, nothing of the device, 128 MiB of memory. The code is the body of an async function of `input`; what it returns is the `value`, as JSON of at most 1 MiB. */
        JavascriptPayload: {
            /** @description The body of the function. */
            code: string;
            /** @description What the function gets as `input`. When absent: null. */
            input?: unknown;
        };
        /** @description Runs JavaScript in a sandbox. */
        JavascriptSubmission: {
            /**
             * @description The task type.
             * @constant
             */
            task_type: "javascript";
            payload: components["schemas"]["JavascriptPayload"];
            priority?: components["schemas"]["Priority"];
            /** @description Run it on this device and no other. */
            device_id?: string;
            requirements?: components["schemas"]["Requirements"];
            /** @description Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout. */
            timeout?: number;
            /**
             * Format: int32
             * @description How often a failed run is repeated. When absent: 0.
             */
            max_retries?: number;
            /**
             * @description What to do when the device that runs it is lost. When absent: requeue.
             * @enum {string}
             */
            on_device_lost?: "requeue" | "fail";
            /** @description Queue it though the device is offline, or no registered device could run it. When absent: false. */
            queue_if_unavailable?: boolean;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata?: {
                [key: string]: string;
            };
            /** @description The batch that it belongs to; several submissions may name the same. */
            batch_id?: string;
        };
        /** @description A token with which devices join. Its secret is kept hashed, and never shown again. */
        JoinToken: {
            /** @description The id of the token. */
            id: string;
            /** @description Tags that its devices get, beside those that they name themselves. */
            tags: string[];
            /** @description The role that its devices get; null for the one that each names itself. */
            role: string | null;
            /** @description True: who joins with it needs no approval, also where the node requires one (`--require-approval`). */
            auto_approve: boolean;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description When it ends; null for never. */
            expires_at: string | null;
            /** @description How many devices may join with it; null for any number. */
            max_uses: number | null;
            /**
             * Format: int64
             * @description How many did.
             */
            uses: number;
        };
        /** @description A new join token. The secret is shown this once. */
        JoinTokenCreated: {
            join_token: components["schemas"]["JoinToken"];
            /** @description The token as a worker takes it (`--token`): with the fingerprint of the node behind a dot. */
            secret: string;
            /** @description The line to paste on the device. It lists the nodes, where the cluster has several. */
            command: string;
            /** @description The page of the node that has the line for a device with a browser. The token stands behind `#`, which browsers send to nobody. */
            join_url: string;
        };
        /** @description A success. */
        JoinTokenCreatedAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["JoinTokenCreated"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description All join tokens that were made, the oldest first, without their secrets. */
        JoinTokenList: {
            /** @description The tokens; those that have expired or are used up stay until they are removed, or others need their room. */
            join_tokens: components["schemas"]["JoinToken"][];
        };
        /** @description A success. */
        JoinTokenListAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["JoinTokenList"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description Nobody can join with it any more. Devices that did stay. */
        JoinTokenRemoved: {
            /** @description The token. */
            removed_join_token: string;
        };
        /** @description A success. */
        JoinTokenRemovedAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["JoinTokenRemoved"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description A join token to be made. */
        JoinTokenRequest: {
            /** @description Tags that its devices get, beside those that they name themselves. */
            tags?: string[];
            /** @description The role that its devices get. When absent: the one that each names itself. */
            role?: string;
            /** @description Let in who joins with it, also where the node requires approval. When absent: false. */
            auto_approve?: boolean;
            /**
             * Format: int32
             * @description Seconds until it ends. When absent: 86400.
             */
            expires_in?: number;
            /**
             * Format: int32
             * @description How many devices may join with it. When absent: any number.
             */
            max_uses?: number;
        };
        /** @description What the scheduler has learned of the device from the ends of tasks. */
        LearnedAbilities: {
            /** @description Programs that it has run well, the oldest first; they meet `capabilities` like those that it names itself. */
            programs: string[];
            /** @description What it said that it cannot run: it is not asked for the like until it stops and comes back, says hello with another profile, or a day has passed. */
            lacks: {
                /**
                 * @description program: it does not have it; task_type: it does not run the type; input: so much of it is too large.
                 * @enum {string}
                 */
                kind: "program" | "task_type" | "input";
                /** @description The program, or the task type. */
                name: string;
                /**
                 * Format: int32
                 * @description Of an input its size in KiB, as a power of two; else 0.
                 */
                input_kib: number;
                /**
                 * Format: date-time
                 * @description When it said so.
                 */
                since: string;
            }[];
        };
        /** @description One line of the cluster’s log. */
        LogEntry: {
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            level: components["schemas"]["LogLevel"];
            /**
             * @description The part of the product that speaks.
             * @enum {string}
             */
            component: "task_executor" | "scheduler" | "device_registry" | "link" | "config" | "store" | "api";
            /** @description The device that it speaks of. */
            device_id: string | null;
            /** @description The task that it speaks of. */
            task_id: string | null;
            /** @description What happened, for people. */
            message: string;
            /** @description More, for programs. */
            details: {
                [key: string]: unknown;
            };
        };
        /** @description A line of the log. */
        LogEntryEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "log_entry";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            level: components["schemas"]["LogLevel"];
            /**
             * @description The part of the product that speaks.
             * @enum {string}
             */
            component: "task_executor" | "scheduler" | "device_registry" | "link" | "config" | "store" | "api";
            /** @description The device. */
            device_id: string | null;
            /** @description The task. */
            task_id: string | null;
            /** @description What happened. */
            message: string;
        };
        /**
         * @description How serious.
         * @enum {string}
         */
        LogLevel: "debug" | "info" | "warning" | "error";
        /** @description One page of the log, newest first. */
        LogList: {
            /** @description The lines of this page. */
            logs: components["schemas"]["LogEntry"][];
            /**
             * Format: int64
             * @description Lines that match.
             */
            total: number;
            /** @description Send it as `cursor` for the next page; null on the last one. */
            next_cursor: string | null;
        };
        /** @description A success. */
        LogListAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["LogList"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description A message of the monitor stream, told apart by `type`. */
        MonitorEvent: components["schemas"]["DeviceOnlineEvent"] | components["schemas"]["DeviceUpdateEvent"] | components["schemas"]["DeviceOfflineEvent"] | components["schemas"]["DeviceRemovedEvent"] | components["schemas"]["TaskCreatedEvent"] | components["schemas"]["TaskAssignedEvent"] | components["schemas"]["TaskStartedEvent"] | components["schemas"]["TaskCompletedEvent"] | components["schemas"]["TaskFailedEvent"] | components["schemas"]["TaskCancelledEvent"] | components["schemas"]["TaskRetryingEvent"] | components["schemas"]["LogEntryEvent"] | components["schemas"]["ConfigUpdatedEvent"] | components["schemas"]["StreamResetEvent"];
        /** @description What the owner lets the cluster use of the device, and when; null where there is no such limit. */
        OwnerPolicy: {
            /** @description True: it takes nothing off the plug. */
            only_charging: boolean;
            /** @description Off the plug it takes nothing with less charge, percent. */
            min_battery_percent: number | null;
            /** @description It takes nothing while it is warmer, degrees Celsius: its battery, where that tells its temperature, else its hottest sensor. */
            max_temperature_celsius: number | null;
            /** @description Share of the processor, percent: of its cores so many are slots, and tasks run at a low priority. */
            max_cpu_percent: number | null;
            /** @description Memory that its tasks may use together before it takes no more. GiB (2^30 bytes), at most two decimals. */
            max_memory_gb: number | null;
            /** @description The hours of the day in which it takes tasks, by its own clock. */
            hours: string | null;
            /** @description True: it takes nothing while somebody uses it. */
            pause_when_used: boolean;
        };
        /** @description Why the task is still pending. */
        PendingReason: {
            /**
             * @description The cause, for programs.
             * @enum {string}
             */
            code: "no_device" | "no_fitting_device" | "device_offline" | "devices_offline" | "devices_busy" | "devices_drained" | "devices_paused" | "devices_rejected" | "devices_on_probation" | "devices_pending_approval" | "assigned" | "backoff" | "cluster_silent" | "storage_full";
            /** @description The cause, for people, with what would help. */
            message: string;
        };
        /** @description The last 24 hours of the device, hour by hour, oldest first. */
        PerformanceHistory: {
            /** @description Mean processor usage, percent: 24 hourly figures, oldest first, the current hour last; null where there is no sample. */
            cpu_usage_24h: (number | null)[];
            /** @description Mean memory usage, percent: 24 hourly figures, oldest first, the current hour last; null where there is no sample. */
            memory_usage_24h: (number | null)[];
            /** @description Tasks that ended on the device: 24 hourly figures, oldest first, the current hour last; null where there is no sample. */
            task_count_24h: (number | null)[];
        };
        /** @description A success. */
        PingAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            /** @description What the ping measured. */
            data: {
                ping_results: components["schemas"]["PingResults"];
            };
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description How to ping. */
        PingRequest: {
            /** @description How long to wait for each answer, in seconds. When absent: 5. */
            timeout?: number;
            /**
             * Format: int32
             * @description How many round trips to measure. When absent: 3.
             */
            count?: number;
        };
        /** @description Round trips measured over the device’s own connection. */
        PingResults: {
            /** @description The device. */
            device_id: string;
            /** @description True where at least one answer came. */
            reachable: boolean;
            /** @description Mean of the answers; null where none came. Milliseconds, three decimals. */
            average_latency_ms: number | null;
            /** @description Share of the pings that had no answer in time. Percent, 0–100, one decimal. */
            packet_loss: number;
            /** @description Each ping. */
            results: {
                /**
                 * Format: int32
                 * @description Its number, from 1.
                 */
                seq: number;
                /** @description Its round trip; null where no answer came in time. Milliseconds, three decimals. */
                time_ms: number | null;
            }[];
        };
        /** @description What the device runs on. */
        Platform: {
            /** @description Operating system: android, linux, darwin, win32, … */
            os: string;
            /** @description Its version, where the device tells. */
            os_version: string | null;
            /** @description Processor architecture as uname says it: aarch64, armv7l, x86_64, … */
            arch: string;
            /** @description Version of python3 on the device; null where there is none. */
            python_version: string | null;
            /** @description Version of Node that the worker runs on. */
            node_version: string | null;
        };
        /**
         * @description How urgent. Waiting raises a task, so that none starves.
         * @enum {string}
         */
        Priority: "low" | "normal" | "high" | "urgent";
        /** @description Figures in the Prometheus text format 0.0.4. */
        PrometheusText: string;
        /** @description Evaluates a Python expression by the python3 of the device, in a process of its own with little memory, no files and no network. The value is the `value` where JSON has it exactly (whole numbers up to 2^53, text as keys); else it is printed as Python writes it, and `value` is null. */
        PythonEvalPayload: {
            /** @description The expression. It sees the usual built-in functions, and cmath, datetime, decimal, fractions, itertools, json, math, random, re and statistics. */
            expression: string;
        };
        /** @description Evaluates a Python expression. */
        PythonEvalSubmission: {
            /**
             * @description The task type.
             * @constant
             */
            task_type: "python_eval";
            payload: components["schemas"]["PythonEvalPayload"];
            priority?: components["schemas"]["Priority"];
            /** @description Run it on this device and no other. */
            device_id?: string;
            requirements?: components["schemas"]["Requirements"];
            /** @description Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout. */
            timeout?: number;
            /**
             * Format: int32
             * @description How often a failed run is repeated. When absent: 0.
             */
            max_retries?: number;
            /**
             * @description What to do when the device that runs it is lost. When absent: requeue.
             * @enum {string}
             */
            on_device_lost?: "requeue" | "fail";
            /** @description Queue it though the device is offline, or no registered device could run it. When absent: false. */
            queue_if_unavailable?: boolean;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata?: {
                [key: string]: string;
            };
            /** @description The batch that it belongs to; several submissions may name the same. */
            batch_id?: string;
        };
        /** @description Calls a function that is sent along, by the python3 of the device. It is a program like any other, in an empty directory of its own, with all rights of the user that runs the worker: files and network included. What it returns is the `value`, as JSON of at most 1 MiB; what it prints is the `output`, with the traceback where it raises. */
        PythonPayload: {
            /** @description Python source text that defines the function at its top level, and imports what that needs. */
            source: string;
            /** @description The name of the function. */
            function: string;
            /** @description Its arguments by position. When absent: none. */
            args?: unknown[];
            /** @description Its arguments by name. When absent: none. */
            kwargs?: {
                [key: string]: unknown;
            };
        };
        /** @description Calls a Python function that is sent along. */
        PythonSubmission: {
            /**
             * @description The task type.
             * @constant
             */
            task_type: "python";
            payload: components["schemas"]["PythonPayload"];
            priority?: components["schemas"]["Priority"];
            /** @description Run it on this device and no other. */
            device_id?: string;
            requirements?: components["schemas"]["Requirements"];
            /** @description Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout. */
            timeout?: number;
            /**
             * Format: int32
             * @description How often a failed run is repeated. When absent: 0.
             */
            max_retries?: number;
            /**
             * @description What to do when the device that runs it is lost. When absent: requeue.
             * @enum {string}
             */
            on_device_lost?: "requeue" | "fail";
            /** @description Queue it though the device is offline, or no registered device could run it. When absent: false. */
            queue_if_unavailable?: boolean;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata?: {
                [key: string]: string;
            };
            /** @description The batch that it belongs to; several submissions may name the same. */
            batch_id?: string;
            /** @description Stored files that it takes, by names that differ. When absent: none. */
            inputs?: components["schemas"]["TaskInput"][];
            /** @description Names of the files that it leaves, which are stored when it completes. Where one of them is not there at its end, the task has failed. When absent: none. */
            outputs?: string[];
        };
        /** @description What a device must have. All of it must hold; none is ignored. What a device cannot tell excludes it only where it is asked for. */
        Requirements: {
            /**
             * Format: int32
             * @description At least so many logical processors.
             */
            min_cpu_cores?: number;
            /** @description At least so much memory, GiB. */
            min_memory_gb?: number;
            /** @description At least so much free storage, GiB. */
            min_storage_gb?: number;
            /** @description This operating system. */
            platform?: string;
            /** @description This processor architecture. */
            arch?: string;
            /** @description This role. */
            role?: string;
            /** @description All of these tags. */
            tags?: string[];
            /** @description All of these capabilities. */
            capabilities?: string[];
            /** @description At least so much charge; a device without a battery meets it. */
            min_battery_percent?: number;
            /** @description True: plugged in; false: on battery. A device without a battery meets it. */
            charging?: boolean;
            /** @description True: not on a network that is known to be metered. */
            not_metered?: boolean;
        };
        /** @description Sums over the registered devices; what a device cannot tell is left out of the sum. */
        ResourceTotals: {
            /**
             * Format: int64
             * @description Logical processors.
             */
            cpu_cores: number;
            /** @description Memory. GiB (2^30 bytes), at most two decimals. */
            memory_gb: number;
            /** @description Storage. GiB (2^30 bytes), at most two decimals. */
            storage_gb: number;
        };
        /** @description What the task used up, as measured on the device. What the device cannot measure is null. */
        ResourceUsage: {
            /** @description Highest processor use seen; 100 is one core. */
            peak_cpu_percent: number | null;
            /** @description Highest resident memory, MiB. */
            peak_memory_mb: number | null;
            /** @description Processor time. Seconds. */
            total_cpu_time_seconds: number | null;
        };
        /** @description What the device has, and how much of it is in use. What the device cannot tell is null. */
        Resources: {
            /** @description Logical processors that the worker may use. */
            cpu_cores: number | null;
            /** @description Processor time in use, over the last heartbeat interval, all cores together. Percent, 0–100, one decimal. */
            cpu_usage: number | null;
            /** @description Memory. GiB (2^30 bytes), at most two decimals. */
            memory_total_gb: number | null;
            /** @description Memory in use. GiB (2^30 bytes), at most two decimals. */
            memory_used_gb: number | null;
            /** @description Size of the file system that holds the data directory of the worker. GiB (2^30 bytes), at most two decimals. */
            storage_total_gb: number | null;
            /** @description How much of it is in use. GiB (2^30 bytes), at most two decimals. */
            storage_used_gb: number | null;
        };
        /**
         * @description read: look; write: submit, cancel, retry, ping; admin: config, removal, keys, join tokens, audit.
         * @enum {string}
         */
        Scope: "read" | "write" | "admin";
        /** @description The points of a score, part by part. */
        ScorePoints: {
            /** @description Because an empty device answers sooner than a full one, and heats up less. Two decimals. */
            free_slots: number;
            /** @description Because charge spent on an old battery wears it out, and the plug is free. Two decimals. */
            power: number;
            /** @description Because its owner may be using it, whatever our slots say. Two decimals. */
            idle_cpu: number;
            /** @description Because who did it well will do it well; without a record it is 0.5 (Laplace’s rule of succession). Two decimals. */
            success: number;
            /** @description Because heat kills old batteries, and a hot processor is throttled. Two decimals. */
            cool: number;
            /** @description Because a slow device is better than a queue, so that this decides only among equals. Two decimals. */
            speed: number;
            /** @description Because what need not move costs neither air time nor battery: as much as one free slot of four. Two decimals. */
            files: number;
            /** @description Because a warm cache saves seconds, a second core more: it must not outweigh a free slot. Two decimals. */
            affinity: number;
        };
        /** @description Whether this process serves, and whether it reaches its cluster node. */
        ServerHealth: {
            /**
             * @description degraded where the cluster node is not reached.
             * @enum {string}
             */
            status: "healthy" | "degraded";
            /** @description Version of the product. */
            version: string;
            /** @description Uptime of this process. Seconds. */
            uptime_seconds: number;
            /** @description The cluster node. */
            cluster: {
                /** @description True where it answers. */
                reachable: boolean;
                /**
                 * @description embedded: it lives in this process; remote: it is spoken to over the link.
                 * @enum {string}
                 */
                mode: "embedded" | "remote";
                /** @description Why it is not reached; null where it is. */
                reason: string | null;
                /** @description Since when it is not reached; null where it is. */
                since: string | null;
                /** @description The nodes that share the database; absent where the state is in a file, and there is one node. One that has not told for a minute that it lives is left out. */
                members?: components["schemas"]["ClusterMember"][];
            };
        };
        /** @description Waits, and does nothing. */
        SleepPayload: {
            /** @description How long, in seconds. */
            duration: number;
        };
        /** @description Waits for some seconds. */
        SleepSubmission: {
            /**
             * @description The task type.
             * @constant
             */
            task_type: "sleep";
            payload: components["schemas"]["SleepPayload"];
            priority?: components["schemas"]["Priority"];
            /** @description Run it on this device and no other. */
            device_id?: string;
            requirements?: components["schemas"]["Requirements"];
            /** @description Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout. */
            timeout?: number;
            /**
             * Format: int32
             * @description How often a failed run is repeated. When absent: 0.
             */
            max_retries?: number;
            /**
             * @description What to do when the device that runs it is lost. When absent: requeue.
             * @enum {string}
             */
            on_device_lost?: "requeue" | "fail";
            /** @description Queue it though the device is offline, or no registered device could run it. When absent: false. */
            queue_if_unavailable?: boolean;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata?: {
                [key: string]: string;
            };
            /** @description The batch that it belongs to; several submissions may name the same. */
            batch_id?: string;
        };
        /** @description What came after your Last-Event-ID is no longer kept, or never was: read the state anew, then go on from here. */
        StreamResetEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "stream_reset";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /**
             * @description expired: no longer kept; unknown: of another epoch, or beyond its last event.
             * @enum {string}
             */
            reason: "expired" | "unknown";
        };
        /** @description Returns what the device tells of itself, as `value`. */
        SystemInfoPayload: Record<string, never>;
        /** @description Returns what the device tells of itself. */
        SystemInfoSubmission: {
            /**
             * @description The task type.
             * @constant
             */
            task_type: "system_info";
            payload: components["schemas"]["SystemInfoPayload"];
            priority?: components["schemas"]["Priority"];
            /** @description Run it on this device and no other. */
            device_id?: string;
            requirements?: components["schemas"]["Requirements"];
            /** @description Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout. */
            timeout?: number;
            /**
             * Format: int32
             * @description How often a failed run is repeated. When absent: 0.
             */
            max_retries?: number;
            /**
             * @description What to do when the device that runs it is lost. When absent: requeue.
             * @enum {string}
             */
            on_device_lost?: "requeue" | "fail";
            /** @description Queue it though the device is offline, or no registered device could run it. When absent: false. */
            queue_if_unavailable?: boolean;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata?: {
                [key: string]: string;
            };
            /** @description The batch that it belongs to; several submissions may name the same. */
            batch_id?: string;
        };
        /** @description A task. */
        Task: {
            /** @description The id of the task. */
            task_id: string;
            /** @description The task type. */
            task_type: string;
            status: components["schemas"]["TaskStatus"];
            /** @description The device that it is assigned to or ran on. */
            device_id: string | null;
            /** @description The device that was asked for. */
            requested_device_id: string | null;
            priority: components["schemas"]["Priority"];
            /** @description The batch that it belongs to. */
            batch_id: string | null;
            /**
             * Format: date-time
             * @description When it was taken in.
             */
            created_at: string;
            /** @description When its last attempt started. */
            started_at: string | null;
            /** @description When it reached its final state. */
            completed_at: string | null;
            /** @description Running time of its last attempt, up to its end. Seconds. */
            execution_time_seconds: number | null;
            /** @description How far its current or last attempt is, as the task itself said last, also where it has ended; null where it said nothing. Kept with the task when that ends, before in the memory of the node alone. Percent, 0–100, one decimal. */
            progress: number | null;
            /** @description What it said of that; null where it said no more. */
            progress_message: string | null;
            result: components["schemas"]["TaskResult"] | null;
            error: components["schemas"]["TaskError"] | null;
            pending_reason: components["schemas"]["PendingReason"] | null;
            /**
             * Format: int64
             * @description Number of the current or last attempt; 0 before the first.
             */
            attempt: number;
            /** @description The task that this one is a retry of. */
            original_task_id: string | null;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata: {
                [key: string]: string;
            };
        };
        /** @description A success. */
        TaskAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            /** @description The task. */
            data: {
                task: components["schemas"]["TaskDetail"];
            };
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description A file that the task left, stored. */
        TaskArtifact: {
            /** @description Its name in the directory of the task: a relative path with forward slashes, without `.` and `..`, and without control characters. */
            name: string;
            /** @description SHA-256 of the content, lower-case hexadecimal. */
            sha256: string;
            /**
             * Format: int64
             * @description Its size.
             */
            bytes: number;
        };
        /** @description A task was given to a device. */
        TaskAssignedEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "task_assigned";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The task. */
            task_id: string;
            /** @description Its type. */
            task_type: string;
            /** @description Its batch. */
            batch_id: string | null;
            /** @description The device. */
            device_id: string;
            /**
             * Format: int64
             * @description The attempt.
             */
            attempt: number;
        };
        /** @description One attempt to run the task. */
        TaskAttempt: {
            /**
             * Format: int64
             * @description Its number, from 1.
             */
            attempt: number;
            /** @description The device that it was assigned to. */
            device_id: string;
            /**
             * Format: date-time
             * @description When it was assigned.
             */
            assigned_at: string;
            /** @description When the device said that it started; where its end alone tells of that, by its running time. */
            started_at: string | null;
            /** @description When it ended; of a lost one, when its device was last heard of. */
            ended_at: string | null;
            /** @description lost: the device went away; rejected: the device cannot run it; returned: the device stopped and handed it back. Null while it lasts. */
            outcome: ("completed" | "failed" | "cancelled" | "lost" | "rejected" | "returned") | null;
            error: components["schemas"]["TaskError"] | null;
        };
        /** @description The task is cancelled, for good. */
        TaskCancellation: {
            /** @description The task. */
            cancelled_task: string;
            /** @description True where a device had started it; the device is told to end it. */
            was_running: boolean;
        };
        /** @description A success. */
        TaskCancellationAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["TaskCancellation"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description A task is cancelled. */
        TaskCancelledEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "task_cancelled";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The task. */
            task_id: string;
            /** @description Its type. */
            task_type: string;
            /** @description Its batch. */
            batch_id: string | null;
            /** @description The device. */
            device_id: string | null;
            /**
             * Format: int64
             * @description The attempt.
             */
            attempt: number;
            /** @description Its running time. Seconds. */
            execution_time_seconds: number | null;
        };
        /** @description A task is completed. */
        TaskCompletedEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "task_completed";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The task. */
            task_id: string;
            /** @description Its type. */
            task_type: string;
            /** @description Its batch. */
            batch_id: string | null;
            /** @description The device. */
            device_id: string | null;
            /**
             * Format: int64
             * @description The attempt.
             */
            attempt: number;
            /** @description Its running time. Seconds. */
            execution_time_seconds: number | null;
        };
        /** @description A task was taken in. */
        TaskCreatedEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "task_created";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The task. */
            task_id: string;
            /** @description Its type. */
            task_type: string;
            /** @description Its batch. */
            batch_id: string | null;
            /** @description The device. */
            requested_device_id: string | null;
        };
        /** @description A task with all that is known of it. */
        TaskDetail: {
            /** @description The id of the task. */
            task_id: string;
            /** @description The task type. */
            task_type: string;
            status: components["schemas"]["TaskStatus"];
            /** @description The device that it is assigned to or ran on. */
            device_id: string | null;
            /** @description The device that was asked for. */
            requested_device_id: string | null;
            priority: components["schemas"]["Priority"];
            /** @description The batch that it belongs to. */
            batch_id: string | null;
            /**
             * Format: date-time
             * @description When it was taken in.
             */
            created_at: string;
            /** @description When its last attempt started. */
            started_at: string | null;
            /** @description When it reached its final state. */
            completed_at: string | null;
            /** @description Running time of its last attempt, up to its end. Seconds. */
            execution_time_seconds: number | null;
            /** @description How far its current or last attempt is, as the task itself said last, also where it has ended; null where it said nothing. Kept with the task when that ends, before in the memory of the node alone. Percent, 0–100, one decimal. */
            progress: number | null;
            /** @description What it said of that; null where it said no more. */
            progress_message: string | null;
            result: components["schemas"]["TaskResult"] | null;
            error: components["schemas"]["TaskError"] | null;
            pending_reason: components["schemas"]["PendingReason"] | null;
            /**
             * Format: int64
             * @description Number of the current or last attempt; 0 before the first.
             */
            attempt: number;
            /** @description The task that this one is a retry of. */
            original_task_id: string | null;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata: {
                [key: string]: string;
            };
            /** @description What it was submitted with. */
            payload: {
                [key: string]: unknown;
            };
            /** @description Stored files that it takes, by names that differ. */
            inputs: components["schemas"]["TaskInput"][];
            /** @description Names of the files that it leaves, which are stored when it completes. */
            outputs: string[];
            requirements: components["schemas"]["Requirements"];
            /** @description Seconds of running time that it is given. */
            timeout: number;
            /**
             * Format: int32
             * @description How often a failed run is repeated.
             */
            max_retries: number;
            /**
             * Format: int32
             * @description How often it was repeated so far.
             */
            retries: number;
            /**
             * @description What is done when its device is lost.
             * @enum {string}
             */
            on_device_lost: "requeue" | "fail";
            /** @description True where it was to be queued though its device was offline, or no registered device could run it. */
            queue_if_unavailable: boolean;
            /** @description Every attempt, oldest first; of very many, the newest. */
            attempts: components["schemas"]["TaskAttempt"][];
            /** @description What happened to it, oldest first. */
            detailed_log: string[];
            resource_usage: components["schemas"]["ResourceUsage"] | null;
        };
        /** @description Why the task failed. */
        TaskError: {
            /** @description TASK_TIMEOUT, TASK_EXIT_NONZERO, TASK_KILLED, TASK_ERROR, TASK_INPUT_MISSING, TASK_OUTPUT_MISSING, TASK_REJECTED, TASK_CANCELLED, DEVICE_LOST. */
            code: string;
            /** @description What happened, for people. */
            message: string;
        };
        /** @description A task is failed. */
        TaskFailedEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "task_failed";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The task. */
            task_id: string;
            /** @description Its type. */
            task_type: string;
            /** @description Its batch. */
            batch_id: string | null;
            /** @description The device. */
            device_id: string | null;
            /**
             * Format: int64
             * @description The attempt.
             */
            attempt: number;
            /** @description Its running time. Seconds. */
            execution_time_seconds: number | null;
            error: components["schemas"]["TaskError"];
        };
        /** @description A stored file that is put into the directory of the task before it starts. */
        TaskInput: {
            /** @description Its name in the directory of the task: a relative path with forward slashes, without `.` and `..`, and without control characters. */
            name: string;
            /** @description SHA-256 of the content, lower-case hexadecimal. */
            sha256: string;
        };
        /** @description One page of tasks, newest first, and counts of all that match the filters (the status filter aside). */
        TaskList: {
            /** @description The tasks of this page. */
            tasks: components["schemas"]["Task"][];
            /**
             * Format: int64
             * @description Tasks that match.
             */
            total: number;
            /**
             * Format: int64
             * @description Of these, pending.
             */
            pending: number;
            /**
             * Format: int64
             * @description Of these, running.
             */
            running: number;
            /**
             * Format: int64
             * @description Of these, completed.
             */
            completed: number;
            /**
             * Format: int64
             * @description Of these, failed.
             */
            failed: number;
            /**
             * Format: int64
             * @description Of these, cancelled.
             */
            cancelled: number;
            /** @description Send it as `cursor` for the next page; null on the last one. */
            next_cursor: string | null;
        };
        /** @description A success. */
        TaskListAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["TaskList"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description What the task has printed so far; of a running task at most the first 1 MiB. */
        TaskOutput: string;
        /** @description Where a task is, or could go now: every registered device, with what speaks for and against it. */
        TaskPlacement: {
            /** @description The task. */
            task_id: string;
            status: components["schemas"]["TaskStatus"];
            /** @description The device that has it, or ran it last; null while it waits. */
            device_id: string | null;
            pending_reason: components["schemas"]["PendingReason"] | null;
            /** @description Every registered device: the one that has the task or ran it, then those nearest to running it, each kind by its score. */
            devices: components["schemas"]["DevicePlacement"][];
        };
        /** @description A success. */
        TaskPlacementAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["TaskPlacement"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description What the task returned. */
        TaskResult: {
            /** @description The text that it printed; cut where it was too long. */
            output: string;
            /** @description 0 where it went well; null where it was ended by a signal or never ran. */
            exit_code: number | null;
            /** @description The signal that ended it, where one did. */
            signal: string | null;
            /** @description Any JSON that it returned; null for types that only print. */
            value: unknown;
            /** @description True where `output` was cut. */
            output_truncated: boolean;
            /**
             * Format: int64
             * @description Bytes that it printed in all, but for the lines that say how far it is.
             */
            output_bytes: number;
            /** @description The files that it left, of `outputs`, in that order. Absent where none were named. */
            artifacts?: components["schemas"]["TaskArtifact"][];
        };
        /** @description A new task with the same work. */
        TaskRetried: {
            /** @description The new task. */
            new_task_id: string;
            /** @description The task that it repeats. */
            original_task_id: string;
        };
        /** @description A success. */
        TaskRetriedAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["TaskRetried"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description What the new task should have differently. */
        TaskRetryRequest: {
            priority?: components["schemas"]["Priority"];
        };
        /** @description A task waits for another attempt. */
        TaskRetryingEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "task_retrying";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The task. */
            task_id: string;
            /** @description Its type. */
            task_type: string;
            /** @description Its batch. */
            batch_id: string | null;
            /** @description The device. */
            device_id: string | null;
            /**
             * Format: int64
             * @description The attempt.
             */
            attempt: number;
            /** @description How long it waits at least. Seconds. */
            delay_seconds: number;
            error: components["schemas"]["TaskError"];
        };
        /** @description A device started a task. */
        TaskStartedEvent: {
            /**
             * @description What happened. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "task_started";
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
            /** @description The task. */
            task_id: string;
            /** @description Its type. */
            task_type: string;
            /** @description Its batch. */
            batch_id: string | null;
            /** @description The device. */
            device_id: string;
            /**
             * Format: int64
             * @description The attempt.
             */
            attempt: number;
        };
        /** @description How the tasks of the period ended. */
        TaskStatistics: {
            /** @description The figures, over tasks that reached their final state in the period. */
            task_stats: {
                /**
                 * @description The span of time.
                 * @enum {string}
                 */
                period: "1h" | "24h" | "7d" | "30d";
                /**
                 * Format: int64
                 * @description Tasks that became final.
                 */
                total_tasks: number;
                /** @description By their final state. */
                by_status: {
                    /**
                     * Format: int64
                     * @description Completed.
                     */
                    completed: number;
                    /**
                     * Format: int64
                     * @description Failed.
                     */
                    failed: number;
                    /**
                     * Format: int64
                     * @description Cancelled.
                     */
                    cancelled: number;
                };
                /** @description By the device that ran them last. */
                by_device?: {
                    [key: string]: {
                        /**
                         * Format: int64
                         * @description Completed.
                         */
                        completed: number;
                        /**
                         * Format: int64
                         * @description Failed.
                         */
                        failed: number;
                        /**
                         * Format: int64
                         * @description Cancelled.
                         */
                        cancelled: number;
                    };
                };
                /** @description By type. */
                by_task_type?: {
                    [key: string]: {
                        /**
                         * Format: int64
                         * @description Completed.
                         */
                        completed: number;
                        /**
                         * Format: int64
                         * @description Failed.
                         */
                        failed: number;
                        /**
                         * Format: int64
                         * @description Cancelled.
                         */
                        cancelled: number;
                    };
                };
                /** @description By the hour in which they ended, oldest first; hours without tasks are there with zeros. */
                by_hour?: {
                    /**
                     * Format: date-time
                     * @description Its beginning.
                     */
                    hour: string;
                    /**
                     * Format: int64
                     * @description Completed.
                     */
                    completed: number;
                    /**
                     * Format: int64
                     * @description Failed.
                     */
                    failed: number;
                    /**
                     * Format: int64
                     * @description Cancelled.
                     */
                    cancelled: number;
                }[];
                /** @description Mean running time of the completed ones; null where there is none. Seconds. */
                average_execution_time: number | null;
                /** @description completed / (completed + failed + cancelled); null where there is none. Percent, 0–100, one decimal. */
                success_rate: number | null;
            };
        };
        /** @description A success. */
        TaskStatsAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["TaskStatistics"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /**
         * @description pending: waits for a device, or for the device to say that it started; the last three are final.
         * @enum {string}
         */
        TaskStatus: "pending" | "running" | "completed" | "failed" | "cancelled";
        /** @description A task to be done. `task_type` tells which payload it takes. */
        TaskSubmission: components["schemas"]["EchoSubmission"] | components["schemas"]["SleepSubmission"] | components["schemas"]["SystemInfoSubmission"] | components["schemas"]["HttpRequestSubmission"] | components["schemas"]["CommandSubmission"] | components["schemas"]["PythonSubmission"] | components["schemas"]["PythonEvalSubmission"] | components["schemas"]["JavascriptSubmission"] | components["schemas"]["WasmSubmission"] | components["schemas"]["CustomSubmission"];
        /** @description The task is on disk, and will reach a final state. */
        TaskSubmitted: {
            /** @description The id of the new task. */
            task_id: string;
            /** @description The device that it was assigned to; null while it waits for one. */
            assigned_device: string | null;
            /** @description When it should be done: from the mean running time of its type on that device and its queue, else from the timeout; null while it waits for a device. */
            estimated_completion: string | null;
            task?: components["schemas"]["TaskDetail"];
        };
        /** @description A success. */
        TaskSubmittedAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["TaskSubmitted"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description A task type that can be submitted. */
        TaskType: {
            /** @description Its name. */
            task_type: string;
            /** @description What it does. */
            description: string;
            /** @description True for the types that every worker knows. */
            builtin: boolean;
            /** @description True where a device runs it only with its owner’s `--allow`. */
            needs_allow: boolean;
            /**
             * Format: int64
             * @description Registered devices that run it.
             */
            devices: number;
            /**
             * Format: int64
             * @description Of these, online.
             */
            online_devices: number;
            /** @description The JSON Schema of its payload. */
            payload_schema: {
                [key: string]: unknown;
            };
        };
        /** @description All task types that can be submitted. */
        TaskTypeList: {
            /** @description The types, by name. */
            task_types: components["schemas"]["TaskType"][];
        };
        /** @description A success. */
        TaskTypeListAnswer: {
            /**
             * @description Always "success".
             * @constant
             */
            status: "success";
            data: components["schemas"]["TaskTypeList"];
            /** @description A remark for people, where there is one. */
            message?: string;
            /**
             * Format: date-time
             * @description When the answer was made.
             */
            timestamp: string;
            /** @description The request's id: a UUID, or the caller's own X-Request-Id. It stands in every log line of the request. */
            request_id: string;
        };
        /** @description An end of the worker that nobody asked for. */
        UncleanStop: {
            /**
             * @description restarted: the device restarted or lost power; killed: something on the device ended the worker alone; out_of_memory: so it was, while the kernel ended programs for lack of memory; crashed: the worker ended by an error of its own.
             * @enum {string}
             */
            kind: "restarted" | "killed" | "out_of_memory" | "crashed";
            /** @description What is known of it, and what the cause is likely to be. */
            message: string;
            /**
             * Format: date-time
             * @description When that run of the worker began, by the clock of the device.
             */
            started_at: string;
            /**
             * Format: date-time
             * @description When it was last known to run, by the clock of the device: at most a minute before it ended.
             */
            last_alive_at: string;
            /**
             * Format: date-time
             * @description When the node heard of it, by its own clock.
             */
            reported_at: string;
        };
        /** @description One thing that is wrong with a request. */
        ValidationIssue: {
            /**
             * @description The part of the request.
             * @enum {string}
             */
            in: "body" | "query" | "path" | "headers";
            /** @description Where in that part, as a JSON pointer (RFC 6901); empty for the whole part. */
            path: string;
            /** @description What is wrong, and what would be right. */
            message: string;
            /** @description The values or names that are allowed here. */
            allowed?: unknown[];
            /** @description What was probably meant. */
            suggestion?: string;
        };
        /** @description Runs a program of WebAssembly (WASI preview 1) in a sandbox: 128 MiB of memory, the files in its own directory, no network and no other programs. Its exit code is that of the task. */
        WasmPayload: {
            /** @description The module: the name of one of the `inputs` of the task. */
            module: string;
            /** @description Its arguments, after its name. When absent: none. */
            args?: string[];
            /** @description Its environment variables. When absent: none. */
            env?: {
                [key: string]: string;
            };
            /** @description Text for the standard input. */
            stdin?: string;
        };
        /** @description Runs WebAssembly in a sandbox. */
        WasmSubmission: {
            /**
             * @description The task type.
             * @constant
             */
            task_type: "wasm";
            payload: components["schemas"]["WasmPayload"];
            priority?: components["schemas"]["Priority"];
            /** @description Run it on this device and no other. */
            device_id?: string;
            requirements?: components["schemas"]["Requirements"];
            /** @description Seconds of running time, after which it is ended and failed. When absent: the config’s cluster.task_timeout. */
            timeout?: number;
            /**
             * Format: int32
             * @description How often a failed run is repeated. When absent: 0.
             */
            max_retries?: number;
            /**
             * @description What to do when the device that runs it is lost. When absent: requeue.
             * @enum {string}
             */
            on_device_lost?: "requeue" | "fail";
            /** @description Queue it though the device is offline, or no registered device could run it. When absent: false. */
            queue_if_unavailable?: boolean;
            /** @description Up to 20 pairs of your own, each key and value up to 256 characters. */
            metadata?: {
                [key: string]: string;
            };
            /** @description The batch that it belongs to; several submissions may name the same. */
            batch_id?: string;
            /** @description Stored files that it takes, by names that differ. When absent: none. */
            inputs?: components["schemas"]["TaskInput"][];
            /** @description Names of the files that it leaves, which are stored when it completes. Where one of them is not there at its end, the task has failed. When absent: none. */
            outputs?: string[];
        };
    };
    responses: {
        /** @description `ARTIFACT_NOT_FOUND`: There is no file with the SHA-256 '{sha256}' here, or it was kept for as long as files.days says. Send it to POST /api/v1/artifacts. */
        ArtifactNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `AUTHENTICATION_REQUIRED`: A valid API key is needed. Send it as X-API-Key, or as Authorization: Bearer. */
        AuthenticationRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `CLUSTER_UNAVAILABLE`: The cluster node cannot be reached: {reason}. Try again in a moment. */
        ClusterUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `DEVICE_NOT_FOUND`: Device '{device_id}' does not exist. Take an id from GET /api/v1/devices. */
        DeviceNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `IDEMPOTENCY_CONFLICT`: This Idempotency-Key was used with another body. Use a new key for a new request. */
        IdempotencyConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `INTERNAL_ERROR`: Something failed inside the server. Its log has the cause under this request_id. */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /**
         * @description `INVALID_TASK_TYPE`: Task type '{task_type}' is neither built in nor offered by any registered device. Use one of details.available_types.
         *
         *     `DEVICE_OFFLINE`: Device '{device_id}' is not online. Bring it back, choose another, or send "queue_if_unavailable": true.
         *
         *     `INSUFFICIENT_RESOURCES`: No registered device can ever run this task: {reason}. Lower the requirement, add a device, or send "queue_if_unavailable": true.
         *
         *     `VALIDATION_ERROR`: The request is not valid: {reason}.
         */
        InvalidTaskTypeOrDeviceOfflineOrInsufficientResourcesOrValidationError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `NOT_ACCEPTABLE`: None of the media types in Accept can be produced here. Use {media_type}. */
        NotAcceptable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `NOT_FOUND`: There is nothing at {path}: no such path, or nothing of this name. The API is described at /docs. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description Nothing has changed since the answer that If-None-Match names. */
        NotModified: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description `PAYLOAD_TOO_LARGE`: The request body is larger than {limit_bytes} bytes. Send less, or several requests. */
        PayloadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `PERMISSION_DENIED`: This is not permitted: {reason}. */
        PermissionDenied: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `RATE_LIMIT_EXCEEDED`: Too many requests: {reason}. */
        RateLimitExceeded: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `STORAGE_FULL`: The storage of the cluster node is full: its disk, or what retention.max_size allows. Nothing was changed; make room and try again. */
        StorageFull: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `TASK_NOT_FOUND`: Task '{task_id}' does not exist, or it ended so long ago that it is no longer kept. Look at GET /api/v1/tasks. */
        TaskNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `UNSUPPORTED_MEDIA_TYPE`: The body must be sent as Content-Type: {media_type}, as it is: not as a form, and without Content-Encoding. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
        /** @description `VALIDATION_ERROR`: The request is not valid: {reason}. */
        ValidationError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorEnvelope"];
            };
        };
    };
    parameters: {
        /** @description The id of the batch. */
        BatchIdInPath: string;
        /** @description `next_cursor` of the page before, with the same filters. */
        CursorInQuery: string;
        /** @description The id of the device. */
        DeviceIdInPath: string;
        /** @description Any text of your own, such as a UUID, that is another one for each request. Where an answer may be lost, send the request again with the same key: within 24 hours it is answered as the first time, and nothing is done twice. */
        IdempotencyKeyInHeader: string;
        /** @description The ETag of the answer that you have, or several with commas between them: 304 where it is still the same. */
        IfNoneMatchInHeader: string;
        /** @description Lines a page. */
        LimitInQuery: number;
        /** @description The span of time, up to now. */
        PeriodInQuery: "1h" | "24h" | "7d" | "30d";
        /** @description SHA-256 of the content, lower-case hexadecimal. */
        Sha256InPath: string;
        /** @description Only lines at or after this instant. RFC 3339, or seconds since 1970. */
        SinceInQuery: string;
        /** @description The id of the task. */
        TaskIdInPath: string;
        /** @description Only lines before this instant. RFC 3339, or seconds since 1970. */
        UntilInQuery: string;
        /** @description Seconds to wait for the end; the answer comes as soon as it is there, or after that long with what it is then. */
        WaitInQuery: number;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether this process serves, and whether it reaches its cluster node. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthAnswer"];
                };
            };
            /** @description `VALIDATION_ERROR`: The request is not valid: {reason}. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description `PERMISSION_DENIED`: This is not permitted: {reason}. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description `NOT_ACCEPTABLE`: None of the media types in Accept can be produced here. Use {media_type}. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description `INTERNAL_ERROR`: Something failed inside the server. Its log has the cause under this request_id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
        };
    };
    getPrometheusMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures in the Prometheus text format 0.0.4. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": components["schemas"]["PrometheusText"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    getClusterStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cluster in figures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterStatusAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    getClusterHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A check of each part of the cluster. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterHealthAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    getClusterMetrics: {
        parameters: {
            query?: {
                /** @description The span of time, up to now. */
                period?: "1h" | "24h" | "7d" | "30d";
                /** @description Only this resource; `tasks` stays. */
                type?: "all" | "cpu" | "memory" | "network" | "disk";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures over a period. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterMetricsAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    listDevices: {
        parameters: {
            query?: {
                /** @description Only devices in this state. */
                status?: "all" | "online" | "offline" | "pending_approval";
                /** @description Only devices of this role; `all` for any. */
                role?: string;
                /** @description Only devices with this operating system. */
                platform?: string;
                /** @description Only devices that bear this tag; repeat it for several, all must match. */
                tag?: string[];
                /** @description Order by id, processor usage, memory usage, or last sign of life. */
                sort?: "name" | "cpu" | "memory" | "last_seen";
                /** @description Direction. When absent: `desc` for last_seen, else `asc`. */
                order?: "asc" | "desc";
                /** @description Devices a page. */
                limit?: number;
                /** @description `next_cursor` of the page before, with the same filters. */
                cursor?: components["parameters"]["CursorInQuery"];
            };
            header?: {
                /** @description The ETag of the answer that you have, or several with commas between them: 304 where it is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatchInHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of devices, and counts of all that match the filters (the status filter aside). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceListAnswer"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    getDevice: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the answer that you have, or several with commas between them: 304 where it is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatchInHeader"];
            };
            path: {
                /** @description The id of the device. */
                device_id: components["parameters"]["DeviceIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The device. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceAnswer"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["DeviceNotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    removeDevice: {
        parameters: {
            query?: {
                /** @description Remove it though it has unfinished tasks, and cancel these. */
                force?: boolean;
            };
            header?: never;
            path: {
                /** @description The id of the device. */
                device_id: components["parameters"]["DeviceIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the removal did. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceRemovalAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["DeviceNotFound"];
            406: components["responses"]["NotAcceptable"];
            /** @description `DEVICE_BUSY`: Device '{device_id}' has {unfinished_tasks} unfinished tasks. Wait for them, or remove it with force=true, which cancels them. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    updateDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the device. */
                device_id: components["parameters"]["DeviceIdInPath"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DevicePatch"];
            };
        };
        responses: {
            /** @description The device. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["DeviceNotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    approveDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the device. */
                device_id: components["parameters"]["DeviceIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The device. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["DeviceNotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    updateDevices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceBatch"];
            };
        };
        responses: {
            /** @description An outcome for each device. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceBatchAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    pingDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the device. */
                device_id: components["parameters"]["DeviceIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PingRequest"];
            };
        };
        responses: {
            /** @description What the ping measured. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PingAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["DeviceNotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    listTasks: {
        parameters: {
            query?: {
                /** @description Only tasks in this state. */
                status?: "all" | "pending" | "running" | "completed" | "failed" | "cancelled";
                /** @description Only tasks that are assigned to this device or ran on it. */
                device_id?: string;
                /** @description Only tasks of this type. */
                task_type?: string;
                /** @description Only tasks of this priority. */
                priority?: "low" | "normal" | "high" | "urgent";
                /** @description Only tasks of this batch. */
                batch_id?: string;
                /** @description Only tasks taken in at or after this instant. RFC 3339, or seconds since 1970. */
                since?: string;
                /** @description Only tasks taken in before this instant. RFC 3339, or seconds since 1970. */
                until?: string;
                /** @description Tasks a page. */
                limit?: number;
                /** @description `next_cursor` of the page before, with the same filters. */
                cursor?: components["parameters"]["CursorInQuery"];
            };
            header?: {
                /** @description The ETag of the answer that you have, or several with commas between them: 304 where it is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatchInHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of tasks, newest first, and counts of all that match the filters (the status filter aside). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskListAnswer"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    submitTask: {
        parameters: {
            query?: {
                /** @description Seconds to wait for the end; the answer comes as soon as it is there, or after that long with what it is then. */
                wait?: components["parameters"]["WaitInQuery"];
            };
            header?: {
                /** @description Any text of your own, such as a UUID, that is another one for each request. Where an answer may be lost, send the request again with the same key: within 24 hours it is answered as the first time, and nothing is done twice. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKeyInHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskSubmission"];
            };
        };
        responses: {
            /** @description The task is on disk, and will reach a final state. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskSubmittedAnswer"];
                };
            };
            400: components["responses"]["InvalidTaskTypeOrDeviceOfflineOrInsufficientResourcesOrValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["DeviceNotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["IdempotencyConflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    listTaskTypes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All task types that can be submitted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskTypeListAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    getTask: {
        parameters: {
            query?: {
                /** @description Seconds to wait for the end; the answer comes as soon as it is there, or after that long with what it is then. */
                wait?: components["parameters"]["WaitInQuery"];
            };
            header?: {
                /** @description The ETag of the answer that you have, or several with commas between them: 304 where it is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatchInHeader"];
            };
            path: {
                /** @description The id of the task. */
                task_id: components["parameters"]["TaskIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskAnswer"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["TaskNotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    cancelTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the task. */
                task_id: components["parameters"]["TaskIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task is cancelled, for good. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskCancellationAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["TaskNotFound"];
            406: components["responses"]["NotAcceptable"];
            /** @description `TASK_NOT_CANCELLABLE`: Task '{task_id}' is already {task_status}. Only pending and running tasks can be cancelled. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getTaskPlacement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the task. */
                task_id: components["parameters"]["TaskIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where a task is, or could go now: every registered device, with what speaks for and against it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPlacementAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["TaskNotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    retryTask: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, such as a UUID, that is another one for each request. Where an answer may be lost, send the request again with the same key: within 24 hours it is answered as the first time, and nothing is done twice. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKeyInHeader"];
            };
            path: {
                /** @description The id of the task. */
                task_id: components["parameters"]["TaskIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TaskRetryRequest"];
            };
        };
        responses: {
            /** @description A new task with the same work. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskRetriedAnswer"];
                };
            };
            400: components["responses"]["InvalidTaskTypeOrDeviceOfflineOrInsufficientResourcesOrValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            /**
             * @description `DEVICE_NOT_FOUND`: Device '{device_id}' does not exist. Take an id from GET /api/v1/devices.
             *
             *     `TASK_NOT_FOUND`: Task '{task_id}' does not exist, or it ended so long ago that it is no longer kept. Look at GET /api/v1/tasks.
             *
             *     `ARTIFACT_NOT_FOUND`: There is no file with the SHA-256 '{sha256}' here, or it was kept for as long as files.days says. Send it to POST /api/v1/artifacts.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            406: components["responses"]["NotAcceptable"];
            /**
             * @description `TASK_NOT_RETRYABLE`: Task '{task_id}' is {task_status}. Only failed and cancelled tasks can be retried.
             *
             *     `IDEMPOTENCY_CONFLICT`: This Idempotency-Key was used with another body. Use a new key for a new request.
             */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getTaskOutput: {
        parameters: {
            query?: {
                /** @description Skip so many characters (UTF-16 units, as JavaScript counts them). */
                offset?: number;
                /** @description True: what is printed later follows as it comes, until the task is final. */
                follow?: boolean;
            };
            header?: never;
            path: {
                /** @description The id of the task. */
                task_id: components["parameters"]["TaskIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the task has printed so far; of a running task at most the first 1 MiB. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": components["schemas"]["TaskOutput"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["TaskNotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    submitBatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, such as a UUID, that is another one for each request. Where an answer may be lost, send the request again with the same key: within 24 hours it is answered as the first time, and nothing is done twice. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKeyInHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchSubmission"];
            };
        };
        responses: {
            /** @description All tasks are on disk. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchSubmittedAnswer"];
                };
            };
            400: components["responses"]["InvalidTaskTypeOrDeviceOfflineOrInsufficientResourcesOrValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["DeviceNotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["IdempotencyConflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getBatch: {
        parameters: {
            query?: {
                /** @description Seconds to wait for the end; the answer comes as soon as it is there, or after that long with what it is then. */
                wait?: components["parameters"]["WaitInQuery"];
            };
            header?: {
                /** @description The ETag of the answer that you have, or several with commas between them: 304 where it is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatchInHeader"];
            };
            path: {
                /** @description The id of the batch. */
                batch_id: components["parameters"]["BatchIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far the batch is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchProgressAnswer"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    cancelTasks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchSelection"];
            };
        };
        responses: {
            /** @description Those that could be cancelled are, for good. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchCancellationAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    retryTasks: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text of your own, such as a UUID, that is another one for each request. Where an answer may be lost, send the request again with the same key: within 24 hours it is answered as the first time, and nothing is done twice. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKeyInHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRetryRequest"];
            };
        };
        responses: {
            /** @description A new task with the same work for each that could be repeated. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchRetriedAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["IdempotencyConflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getBatchArtifacts: {
        parameters: {
            query?: {
                /** @description Only files of tasks that were taken in after this one, which is of the batch too: the last one of which you have all files, where an archive broke off. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The id of the batch. */
                batch_id: components["parameters"]["BatchIdInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An archive of the files that the tasks of the batch left (tar, POSIX.1-2017). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": string;
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    getArtifact: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the answer that you have, or several with commas between them: 304 where it is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatchInHeader"];
                /** @description One range of bytes, `bytes=FIRST-LAST`, `bytes=FIRST-` or `bytes=-LENGTH`: 206 with that part. Anything else, and several ranges, are passed over: 200 with the whole. */
                Range?: string;
                /** @description The ETag of what you have a part of: where it is another now, 200 with the whole. */
                "If-Range"?: string;
            };
            path: {
                /** @description SHA-256 of the content, lower-case hexadecimal. */
                sha256: components["parameters"]["Sha256InPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes of a file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The part that Range asks for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["ArtifactNotFound"];
            406: components["responses"]["NotAcceptable"];
            /** @description `RANGE_NOT_SATISFIABLE`: The file has {bytes} bytes, and the range that was asked for begins beyond them. Content-Range tells its size. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    removeArtifact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description SHA-256 of the content, lower-case hexadecimal. */
                sha256: components["parameters"]["Sha256InPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArtifactRemovedAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["ArtifactNotFound"];
            406: components["responses"]["NotAcceptable"];
            /** @description `ARTIFACT_IN_USE`: The file '{sha256}' is named by unfinished tasks. Wait for them, or cancel them. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    findMissingArtifacts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ArtifactQuery"];
            };
        };
        responses: {
            /** @description What is not stored here. What is counts as used now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArtifactsMissingAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    storeArtifact: {
        parameters: {
            query?: {
                /** @description What the content must be: with it a transfer that breaks can go on where it was, and one that went wrong is refused. When absent: whatever comes is stored. */
                sha256?: string;
                /** @description Where the body goes on, in bytes, after a transfer that broke: the `bytes` that `POST /artifacts/missing` tells of it. Needs `sha256`. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description A stored file. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArtifactAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    listLogs: {
        parameters: {
            query?: {
                /** @description That level and above. */
                level?: "debug" | "info" | "warning" | "error";
                /** @description Only lines about this device. */
                device_id?: string;
                /** @description Only lines about this task. */
                task_id?: string;
                /** @description The part of the product that speaks. */
                component?: "task_executor" | "scheduler" | "device_registry" | "link" | "config" | "store" | "api";
                /** @description Only lines at or after this instant. RFC 3339, or seconds since 1970. */
                since?: components["parameters"]["SinceInQuery"];
                /** @description Only lines before this instant. RFC 3339, or seconds since 1970. */
                until?: components["parameters"]["UntilInQuery"];
                /** @description Lines a page. */
                limit?: components["parameters"]["LimitInQuery"];
                /** @description `next_cursor` of the page before, with the same filters. */
                cursor?: components["parameters"]["CursorInQuery"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of the log, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogListAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description Only these subjects: devices, tasks, logs; with commas between them, or repeated. When absent: all. */
                types?: string[];
                /** @description Only messages that speak of this device. */
                device_id?: string;
                /** @description Of log entries, that level and above. */
                level?: "debug" | "info" | "warning" | "error";
            };
            header?: {
                /** @description The `id` of the last message that you have: the stream goes on after it. When absent: it begins now. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A message of the monitor stream, told apart by `type`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["MonitorEvent"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    getConfig: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the answer that you have, or several with commas between them: 304 where it is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatchInHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The config in force. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigAnswer"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    updateConfig: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of what you have read: 412 where it has changed since. `*`: whatever it is now. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ConfigPatch"];
            };
        };
        responses: {
            /** @description What was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigUpdatedAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            /** @description `CONFIG_PINNED`: {field} is fixed by a flag or an environment variable of the server. Change it there. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            /** @description `PRECONDITION_FAILED`: The resource has changed since you read it. Read it again, and send its new ETag in If-Match. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorEnvelope"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    getClusterConfig: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the answer that you have, or several with commas between them: 304 where it is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatchInHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The config in force. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigAnswer"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    listKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All keys that the cluster keeps, the oldest first, without their secrets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyListAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyRequest"];
            };
        };
        responses: {
            /** @description A new key. The secret is shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyCreatedAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    removeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the key. */
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key is gone, at once. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyRemovedAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    listJoinTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All join tokens that were made, the oldest first, without their secrets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinTokenListAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    createJoinToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["JoinTokenRequest"];
            };
        };
        responses: {
            /** @description A new join token. The secret is shown this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinTokenCreatedAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    removeJoinToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the token. */
                join_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nobody can join with it any more. Devices that did stay. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinTokenRemovedAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
            507: components["responses"]["StorageFull"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Only lines of this key. */
                key_id?: string;
                /** @description Only lines of this operation. */
                operation?: string;
                /** @description Only lines at or after this instant. RFC 3339, or seconds since 1970. */
                since?: components["parameters"]["SinceInQuery"];
                /** @description Only lines before this instant. RFC 3339, or seconds since 1970. */
                until?: components["parameters"]["UntilInQuery"];
                /** @description Lines a page. */
                limit?: components["parameters"]["LimitInQuery"];
                /** @description `next_cursor` of the page before, with the same filters. */
                cursor?: components["parameters"]["CursorInQuery"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of the audit log, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditListAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    getTaskStats: {
        parameters: {
            query?: {
                /** @description The span of time, up to now. */
                period?: components["parameters"]["PeriodInQuery"];
                /** @description Which of by_device, by_task_type and by_hour is filled. */
                group_by?: "device" | "task_type" | "hour";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How the tasks of the period ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskStatsAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
    getDeviceStats: {
        parameters: {
            query?: {
                /** @description The span of time, up to now. */
                period?: components["parameters"]["PeriodInQuery"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How the devices were used in the period. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceStatsAnswer"];
                };
            };
            400: components["responses"]["ValidationError"];
            401: components["responses"]["AuthenticationRequired"];
            403: components["responses"]["PermissionDenied"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["RateLimitExceeded"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["ClusterUnavailable"];
        };
    };
}
