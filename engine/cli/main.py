"""The ``duly`` command: one file per subcommand, imported only when it is used."""

from __future__ import annotations

import gc
import signal
import sys
from importlib import import_module

import click

from duly.dsl.diagnostics import PackNotFound, PolicyError, did_you_mean
from duly.engine import discovery
from duly.engine.cli.mistakes import show_mistakes
from duly.engine.raw import FactsError, PlanError

FINE, FINDINGS, COULD_NOT_RUN, NOTHING_CHECKED, STOPPED = 0, 1, 2, 3, 130
"""Exit codes; the last is what shells give for Ctrl-C."""

MANY = 100_000
"""New objects between two searches for circles of them: packs are many, and stay to the end."""

COMMANDS = {
    "check": "Read rule files and report every mistake in one go.",
    "format": "Bring rule files into their one layout.",
    "test": "Run the packs' scenarios.",
    "audit": "Hold local policy against the law, for every child.",
    "trace": "Say what has become of each row of a pack's source.",
    "run": "Run a pack over facts and write the obligations.",
    "explain": "Show how one child's dates came about.",
    "plugins": "List what is installed.",
}
"""The engine's own subcommands; plugins add theirs."""


class _Lazy(click.Group):
    """Lists commands without importing them, so that ``--help`` is immediate."""

    def _summaries(self) -> dict[str, str]:
        added = discovery.commands(discovery.plugin_manager())
        return COMMANDS | {name: command.summary for name, command in added.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._summaries())

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in COMMANDS:
            command: click.Command = import_module(f"duly.engine.cli.{name}").command
            return command
        added = discovery.commands(discovery.plugin_manager())
        return added[name].load() if name in added else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self._summaries().items()))

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("stopped: what was not finished is not written", err=True)
            sys.exit(STOPPED)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            guess = did_you_mean(args[0], known) or "see `duly --help`"
            ctx.fail(f"there is no command `{args[0]}`; {guess}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="duly", message="duly %(version)s")
def cli() -> None:
    """Policy as code for children's social care.

    Rule files in, deadlines and verdicts out, with the law as a floor under local policy.
    """


def main() -> None:
    """Run the command; mistakes in rules, facts or usage end in a message, never a traceback."""
    gc.set_threshold(MANY)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to stop is as Ctrl-C
    try:
        sys.exit(cli(standalone_mode=True))
    except PolicyError as error:
        click.echo(f"{show_mistakes(error, err=True)} found", err=True)
        sys.exit(FINDINGS)
    except PlanError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(FINDINGS)
    except (PackNotFound, FactsError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(COULD_NOT_RUN)
    except OSError as error:  # a folder that cannot be made, a file that is open elsewhere
        named = f"`{error.filename}`" if error.filename else "a file"
        click.echo(f"error: {named} cannot be used: {error.strerror or error}", err=True)
        click.echo("  help:  check that it is there, and that you may read or write it", err=True)
        sys.exit(COULD_NOT_RUN)


if __name__ == "__main__":
    main()
