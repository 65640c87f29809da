"""The report as one page of HTML: whole, alone, the same figures as the JSON, and nothing of the log is markup."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glance.cli import report_html, report_json
from glance.cli.html_chart import columns, decade_words, nice_top, step_words, tick_seconds
from glance.cli.html_element import Markup, element, escaped
from glance.cli.html_style import MEANINGS, sheet
from glance.cli.main import main
from glance.domain.logs.summary import FileFigures, KindFigures, SeriesFigures, Summary, TopList, TopRow, UnparsedLine
from glance.themes import DARK, LIGHT, Palette
from tests.cli.pages import Node, Page

HOSTILE = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<!-- ", "-->", "<![CDATA[", "<?xml", "&lt;b&gt;", "&#60;script&#62;", "javascript:alert(1)", "`x`",
    "\u202egnp.exe", "\u2066a\u2069", "\u200b", "\x00", "\x1b[31m", "\x9b31m", "\r\n", "\ud800", "\ufeff",
    "http://203.0.113.9/x.png", "url(https://203.0.113.9)", "--t:9;background:url(//203.0.113.9)",
)  # fmt: skip
LOADING = {"src", "srcset", "action", "formaction", "data", "poster", "background", "cite", "ping", "srcdoc"}
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def page_of(summary: Summary) -> Node:
    """The tree of the report."""
    return Page(report_html.render(summary).decode()).root


def filled_with(summary: Summary, text: str) -> Summary:
    """The report with this text in every place that a log or its name can fill."""
    row = TopRow(text, 5, 5, 5, 5, 0.5)
    return dataclasses.replace(
        summary,
        files=(FileFigures(text, text, 5, 5, 0),),
        methods=((text, 5),),
        protocols=((text, 5),),
        tops=tuple(TopList(top.name, (row,)) for top in summary.tops),
        unparsed_samples=(UnparsedLine(text, 1, text),),
        notes=(text,),
    )


def is_alone(root: Node) -> None:
    """Nothing runs, nothing is fetched, nothing leads away."""
    allowed = {"html", "head", "meta", "link", "title", "style", "body", "header", "main", "nav", "section", "footer",
               "p", "span", "b", "i", "em", "small", "bdi", "code", "data", "time", "a", "h1", "h2", "dl", "div", "dt",
               "dd", "ul", "li", "details", "summary", "table", "thead", "tbody", "tfoot", "tr", "th", "td", "svg",
               "g", "path", "rect"}  # fmt: skip
    for node in root.all("*"):
        assert node.name in allowed
        assert not LOADING & set(node.attributes)
        assert not [name for name in node.attributes if name.startswith("on")]
        href = node.attributes.get("href", "#")
        assert href.startswith("#") or (node.name, href) == ("link", "data:,")
        style = node.attributes.get("style", "")
        assert re.fullmatch(r"((--[sct]|left|bottom):[\d.e-]+%?;?)*", style)
    assert not re.search(r"@import|url\(|expression|https?:", root.one("style").text)


def test_it_is_one_page_that_stands_alone(summary: Summary) -> None:
    page = Page(report_html.render(summary).decode())

    assert page.declaration == "doctype html"
    assert page.root.one("html").attributes["lang"] == "en"
    policy = page.root.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert page.root.one("meta", name="viewport")
    is_alone(page.root)


def test_its_figures_are_those_of_the_json(summary: Summary) -> None:
    told, root = json.loads(report_json.render(summary)), page_of(summary)

    tiles = {tile.all("dt")[0].text: tile.all("data")[0].attributes["value"] for tile in root.one("dl").children}
    assert {name: json.loads(value) for name, value in tiles.items()} == {
        "Requests": told["hits"], "Clients": told["clients"], "Sent": told["bytes"],
        "Client errors 4xx": told["errors"]["client"], "Server errors 5xx": told["errors"]["server"],
        "Latency p95": told["latency"]["p95"],
    }  # fmt: skip
    status = {row.all("b")[0].text: figures(row)[0] for row in body_rows(root.one("section", id="status"))}
    assert status == told["status"]
    latency = root.one("table", class_="latency-chart").one("tbody")
    assert {row.one("th").text: figures(row)[0] for row in latency.children} == {
        name: told["latency"][name] for name in ("p50", "p90", "p95", "p99", "max")
    }
    shown = {top.name for top in summary.shown_tops if top.rows}
    for name, rows in told["top"].items():
        if name in shown - {"routes"}:  # of which not all are shown
            found = [figures(row) for row in body_rows(root.one("section", id=name))]
            keys = ("hits", "client_errors", "server_errors", "bytes", "p95")
            assert found == [[row[key] for key in keys if row[key] is not None] for row in rows]
    files = [figures(row) for row in body_rows(root.one("section", id="logs"))]
    assert files == [[file[key] for key in ("lines", "parsed", "unparsed")] for file in told["files"]]
    steps = [
        [cell.text.replace(",", "") for cell in row.all("td")] for row in root.one("table", class_="steps").all("tr")
    ]
    series = told["series"]
    columns = zip(series["hits"], series["client_errors"], series["server_errors"], series["bytes"], strict=True)
    assert [list(map(int, row)) for row in steps[1:]] == [list(row) for row in columns]


def body_rows(section: Node) -> list[Node]:
    return section.all("tbody")[0].children


def figures(row: Node) -> list[float]:
    """The exact figures of a row."""
    return [json.loads(data.attributes["value"]) for data in row.all("data")]


def test_every_list_is_shown_by_its_name(summary: Summary) -> None:
    routes = TopList("routes", (TopRow("/users/{id}", 5, 5, 0, 0, None),))
    kinds = (KindFigures("person", 8000, 1, 0, 0), KindFigures("crawler", 500, 1, 0, 0))
    tops = (routes, *(top for top in summary.tops if top.name != "routes"))
    root = page_of(dataclasses.replace(summary, tops=tops, kinds=kinds, scanner_errors=90))

    assert root.one("section", id="routes").one("h2").text == "Routes"
    assert root.one("section", id="routes").all("bdi")[0].text == "/users/{id}"
    assert not root.all("section", id="hosts")  # it is empty
    assert "people8,00094.1%" in root.one("section", id="requests").text
    assert "1.3% of requests · 90 of scanners" in root.one("dl").text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(summary: Summary, text: str) -> None:
    plain, root = page_of(filled_with(summary, "x")), page_of(filled_with(summary, text))

    is_alone(root)
    assert shape(root) == shape(plain)
    assert not INVISIBLE.search(root.text)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(exclude_categories=()), min_size=1, max_size=60))
def test_any_text_is_text(summary: Summary, text: str) -> None:
    root = page_of(filled_with(summary, text))

    is_alone(root)
    assert not INVISIBLE.search(root.text)


def shape(node: Node) -> list[object]:
    """The elements of a page and the names of their attributes."""
    return [node.name, sorted(node.attributes), [shape(child) for child in node.children]]


def test_what_is_seen_is_also_said(summary: Summary) -> None:
    root = page_of(summary)

    assert all(cell.attributes.get("scope") in ("col", "row") for cell in root.all("th"))
    pictures = [node for node in root.all("svg") if node.attributes.get("aria-hidden") != "true"]
    assert len(pictures) == 4  # requests, errors, bytes, status
    assert all(node.attributes["role"] == "img" and node.attributes["aria-label"] for node in pictures)
    titles = {node.attributes["id"] for node in root.all("*") if "id" in node.attributes}
    named = [node.attributes["aria-labelledby"] for node in root.all("section")]
    links = [node.attributes["href"].removeprefix("#") for node in root.all("a")]
    assert set(named) | set(links) <= titles
    assert len(titles) == len([node for node in root.all("*") if "id" in node.attributes])


def luminance(colour: str) -> float:
    """Of a colour, after WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(part * share for part, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.title)
