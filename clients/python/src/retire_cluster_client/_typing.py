"""What `typing` has got since Python 3.9."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11):
    from typing import NotRequired, Self, Unpack
else:
    from typing_extensions import NotRequired, Self, Unpack

__all__ = ["NotRequired", "Self", "Unpack"]
