"""The group of commands, and what becomes of their errors."""

from __future__ import annotations

import io
import logging
import sys
import warnings

import click

from personalize_sfn import errors
from personalize_sfn.cli.commands import (
    compare,
    config,
    demo,
    deploy,
    events,
    executions,
    forget,
    local,
    outputs,
    policy,
    preflight,
    recommend,
    rollback,
    run,
)
from personalize_sfn.cli.settings import Settings, as_called, settings_options
from personalize_sfn.text import printable

OK, FAILED, USAGE, CONFLICT, INTERRUPTED = 0, 1, 2, 3, 130

#: The error names that reach us from inside a Lambda function, where only the name survives.
_CONFLICT_ERRORS = (
    errors.NotOursError,
    errors.DefinitionConflictError,
    errors.OtherConfigDeployedError,
    errors.AlreadyRunningError,
)
_CONFLICTS = ("NotOursError", "DefinitionConflictError")


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  personalize-sfn demo                                   the whole job, on this machine, in seconds
  personalize-sfn deploy && personalize-sfn run --data movielens && personalize-sfn recommend 1
  personalize-sfn --target aws --region us-east-1 deploy --dry-run

\b
Exit codes:
  0    done
  1    an execution failed, or AWS (or the embedded one) refused
  2    wrong usage, configuration or data; nothing was changed
  3    something of that name exists and is not this project's, or has other content; a run is under way already
  130  interrupted; a started execution continues""",
)
@click.version_option(package_name="personalize-sfn", prog_name="personalize-sfn")
@settings_options
@click.pass_context
def cli(context: click.Context) -> None:
    """Amazon Personalize pipelines as AWS Step Functions workflows.

    Without --target aws everything happens on the embedded AWS of this machine: no account, no cost.
    """
    debug = context.ensure_object(Settings).debug
    if not debug and not sys.warnoptions:
        warnings.simplefilter("ignore")  # of libraries, to their developers; --debug shows them
    if debug:
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    else:
        logging.getLogger().addHandler(logging.NullHandler())  # what a person must know is printed by the commands


for command in (
    demo.demo,
    deploy.deploy,
    run.run,
    run.status,
    executions.executions,
    executions.logs,
    recommend.recommend,
    recommend.rank,
    recommend.actions,
    compare.compare,
    rollback.rollback,
    outputs.batch,
    outputs.export,
    events.events,
    forget.forget,
    deploy.destroy,
    config.config,
    preflight.preflight,
    policy.policy,
    local.local,
):
    cli.add_command(command)


def run_command(arguments: list[str] | None = None) -> int:
    """Run; turn every error into one sentence on stderr and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a glyph is no reason to fail
    settings = Settings()
    given = sys.argv[1:] if arguments is None else arguments
    settings.as_json = "--json" in given  # known before the command line is: it may be wrong
    try:
        code = cli.main(args=arguments, prog_name="personalize-sfn", standalone_mode=False, obj=settings)
    except click.ClickException as error:
        usage = io.StringIO()
        error.show(usage)
        click.echo(printable(usage.getvalue()), nl=False, err=True)
        settings.answer(_failure(settings, error, error.format_message()))
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as error:
        said = ". ".join(getattr(error.__cause__ or error, "__notes__", []))
        _say("interrupted", said)
        settings.answer(_failure(settings, error, said) | {"status": "INTERRUPTED"})
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; Python would complain about flushing
        return FAILED
    except Exception as error:
        if settings.debug:
            raise
        message = _explanation(settings, error)
        _say("error", message)
        if not settings.has_answered:
            settings.answer(_failure(settings, error, message))
        return exit_code(error) if isinstance(error, errors.PersonalizeSfnError) else FAILED
    return int(code or OK)


def _explanation(settings: Settings, error: Exception) -> str:
    """What went wrong, in one sentence."""
    if isinstance(error, (errors.PersonalizeSfnError, TimeoutError)):
        return as_called(str(error))
    if type(error).__module__.startswith("botocore."):
        from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

        if settings.target == "local" and isinstance(error, (ConnectionClosedError, EndpointConnectionError)):
            start = settings.command("deploy")
            return f"the embedded AWS stopped answering: it has ended, or was killed. '{start}' starts it again"
        return f"AWS refused or did not answer: {error}"
    return f"{type(error).__name__}: {error} (a bug in personalize-sfn; --debug shows where)"


def _failure(settings: Settings, error: BaseException, message: str) -> dict[str, object]:
    """What a program is told of a command that failed: a JSON document stands on stdout in any case."""
    told: dict[str, object] = {"status": "FAILED", "error": type(error).__name__, "cause": "", "stage": ""}
    if isinstance(error, errors.WorkflowError):
        told |= {"status": error.status, "error": error.error or told["error"]}
        told |= {"cause": error.cause, "stage": error.stage}
    made = {} if settings.made is None else {"made": settings.made}
    return told | {"executionArn": settings.execution_arn, "message": message} | made


def exit_code(error: errors.PersonalizeSfnError) -> int:
    """What a script may conclude from the error."""
    if isinstance(error, _CONFLICT_ERRORS):
        return CONFLICT
    if isinstance(error, errors.WorkflowError) and error.error in _CONFLICTS:
        return CONFLICT
    return USAGE if isinstance(error, (errors.ConfigError, errors.DataError)) else FAILED


def _say(kind: str, message: str) -> None:
    click.echo(f"{click.style(kind, fg='red', bold=True)}{': ' if message else ''}{printable(message)}", err=True)
