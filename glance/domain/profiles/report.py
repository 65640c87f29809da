"""A report on a profile: filters, granularity, trimming and units applied in the order in which pprof does."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property

import numpy as np

from glance.domain.profiles import name_filter, prune, tag_filter
from glance.domain.profiles.call_graph import Counted, Graph, GraphBuilder, Node, mean
from glance.domain.profiles.diff import BASE_KEY, without_label
from glance.domain.profiles.measurement import converted, label, percentage
from glance.domain.profiles.pattern import compiled
from glance.domain.profiles.place import Naming, places_of, without_inlines
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import Ints
from glance.domain.profiles.tag_frames import with_tag_frames
from glance.domain.profiles.value_choice import base_samples, exact_sum, value_index
from glance.domain.safe_text import safe_text

FILTERS = ("focus", "ignore", "hide", "show", "show_from", "tagfocus", "tagignore", "tagshow", "taghide")
"""Filters that a report names in its head."""
GRAPH_NODES = 80
"""How many nodes a tree has when nobody says how many."""
LONGEST_FILTER = 80


@dataclass(frozen=True, slots=True)
class Choices:
    """What a report shall show; names and defaults are pprof's."""

    sample_index: str = ""
    focus: str = ""
    ignore: str = ""
    hide: str = ""
    show: str = ""
    show_from: str = ""
    prune_from: str = ""
    tagfocus: str = ""
    tagignore: str = ""
    tagshow: str = ""
    taghide: str = ""
    tagroot: str = ""
    tagleaf: str = ""
    granularity: str = "functions"
    noinlines: bool = False
    by_cum: bool = False
    nodecount: int | None = None
    nodefraction: float = 0.005
    edgefraction: float = 0.001
    trim: bool = True
    drop_negative: bool = False
    relative_percentages: bool = False
    compact_labels: bool = False
    unit: str = "minimum"
    divide_by: float = 1.0
    mean: bool = False
    trim_path: str = ""
    source_path: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What sets reports apart before they are printed."""

    nodecount: int = 0
    """When nobody says another; 0 is all."""
    trims: bool = True
    granularity: str = ""
    """The only one that it has; empty where it may be chosen."""
    keeps_objects: bool = False
    has_fractions: bool = True
    """Values may be printed with some; else even the smallest is shown in a unit of which it is one or more."""


TOP = Kind()
TREE = Kind(nodecount=GRAPH_NODES)
PEEK = Kind(trims=False)
LIST = Kind(trims=False, granularity="lines", keeps_objects=True)
RAW = Kind(trims=False, granularity="addresses", keeps_objects=True)
CALLGRIND = Kind(trims=False, granularity="addresses", keeps_objects=True, has_fractions=False)


@dataclass(frozen=True, eq=False)
class Report:
    """A profile that was prepared, with what is needed to print it."""

    profile: Profile
    choices: Choices
    kind: Kind
    index: int
    total: int
    """What percentages are of."""
    label_units: dict[str, str]
    warnings: tuple[str, ...] = ()
    zone: tzinfo = field(default=UTC)
    """In which the time of the profile is shown."""

    @property
    def type(self) -> str:
        """The name of what is counted."""
        name = self.profile.sample_types[self.index].type
        return f"mean_{name}" if self.choices.mean else name

    @property
    def unit(self) -> str:
        """In what it is counted."""
        return self.profile.sample_types[self.index].unit

    def value_text(self, value: int, unit: str = "") -> str:
        """A value as it is printed."""
        return label(self.scaled(value), self.unit, unit or self.choices.unit)

    def scaled(self, value: int) -> int:
        """A value, divided where that is wanted."""
        ratio = 1.0 / self.choices.divide_by
        return int(value * ratio) if ratio > 0 and ratio != 1 else value

    @property
    def values(self) -> Ints:
        """What each sample counts for."""
        return self.profile.values[:, self.index]

    @property
    def counts(self) -> Ints | None:
        """What the value of each sample is divided by."""
        return self.profile.values[:, 0] if self.choices.mean else None

    @cached_property
    def trimmed(self) -> TrimmedGraph:
        """The graph, without what counts for little."""
        return trimmed_graph(self)

    def head(self, unit: str = "") -> list[str]:
        """What is said of the profile before anything else; its total in this unit, or in the one that is wanted."""
        profile = self.profile
        lines: list[str] = []
        if profile.mappings and profile.mappings[0].file:
            lines.append(f"File: {posixpath.basename(profile.mappings[0].file)}")
        if profile.mappings and profile.mappings[0].build_id:
            lines.append(f"Build ID: {profile.mappings[0].build_id}")
        lines += [comment for comment in profile.comments if not comment.startswith("#")]
        lines.append(f"Type: {self.type}")
        if profile.doc_url:
            lines.append(f"Doc: {profile.doc_url}")
        if profile.time_nanos:
            lines.append(f"Time: {moment_text(profile.time_nanos, self.zone)}")
        if profile.duration_nanos:
            duration = label(profile.duration_nanos, "nanoseconds")
            nanos, in_nanos = converted(self.total, self.unit, "nanoseconds")
            share = f"({percentage(int(nanos), profile.duration_nanos)})" if in_nanos == "ns" and nanos else ""
            lines.append(f"Duration: {duration}, Total samples = {self.value_text(self.total, unit)} {share}")
        return [safe_text(line) for line in lines]


def moment_text(nanos: int, zone: tzinfo) -> str:
    """A moment as pprof prints it; one that no calendar has as its number."""
    try:
        moment = datetime.fromtimestamp(nanos // 10**9, zone)
    except (OverflowError, ValueError, OSError):
        return f"{nanos} ns"
    return moment.strftime("%Y-%m-%d %H:%M:%S %Z")


def reported(profile: Profile, choices: Choices, kind: Kind = TOP, zone: tzinfo = UTC) -> Report:
    """Prepare a report, in the order in which pprof does: the total is counted before anything is filtered.

    Raises:
        ProfileError: an expression, a name of a value or another choice makes no sense.
    """
    if choices.divide_by == 0:
        raise ProfileError("zero divisor specified")
    choices = adjusted(choices, kind)
    units, others = tag_filter.label_units(profile)
    warnings = [
        f"For tag {key} used unit {units[key]}, also encountered unit(s) {', '.join(more)}"
        for key, more in others.items()
    ]
    roots, leaves = (list(filter(None, text.split(","))) for text in (choices.tagroot, choices.tagleaf))
    profile, has_root, has_leaf = with_tag_frames(profile, roots, leaves, choices.unit)
    warnings += unmatched([("TagRoot", choices.tagroot, has_root), ("TagLeaf", choices.tagleaf, has_leaf)])
    if choices.relative_percentages:
        profile = focused(profile, choices, units, warnings)
    index = value_index(profile, choices.sample_index)
    total = total_of(profile, index, has_mean=choices.mean)
    if not choices.relative_percentages:
        profile = focused(profile, choices, units, warnings)
    if choices.noinlines:
        profile = without_inlines(profile)
    return Report(profile, choices, kind, index, total, units, tuple(warnings), zone)


def adjusted(choices: Choices, kind: Kind) -> Choices:
    """What the kind of a report leaves of the choices."""
    if kind.granularity:
        choices = replace(choices, granularity=kind.granularity)
    if not (kind.trims and choices.trim):
        return replace(choices, nodecount=0, nodefraction=0.0, edgefraction=0.0)
    return replace(choices, nodecount=kind.nodecount) if choices.nodecount is None else choices


def total_of(profile: Profile, index: int, *, has_mean: bool) -> int:
    """What percentages are of."""
    values, is_base = profile.values, base_samples(profile)
    rows = is_base if exact_sum(values[is_base, index]) > 0 else np.ones(len(profile), dtype=np.bool_)
    found = exact_sum(values[rows, index])
    return mean(found, sum(values[rows, 0].tolist())) if has_mean else found


def focused(profile: Profile, choices: Choices, units: dict[str, str], warnings: list[str]) -> Profile:
    """The profile with all filters applied.

    Raises:
        ProfileError: an expression cannot be understood.
    """

    def pattern(name: str) -> re.Pattern[str] | None:
        text = getattr(choices, name)
        return compiled(text, name) if text else None

    def tags(name: str) -> tag_filter.TagFilter | None:
        text = getattr(choices, name)
        if not text:
            return None
        found = tag_filter.tag_filter(text, units, name)
        if found.is_range:
            warnings.append(f"{name}:Interpreted '{text.partition('=')[2] or text}' as range, not regexp")
        return found

    by_name = {name: pattern(name) for name in ("focus", "ignore", "hide", "show")}
    show_from, prune_from = pattern("show_from"), pattern("prune_from")
    tagfocus, tagignore, tagshow, taghide = tags("tagfocus"), tags("tagignore"), pattern("tagshow"), pattern("taghide")
    profile, matches = name_filter.filtered_by_name(profile, **by_name)
    is_from = False
    if show_from:
        profile, is_from = name_filter.shown_from(profile, show_from)
    profile, is_tag, is_not_tag = tag_filter.filtered_by_tag(profile, tagfocus, tagignore)
    profile, is_shown, is_hidden = tag_filter.filtered_tags(profile, tagshow, taghide)
    warnings += unmatched(
        [
            ("Focus", choices.focus, matches.focus),
            ("Ignore", choices.ignore, matches.ignore),
            ("Hide", choices.hide, matches.hide),
            ("Show", choices.show, matches.show),
            ("ShowFrom", choices.show_from, is_from),
            ("TagFocus", choices.tagfocus, is_tag),
            ("TagIgnore", choices.tagignore, is_not_tag),
            ("TagShow", choices.tagshow, is_shown),
            ("TagHide", choices.taghide, is_hidden),
        ]
    )
    return prune.pruned_from(profile, prune_from) if prune_from else profile


def unmatched(asked: list[tuple[str, str, bool]]) -> list[str]:
    """What was asked for and found nowhere."""
    return [f"{name} expression matched no samples" for name, text, has_match in asked if text and not has_match]


@dataclass(frozen=True, slots=True, eq=False)
class TrimmedGraph:
    """What is left of the graph of a report."""

    graph: Graph
    original: int
    """Nodes before they were limited in number."""
    dropped: int
    """Nodes that count for too little."""
    unit: str
    """In which values are printed."""

    @property
    def shown_total(self) -> int:
        """What the nodes that are left account for."""
        return sum(node.flat_value for node in self.graph.nodes)


def flat_order(node: Node) -> tuple[object, ...]:
    """By what was counted at the place itself."""
    return -abs(node.flat), node.name, -abs(node.cum), node.place


def cum_order(node: Node) -> tuple[object, ...]:
    """By what was counted at the place and below it."""
    return -abs(node.cum), node.name, -abs(node.flat), node.place


def trimmed_graph(report: Report) -> TrimmedGraph:
    """The graph of a report, trimmed as its choices say."""
    choices = report.choices
    naming = Naming(choices.granularity, report.kind.keeps_objects, choices.trim_path, choices.source_path)
    profile = without_label(report.profile, BASE_KEY)
    builder = GraphBuilder(profile, places_of(profile, naming), report.values, report.counts)
    counted = builder.count()
    rows = counted.listed(drops_negative=choices.drop_negative)
    total = sum(counted.flat[row] for row in rows)
    node_cutoff, edge_cutoff = abs(int(total * choices.nodefraction)), abs(int(total * choices.edgefraction))
    kept = [row for row in rows if abs(counted.cum[row]) >= node_cutoff]
    dropped = len(rows) - len(kept)
    if dropped:
        counted, rows = again(builder, kept, choices)
    order: Callable[[Node], tuple[object, ...]] = cum_order if choices.by_cum else flat_order
    original = len(rows)
    limit = choices.nodecount or 0
    if 0 < limit < len(rows):
        rows = sorted(rows, key=lambda row: order(counted.node(row)))[:limit]
        counted, rows = again(builder, rows, choices)
    graph = counted.graph(rows, order, edge_cutoff)
    return TrimmedGraph(graph, original, dropped, output_unit(report, graph))


def again(builder: GraphBuilder, rows: list[int], choices: Choices) -> tuple[Counted, list[int]]:
    """A new count with only these places."""
    kept = np.zeros(len(builder.places), dtype=np.bool_)
    kept[rows] = True
    counted = builder.count(kept)
    return counted, counted.listed(drops_negative=choices.drop_negative)


def output_unit(report: Report, graph: Graph) -> str:
    """The unit in which the smallest value can be read, if it is not too far from the largest."""
    wanted = report.choices.unit
    if wanted != "minimum" or not graph.nodes:
        return wanted
    smallest = [abs(node.flat_value) or abs(node.cum_value) for node in graph.nodes]
    least = report.scaled(min(filter(None, smallest), default=report.total))
    most = report.scaled(report.total)
    unit = converted(least, report.unit, "minimum")[1]
    differs = unit != converted(most, report.unit, "minimum")[1]
    if differs and least * 100 < most and report.kind.has_fractions:
        unit = converted(100 * least, report.unit, "minimum")[1]
    return unit or report.unit
