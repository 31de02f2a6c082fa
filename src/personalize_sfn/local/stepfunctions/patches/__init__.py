"""moto's Step Functions interpreter, patched at run time.

Each patch is a function whose docstring states the defect it corrects and where it is in moto 5.2.5; it is listed in
``PATCHES`` and has a test, and a second test that runs moto without it (``unpatched``) and fails once moto no longer
has the defect, so that the patch can go.  Nothing here is configuration: the patches always apply together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["PATCHES", "apply_all", "unpatched"]

Replace = Callable[[Any, str, Any], None]
InterpreterPatch = Callable[[Replace], None]

PATCHES: list[InterpreterPatch] = []
_replaced: dict[str, list[tuple[Any, str, Any, Any]]] = {}


def patch(function: InterpreterPatch) -> InterpreterPatch:
    """Register a patch: ``function(replace)`` calls ``replace(owner, name, new)`` for each thing it changes."""
    PATCHES.append(function)
    return function


def apply_all() -> None:
    """Apply every patch once; a second call changes nothing."""
    # Importing the backend loads the whole interpreter, so that names imported into other modules can be replaced too.
    import moto.stepfunctions.parser.models

    from personalize_sfn.local.stepfunctions.patches import calls, clock, errors, execution_end, parsing, paths, values

    del calls, clock, errors, execution_end, parsing, paths, values, moto  # imported to register, to be replaced in
    for function in PATCHES:
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
def unpatched(function: InterpreterPatch) -> Iterator[None]:
    """moto as it is without this one patch; for the tests that say when a patch can go."""
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
