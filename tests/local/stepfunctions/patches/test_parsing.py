"""Definitions that arrive at the same time."""

from __future__ import annotations

import json
import threading

import pytest

from personalize_sfn.local.stepfunctions import patches
from personalize_sfn.local.stepfunctions.patches import parsing


def most_at_once(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of two threads are inside the parser at the same time, when each is given time to meet the other."""
    from moto.stepfunctions.parser.asl.antlr.runtime.ASLParser import ASLParser
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

    inside, most = [0], [0]
    both = threading.Event()
    read = ASLParser.state_machine

    def state_machine(parser: ASLParser) -> object:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        if inside[0] == 2:
            both.set()
        both.wait(0.5)
        tree = read(parser)
        inside[0] -= 1
        return tree

    monkeypatch.setattr(ASLParser, "state_machine", state_machine)
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    threads = [threading.Thread(target=AmazonStateLanguageParser.parse, args=(definition,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return most[0]


def test_definitions_are_parsed_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    patches.apply_all()
    assert most_at_once(monkeypatch) == 1


def test_moto_parses_several_at_once_with_tables_that_they_share(monkeypatch: pytest.MonkeyPatch) -> None:
    with patches.unpatched(parsing.definitions_are_parsed_one_at_a_time):
        assert most_at_once(monkeypatch) == 2
