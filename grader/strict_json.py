"""Write JSON without NaN and infinity, which become texts."""

from __future__ import annotations

import json
import math
from typing import Any


def dumps(data: Any, *, indent: int | None = None) -> str:
    """Return data as JSON in ASCII, with "nan", "inf" and "-inf" for numbers JSON lacks."""
    return json.dumps(_standard(data), allow_nan=False, indent=indent)


def _standard(value: Any) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case dict():
            return {key: _standard(item) for key, item in value.items()}
        case list() | tuple():
            return [_standard(item) for item in value]
    return value
