"""The command `glance` itself: finds the verb, loads only that, and gives it environment and file.

`glance --help` imports no verb: their names and one line each stand in a table.
"""

from __future__ import annotations

from copy import copy
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from glance import __version__
from glance.cli.options import ENVIRONMENT_PREFIX, SHARED, VALUE_NAMES, inherited, normal_name
from glance.config import ConfigFile, read_config

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import CompletionItem


class Verb(NamedTuple):
    """What is known of a verb before its module is imported."""

    target: str
    """Where its command is, as `module:attribute`."""
    help: str
    is_hidden: bool = False


VERBS = {
    "watch": Verb(
        "glance.cli.watch:watch", "Open the dashboard; what glance does when no verb is given.", is_hidden=True
    ),
    "report": Verb("glance.cli.report:report", "Print the numbers of logs, without a dashboard."),
    "flame": Verb("glance.cli.flame:flame", "Look at profiles as flame graphs, without a log."),
    "sql": Verb("glance.cli.sql:sql", "Ask logs or history with SQL."),
    "check": Verb("glance.cli.check:check", "Exit with 0 when logs keep within limits, with 1 when they do not."),
    "collect": Verb("glance.cli.collect:collect", "Read logs into history, each line once, or follow them."),
    "metrics": Verb("glance.cli.metrics:metrics", "Define metrics, and print what they were."),
    "daemon": Verb(
        "glance.cli.daemon:daemon", "Read logs in the background: history, alerts and reports with no screen."
    ),
    "serve": Verb("glance.cli.serve:serve", "Show the dashboard in a browser, and metrics and reports over HTTP."),
    "alerts": Verb("glance.cli.alerts:alerts", "List, make and test alerts, and see what fired."),
    "profile": Verb("glance.cli.profile:profile", "Print what programs spend time and memory on, from their profiles."),
    "suspect": Verb("glance.cli.suspect:suspect", "Name functions that stand out in profiles, why, and where."),
    "snapshot": Verb("glance.cli.snapshot:snapshot", "Keep a moment whole: records, lines and profiles in one file."),
    "demo": Verb("glance.cli.demo:demo", "Open the dashboard on made-up live traffic."),
    "config": Verb("glance.cli.config:config", "Print the settings in effect and where each came from."),
    "completion": Verb("glance.cli.completion:completion", "Print the completion script of a shell."),
}
DEFAULT_VERB = "watch"

OWN_OPTIONS = ("--config", "--debug", "--version")
"""Options of glance itself that may stand anywhere."""
OWN_ACTIONS = ("--help", "-h")
"""Options that mean glance itself only before any word; after one, the verb's own."""

USAGE = """[OPTIONS] [PATH|GLOB|DIR|-]...
       glance VERB [OPTIONS] ..."""

EPILOG = (
    f"Every option can also be set in the environment, as {ENVIRONMENT_PREFIX}_ALERT_THRESHOLD sets --alert-threshold, "
    "or in a file of settings: `glance config` shows where that is, and what is in effect. "
    "A log with the name of a verb is written as ./report."
)


class Arrangement(NamedTuple):
    """A command line taken apart."""

    root: list[str]
    """Options of glance itself, which may stand anywhere."""
    verb: str | None
    rest: list[str]
    """What the verb is given."""


def arrange(args: list[str]) -> Arrangement:
    """Find the verb, which is the first word that is no option and no option's value."""
    own: list[str] = []
    rest: list[str] = []
    verb: str | None = None
    has_word = False
    words = iter(args)
    for word in words:
        name, equals, _ = word.partition("=")
        name = normal_name(name)
        if word == "--":
            rest += [word, *words]
        elif name in OWN_OPTIONS or (not has_word and name in OWN_ACTIONS):
            own += [word, *([] if equals or name not in VALUE_NAMES else islice(words, 1))]
        elif word.startswith("-") and word != "-":
            rest += [word, *([] if equals or name not in VALUE_NAMES else islice(words, 1))]
        elif not has_word and word in VERBS:
            verb, has_word = word, True
        else:
            rest.append(word)
            has_word = True
    return Arrangement(own, verb, rest)


