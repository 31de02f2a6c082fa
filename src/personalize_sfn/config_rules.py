"""What makes a configuration right: checks that several of its parts share, and rules for the whole.

A check answers what is wrong with a value, or None.  A rule takes a configuration, which may be one whose other fields
are wrong, and yields its problems by the paths of fields below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from personalize_sfn.config_parsing import ConfigProblem, Stated, shown
from personalize_sfn.ownership import PROJECT_TAG

# --- single fields ---------------------------------------------------------------------------------------------------


def matches(pattern: str, expected: str, *, most: int | None = None) -> Stated:
    """The whole text matches, and has at most so many characters."""
    compiled = re.compile(pattern)

    def check(value: str) -> str | None:
        if not compiled.fullmatch(value):
            return f"expected {expected}, got {shown(value)}"
        if most is not None and len(value) > most:
            return f"expected at most {most} characters, got {len(value)}"
        return None

    return Stated(check, {"pattern": f"^(?:{pattern})$"} | ({} if most is None else {"maxLength": most}))


def between(least: float, most: float | None, unit: str = "") -> Stated:
    """A number in a range; both ends belong to it."""
    expected = f"at least {least:,.12g}{unit}" if most is None else f"{least:,.12g} to {most:,.12g}{unit}"

    def check(value: float) -> str | None:
        inside = value >= least and (most is None or value <= most)
        return None if inside else f"expected {expected}, got {shown(value)}"

    return Stated(check, {"minimum": least} | ({} if most is None else {"maximum": most}))


# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateCampaign.html (names of all resources)
resource_name = matches(
    r"[a-zA-Z0-9][a-zA-Z0-9\-_]*", "letters, digits, - and _, starting with a letter or digit", most=63
)
project = matches(
    r"[a-z][a-z0-9\-]{0,27}", "up to 28 lower-case letters, digits and -, starting with a letter", most=28
)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_bucket = matches(
    r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*(\.\.|\.-|-\.))[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]", "an S3 bucket's name (not a URI)"
)
_BUCKET_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_BUCKET_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def bucket(value: str) -> str | None:
    """The name of a general purpose bucket."""
    problem = _bucket(value)
    if problem is None and value.startswith(_BUCKET_PREFIXES):
        return f"S3 keeps names that begin with {', '.join(_BUCKET_PREFIXES)} for itself, got {shown(value)}"
    if problem is None and value.endswith(_BUCKET_SUFFIXES):
        return f"S3 keeps names that end in {', '.join(_BUCKET_SUFFIXES)} for itself, got {shown(value)}"
    return problem


# Personalize and Step Functions take 256 characters of a role's ARN, so a path leaves room for the longest name.
role_arn = matches(
    r"arn:[a-z\d-]+:iam::[0-9]{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    "a role's ARN such as arn:aws:iam::111122223333:role/name",
    most=256,
)
policy_arn = matches(r"arn:[a-z\d-]+:iam::([0-9]{12}|aws):policy/\S+", "a policy's ARN")
kms_key_arn = matches(r"arn:aws[a-z\-]*:kms:[^:\s]*:[0-9]{12}:key/\S+", "a KMS key's ARN")
role_path = matches(
    r"/([a-zA-Z0-9_+=,.@\-/]+/)?", "a path of letters, digits and _ + = , . @ - that starts and ends with /", most=150
)


def data_key(value: str) -> str | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""
    size = len(value.encode())
    return None if 1 <= size <= 1024 else f"expected a key of 1 to 1,024 bytes, got {size}"


def event_type(value: str) -> str | None:
    """https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html

    Step Functions reads a text that starts like a JSONPath as one where a definition takes paths, so none of those may
    be the name of an event; names such as ``$pageview`` are no paths.
    """
    if not 1 <= len(value) <= 256:
        return f"expected 1 to 256 characters, got {len(value)}"
    if re.match(r"\$($|[.$\[])", value):
        return (
            f"expected the name of an event, got {shown(value)}, which Step Functions would read as a path into its "
            "input: give the event another name"
        )
    return None


def names(config: Any) -> Iterator[ConfigProblem]:
    """Names are made of the project's, the key and the recipe's, or given; no two of a kind share one."""
    for keys, name_of, owner, field in (
        (config.solutions, config.solution_name, "solutions", "name"),
        (config.campaigns, config.campaign_name, "solutions", "campaign.name"),
        (config.recommenders, config.recommender_name, "recommenders", "name"),
    ):
        taken: dict[str, str] = {}
        for key in keys:
            name, where = name_of(key), f"{owner}.{key}.{field}"
            if (text := resource_name(name)) is not None:
                yield ConfigProblem(where, f"{text}: choose a shorter key, or give it a name")
            elif name in taken:
                yield ConfigProblem(where, f"expected a name of its own, got {name}, which {owner}.{taken[name]} has")
            taken[name] = key


def some_solution(config: Any) -> Iterator[ConfigProblem]:
    if not config.solutions and not config.recommenders:
        yield ConfigProblem("solutions", "expected at least one, such as 'for-you: {campaign: {}}'")


# --- tags ------------------------------------------------------------------------------------------------------------

# https://docs.aws.amazon.com/personalize/latest/dg/API_Tag.html; of a resource's 50, ten are left to the project's own.
_TAG = re.compile(r"[\w .:/=+\-@\xa0]*")
_MOST_TAGS = 40


def tags(config: Any) -> Iterator[ConfigProblem]:
    """Keys and values as AWS takes them, beside the project's own tag."""
    if len(config.tags) > _MOST_TAGS:
        found = f"expected at most {_MOST_TAGS} tags, got {len(config.tags)}"
        yield ConfigProblem("tags", f"{found}: AWS takes 50, and the others are this package's")
        return
    taken: set[str] = set()
    for key, value in config.tags.items():
        where = f"tags.{key}"
        same, taken = key.lower() in taken, taken | {key.lower()}
        if not 1 <= len(key) <= 128:
            yield ConfigProblem(where, f"expected a key of 1 to 128 characters, got {len(key)}")
        elif len(value) > 256:
            yield ConfigProblem(where, f"expected at most 256 characters, got {len(value)}")
        elif not _TAG.fullmatch(key + value):
            yield ConfigProblem(
                where, f"expected letters, digits, spaces and _ . : / = + - @, got {shown(key + value)}"
            )
        elif key.lower().startswith("aws:"):
            yield ConfigProblem(where, "AWS reserves tag keys that start with aws:")
        elif key.lower() == PROJECT_TAG:
            yield ConfigProblem(where, "this tag is set to the project's name and tells what clean-up may delete")
        elif same:  # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
            yield ConfigProblem(where, "expected keys that differ in more than capitals, which IAM does not tell apart")


