# Generated from clients/python/src/retire_cluster_client/_async/devices.py by `npm run generate`.
"""Devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import _operations as operations
from .._page import Page
from .pages import walk

if TYPE_CHECKING:
    from .. import models
    from .._typing import Unpack
    from ..models import Device, DeviceList, ListDevicesQuery
    from .connection import Connection
    from .runtime import Walk


class Devices:
    """The operations on devices."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, cursor: str | None = None, **filters: Unpack[ListDevicesQuery]) -> Page[Device, DeviceList]:
        """Give one page of the devices, up to `limit` of them."""
        answer = self._connection.call(operations.LIST_DEVICES, query={**filters, "cursor": cursor})
        return Page(answer["devices"], answer, answer["total"], answer["next_cursor"])

    def iter(self, **filters: Unpack[ListDevicesQuery]) -> Walk[Device]:
        """Walk all devices that match, page after page."""
        return walk(lambda cursor: self.list(cursor=cursor, **filters))

    def get(self, device_id: str) -> models.DeviceDetail:
        """Give one device, with all that is known of it."""
        return (self._connection.call(operations.GET_DEVICE, path={"device_id": device_id}))["device"]

    def ping(self, device_id: str, **request: Unpack[models.PingRequest]) -> models.PingResults:
        """Measure round trips over the device's own connection."""
        # What it takes beyond an answer is up to the request: each of its pings may take its whole timeout.
        wait = request.get("timeout", 5) * request.get("count", 3)
        path = {"device_id": device_id}
        answer = self._connection.call(operations.PING_DEVICE, path=path, body=request, wait=wait)
        return answer["ping_results"]

    def update(self, device_id: str, **patch: Unpack[models.DevicePatch]) -> models.DeviceDetail:
        """Change the device's role, tags or name; `schedulable=False` drains it."""
        path = {"device_id": device_id}
        return (self._connection.call(operations.UPDATE_DEVICE, path=path, body=patch))["device"]

    def approve(self, device_id: str) -> models.DeviceDetail:
        """Let in a device that waits for approval."""
        return (self._connection.call(operations.APPROVE_DEVICE, path={"device_id": device_id}))["device"]

    def update_many(self, **batch: Unpack[models.DeviceBatch]) -> models.DeviceBatchOutcome:
        """Change, approve or remove many devices by one call: those of `device_ids`, or all that bear a `tag`."""
        return self._connection.call(operations.UPDATE_DEVICES, body=batch)

    def remove(self, device_id: str, **query: Unpack[models.RemoveDeviceQuery]) -> models.DeviceRemoval:
        """Remove a device. One that still has tasks is refused with DeviceBusyError, unless `force` cancels them."""
        return self._connection.call(operations.REMOVE_DEVICE, path={"device_id": device_id}, query=query)
