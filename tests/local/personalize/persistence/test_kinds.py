"""Tests of ``local.personalize.persistence.kinds``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.old_directories import OLD, in_old, refused
from fakes.recorded_directories import unpacked


@pytest.mark.parametrize("name", ["os:system", f"{OLD}.service:PersonalizeService", "subprocess:Popen", "trained"])
def test_nothing_is_made_of_a_class_that_a_file_names(tmp_path: Path, name: str):
    data, _, _ = unpacked(tmp_path, "35d1be9")
    content = json.dumps({"$object": name, "fields": {"command": "touch /tmp/owned"}})
    in_old(data, "UPDATE records SET content = ? WHERE resource_type = 'dataset'", content)
    assert "(it holds " in refused(data)
