"""``personalize-sfn config``: the configuration by itself; no AWS is asked, and the embedded one is not started."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options

if TYPE_CHECKING:
    from personalize_sfn.config import Config
    from personalize_sfn.errors import ConfigError

#: Exit code of wrong configurations, as of all commands.
_WRONG = 2


@click.group(
    epilog="""\b
Examples:
  personalize-sfn --config shop.yaml config check
  personalize-sfn --config shop.yaml config show
  personalize-sfn config schema > personalize-sfn.schema.json"""
)
def config() -> None:
    """Check the configuration, show it with its defaults, print its JSON Schema."""


@config.command()
@json_option
@settings_options
@pass_settings
def check(settings: Settings) -> None:
    """Tell every mistake of the configuration, with its line.

    Also what AWS would refuse, and what does not go together; exit code 2 if there is a mistake.
    """
    from personalize_sfn.errors import ConfigError

    try:
        found, error = settings.config, None
    except ConfigError as raised:
        found, error = None, raised
    name = _file(settings) or "the default configuration"
    problems = [] if error is None else _problems(error, str(settings.config_file))
    settings.answer({"file": _file(settings), "valid": error is None, "problems": problems})
    for each in problems:
        line = "" if each["line"] is None else f":{each['line']}"
        field = "" if each["field"] is None else f"{each['field']}: "
        settings.console.print(literal(f"{each['file'] or name}{line}: {field}{each['problem']}"), soft_wrap=True)
    if found is None:
        count = f"{len(problems)} mistakes" if len(problems) > 1 else "1 mistake"
        settings.console.print(f"[red]✗[/] {literal(name)}: {count}")
        raise click.exceptions.Exit(_WRONG)
    settings.console.print(f"[green]✓[/] {literal(name)}: {_summary(found)}")


@config.command()
@json_option
@settings_options
@pass_settings
def show(settings: Settings) -> None:
    """Print the whole configuration as YAML: what the file says, and the defaults of the rest.

    The output is a configuration itself.  Comments above it tell the target and the region, which come from the options
    and the environment; a comment beside a value tells that it comes from a variable, the file that is extended, or
    --set.
    """
    from personalize_sfn.config_parsing import plain_values
    from personalize_sfn.config_parsing.origins import annotated, origins

    values = plain_values(settings.config)
    where = _where(settings)
    if settings.as_json:
        settings.console.print(literal(where), soft_wrap=True)
        for path, origin in origins(settings.document).items():
            settings.console.print(literal(f"{'.'.join(path)}: {origin}"), soft_wrap=True)
        settings.answer(values)
        return
    click.echo(f"# {where}")
    click.echo(annotated(values, origins(settings.document)), nl=False)


@config.command()
@pass_settings
def schema(settings: Settings) -> None:
    """Print the JSON Schema of configurations: editors complete and check a file by it.

    Save it beside the file and name it in the file's first line:
    "# yaml-language-server: $schema=personalize-sfn.schema.json".
    """
    from personalize_sfn.config import Config
    from personalize_sfn.config_parsing.json_schema import json_schema

    settings.as_json = True
    settings.answer(json_schema(Config))


def _problems(error: ConfigError, file: str) -> list[dict[str, object]]:
    """Each mistake; what is wrong with the whole file has no field, and ``file`` is told where it is another one."""
    return [
        {"field": None if field == file else field, "file": other or None, "line": line, "problem": text}
        for (field, text), line, other in zip(error.problems, error.lines, error.files, strict=True)
    ]


def _file(settings: Settings) -> str | None:
    return None if settings.config_file is None else str(settings.config_file)


def _summary(config: Config) -> str:
    return f"project {config.project}, {', '.join(kind.lower() for kind in config.datasets.by_type())}"


def _where(settings: Settings) -> str:
    """The target and its region: what is in force beside the file."""
    from personalize_sfn.session import LOCAL_REGION, connect

    if settings.target == "local":
        region = settings.region or LOCAL_REGION
    else:
        region = connect("aws", profile=settings.profile, region=settings.region).region
    return f"{_file(settings) or 'no file: the defaults'} · target {settings.target} · region {region}"
