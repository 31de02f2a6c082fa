"""How the SDK is imported; each case in a process of its own, because imports happen once."""

import os
import subprocess
import sys

import pytest


def run(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "SyntaxWarning" not in done.stderr
    return done.stdout.strip()


def test_the_sdk_is_imported_without_sagemaker_and_pkg_resources():
    assert run("import sys, personalize_sfn.sdk; print({'sagemaker', 'pkg_resources'} & set(sys.modules))") == "set()"


def test_import_stepfunctions_afterwards_gives_the_same_classes():
    code = """
import personalize_sfn.sdk as sdk, stepfunctions, stepfunctions.workflow
assert sdk.Chain is stepfunctions.steps.Chain and sdk.Workflow is stepfunctions.workflow.Workflow
assert issubclass(sdk.LambdaStep, stepfunctions.steps.LambdaStep)
from stepfunctions.steps.states import Choice
assert sdk.Choice is Choice
print(stepfunctions.__version__)"""
    assert run(code) == "2.3.0"


def test_no_stand_in_is_left_behind():
    code = """
import sys, personalize_sfn.sdk, stepfunctions
print([m for m in ('stepfunctions.steps.sagemaker', 'stepfunctions.template', 'pkg_resources') if m in sys.modules],
      'template' in vars(stepfunctions), 'TrainingStep' in vars(stepfunctions.steps))"""
    assert run(code) == "[] False False"


def test_an_unknown_name_is_still_an_attribute_error():
    code = """
import personalize_sfn.sdk, stepfunctions
try:
    stepfunctions.steps.NoSuchStep
except AttributeError as error:
    print(error)"""
    assert run(code) == "module 'stepfunctions.steps' has no attribute 'NoSuchStep'"


def test_the_root_loggers_level_is_kept():
    code = (
        "import logging; logging.getLogger().setLevel(17); import personalize_sfn.sdk; print(logging.getLogger().level)"
    )
    assert run(code) == "17"


def test_it_works_where_sagemaker_and_pkg_resources_cannot_be_imported(tmp_path):
    for name in ("sagemaker", "pkg_resources"):
        (tmp_path / f"{name}.py").write_text(f"raise ImportError('no usable {name} here')")
    code = """
import personalize_sfn.sdk, stepfunctions
try:
    stepfunctions.steps.TrainingStep
except ImportError as error:
    print(error)"""
    assert run(code, PYTHONPATH=str(tmp_path)) == "no usable sagemaker here"


def test_an_sdk_that_is_loaded_already_is_left_as_it_is(tmp_path):
    (tmp_path / "pkg_resources.py").write_text(
        "from types import SimpleNamespace\ndef require(name): return [SimpleNamespace(version='mine')]"
    )
    code = """
import sys, types
for name in ('stepfunctions.steps.sagemaker', 'stepfunctions.template'):  # as if loaded, without the seconds it takes
    module = types.ModuleType(name); module.__getattr__ = lambda attribute: attribute; sys.modules[name] = module
import stepfunctions, personalize_sfn.sdk
print(stepfunctions.steps.TrainingStep, stepfunctions.__version__)"""
    assert run(code, PYTHONPATH=str(tmp_path)) == "TrainingStep mine"


@pytest.mark.slow
def test_sagemaker_steps_load_the_real_ones_at_first_use():
    code = """
import warnings; warnings.simplefilter('ignore')
import personalize_sfn.sdk as sdk, stepfunctions
from stepfunctions.steps import TrainingStep
assert issubclass(TrainingStep, sdk.Task) and TrainingStep is stepfunctions.steps.sagemaker.TrainingStep
print(stepfunctions.template.TrainingPipeline.__name__)"""
    assert run(code).splitlines()[-1] == "TrainingPipeline"


@pytest.mark.slow
def test_the_plain_import_can_be_asked_for():
    code = "import sys, personalize_sfn.sdk; print('sagemaker' in sys.modules)"
    assert run(code, PERSONALIZE_SFN_PLAIN_SDK="1").splitlines()[-1] == "True"


def test_states_are_made_though_the_environment_names_a_profile_that_does_not_exist():
    code = """
from personalize_sfn.sdk import LambdaStep
print(LambdaStep('A', parameters={}).to_dict()['Resource'])"""
    assert run(code, AWS_PROFILE="nobody") == "arn:aws:states:::lambda:invoke"
