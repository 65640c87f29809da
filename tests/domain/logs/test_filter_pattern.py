"""Regular expressions of filters: the same as Python's where they are allowed, and never slow."""

from __future__ import annotations

import re
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.filter_mistake import Mistake
from glance.domain.logs.filter_pattern import MOST_BYTES, Pattern, compile_pattern

ATOMS = ["a", "b", "ab", "[ab]", "[^a]", ".", "\\w", "\\d", "(?:a|b)", "(a|bc)", "(ab|b)", "\\bab", "[a-c]", "x"]
REPEATS = ["", "", "", "*", "+", "?", "{2}", "{1,3}", "*?", "*+", "{2,}"]

patterns = st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(REPEATS)), min_size=1, max_size=6).map(
    lambda parts: "".join(f"(?:{atom}){repeat}" if repeat else atom for atom, repeat in parts)
)
whole_patterns = st.tuples(
    st.sampled_from(["", "", "^", "(?i)"]), st.lists(patterns, min_size=1, max_size=2), st.sampled_from(["", "", "$"])
).map(lambda parts: parts[0] + "|".join(parts[1]) + parts[2])
values = st.text(alphabet="abcABx1 \n", min_size=1, max_size=12).map(str.encode)


@settings(max_examples=500)
@given(whole_patterns, st.lists(values, min_size=1, max_size=8))
def test_an_allowed_expression_means_what_it_means_in_python(text: str, tried: list[bytes]) -> None:
    try:
        pattern = compile_pattern(text)
    except Mistake:
        return
    python = re.compile(re.sub(r"\$$", r"\\Z", text).encode(), re.S)

    assert [pattern.holds(value) for value in tried] == [python.search(value) is not None for value in tried]


FAST = [
    "bot",
    "bot.*crawl.*spider",
    r"^/[^/]+/\d+/[^/]+/\d+$",
    r"\w+bot",
    r"\w+\d+",
    r"[a-z]*[0-9]*$",
    r"(\d+\.){3}\d+",
    "^a.*b",
    "^/(api|v2)/.*\\.php$",
    "(?i)(googlebot|bingbot|yandex|baidu|duckduck)",
    "a{0,100}b",
    "(a|ab)(c|bcd)d*",
    "(?:ab|c)*d",
    "a*+a",
]
HOSTILE = [b"a" * 20_000, b"ab" * 10_000, b"bot" * 7000, b"1" * 20_000, b"1." * 10_000, b"/a/1" * 5000, b"bcd" * 7000]


@pytest.mark.parametrize("text", FAST)
def test_no_text_makes_an_allowed_expression_slow(text: str) -> None:
    pattern = compile_pattern(text)
    for value in HOSTILE:
        start = perf_counter()
        pattern.holds(value)
        assert perf_counter() - start < 2.0  # some tens of milliseconds on a quiet machine


@pytest.mark.parametrize(
    "text",
    [
        "(a+)+b",
        "(a*)*b",
        "(a|a)*b",
        "(a|ab)*c",
        "(.*a){10}",
        "a?" * 30 + "a" * 30,
        "(a|a)" * 30,
        r"\w+\w+\w+x",
        r"^\w*\w*\w*\w*x",
        "(a{0,30}){0,30}b",
        "((a|b)?c?)*d",
        "a{1000}{1000}",
        "(((a{1000}){1000}){1000})",
    ],
)
def test_an_expression_that_could_be_slow_is_refused(text: str) -> None:
    with pytest.raises(Mistake):
        compile_pattern(text)


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("é+$", "caféé".encode(), True),
        ("(?i)É", "é".encode(), False),  # ASCII case only
        (r"\x00", b"a\x00", True),
        (r"[\d-]+x", b"1-2x", True),
        (r"[]a]x", b"]x", True),
        (r"[^]]x", b"]x", False),
        (r"a\.b", b"axb", False),
        (r"\/x\-y", b"/x-y", True),
        ("a{,2}$", b"aaa", True),
        ("^a{,2}$", b"aaa", False),
        ("a{x}", b"a{x}", True),
        ("{", b"{", True),
        ("(?P<name>a)b", b"ab", True),
        ("x$", b"x\n", False),
        (".*", b"\xff", True),
        (".+b", b"b", False),
        ("a.+b", b"ab", False),
        ("a.+b", b"a\nb", True),
        ("^.*$", b"", False),  # the log says nothing
        (r"[\b]", b"\x08", True),
        ("a", b"b" * MOST_BYTES + b"a", False),
    ],
)
def test_expressions(text: str, value: bytes, holds: bool) -> None:
    assert compile_pattern(text).holds(value) is holds


def compiled(text: str) -> Pattern | Mistake:
    try:
        return compile_pattern(text)
    except Mistake as mistake:
        return mistake


@settings(max_examples=300)
@given(st.text(alphabet="ab()[]{}|*+?.^$\\,-129xé:<P=!", max_size=14))
def test_every_text_compiles_or_is_a_mistake_within_it(text: str) -> None:
    found = compiled(text)

    assert 0 <= found.at <= len(text) if isinstance(found, Mistake) else found.holds(b"ab1") in (True, False)
