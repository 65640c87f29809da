"""Expressions in the syntax of Go."""

from __future__ import annotations

import pytest

from glance.domain.profiles.pattern import compiled, is_harmless
from glance.domain.profiles.profile_error import ProfileError


@pytest.mark.parametrize(
    ("text", "found", "not_found"),
    [
        ("main", "x.main.y", "man"),
        ("(?i)MAIN|x", "main", "y"),
        ("a(?i)b|C", "aB", "AB"),
        ("a(?i)b|C", "c", "ab"[::-1]),
        ("(a(?i)b)c", "aBc", "aBC"),
        (r"^[[:alpha:]_]+\z", "abc_", "abc1"),
        (r"\Qa.b(\E", "a.b(", "axb("),
        ("[[a]", "[", "b"),
        ("[]a]", "]", "b"),
        (r"^main\.\(\*T\)\.run$", "main.(*T).run", "main.(*T).run\n"),
        ("[^[:digit:]]", "a", "5"),
        ("(?m)^b$", "a\nb", "ab"),
        ("[a&&b|~]", "~", "c"),
    ],
)
def test_what_go_means(text: str, found: str, not_found: str) -> None:
    pattern = compiled(text)

    assert pattern.search(found)
    assert not pattern.search(not_found)


@pytest.mark.parametrize("text", ["(", "[", "a**", "(?U)a*", "[[:nothing:]]", "*", "(?P<"])
def test_mistakes_are_told(text: str) -> None:
    with pytest.raises(ProfileError, match="cannot understand the expression") as told:
        compiled(text, "focus")

    assert told.value.why.startswith("parsing focus regexp: ")


def test_only_simple_expressions_of_files_are_tried() -> None:
    assert is_harmless(r"malloc|calloc|operator new.*|tcmalloc::.*|(anonymous namespace)")
    assert not is_harmless("(a+)+")
    assert not is_harmless("(a|b)*c")
    assert not is_harmless("a*b*c*d*e")


def test_names_that_are_long_make_an_expression_too_slow() -> None:
    assert is_harmless(".*a.*b", ["x" * 100] * 20_000)
    assert not is_harmless(".*a.*b.*c", ["a" * 100_000])
    assert is_harmless("|".join(["runtime\\..*", *["malloc"] * 60]), ["name" * 20] * 40_000)