class Root(click.Group):
    """The group of verbs, in which a command line without one means the dashboard."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put glance's own options first and the verb after them, wherever they stood."""
        found = arrange(args)
        if ctx.resilient_parsing:  # a shell asks for words
            verb = [] if found.verb is None and not found.rest else [found.verb or DEFAULT_VERB]
            return super().parse_args(ctx, [*found.root, *verb, *found.rest])
        if found.root[-1:] == ["--config"]:  # else it would take the verb for its value
            ctx.fail("Option '--config' requires an argument.")
        left = super().parse_args(ctx, [*found.root, found.verb or DEFAULT_VERB, *found.rest])
        _use_config(ctx)
        return left

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs that help and completion name."""
        return [name for name, verb in VERBS.items() if not verb.is_hidden]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb, and let it read the environment and the file under plain names.

        Click would name a variable after the verb as well (`GLANCE_WATCH_WINDOW`), and look for
        its values in a table of that name.
        """
        if cmd_name not in VERBS:
            return None
        module, _, attribute = VERBS[cmd_name].target.partition(":")
        command: click.Command = copy(getattr(import_module(module), attribute))  # the next call has its own file
        command.context_settings = {**command.context_settings, **inherited(ctx)}
        return command

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways to call it."""
        formatter.write(f"Usage: glance {USAGE}\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Verbs from the table, then the dashboard's options, then glance's own."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, VERBS[name].help) for name in self.list_commands(ctx)])
        shared = [shared.option.get_help_record(ctx) for shared in SHARED]
        own = [parameter.get_help_record(ctx) for parameter in self.get_params(ctx)]
        for title, records in (("Options", shared), ("With every verb", own)):
            with formatter.section(title):
                formatter.write_dl([record for record in records if record], col_max=32)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Where else options come from."""
        formatter.write_paragraph()
        formatter.write_text(EPILOG)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Verbs, options and files, without importing a verb. Bash wants files to come first."""
        from click.shell_completion import CompletionItem  # only when a shell asks

        if incomplete.startswith("-"):
            names = [(name, shared.help) for shared in SHARED for name in "/".join(shared.names).split("/")]
            shared_names = [CompletionItem(name, help=text) for name, text in names if name.startswith(incomplete)]
            return [*shared_names, *click.Command.shell_complete(self, ctx, incomplete)]
        verbs = [CompletionItem(name, help=VERBS[name].help) for name in self.list_commands(ctx)]
        return [CompletionItem(incomplete, type="file"), *(one for one in verbs if one.value.startswith(incomplete))]


def _use_config(ctx: click.Context) -> None:
    """Read the configuration before any verb, so that its values are the defaults of every option."""
    from pathlib import Path  # not for --help, which does not come here

    from glance.paths import config_file

    given = ctx.params["config"]
    ctx.obj = file = _named_config(Path(given)) if given else read_config(config_file())
    ctx.default_map = dict(file.values)


def _named_config(path: Path) -> ConfigFile:
    """The configuration in this file, which may be one of fluffy's."""
    if path.suffix in (".yml", ".yaml"):
        from glance.pipeline.fluffy_config import read_fluffy  # for who comes from there

        return read_fluffy(path)
    return read_config(path, must_exist=True)


@click.group(
    cls=Root,
    context_settings={
        "max_content_width": 100,
        "auto_envvar_prefix": ENVIRONMENT_PREFIX,
        "help_option_names": ["-h", "--help"],
        "token_normalize_func": normal_name,
    },
    help="What is my traffic doing? A live dashboard for access logs.",
)
@click.option("--config", metavar="FILE", type=click.Path(), help="Read settings from this file.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback when glance itself fails.")
@click.version_option(__version__, prog_name="glance", message="%(prog)s %(version)s")
def root(**_none: Any) -> None:
    """Nothing of its own; verbs do the work."""
