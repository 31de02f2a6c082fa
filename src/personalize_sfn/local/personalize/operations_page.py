"""How far each operation of the embedded Personalize goes: the page ``docs/personalize-operations.md``, from the code.

    python -m personalize_sfn.local.personalize.operations_page > docs/personalize-operations.md

A test holds the page against this module.  What is refused by name is read from the source: each ``unsupported(...)``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from personalize_sfn.local.personalize.wire.protocol import CONTROL, EVENTS, RUNTIME, operations

#: Where an operation is less, or other, than on AWS.  Operations that are not here do all that their request can ask.
NOTES: dict[str, str] = {
    "CreateBatchInferenceJob": "themes (THEME_GENERATION) are refused by name",
    "CreateCampaign": "capacity is echoed, nothing is metered",
    "CreateDatasetGroup": "kmsKeyArn and roleArn are kept; nothing is encrypted",
    "CreateMetricAttribution": "imports that publish write reports; what PutEvents brings goes to no CloudWatch",
    "CreateRecommender": "capacity is echoed, nothing is metered",
    "CreateSolution": "no semantic-similarity",
    "CreateSolutionVersion": "trainingHours is the time that it took here",
    "DescribeAlgorithm": "without image, resources and input mode, which are not documented",
    "GetActionRecommendations": "scores come of actions taken; interactions with items count for the minima only",
    "PutEvents": "an event counts in the very next answer (a second or two on AWS)",
}

_SERVICES = {CONTROL: "Control plane", RUNTIME: "Runtime", EVENTS: "Events"}


def page() -> str:
    """The page as Markdown."""
    lines = [
        "# Every operation of Amazon Personalize, and how far it goes here",
        "",
        "Made by `python -m personalize_sfn.local.personalize.operations_page`; a test holds it against the code.",
        "Requests are checked by botocore's model of the service: required members, types, lengths, patterns, enums.",
    ]
    for service, title in _SERVICES.items():
        named = [operation.name for operation in operations().values() if operation.service == service]
        lines += ["", f"## {title}: {len(named)} operations", "", "| operation | differs from AWS |", "|---|---|"]
        lines += [f"| {name} | {NOTES.get(name, '')} |" for name in sorted(named)]
    lines += ["", "## Refused by name", "", "`UnsupportedOperation` (HTTP 400), whose message says what:", ""]
    lines += [f"- {text}" for text in sorted(set(refusals()))]
    return "\n".join(lines) + "\n"


def refusals() -> Iterator[str]:
    """What the service refuses by name, as its source says it; a value that is known only at run time stands in <>."""
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "unsupported":
                yield _text(node.args[0])


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return f"<{ast.unparse(node.value).rpartition('.')[2]}>"
    return f"<{ast.unparse(node)}>"


if __name__ == "__main__":
    print(page(), end="")
