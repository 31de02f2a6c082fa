"""Tests of ``local.stepfunctions.patches.settings``."""

from __future__ import annotations

from fakes.stepfunctions_aws import Aws
from personalize_sfn.local import stepfunctions
from personalize_sfn.local.stepfunctions import patches


def test_installing_the_patches_is_idempotent(aws: Aws) -> None:
    from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice

    before = StateChoice._eval_state
    stepfunctions.install(stepfunctions.InterpreterSettings(endpoint_url=lambda: aws.url))
    assert StateChoice._eval_state is before


def test_every_patch_says_what_it_patches() -> None:
    patches.apply_all()
    assert patches.PATCHES
    for function in patches.PATCHES:
        assert function.__doc__, function.__name__
