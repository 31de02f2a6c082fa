from __future__ import annotations

import io

from fakes.item_files import refusal
from personalize_sfn.datasets import schemas


def test_lines_are_counted_past_empty_ones(csv_file):
    assert "\n  line 1204, column TIMESTAMP: " in refusal(csv_file("", "", "1,2,soon"))


def test_at_most_five_problems_are_told_the_rest_is_counted():
    schema = schemas.items(*(schemas.field(f"N{number}", "int") for number in range(7)))
    header = ",".join(["ITEM_ID", *(f"N{number}" for number in range(7))])
    message = refusal(io.StringIO(f"{header}\n1{',x' * 7}\n"), schema)
    assert message.startswith("the CSV: 7 problems\n")
    assert message.count("found 'x'") == 5
    assert message.endswith("\n  and 2 more problems")
