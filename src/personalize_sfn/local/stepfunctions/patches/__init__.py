"""moto's Step Functions interpreter, mended at run time.

Each mend is a function whose docstring states the defect it mends and where it is in moto 5.2.5; it is listed in
``MENDS`` and has a test, and a second test that runs moto without it (``unmended``) and fails once moto no longer has
the defect, so that the mend can go.  Nothing here is configuration: the mends always apply together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["MENDS", "apply_all", "unmended"]

Replace = Callable[[Any, str, Any], None]
Mend = Callable[[Replace], None]

MENDS: list[Mend] = []
_replaced: dict[str, list[tuple[Any, str, Any, Any]]] = {}


def mend(function: Mend) -> Mend:
    """Register a mend: ``function(replace)`` calls ``replace(owner, name, new)`` for each thing it changes."""
    MENDS.append(function)
    return function


def apply_all() -> None:
    """Apply every mend once; a second call changes nothing."""
    # Importing the backend loads the whole interpreter, so that names imported into other modules can be replaced too.
    import moto.stepfunctions.parser.models

    from personalize_sfn.local.stepfunctions.patches import calls, clock, errors, execution_end, parsing, paths, values

    del calls, clock, errors, execution_end, parsing, paths, values, moto  # imported to register, to be replaced in
    for function in MENDS:
        name = function.__name__
        if name not in _replaced:
            _replaced[name] = []
            function(_recorder(_replaced[name]))


def _recorder(record: list[tuple[Any, str, Any, Any]]) -> Replace:
    def replace(owner: Any, name: str, new: Any) -> None:
        # vars() keeps a staticmethod wrapped, so that undoing restores exactly what was there.
        old = vars(owner).get(name, _ABSENT)
        record.append((owner, name, old, new))
        setattr(owner, name, new)

    return replace


_ABSENT = object()


def everywhere(replace: Replace, name: str, old: Any, new: Any) -> None:
    """Replace ``old`` in every interpreter module that imported it by name."""
    for module_name, module in sys.modules.copy().items():  # at once: other threads import meanwhile
        if module_name.startswith("moto.stepfunctions.parser") and vars(module).get(name) is old:
            replace(module, name, new)


@contextmanager
def unmended(function: Mend) -> Iterator[None]:
    """moto as it is without this one mend; for the tests that say when a mend can go."""
    record = _replaced[function.__name__]
    for owner, name, old, _ in reversed(record):
        if old is _ABSENT:
            delattr(owner, name)
        else:
            setattr(owner, name, old)
    try:
        yield
    finally:
        for owner, name, _, new in record:
            setattr(owner, name, new)
