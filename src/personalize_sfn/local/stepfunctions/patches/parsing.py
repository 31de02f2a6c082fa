"""Reading definitions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from personalize_sfn.local.stepfunctions.patches import Replace, patch

TREES = 64
"""Definitions whose syntax trees are kept: a deployed project has seven."""


@patch
def definitions_are_parsed_one_at_a_time(replace: Replace) -> None:
    """ANTLR's parsers share their prediction tables between threads (``decisionsToDFA``, a member of the class); its
    runtime for Python fills them without a lock.  Of state machines that are created at the same time, as ``deploy``
    does, one now and then is an IndexError (``asl_parser.py``, ``intrinsic_parser.py``)."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
    from moto.stepfunctions.parser.asl.parse.intrinsic.intrinsic_parser import IntrinsicParser
    from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor

    lock = threading.RLock()  # a definition's intrinsic functions are parsed inside it
    trees: dict[str, Any] = {}

    def remembered(definition: str) -> tuple[Any, Any]:
        """Parsing takes most of the time of a start: done once for a definition, which each execution reads anew."""
        if definition in trees:
            return Preprocessor().visit(trees[definition]), trees[definition]
        program, tree = parse_definition(definition)
        if len(trees) >= TREES:
            del trees[next(iter(trees))]
        trees[definition] = tree
        return program, tree

    def locked(parse: Callable[[str], Any]) -> Callable[[str], Any]:
        def one(definition: str) -> Any:
            with lock:
                return parse(definition)

        return one

    parse_definition = AmazonStateLanguageParser.parse
    replace(AmazonStateLanguageParser, "parse", staticmethod(locked(remembered)))
    replace(IntrinsicParser, "parse", staticmethod(locked(IntrinsicParser.parse)))
