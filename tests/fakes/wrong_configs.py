"""What the tests of the configuration's parts share."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_sfn.config import Config
from personalize_sfn.errors import ConfigError

__all__ = ["refused"]


def refused(values: dict[str, Any], field: str, problem: str) -> None:
    """The configuration of these values is an error that names the field and tells the problem."""
    with pytest.raises(ConfigError) as error:
        Config.from_dict(values)
    assert error.value.field == field
    assert problem in str(error.value)
