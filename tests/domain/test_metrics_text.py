"""Metrics as Prometheus reads them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.metrics_text import Family, Sample, metrics_text
from tests.domain.exposition import read


def test_it_is_the_text_that_prometheus_describes() -> None:
    families = (
        Family("x_total", "All x.", "counter", (Sample(3, {"a": "1", "b": 'say "\\"\n'}), Sample(12_345_678_901))),
        Family("y_seconds", "Back\\slash\nand line.", "summary",
               (Sample(0.5, {"quantile": "0.5"}), Sample(1.5, part="_sum"), Sample(3, part="_count"))),
        Family("nothing", "No samples.", "gauge", ()),
        Family("z", "Odd values.", "gauge",
               tuple(Sample(value, {"n": str(value)}) for value in (math.inf, -math.inf, math.nan, 1e-9))),
    )  # fmt: skip

    assert metrics_text(families) == (
        "# HELP x_total All x.\n"
        "# TYPE x_total counter\n"
        'x_total{a="1",b="say \\"\\\\\\"\\n"} 3\n'
        "x_total 12345678901\n"
        "# HELP y_seconds Back\\\\slash\\nand line.\n"
        "# TYPE y_seconds summary\n"
        'y_seconds{quantile="0.5"} 0.5\n'
        "y_seconds_sum 1.5\n"
        "y_seconds_count 3\n"
        "# HELP z Odd values.\n"
        "# TYPE z gauge\n"
        'z{n="inf"} +Inf\n'
        'z{n="-inf"} -Inf\n'
        'z{n="nan"} NaN\n'
        'z{n="1e-09"} 1e-09\n'
    )


@given(
    labels=st.dictionaries(st.sampled_from("abc"), st.text(st.characters(exclude_categories=["Cs"]))), value=st.floats()
)
def test_any_label_comes_back(labels: dict[str, str], value: float) -> None:
    found = read(metrics_text([Family("x", "Any.", "gauge", (Sample(value, labels),))]))["x"].value(**labels)

    assert found == value or (math.isnan(found) and math.isnan(value))


@pytest.mark.parametrize(
    ("name", "kind", "samples"),
    [
        ("1x", "gauge", ()),
        ("x", "counter", ()),
        ("x_total", "gauge", ()),
        ("x", "gauge", (Sample(1, part="_sum"),)),
        ("x", "gauge", (Sample(1, {"1a": ""}),)),
        ("x", "gauge", (Sample(1, {"__name__": ""}),)),
        ("x", "gauge", (Sample(1, {"a": "1"}), Sample(2, {"a": "1"}))),
    ],
)
def test_what_no_reader_takes_is_not_made(name: str, kind: str, samples: tuple[Sample, ...]) -> None:
    with pytest.raises(ValueError, match=r"name|part|label"):
        Family(name, "Wrong.", kind, samples)
