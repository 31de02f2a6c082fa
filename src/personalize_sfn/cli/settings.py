"""What every command needs to know: which AWS, whose credentials, which configuration, who reads the output."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from personalize_sfn.errors import ConfigError, LocalAwsError
from personalize_sfn.text import one_line

if TYPE_CHECKING:
    from rich.console import Console

    from personalize_sfn.config import Config
    from personalize_sfn.config_parsing import Document
    from personalize_sfn.session import Session

_Command = TypeVar("_Command", bound=Callable[..., Any])
_NAME = "personalize-sfn"


_BRACKET = re.compile(r"(\\*)(\[([a-z#/@][^[]*?\])?)")


def literal(text: object) -> str:
    """A text of a service, of data or of the user for the middle of a line that rich prints: no markup, no controls.

    rich's own ``escape`` loses backslashes before a bracket that begins no tag, and at the end before a tag.
    """
    escaped = _BRACKET.sub(lambda found: found[1] * (2 if found[3] else 1) + "\\" + found[2], one_line(str(text)))
    plain = escaped.rstrip("\\")
    backslashes = len(escaped) - len(plain)
    return plain + "\\" * (2 * backslashes) + ("[none][/]" if backslashes else "")


def program() -> str:
    """How this program was called, for commands that a person can copy: ``.venv/bin/personalize-sfn``.

    The bare name stands only where the shell finds this program by it.
    """
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m personalize_sfn"
    found = shutil.which(called.name)
    if called.name != _NAME or (found is not None and Path(found).resolve() == called.resolve()):
        return _NAME
    inside = called.absolute().is_relative_to(Path.cwd())
    return shlex.quote(str(called.absolute().relative_to(Path.cwd()) if inside else called.absolute()))


def as_called(text: str) -> str:
    """The commands that a message quotes, as :func:`program` says them: the library does not know how it was called."""
    return text.replace(f"'{_NAME} ", f"'{program()} ")


@dataclass
class Settings:
    """Filled by the options, wherever they stand: before the command or after it."""

    target: Literal["local", "aws"] = "local"
    profile: str | None = None
    region: str | None = None
    config_file: Path | None = None
    given: tuple[str, ...] = ()
    """``key.path=value``, over what the file says."""
    debug: bool = False
    as_json: bool = False
    """A program reads stdout: one JSON document goes there, and all that is for people to stderr."""
    execution_arn: str | None = None
    """Of the execution that a command started or follows, for the answer of a command that fails."""
    made: list[dict[str, Any]] | None = None
    """What that execution made and found, where it is known."""
    has_answered: bool = False

    @cached_property
    def console(self) -> Console:
        from rich.console import Console

        return Console(stderr=self.as_json, highlight=False)

    @cached_property
    def document(self) -> Document:
        """What the configuration is made of: the file, what it extends, the options."""
        from personalize_sfn.config_parsing import Document, read_file, with_options

        return with_options(Document({}) if self.config_file is None else read_file(self.config_file), self.given)

    @cached_property
    def config(self) -> Config:
        from personalize_sfn.config import config_of

        return config_of(self.document)

    @property
    def says_project(self) -> bool:
        """Whether there is a file or an option that names the project."""
        return self.config_file is not None or any(each.startswith("project=") for each in self.given)

    def connect(self, *, start: bool = True) -> Session:
        """The session, after its banner is printed.

        Args:
            start: start the embedded AWS if it does not run; else that is an error.
        """
        config = self.config  # a wrong configuration is said before anything is started
        from personalize_sfn.local_endpoint import running_local_endpoint
        from personalize_sfn.session import connect

        if self.target == "local":
            if self.profile is not None:
                raise click.UsageError("--profile goes with --target aws: the embedded AWS never uses your credentials")
            if running_local_endpoint() is None:
                if not start:
                    raise LocalAwsError(
                        f"the embedded AWS does not run, so nothing of {config.project} is there: "
                        f"'{self.command('deploy')}' starts it, '--target aws' means an account"
                    )
                with self.console.status("Starting the embedded AWS"):
                    session = connect("local", region=self.region)
                self.console.print(session.banner(), style="bold green")
                return session
        session = connect(self.target, profile=self.profile, region=self.region)
        self.console.print(session.banner(), style="bold green" if session.is_local else "bold yellow")
        return session

    def command(self, words: str) -> str:
        """The command line of ``words`` for this target and this configuration, to be copied and run."""
        target = "--target aws " if self.target == "aws" else ""
        named = {"profile": self.profile, "region": self.region, "config": self.config_file}
        given = "".join(f"--{name} {shlex.quote(str(value))} " for name, value in named.items() if value is not None)
        given += "".join(f"--set {shlex.quote(each)} " for each in self.given)
        return f"{program()} {target}{given}{words}"

    def answer(self, value: object) -> None:
        """Print ``value`` as JSON on stdout, if a program reads it."""
        if self.as_json:
            import json

            self.has_answered = True
            click.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))

    def confirm(self, session: Session, question: str, *, yes: bool) -> None:
        """On an account, ask before anything is changed.

        Raises:
            click.UsageError: the input is no terminal.
            click.exceptions.Exit: the answer was no.
        """
        if session.is_local or yes:
            return
        if not sys.stdin.isatty():
            raise click.UsageError(
                f"{question} The input is no terminal, so the question cannot be answered here: pass --yes to skip it"
            )
        if not click.confirm(question, err=True):
            self.console.print("Nothing was changed.")
            raise click.exceptions.Exit(1)


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def callback(context: click.Context, _: click.Parameter, value: Any) -> Any:
        if value is not None:
            setattr(context.ensure_object(Settings), name, value)
        return value

    return callback


def settings_options(command: _Command) -> _Command:
    """The options that stand before or after any command."""
    options = (
        click.option(
            "--target",
            type=click.Choice(["local", "aws"]),
            callback=_keep("target"),
            expose_value=False,
            help="The embedded AWS of this machine (default), or an account.",
        ),
        click.option("--profile", callback=_keep("profile"), expose_value=False, help="AWS profile (--target aws)."),
        click.option(
            "--region", callback=_keep("region"), expose_value=False, help="AWS region.  Default: your environment's."
        ),
        click.option(
            "--config",
            type=click.Path(path_type=Path, dir_okay=False),
            callback=_config_file,
            expose_value=False,
            metavar="FILE",
            help="The pipeline, as YAML or TOML.  Default: project personalize-sfn.",
        ),
        click.option(
            "--project",
            callback=_keep_project,
            expose_value=False,
            metavar="NAME",
            help="Another project than the file says: --set project=NAME.",
        ),
        click.option(
            "--set",
            multiple=True,
            callback=_keep_given,
            expose_value=False,
            metavar="KEY.PATH=VALUE",
            help="A value over what the file says, such as solutions.for-you.recipe=aws-sims; may be repeated.",
        ),
        click.option(
            "--debug",
            is_flag=True,
            default=None,
            callback=_keep("debug"),
            expose_value=False,
            help="Show where an error came from.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _keep_given(context: click.Context, _: click.Parameter, values: tuple[str, ...]) -> None:
    context.ensure_object(Settings).given += values


def _keep_project(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Settings).given += (f"project={value}",)


def _config_file(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        if not value.is_file():
            raise ConfigError("--config", f"there is no file {str(value)!r}")
        context.ensure_object(Settings).config_file = value


json_option = click.option(
    "--json",
    is_flag=True,
    default=None,
    callback=_keep("as_json"),
    expose_value=False,
    help="Print JSON on stdout, all else on stderr.",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask (--target aws asks first).")
pass_settings = click.make_pass_decorator(Settings)
