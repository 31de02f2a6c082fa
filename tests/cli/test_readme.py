"""README's Python, run from top to bottom as somebody would paste it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from personalize_sfn import datasets
from personalize_sfn.local import LocalAws

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.mark.slow
def test_the_snippets_run_in_their_order_and_answer_from_their_own_data(
    aws: LocalAws, clicks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    header, *rows = clicks.read_text().splitlines()
    assert header == "USER_ID,ITEM_ID,TIMESTAMP"
    clicks.write_text("\n".join(["user,sku,at", *rows]))
    monkeypatch.chdir(clicks.parent)
    monkeypatch.setattr(datasets, "load_movielens", lambda: datasets.movielens.load_movielens("shipped"))
    snippets = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(snippets) == 3

    names: dict[str, object] = {}
    printed = []
    for snippet in snippets:
        capsys.readouterr()
        exec(compile(snippet, str(README), "exec"), names)
        printed.append(capsys.readouterr().out)

    assert "Recommended to user 1\n" in printed[0]
    assert "Recommended to user u1\n" in printed[1]
    items = re.findall(r"^ *[0-9]+\. (\S+)", printed[1], re.MULTILINE)
    assert len(items) == 10
    assert {item[0] for item in items} == {"i"}, "items of the CSV, not MovieLens' numbers"
