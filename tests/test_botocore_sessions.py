"""botocore sessions that read nothing of the user's."""

from __future__ import annotations

import pytest

from personalize_sfn.botocore_sessions import bare_botocore_session, botocore_loader, local_boto_session
from personalize_sfn.state_folder import LocalKeys


@pytest.fixture(autouse=True)
def _of_a_user(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """A user with a profile that does not exist, and files that say otherwise than we do."""
    (tmp_path / "config").write_text("[default]\nregion = eu-north-1\n")
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = theirs\naws_secret_access_key = secret\n")
    monkeypatch.setenv("AWS_PROFILE", "missing")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


def test_a_bare_session_ignores_profile_and_files():
    session = bare_botocore_session()
    assert session.profile is None
    assert session.full_config["profiles"] == {}


def test_all_sessions_share_one_reader_of_models():
    assert bare_botocore_session().get_component("data_loader") is botocore_loader()


def test_a_local_session_has_the_keys_and_region_that_it_is_given():
    session = local_boto_session("us-west-2", LocalKeys("ours", "hidden"))
    assert (session.region_name, session.get_credentials().access_key) == ("us-west-2", "ours")
