"""CPU per request of each route: labels and routes of the log in one form, and sums that lose nothing."""

from __future__ import annotations

import pytest

from glance.domain.profiles.alignment import aligned
from glance.domain.profiles.merge import merge
from glance.domain.profiles.proto import read
from glance.domain.profiles.route_cost import route_costs
from glance.domain.profiles.route_pattern import RoutePattern
from tests.domain.profiles.captured import CAPTURES, needs_data
from tests.domain.profiles.suspected import cpu


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("/users/{id}", "/users/{}"),
        ("GET /users/:id", "/users/{}"),
        ("POST  example.com/users/<int:id>?a=b", "/users/{}"),
        ("/users/17", "/users/{}"),
        ("/blog/[slug]", "/blog/{}"),
        ("/tiles/{z}/{x}.png", "/tiles/{}/{}.png"),
        ("/files/{path...}", "/files/**"),
        ("/files/*filepath", "/files/**"),
        ("/files/<path:name>", "/files/**"),
        ("/", "/"),
        ("", "/"),
    ],
)
def test_routes_have_one_form(text: str, normal: str) -> None:
    assert RoutePattern.of(text).text == normal


@pytest.mark.parametrize(
    ("label", "name", "is_covered"),
    [
        ("/blog/{slug}", "/blog/my-post", True),
        ("/blog/{slug}", "/blog/", False),
        ("/blog/{slug}", "/blog/a/b", False),
        ("/static/", "/static/css/site.css", True),
        ("/static/", "/static", False),
        ("/files/*path", "/files/a/b/c", True),
        ("/", "/anything", False),
        ("/a", "/b", False),
    ],
)
def test_a_label_covers_what_it_stands_for(label: str, name: str, is_covered: bool) -> None:
    assert RoutePattern.of(label).covers(RoutePattern.of(name)) is is_covered


def test_each_route_of_the_log_goes_to_the_surest_label() -> None:
    profile = merge(aligned([
        cpu({"main.a": 25}, route="/users/{id}"), cpu({"main.b": 9}, route="GET /users/me"),
        cpu({"main.c": 4}, route="/gone"), cpu({"runtime.gc": 12}),
    ]))  # fmt: skip
    found = route_costs(profile, {"/users/{id}": 40, "/users/anna": 10, "/users/me": 30, "/robots.txt": 7})

    assert [(row.label, row.value, row.requests, row.routes) for row in found.rows] == [
        ("/users/{id}", 250_000_000, 50, ("/users/{id}", "/users/anna")),
        ("GET /users/me", 90_000_000, 30, ("/users/me",)),
        ("/gone", 40_000_000, 0, ()),
    ]
    assert [row.per_request for row in found.rows] == [5_000_000, 3_000_000, None]
    assert found.rows[0].error == pytest.approx(0.4)
    assert (found.key, found.unlabelled, found.unmatched) == ("route", 120_000_000, ("/gone",))
    assert (found.other_requests, found.other_routes) == (7, ("/robots.txt",))
    assert sum(row.value for row in found.rows) + found.unlabelled == found.total


def test_samples_without_labels_have_no_rows() -> None:
    found = route_costs(cpu({"main.a": 5}), {"/a": 3})

    assert (found.key, found.rows, found.unlabelled, found.other_requests) == ("", (), 50_000_000, 3)


@needs_data
def test_real_labels_are_summed_as_by_tagfocus() -> None:
    profile = read((CAPTURES / "m123.pb.gz").read_bytes())
    found = route_costs(profile, {"/slow": 100, "/json": 200})
    values = {row.label: row.value for row in found.rows}

    assert found.key == "route"
    assert sum(values.values()) + found.unlabelled == found.total == 2_520_000_000
    assert {row.label: row.per_request for row in found.rows if row.requests} == {
        "/slow": values["/slow"] / 100, "/json": values["/json"] / 200,
    }  # fmt: skip
