"""The list of raw lines: whole addresses where it is wide, and a path that tells its end."""

from __future__ import annotations

import pytest
from textual.geometry import Size

from glance.domain.log_line import LogLine
from glance.domain.raw_line import LineRows, RawLine
from glance.widgets.inks import inks_of
from glance.widgets.line_list import LineState, lines_page
from glance.widgets.request_line import fit_target
from tests.scenes import AT, scene_at

CLIENT = "2001:db8:1b05:2::fd96"
INKS = inks_of("glance-dark")


def shown(width, lines):
    rows = LineRows(lines=lines, total=len(lines))
    return [strip.text for strip in lines_page(scene_at(), LineState(rows=rows), Size(width, 24), INKS).strips]


@pytest.mark.parametrize("width", [120, 160, 200])
def test_a_wide_list_has_addresses_of_ipv6_whole(width):
    log = LogLine("GET /a", "access.log", AT, CLIENT, "GET", "/a", 200)
    assert CLIENT in shown(width, (RawLine("GET /a", 6, log),))[1]


def test_an_empty_list_has_no_edge_of_a_line_that_is_not_there():
    assert all("─" not in row.strip("╭╮╰╯─ ") for row in shown(80, ())[1:-1])


def test_a_long_path_loses_its_beginning_and_a_long_query_its_end():
    assert fit_target("/presentations/puppetconf-2012/images/kibana.png", 24) == "…/images/kibana.png     "
    assert fit_target("/search?q=a+very+long+question", 12) == "/search?q=a…"
    assert fit_target("/a/long/path/to/search?q=x", 14) == "…/to/search   "
