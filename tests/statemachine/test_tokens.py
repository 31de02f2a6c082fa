"""The tokens of calls."""

import base64

import pytest

from fakes.small_machines import LAMBDA, only
from personalize_sfn.statemachine import MachineExecution, TaskOutcome, tokens


def test_a_token_says_whose_it_is():
    token = tokens.CallToken("arn:aws:states:::execution:m:é", 3, 7, "proof")
    assert tokens.read(token.text()) == token


@pytest.mark.parametrize("text", ["", "made up", "é", base64.urlsafe_b64encode(b"a\nb\nc\nd").decode(), "bm9uZQ=="])
def test_other_text_is_no_token(text):
    assert tokens.read(text) is None


def test_an_execution_knows_the_tokens_that_it_issued_and_no_others():
    execution = MachineExecution.start(only(Type="Task", Resource=LAMBDA), {})
    calls = []
    execution.advance(lambda call: calls.append(call) or TaskOutcome(pending=True), until=0)
    token = calls[0].token
    assert execution.issued(token)
    assert execution.waits_for(token)
    execution.stop()
    assert execution.issued(token)
    assert not execution.waits_for(token)
    read = tokens.read(token)
    assert not execution.issued(read._replace(proof="another").text())
    assert not execution.issued(read._replace(number=read.number + 9).text())
