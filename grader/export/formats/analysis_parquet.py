"""The table for analysis as Parquet, where pyarrow is installed."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import get_type_hints

from grader.errors import UsageError
from grader.export import messages
from grader.export.analysis_rows import AnalysisRow, analysis_rows
from grader.export.request import Exported, Request

_HINTS = get_type_hints(AnalysisRow)


def export(request: Request) -> Exported:
    """Write a row for each person and check, in columns of fixed types.

    Raises UsageError without pyarrow.
    """
    try:
        import pyarrow  # of an extra: whoever exports to another format need not have it
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(messages.INSTALL_PARQUET) from error
    kinds = {str: pyarrow.string(), bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64()}
    columns = {name: next(k for k in kinds if k == hint or k | None == hint) for name, hint in _HINTS.items()}
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in columns.items()])
    table = pyarrow.Table.from_pylist([asdict(row) for row in analysis_rows(request)], schema=schema)
    data = io.BytesIO()
    parquet.write_table(table, data)
    return Exported(data.getvalue())
