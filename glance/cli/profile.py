"""`glance profile`: what a program spends its time and memory on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from glance.cli.profile_options import ProfileCommand, Request, with_choices, with_fetching, with_request
from glance.cli.terminal import has_colours
from glance.cli.verb_group import VerbGroup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glance.domain.profiles.report import Choices, Kind, Report

FORMS = ("text", "json", "markdown")
COUNTED = re.compile(r"ROUTINE |(?! *\. +\. ) *\S+ +\S+ +\d+:")
"""Lines of a listing that count for something: bold, where a person looks on."""

output_option = click.option(
    "--output", "-o", type=click.Choice(FORMS), default="text", show_default=True, help="Form of the answer."
)


@click.group(cls=VerbGroup)
def profile() -> None:
    """Look at profiles: of pprof, perf, speedscope and others, told apart by what is in them.

    Reports, filters and their options are those of `go tool pprof`, which need not be there. Several
    sources are merged. A source is a file, - for standard input, or a URL of a running program.

    \b
    glance profile top cpu.pb.gz
    glance profile peek 'json\\.Marshal' cpu.pb.gz
    glance profile top --seconds 10 http://localhost:6060/debug/pprof/profile
    glance profile diff before.pb.gz after.pb.gz
    """


def _report(request: Request, choices: Choices, kind: Kind) -> Report:
    """The report that was asked for; what it has to remark goes to standard error."""
    from datetime import UTC, datetime  # not for --help

    from glance.cli.profile_sources import looked_at, say
    from glance.domain.profiles.report import reported
    from glance.domain.safe_text import safe_text

    found = looked_at(request)
    try:
        zone = datetime.fromtimestamp(found.time_nanos / 1e9, UTC).astimezone().tzinfo or UTC
    except (OverflowError, ValueError, OSError):
        zone = UTC
    report = reported(found, choices, kind, zone)
    for warning in report.warnings:
        say(safe_text(warning))
    return report


def _print(lines: Iterable[str]) -> None:
    """Print lines, as one piece."""
    click.echo("".join(f"{line}\n" for line in lines), nl=False)


def _print_as(output: str, lines: Iterable[str], in_json: str, *arguments: Any) -> None:
    """Print a report as text, as Markdown, or as JSON by the function of that name."""
    if output == "text":
        _print(lines)
        return
    from glance.cli import profile_output  # only for other forms

    _print(getattr(profile_output, in_json)(*arguments) if output == "json" else profile_output.fenced(lines))


@profile.command(cls=ProfileCommand)
@with_choices
@output_option
@with_request
def top(request: Request, choices: Choices, *, output: str) -> None:
    """Print what each function counts for, the largest first.

    \b
    glance profile top cpu.pb.gz
    glance profile top -cum -focus main -nodecount 10 cpu.pb.gz
    glance profile top -diff_base before.pb.gz after.pb.gz
    glance profile top -o json --nodecount 0 --nodefraction 0 heap.pb.gz
    """
    from glance.domain.profiles.report import TOP  # numpy behind it: not for --help
    from glance.domain.profiles.report_text import top_lines

    report = _report(request, choices, TOP)
    if output == "text":
        _print(top_lines(report))
        return
    from glance.cli import profile_output

    _print(profile_output.top_json(report) if output == "json" else profile_output.top_markdown(report))


@profile.command(cls=ProfileCommand)
@click.argument("regexp")
@with_choices
@output_option
@with_request
def peek(request: Request, choices: Choices, *, regexp: str, output: str) -> None:
    """Print who calls functions that match, and what they call.

    \b
    glance profile peek 'regexp\\.Compile' cpu.pb.gz
    """
    from glance.domain.profiles.report import PEEK  # numpy behind it: not for --help
    from glance.domain.profiles.report_text import tree_lines

    report = _report(request, choices, PEEK)
    _print_as(output, tree_lines(report, regexp), "tree_json", report, regexp)


@profile.command(cls=ProfileCommand)
@with_choices
@output_option
@with_request
def tree(request: Request, choices: Choices, *, output: str) -> None:
    """Print each function with its callers and what it calls.

    \b
    glance profile tree cpu.pb.gz
    """
    from glance.domain.profiles.report import TREE  # numpy behind it: not for --help
    from glance.domain.profiles.report_text import tree_lines

    report = _report(request, choices, TREE)
    _print_as(output, tree_lines(report), "tree_json", report)


@profile.command(cls=ProfileCommand)
@with_choices
@output_option
@with_request
def traces(request: Request, choices: Choices, *, output: str) -> None:
    """Print every sample, with its labels and its stack.

    \b
    glance profile traces -focus main cpu.pb.gz
    """
    from glance.domain.profiles.report import TREE  # numpy behind it: not for --help
    from glance.domain.profiles.report_text import trace_lines

    report = _report(request, choices, TREE)
    _print_as(output, trace_lines(report), "traces_json", report)


@profile.command(cls=ProfileCommand)
@with_choices
@output_option
@with_request
def tags(request: Request, choices: Choices, *, output: str) -> None:
    """Print what each value of each label counts for.

    \b
    glance profile tags cpu.pb.gz
    """
    from glance.domain.profiles.report import TREE  # numpy behind it: not for --help
    from glance.domain.profiles.report_text import tag_lines

    report = _report(request, choices, TREE)
    if output == "text":
        _print(tag_lines(report))
        return
    from glance.cli import profile_output

    _print(profile_output.tags_json(report) if output == "json" else profile_output.tags_markdown(report))


@profile.command(cls=ProfileCommand)
@with_request
def comments(request: Request) -> None:
    """Print the comments that a profile has.

    \b
    glance profile comments cpu.pb.gz
    """
    from glance.domain.profiles.report import Choices  # numpy behind it: not for --help
    from glance.domain.profiles.report_text import comment_lines

    _print(comment_lines(_report(request, Choices(), _tree_kind())))


def _tree_kind() -> Kind:
    from glance.domain.profiles.report import TREE  # numpy behind it: not for --help

    return TREE


@profile.command(cls=ProfileCommand, short_help="Print everything that a profile has.")
@with_choices
@with_request
def raw(request: Request, choices: Choices) -> None:
    """Print everything that a profile has: samples, locations and mappings.

    \b
    glance profile raw cpu.pb.gz
    """
    from glance.domain.profiles.report import RAW  # numpy behind it: not for --help
    from glance.domain.profiles.report_raw import raw_lines

    report = _report(request, choices, RAW)
    _print(raw_lines(report.profile, report.zone))


@profile.command(name="list", cls=ProfileCommand, short_help="Print source code with what lines count for.")
@click.argument("regexp")
@with_choices
@click.option("--map", "maps", metavar="OLD=NEW", multiple=True, help="Look for sources elsewhere; repeatable.")
@output_option
@with_request
def list_(request: Request, choices: Choices, *, regexp: str, maps: tuple[str, ...], output: str) -> None:
    """Print the source of functions that match, with what each line counts for.

    Files are looked for where the profile says, in --source-root, and in the folders of Go.

    \b
    glance profile list main.handleSlow cpu.pb.gz
    glance profile list main.handleSlow --source-root ~/src/app --map /build=. cpu.pb.gz
    """
    from glance.cli.code_colours import listed_in_colours
    from glance.cli.profile_sources import say
    from glance.domain.profiles.report import LIST  # numpy behind it: not for --help
    from glance.domain.profiles.report_list import code_texts, list_lines
    from glance.sources.source_code import SourceCode, mapped

    report = _report(request, choices, LIST)
    code = SourceCode(choices.source_path, choices.trim_path, mapped(maps))
    printed = listed_in_colours if output == "text" and has_colours() else code_texts
    lines = list_lines(report, regexp, code.lines, printed)
    if output == "text":
        lines = (click.style(line, bold=True) if COUNTED.match(line) else line for line in lines)
    _print_as(output, lines, "list_json", report, regexp, code.lines)
    if code.hint:
        say(f"sources are found with {code.hint}")


@profile.command(cls=ProfileCommand)
@output_option
@with_fetching
def info(request: Request, *, output: str) -> None:
    """Print what a profile is of, and what it has.

    \b
    glance profile info cpu.pb.gz
    """
    from glance.cli.profile_info import info_lines  # numpy behind it: not for --help

    _print(info_lines(request, output))


@profile.command(cls=ProfileCommand, short_help="Print when the samples of a recording were taken.")
@click.option("--range", "span", metavar="START,END", default="",
              help="Only samples of these seconds, from the first second on: what they were doing.")  # fmt: skip
@click.option("--rows", type=click.Choice(["10", "25", "50"]), default="25", show_default=True, help="Of a second.")
@output_option
@with_fetching
def heatmap(request: Request, *, span: str, rows: str, output: str) -> None:
    """Print when the samples of perf script, austin or a Go trace were taken.

    \b
    perf script | glance profile heatmap -
    glance profile heatmap --range 1.2,3 trace.out
    """
    from glance.cli.profile_heatmap import heatmap_lines  # numpy behind it: not for --help

    _print(heatmap_lines(request, int(rows), span, output))


@profile.command(cls=ProfileCommand, short_help="Print what changed between profiles.")
@click.option("--sample-index", metavar="NAME", default="", help="The value to look at, by name or number.")
@click.option("--focus", metavar="REGEXP", default="", help="Only functions whose name matches.")
@click.option("--cum", is_flag=True, help="Order by what changed in a function and below it.")
@click.option("--normalize/--no-normalize", default=True, help="Scale the second profile to the size of the first.")
@click.option("--nodecount", metavar="N", type=click.IntRange(0), default=30, show_default=True,
              help="Rows at most; 0 for all.")  # fmt: skip
@click.option("--all", "has_noise", is_flag=True, help="Rows too that are no more than chance.")
@click.option("--fail-if", "conditions", metavar="EXPR", multiple=True,
              help="Exit with 1 when this is so of a function, as in 'growth > 2%'; repeatable.")  # fmt: skip
@output_option
@with_fetching
def diff(request: Request, *, conditions: tuple[str, ...], output: str, **wanted: Any) -> int:
    """Print what changed from one profile to another, and whether it is more than chance.

    The first source is the base. EXPR compares growth, cum_growth, share, cum_share, share_before
    and cum_share_before, all of them shares; growth that may be chance counts as none.

    \b
    glance profile diff before.pb.gz after.pb.gz
    glance profile diff --fail-if 'growth > 2%' --fail-if 'cum_growth > 5%' before.pb.gz after.pb.gz
    """
    from glance.cli.profile_diff import compared  # numpy behind it: not for --help

    return compared(request, conditions, output, wanted)


@profile.command(cls=ProfileCommand, short_help="Merge profiles into one.")
@click.option("-o", "--output", metavar="OUT", required=True, type=click.Path(), help="The file to write; - for none.")
@with_fetching
def merge(request: Request, *, output: str) -> None:
    """Merge profiles into one, byte for byte as `go tool pprof -proto` does.

    \b
    glance profile merge monday.pb.gz tuesday.pb.gz -o both.pb.gz
    """
    from glance.cli.profile_export import merge_into  # numpy behind it: not for --help

    merge_into(request, output)


@profile.command(cls=ProfileCommand, short_help="Write a profile in another format.")
@click.option("--to", "form", type=click.Choice(["folded", "speedscope", "svg", "pprof", "callgrind"]), required=True,
              help="The format to write.")  # fmt: skip
@click.option("-o", "--output", metavar="OUT", default="-", type=click.Path(), help="The file to write.")
@with_choices
@with_request
def export(request: Request, choices: Choices, *, form: str, output: str) -> None:
    """Write a profile in another format, filtered where that is asked for.

    \b
    glance profile export --to folded cpu.pb.gz
    glance profile export --to svg -o cpu.svg cpu.pb.gz
    """
    from glance.cli.profile_export import export_to  # numpy behind it: not for --help

    request = request._replace(must_be_whole=form == "pprof")
    export_to(_report(request, choices, _raw_kind()), form, output)


def _raw_kind() -> Kind:
    from glance.domain.profiles.report import RAW  # numpy behind it: not for --help

    return RAW