def test_every_colour_can_be_read_on_its_ground(palette: Palette) -> None:
    for name in set(MEANINGS) - {"ground", "frame", "edge", "bar"}:  # lines and tints, which say nothing alone
        low, high = sorted(luminance(colour) for colour in (getattr(palette, name), palette.ground))
        assert (high + 0.05) / (low + 0.05) >= 4.5, name


def test_colours_are_those_of_the_screen() -> None:
    light, dark = sheet().split("@media", 2)[:2]

    for palette, rules in ((LIGHT, light), (DARK, dark)):
        for name in MEANINGS:
            colour = str(getattr(palette, name)).removeprefix("on ")
            assert f"--{name.replace('_', '-')}:{colour}" in rules
    assert "prefers-color-scheme:dark" in dark
    used = set(re.findall(r"var\(--([a-z-]+)", sheet()))
    assert used <= {name.replace("_", "-") for name in MEANINGS} | {"ink", "s", "c", "t"}


def test_it_is_small(summary: Summary) -> None:
    """With every list full and as many steps as there can be."""
    rows = tuple(TopRow(f"/a/path/of/usual/length/{number:03}", 100_000 - number, 9, 5, 5, 0.1) for number in range(20))
    names = ("sections", "paths", "routes", "clients", "agents", "referrers", "hosts")
    many = (12_345,) * 240
    full = dataclasses.replace(
        summary,
        tops=tuple(TopList(name, rows) for name in names),
        series=SeriesFigures(600, 0.0, many, many, many, many),
    )

    assert len(report_html.render(full)) < 200_000


