"""The names that users import from the package."""

from __future__ import annotations

import doctest
import importlib
import types

import pytest

import personalize_sfn


def test_the_public_names_change_on_purpose_only() -> None:
    assert personalize_sfn.__all__ == [
        "Config",
        "Durations",
        "EventSender",
        "Execution",
        "LocalAws",
        "Recommender",
        "Session",
        "Workflow",
        "actions",
        "batch",
        "batch_input",
        "clean_up",
        "compare",
        "connect",
        "datasets",
        "deploy",
        "destroy",
        "display",
        "errors",
        "evaluate",
        "export",
        "forget",
        "notebook_defaults",
        "preflight",
        "rank",
        "recommend",
        "rollback",
        "run",
        "stages",
        "workflows",
    ]
    assert dir(personalize_sfn) == personalize_sfn.__all__


@pytest.mark.parametrize("name", personalize_sfn.__all__)
def test_each_public_name_is_there(name: str) -> None:
    assert getattr(personalize_sfn, name) is not None


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'personalize_sfn' has no attribute 'nothing'"):
        _ = personalize_sfn.nothing


@pytest.mark.parametrize("name", ["deploy", "clean_up"])
def test_importing_a_submodule_does_not_hide_the_function_of_its_name(name: str) -> None:
    module = importlib.import_module(f"personalize_sfn.{name}")

    assert isinstance(module, types.ModuleType)
    assert isinstance(getattr(personalize_sfn, name), types.FunctionType)


def test_the_example_in_its_docstring_runs() -> None:
    results = doctest.testmod(personalize_sfn)

    assert results.attempted == 2
    assert results.failed == 0
