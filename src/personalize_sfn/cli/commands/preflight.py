"""``personalize-sfn preflight``: what AWS would refuse, before money is spent."""

from __future__ import annotations

import click

from personalize_sfn.cli.settings import Settings, json_option, literal, pass_settings, settings_options

#: Exit code where a run would be refused.
_REFUSED = 1
_STYLES = {"ok": "green", "full": "red", "refused": "red", "not read": "yellow"}


@click.command(
    epilog="""\b
Examples:
  personalize-sfn --target aws --config shop.yaml preflight
  personalize-sfn --config shop.yaml preflight --json"""
)
@json_option
@settings_options
@pass_settings
def preflight(settings: Settings) -> None:
    """Tell what AWS would refuse: quotas, region, role, bucket, keys.

    Reads only; exit code 1 if a run would be refused.  Limits are read from Service Quotas where you may, else they are
    AWS's defaults, and said to be.
    """
    session = settings.connect(start=False)
    config, console = settings.config, settings.console
    from personalize_sfn.deploy.preflight_checks import preflight as look
    from personalize_sfn.deploy.preflight_checks import quota_text

    with console.status("Looking at quotas, role and bucket"):
        found = look(session, config)
    from rich.table import Table

    rows = Table(box=None, padding=(0, 2, 0, 1), show_header=False)
    for overflow in ("fold", "fold", "fold"):
        rows.add_column(overflow=overflow)
    for check in found.checks:
        if check.what != "quota":
            rows.add_row(check.what, f"[{_STYLES[check.outcome]}]{check.outcome}[/]", literal(check.text))
    for use in found.quotas:
        outcome = "full" if use.is_full else "ok"
        rows.add_row(literal(use.quota.words), f"[{_STYLES[outcome]}]{outcome}[/]", literal(quota_text(use)))
    console.print(rows)
    for text in found.refused:
        console.print(f"[red]✗[/] {literal(text)}", soft_wrap=True)
    settings.answer(
        {
            "project": config.project,
            "refused": list(found.refused),
            "checks": [{"what": each.what, "outcome": each.outcome, "text": each.text} for each in found.checks],
            "quotas": [
                {
                    "kind": use.quota.row.words,
                    "per": use.quota.per,
                    "under_way": use.quota.pending,
                    "limit": use.limit,
                    "source": use.source,
                    "used": None if use.used is None else list(use.used),
                    "needed": list(use.needed),
                    "left": use.left,
                    "full": use.is_full,
                }
                for use in found.quotas
            ],
        }
    )
    if found.refused:
        raise click.exceptions.Exit(_REFUSED)
    console.print(f"[green]✓[/] {literal(config.project)}: nothing in the way, as far as it could be read")