def test_no_part_leaves_a_hole_beside_it(summary: Summary) -> None:
    """Parts of half the width come in pairs."""
    rows = (TopRow("a", 5, 5, 0, 0, None),)
    for names in (("sections",), ("sections", "paths", "clients"), ("sections", "clients", "hosts"), ("paths",)):
        root = page_of(dataclasses.replace(summary, tops=tuple(TopList(name, rows) for name in names)))
        assert len(root.all("section", class_="half")) % 2 == 0
    nothing = {"statuses": (), "kinds": (), "methods": (), "protocols": (), "latency": None, "tops": ()}
    bare = page_of(dataclasses.replace(summary, **nothing))
    assert not bare.all("section", class_="half")
    assert not bare.all("section", id="requests")


def test_an_empty_log_has_a_page(empty_summary: Summary) -> None:
    root = page_of(empty_summary)

    assert root.one("section", id="nothing").one("p").text == "The log is empty."
    assert not root.all("svg")
    is_alone(root)


def test_names_beyond_the_first_are_counted_together() -> None:
    counts = tuple((f"M{number}", 100 - number) for number in range(40))

    assert report_html.bounded(counts)[-2:] == [("M10", 90), ("(29 others)", sum(100 - n for n in range(11, 40)))]
    assert sum(hits for _, hits in report_html.bounded(counts)) == sum(hits for _, hits in counts)


def test_it_is_printed(tmp_path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    log = tmp_path / "<b>.log"
    log.write_text('10.0.0.1 - - [22/Nov/2026:14:00:00 +0000] "GET /<i> HTTP/1.1" 200 5 "-" "curl"\n' * 3)

    assert main(["report", "--output", "html", str(log)]) == 0
    root = Page(capfdbinary.readouterr().out.decode()).root
    assert root.one("head").one("title").text.startswith("<b>.log")
    assert root.one("section", id="paths").all("bdi")[0].text == "/<i>"


def test_elements_escape_what_is_no_markup() -> None:
    assert element("p", "<b>", Markup("<i/>"), None, 3) == "<p>&lt;b&gt;<i/>3</p>"
    assert element("p", class_='"', aria_label="a&b", hidden=True, title=None) == (
        '<p class="&quot;" aria-label="a&amp;b" hidden></p>'
    )
    assert escaped("a\u202eb\x1b") == "a\ufffdb␛"


@pytest.mark.parametrize(("value", "top"), [(0, 2), (1, 2), (3, 4), (7, 8), (9, 10), (11, 12), (99, 100), (1204, 1600)])
def test_scales_end_with_figures_that_read_well(value: int, top: int) -> None:
    assert nice_top(value) == top


@given(value=st.integers(0, 10**15))
def test_scales_hold_their_columns(value: int) -> None:
    assert value <= nice_top(value) <= max(2, value * 2)
    assert nice_top(value) % 2 == 0


def test_columns_stand_on_the_ground() -> None:
    assert columns([0, 2, 1], 2) == "M1.07 100v-100h0.86v100zM2.07 100v-50h0.86v50z"
    assert columns([1] * 50 + [0] * 50, 2) == "M0 100V50H50V100H100V100z"
    assert [step_words(seconds) for seconds in (1, 60, 600, 3600, 7200, 86400, 172800)] == [
        "1 s", "1 min", "10 min", "h", "2 h", "day", "2 days",
    ]  # fmt: skip
    assert [decade_words(exponent) for exponent in (-6, -4, -3, -1, 0, 2)] == [
        "1 µs", "100 µs", "1 ms", "100 ms", "1 s", "100 s",
    ]  # fmt: skip
    assert (tick_seconds(900), tick_seconds(86400 * 70)) == (300, 864000)