def columns(schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The columns of a schema by name, as far as it is well-formed."""
    fields = schema.get("fields")
    fields = fields if isinstance(fields, (list, tuple)) else ()
    return {each["name"]: each for each in fields if isinstance(each, Mapping) and isinstance(each.get("name"), str)}


def forgetting(config: Any) -> Iterator[ConfigProblem]:
    """The list of users is an object that no key of the user's encrypts, and no data folder holds it.

    https://docs.aws.amazon.com/personalize/latest/dg/delete-records.html
    """
    if not config.forgetting:
        return
    if config.bucket_kms_key_arn is not None:
        yield ConfigProblem(
            "forgetting",
            "Personalize reads the list of users to forget only from a bucket without a KMS key: leave out "
            "bucket_kms_key_arn, or forgetting",
        )
    keys = {f"datasets.{kind.lower()}.key": config.data_key(kind) for kind in config.datasets.by_type()}
    keys |= {f"batch.{key}.input": each.input for key, each in config.batch.items()}
    for where, key in keys.items():
        if config.forget_prefix.startswith(key) or key.startswith(config.forget_prefix):
            yield ConfigProblem(where, f"expected a key outside of {config.forget_prefix}, got {shown(key)}")


def closest_of(name: str, names: list[str]) -> str | None:
    """The name that was probably meant."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name[:80], names, n=1)), None)
