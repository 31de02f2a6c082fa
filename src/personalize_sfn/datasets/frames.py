"""What is taken as a table of rows, and what to do with what is not."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from personalize_sfn.datasets.naming import shown
from personalize_sfn.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["checked_frame"]


def checked_frame(data: Any, name: str) -> pd.DataFrame:
    """``data``, which must be a frame with one row of column names.

    Raises:
        DataError: it is something else; says how to make a frame of it.
    """
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        if isinstance(data.columns, pd.MultiIndex):
            first = shown(data.columns[0], 40, quotes="") if len(data.columns) else "none"
            advice = (
                "frame.set_axis(['_'.join(map(str, each)) for each in frame.columns], axis=1) makes one name of each"
            )
            raise DataError(f"{name}: expected one name for each column, found several levels, as in {first}; {advice}")
        return data
    raise DataError(f"{name}: expected a pandas DataFrame, got {_described(data)}")


def _described(data: Any) -> str:
    import pandas as pd

    from personalize_sfn.datasets.validation import Prepared

    kind = f"{type(data).__module__.split('.')[0]}.{type(data).__qualname__}"
    if isinstance(data, str | PathLike):
        return f"the path {shown(data)}: load_csv reads a CSV"
    if isinstance(data, Prepared):
        return "what prepare or load_csv gave: it is prepared, upload_interactions and upload_dataset take it"
    if isinstance(data, pd.Series):
        return "one column (a Series): a table has several; pass the frame that it is from"
    if hasattr(data, "to_pandas"):
        return f"{kind}: pass data.to_pandas()"
    if hasattr(data, "toPandas"):
        return f"{kind}: pass data.toPandas()"
    if isinstance(data, Mapping | list | tuple) and len(data):
        return f"a {type(data).__name__}: pass pd.DataFrame(data)"
    if hasattr(data, "read"):
        return "an open file: load_csv reads a CSV"
    return f"{type(data).__name__}"
