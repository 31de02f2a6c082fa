"""Reading definitions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from . import Replace, mend


@mend
def definitions_are_parsed_one_at_a_time(replace: Replace) -> None:
    """ANTLR's parsers share their prediction tables between threads (``decisionsToDFA``, a member of the class); its
    runtime for Python fills them without a lock.  Of state machines that are created at the same time, as ``deploy``
    does, one now and then is an IndexError (``asl_parser.py``, ``intrinsic_parser.py``)."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
    from moto.stepfunctions.parser.asl.parse.intrinsic.intrinsic_parser import IntrinsicParser

    lock = threading.RLock()  # a definition's intrinsic functions are parsed inside it

    def locked(parse: Callable[[str], Any]) -> Callable[[str], Any]:
        def one(definition: str) -> Any:
            with lock:
                return parse(definition)

        return one

    for parser in (AmazonStateLanguageParser, IntrinsicParser):
        replace(parser, "parse", staticmethod(locked(parser.parse)))
