"""What the configuration no longer describes, as a table."""

from __future__ import annotations

from personalize_sfn.clean_up import Found
from personalize_sfn.prune import Orphan, Orphans


def orphan(kind: str, name: str, **more: int | str | None) -> Orphan:
    found = Found(
        kind=kind, name=name, arn=f"arn:aws:personalize:us-east-1:123456789012:{kind}/{name}", status="ACTIVE"
    )
    return Orphan(found=found, requests=None, **more) if "requests" not in more else Orphan(found=found, **more)  # type: ignore[arg-type]


def test_each_left_over_is_a_row_with_what_it_is_asked_and_billed_for() -> None:
    left = Orphans([orphan("campaign", "movies-old", requests=1200, provisioned=2), orphan("filter", "<seen>")])

    assert repr(left).splitlines()[0] == "2 resources of the project that the configuration does not describe"
    assert repr(left).splitlines()[3].split() == ["campaign", "movies-old", "1,200", "2"]
    assert "&lt;seen&gt;" in left._repr_html_()


def test_none_is_told_as_none() -> None:
    assert repr(Orphans()).startswith("0 resources of the project")
