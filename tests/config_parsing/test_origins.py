"""Where the values of a configuration come from, beside them."""

from __future__ import annotations

import yaml

from personalize_sfn.config_parsing.origins import annotated, origins
from personalize_sfn.config_parsing.problems import Document, Mark


def test_only_single_values_from_elsewhere_have_an_origin() -> None:
    marks = {
        ("project",): Mark(variables=("NAME",)),
        ("bucket",): Mark(file="base.yaml", variables=("A", "B")),
        ("tags",): Mark(file="base.yaml"),
        ("tags", "team"): Mark(line=3),
        ("solutions",): Mark(file="base.yaml"),
    }
    document = Document({"project": "p", "bucket": "b", "tags": {"team": "t"}, "solutions": {}}, marks)
    assert origins(document) == {
        ("project",): "${NAME}",
        ("bucket",): "${A}, ${B} in base.yaml",
        ("solutions",): "base.yaml",
    }


def test_a_comment_says_the_origin_beside_the_value_and_above_a_text_of_several_lines() -> None:
    values = {"tags": {"team": "t"}, "filters": {"long": "EXCLUDE ItemID WHERE " + "x " * 80}, "on": True}
    text = annotated(values, {("tags", "team"): "base.yaml", ("filters", "long"): "${FILTER}"})
    assert yaml.safe_load(text) == values
    lines = text.splitlines()
    assert lines[:4] == ["tags:", "  team: t  # base.yaml", "filters:", "# long: ${FILTER}"]
    assert lines[-1] == "'on': true"
