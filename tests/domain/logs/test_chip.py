"""A chip asks for exactly the name that was pointed at, whatever bytes it has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.chip import (
    FIELDS,
    chip_of,
    chips_of,
    joined,
    opposite,
    shown,
    with_chip,
    with_last_negated,
    without,
)
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.record import LogRecord, section
from glance.errors import FilterError

DERIVED = {"sections", "routes", "kinds", "crawlers", "networks"}
"""Names that follow from those of others; a test of scenes points at their rows."""
RANKINGS = sorted(set(FIELDS) - DERIVED - {"methods"})
NAMES = st.binary(min_size=1, max_size=40) | st.text(min_size=1, max_size=20).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


def record(ranking: str, name: bytes) -> LogRecord:
    """A record with this name."""
    named: dict[str, object] = {FIELDS[ranking]: name}
    return LogRecord(0, **named)  # type: ignore[arg-type]


@given(st.sampled_from(RANKINGS), NAMES, NAMES)
def test_a_chip_asks_for_its_name_and_no_other(ranking: str, name: bytes, other: bytes) -> None:
    chip = chip_of(ranking, name)
    asked = parse_filter(chip)

    assert asked.test(record(ranking, name))
    if ranking != "clients":  # an address has more than one way to be written
        assert asked.test(record(ranking, other)) == (name == other)
    assert asked.parts == (chip,)
    assert asked.text == chip


@given(st.binary(min_size=1, max_size=30))
def test_a_section_is_asked_for_by_its_bytes(tail: bytes) -> None:
    path = b"/" + tail
    chip = chip_of("sections", section(path))

    assert parse_filter(chip).test(LogRecord(0, path=path))
    assert parse_filter(chip).test(LogRecord(0, path=b"/x" + path)) == (section(path) == b"/x")


def test_chips_are_written_as_a_person_would() -> None:
    assert chip_of("paths", b"/api/v1") == "path=/api/v1"
    assert chip_of("sections", b"/api") == "section=/api"
    assert chip_of("clients", b"203.0.113.7") == "client=203.0.113.7"
    assert chip_of("statuses", b"503") == "status=503"
    assert chip_of("agents", b'curl "x" 1') == 'agent="curl \\"x\\" 1"'


def test_what_no_exact_value_can_be_is_asked_for_by_its_bytes() -> None:
    assert chip_of("clients", b"a/b") == "client~\\Aa/b\\Z"
    assert chip_of("statuses", b"abc") == "status~\\Aabc\\Z"
    assert chip_of("paths", b"-") == "path~\\A\\x2d\\Z"


def test_a_name_longer_than_a_filter_is_refused_in_words() -> None:
    with pytest.raises(FilterError) as caught:
        chip_of("paths", b"/" + b"x" * 5000)
    assert "most" in caught.value.reason


def test_bytes_that_are_no_text_are_shown_as_everywhere_else() -> None:
    assert shown(chip_of("paths", b"/caf\xe9s")) == "path=/cafés"
    assert chip_of("paths", b"/caf\xe9s") != chip_of("paths", "/cafés".encode())


def test_chips_stack_and_come_off_again() -> None:
    text = with_chip(with_chip("", "status:5xx"), "path=/api")
    assert chips_of(text) == ("status:5xx", "path=/api")
    assert with_chip(text, "status:5xx") == "path=/api status:5xx"
    assert without(text) == "status:5xx"
    assert without(text, 0) == "path=/api"
    assert without(text, 7) == text
    assert without("") == ""


def test_the_last_chip_is_negated_and_back() -> None:
    assert with_last_negated("status:5xx path=/api") == "status:5xx -path=/api"
    assert with_last_negated("status:5xx -path=/api") == "status:5xx path=/api"
    assert with_last_negated("") == ""
    assert with_chip("status:5xx -path=/api", "path=/api") == "status:5xx path=/api"


@given(st.sampled_from(["a|b", "x (a|b)", "-(a b)", "-(a|b) c", "(a b)|c", "not (a or b) d", "status:5xx"]))
def test_chips_of_any_filter_make_the_same_filter(text: str) -> None:
    wanted = parse_filter(text)
    assert joined(wanted.parts) == wanted.text
    assert parse_filter(opposite(wanted.parts[-1])) != parse_filter(wanted.parts[-1])
    assert with_last_negated(with_last_negated("status:5xx (a|b)")) == "status:5xx (path:a | path:b)"
