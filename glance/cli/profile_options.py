"""Options of `glance profile`, under the names that pprof has for them, in both of its ways to write them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import click

from glance.cli.options import normal_name
from glance.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])

GRANULARITIES = {
    "functions": "A row is a function; what is shown when nothing else is asked for.",
    "filefunctions": "A row is a function in a file.",
    "files": "A row is a file.",
    "lines": "A row is a line of a file.",
    "addresses": "A row is an address.",
}
VALUES = ("inuse_space", "inuse_objects", "alloc_space", "alloc_objects")
"""Types that pprof has a flag of its own for."""
LONG = re.compile(r"--?(?P<name>[A-Za-z][A-Za-z_-]+)(?P<value>=.*)?", re.S)


class ProfileCommand(click.Command):
    """Takes `-focus x` and `-focus=x` for `--focus x`, and `-cum=true` for `--cum`, as Go does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write options as click knows them."""
        options = {name: each for each in self.params if isinstance(each, click.Option) for name in each.opts}
        return super().parse_args(ctx, list(rewritten(args, options)))


def rewritten(args: list[str], options: dict[str, click.Option]) -> Iterator[str]:
    """A command line with two dashes wherever pprof takes one."""
    words = iter(args)
    for word in words:
        match = LONG.fullmatch(word)
        name = "--" + normal_name(match["name"]) if match else word
        option, value = options.get(name), match["value"] if match else None
        if word == "--" or option is None:
            is_long = match is not None and word[1] != "-" and word[:2] not in options
            yield f"-{word}" if is_long else word  # an option of which nobody knows is named whole by what says so
            if word == "--":
                yield from words
        elif option.is_flag:
            yield from flag(name, option, value)
        else:
            yield name + (value or "")
            if value is None:
                yield from islice(words, 1)


def flag(name: str, option: click.Option, value: str | None) -> Iterator[str]:
    """A flag as click knows it: `-trim=false` is `--no-trim`, `-cum=false` is nothing.

    Raises:
        BadOptionUsage: another word is said.
    """
    said = "true" if value is None else value[1:].lower()
    if said in {"true", "1", "t"}:
        yield name
    elif said in {"false", "0", "f"}:
        yield from option.secondary_opts
    else:
        raise click.BadOptionUsage(name, f"Option {name!r} is true or false, not {said!r}.")


class Request(NamedTuple):
    """Where profiles come from."""

    sources: tuple[str, ...]
    base: tuple[str, ...] = ()
    diff_base: tuple[str, ...] = ()
    normalize: bool = False
    all_frames: bool = False
    add_comment: str = ""
    seconds: int | None = None
    timeout: float | None = None
    token: str = ""
    tls_ca: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    insecure: bool = False
    must_be_whole: bool = False
    """What is damaged is not used: of it a profile is written, which others take for whole."""


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """An option whose default is nothing."""
    return click.option(*names, **attributes)


CHOICES = (
    option("--sample-index", metavar="NAME", default="", help="The value to look at, by name or number."),
    *(option(f"--{normal_name(name)}", name, is_flag=True, hidden=True) for name in VALUES),
    option("--focus", metavar="REGEXP", default="", help="Only stacks with a frame that matches."),
    option("--ignore", metavar="REGEXP", default="", help="No stacks with a frame that matches."),
    option("--hide", metavar="REGEXP", default="", help="Take frames away that match."),
    option("--show", metavar="REGEXP", default="", help="Take frames away that do not match."),
    option("--show-from", metavar="REGEXP", default="", help="Only what is below the highest frame that matches."),
    option("--prune-from", metavar="REGEXP", default="", help="Take away what is below a frame that matches."),
    option("--tagfocus", metavar="TAG", default="", help="Only samples with a label: KEY=REGEXP, 4mb:, 1ms:5ms."),
    option("--tagignore", metavar="TAG", default="", help="No samples with such a label."),
    option("--tagshow", metavar="REGEXP", default="", help="Only labels whose key matches."),
    option("--taghide", metavar="REGEXP", default="", help="No labels whose key matches."),
    option("--tagroot", metavar="KEY,...", default="", help="These labels as frames above the root."),
    option("--tagleaf", metavar="KEY,...", default="", help="These labels as frames below the leaf."),
    *(option(f"--{name}", is_flag=True, help=text) for name, text in GRANULARITIES.items()),
    option("--noinlines", is_flag=True, help="Count calls that were inlined for their caller."),
    option("--cum", is_flag=True, help="Order by what was counted in a row and below it."),
    option("--flat", is_flag=True, help="Order by what was counted in a row itself, as without it."),
    option("--nodecount", metavar="N", type=int, default=None, help="Rows at most; 0 for all."),
    option("--nodefraction", metavar="X", type=float, default=0.005, show_default=True, help="Least share of a row."),
    option("--edgefraction", metavar="X", type=float, default=0.001, show_default=True, help="Least share of a call."),
    option("--trim/--no-trim", default=True, help="Leave out what is below these shares."),
    option("--drop-negative", is_flag=True, help="Leave out rows below 0."),
    option("--relative-percentages", is_flag=True, help="Shares of what the filters leave."),
    option("--compact-labels", is_flag=True, help="No head about the profile."),
    option("--unit", metavar="UNIT", default="minimum", show_default=True, help="Unit of values: ms, MB, auto, …"),
    option("--divide-by", metavar="X", type=float, default=1.0, help="Divide every value."),
    option("--mean", is_flag=True, help="Divide each value by the first one of its sample."),
    option("--trim-path", metavar="PATHS", default="", help="Beginnings of source paths to take away, parted by :."),
    option("--source-path", "--source-root", "source_path", metavar="DIRS", default="",
           help="Where source files are, parted by :."),
)  # fmt: skip
SOURCES = (
    option("--base", metavar="SOURCE", multiple=True, help="Take this profile away; repeatable."),
    option("--diff-base", metavar="SOURCE", multiple=True, help="Likewise, with shares of that one; repeatable."),
    option("--normalize", is_flag=True, help="First scale to the size of the base."),
    option("--all-frames", is_flag=True, help="Keep the frames that the profile says to drop."),
    option("--add-comment", metavar="TEXT", default="", help="One more comment of the profile."),
    option("--symbolize", type=click.Choice(["none"]), default="none", hidden=True, expose_value=False),
)
FETCHING = (
    option("--seconds", metavar="N", type=click.IntRange(1, 86_400), default=None,
           help="How long a URL shall take its profile."),
    option("--timeout", metavar="S", type=click.FloatRange(0.1), default=None, help="How long a URL may take."),
    option("--token", metavar="TEXT", default="", help="Shown to a URL as a bearer token."),
    option("--tls-ca", metavar="FILE", default="", help="Whom to trust, for a URL."),
    option("--tls-cert", metavar="FILE", default="", help="The certificate to show to a URL."),
    option("--tls-key", metavar="FILE", default="", help="Its key."),
    option("--insecure", is_flag=True, help="Do not ask who answers."),
)  # fmt: skip
SOURCES_ARGUMENT = click.argument("sources", nargs=-1, required=True, metavar="FILE|URL|-...")


def with_request(function: F) -> F:
    """Give a verb its sources as `request`."""
    return _gathered(function, (*SOURCES, *FETCHING, SOURCES_ARGUMENT), "request", lambda given: Request(**given))


def with_fetching(function: F) -> F:
    """Give a verb sources without a base as `request`."""
    return _gathered(function, (*FETCHING, SOURCES_ARGUMENT), "request", lambda given: Request(**given))


def with_choices(function: F) -> F:
    """Give a verb what its report shall show as `choices`."""
    return _gathered(function, CHOICES, "choices", choices_of)


def _gathered(function: F, options: tuple[Any, ...], name: str, make: Callable[[dict[str, Any]], Any]) -> F:
    """A verb that takes several options as one argument."""

    def empty() -> None: ...

    probe: Any = empty
    for each in options:
        probe = each(probe)
    keys = {parameter.name for parameter in probe.__click_params__ if parameter.expose_value}

    @functools.wraps(function)
    def call(**given: Any) -> Any:
        taken = {key: given.pop(key) for key in keys}
        return function(**given, **{name: make(taken)})

    decorated: Any = call
    for each in reversed(options):
        decorated = each(decorated)
    return decorated  # type: ignore[no-any-return]


def choices_of(given: dict[str, Any]) -> Any:
    """The choices of a report.

    Raises:
        UsageError: two of them exclude each other.
    """
    from glance.domain.profiles.report import Choices  # numpy behind it: not for --help

    granularities = [name for name in GRANULARITIES if given.pop(name)]
    values = [name for name in VALUES if given.pop(name)]
    by_cum, by_flat = given.pop("cum"), given.pop("flat")
    for several in (granularities, values, ["cum", "flat"] * (by_cum and by_flat)):
        if len(several) > 1:
            raise UsageError(f"--{several[0]} and --{several[1]} cannot both be", "", "leave one out")
    if given["nodecount"] is not None and given["nodecount"] < 0:
        given["nodecount"] = None
    if values and not given["sample_index"]:
        given["sample_index"] = values[0]
    return Choices(**given, by_cum=by_cum, granularity=granularities[0] if granularities else "functions")
