"""A SageMaker notebook's role and bucket are used when they exist, and only there."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from botocore.exceptions import CredentialRetrievalError, EndpointConnectionError

from personalize_sfn import sagemaker_notebook
from personalize_sfn.errors import SessionError
from personalize_sfn.sagemaker_notebook import NotebookDefaults, notebook_defaults
from personalize_sfn.session import Session, connect

ROLE = "arn:aws:iam::111122223333:role/notebook"


class FakeSageMakerSession:
    def __init__(self, boto_session: object) -> None:
        self.boto_session = boto_session

    def default_bucket(self) -> str:
        return "sagemaker-us-east-1-111122223333"


@pytest.fixture
def in_sagemaker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sagemaker_notebook, "METADATA", tmp_path)


def sdk(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """A SageMaker SDK whose names are at ``path``."""
    for end in range(1, path.count(".") + 2):
        name = ".".join(path.split(".")[:end])
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    vars(sys.modules[path]).update(Session=FakeSageMakerSession, get_execution_role=lambda sagemaker_session: ROLE)


@pytest.mark.parametrize("path", ["sagemaker", "sagemaker.core.helper.session_helper"], ids=["version 2", "version 3"])
def test_in_sagemaker_its_own_role_and_bucket_are_taken(monkeypatch: pytest.MonkeyPatch, in_sagemaker: None, path: str):
    sdk(monkeypatch, path)
    assert notebook_defaults(Session(None)) == NotebookDefaults(ROLE, "sagemaker-us-east-1-111122223333")


def test_outside_sagemaker_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(sagemaker_notebook, "METADATA", tmp_path / "absent")  # these tests may run in SageMaker
    assert notebook_defaults(Session(None)) == NotebookDefaults()


@pytest.mark.parametrize(
    "error",
    [
        CredentialRetrievalError(provider="sagemaker", error_msg="no role"),
        EndpointConnectionError(endpoint_url="https://sts.us-east-1.amazonaws.com"),
        ValueError("The current AWS identity is not a role"),
    ],
)
def test_a_notebook_without_a_role_is_told_so_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, in_sagemaker: None, error: Exception
):
    def refuse(sagemaker_session: object) -> str:
        raise error

    sdk(monkeypatch, "sagemaker")
    vars(sys.modules["sagemaker"]).update(get_execution_role=refuse)
    with pytest.raises(SessionError) as caught:
        notebook_defaults(Session(None))
    assert str(caught.value) == (
        f"this SageMaker notebook's role could not be read: {error}. Give the notebook, or its domain, an execution "
        "role, or use the embedded AWS: connect('local')"
    )


def test_the_embedded_aws_never_asks_sagemaker(in_sagemaker: None):
    assert notebook_defaults(connect("local", endpoint_url="http://127.0.0.1:1")) == NotebookDefaults()


def test_a_broken_sagemaker_sdk_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, in_sagemaker: None, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setitem(sys.modules, "sagemaker", None)
    assert notebook_defaults(Session(None)) == NotebookDefaults()
    assert "name the bucket in the first cell" in caplog.text


def test_in_a_notebook_the_defaults_are_a_table():
    shown = NotebookDefaults(ROLE, "sagemaker-us-east-1-111122223333")

    assert all(part in repr(shown) for part in (ROLE, "sagemaker-us-east-1-111122223333"))
    assert f"{ROLE}</td>" in shown._repr_html_()
    assert "none: this is no SageMaker notebook" in NotebookDefaults()._repr_html_()
