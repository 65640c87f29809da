"""The samples of one route: by its label where there is one, all of them where there is none."""

from __future__ import annotations

from glance.domain.profiles.alignment import aligned
from glance.domain.profiles.merge import merge
from glance.domain.profiles.route_samples import of_route, route_label, with_route
from tests.domain.profiles.suspected import cpu

BOTH = merge(aligned([
    cpu({"main.a": 25}, route="GET /users/{id}"), cpu({"main.b": 9}, route="/slow"), cpu({"runtime.gc": 12}),
]))  # fmt: skip


def test_only_the_samples_with_the_label_of_the_route_are_left() -> None:
    found, label = of_route(BOTH, "/users/17")
    assert (label.key, label.value) == ("route", "GET /users/{id}")
    assert found.values[:, 0].tolist() == [25]
    assert of_route(BOTH, "/slow")[0].values[:, 0].tolist() == [9]


def test_without_a_label_of_a_route_all_samples_are_counted() -> None:
    profile = cpu({"main.a": 3})
    found, label = of_route(profile, "/slow")
    assert found is profile
    assert label.key == ""
    assert of_route(BOTH, "")[0] is BOTH


def test_a_route_without_samples_has_none() -> None:
    found, label = of_route(BOTH, "/nowhere")
    assert (label.key, label.value, len(found)) == ("route", "", 0)


def test_the_quiet_time_is_asked_for_the_same_label() -> None:
    label = route_label(BOTH, "/slow")
    assert len(with_route(cpu({"runtime.gc": 5}), label)) == 0
    assert with_route(cpu({"main.b": 4}, route="/slow"), label).values[:, 0].tolist() == [4]
