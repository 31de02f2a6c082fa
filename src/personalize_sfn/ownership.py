"""What belongs to a project: by its tag, or, for schemas, which take no tags, by a name with a hash of the content.

Shipped in each function's zip; imports only the standard library.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from personalize_sfn.errors import NotOursError

#: The tag that says a resource was made by one of our projects; its value is the project's name.
PROJECT_TAG = "personalize-sfn:project"


def tag_list(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as a list of pairs, by name.  Step Functions calls the members ``key`` and ``value``, Personalize ``tagKey``
    and ``tagValue``."""
    return [{key: name, value: tags[name]} for name in sorted(tags)]


def tag_dict(tags: list[dict[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags by name, from a list of pairs."""
    return {each[key]: each[value] for each in tags}


def require_ours(tags: Mapping[str, str], project: str, what: str, *, adopt: bool) -> None:
    """Refuse to touch ``what`` (``role movies-lambda``) when it lacks the project's tag, unless the config adopts it.

    Raises:
        NotOursError: something else made it.
    """
    if tags.get(PROJECT_TAG) == project or adopt:
        return
    owner = f"belongs to project {tags[PROJECT_TAG]!r}" if PROJECT_TAG in tags else f"has no tag {PROJECT_TAG}"
    raise NotOursError(
        f"{what} exists and {owner}: choose another project name in the config, or set adopt: true to take it "
        "over (clean-up and destroy will then remove it)"
    )


def schema_json(schema: Mapping[str, Any]) -> str:
    """A schema as text, the same for the same content: keys sorted, no spaces; fields stay in their order."""
    return json.dumps(schema, sort_keys=True, separators=(",", ":"))


def schema_hash(schema: Mapping[str, Any]) -> str:
    """The end of a schema's name: 12 hexadecimal digits."""
    return hashlib.sha256(schema_json(schema).encode()).hexdigest()[:12]


def may_be_schema_of(project: str, name: str) -> bool:
    """Whether the project may have called a schema so; its content tells."""
    return (
        re.fullmatch(
            rf"{re.escape(project)}-(interactions|items|users|actions|action_interactions)-[0-9a-f]{{12}}", name
        )
        is not None
    )


def is_schema_of(project: str, name: str, text: str) -> bool:
    """Whether ``name`` is what the project would call a schema of this content (the JSON that Describe tells)."""
    return may_be_schema_of(project, name) and name.endswith(schema_hash(json.loads(text)))
