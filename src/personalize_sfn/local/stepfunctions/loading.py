"""Loading moto's interpreter without what it does not need."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType

__all__ = ["load_interpreter"]


def load_interpreter() -> None:
    """Import moto's interpreter, without moto's Batch and EC2.

    Of the package ``moto.batch`` the interpreter wants one enum, in ``moto.batch.utils``; but the package's first line
    loads all of Batch and with it EC2, whose tables of instance types and images take longer (0.8 s) than all the
    rest.  So while the interpreter is loaded the package stands without its first line; afterwards it is forgotten,
    and code that uses Batch here loads the real one.
    """
    name = "moto.batch"
    if name in sys.modules or "moto.stepfunctions.parser.models" in sys.modules:
        return
    import moto

    spec = importlib.util.find_spec(name)
    if spec is None or spec.submodule_search_locations is None:
        return
    bare = ModuleType(name)
    bare.__path__ = list(spec.submodule_search_locations)
    sys.modules[name] = bare
    try:
        importlib.import_module("moto.stepfunctions.parser.models")
    finally:
        for loaded in [each for each in list(sys.modules) if each == name or each.startswith(f"{name}.")]:
            del sys.modules[loaded]
        if getattr(moto, "batch", None) is bare:
            del moto.batch
