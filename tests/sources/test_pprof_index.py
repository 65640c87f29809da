"""What a target says that it offers, from old and new Go, and from pages that are something else."""

from __future__ import annotations

import pytest

from glance.sources.pprof_index import index_of

GO_1_27 = b"""<html><head><title>/debug/pprof/</title></head><body>/debug/pprof/<br>
<p>Set debug=1 as a query parameter to export in legacy text format</p><br>Types of profiles available:
<table><thead><td>Count</td><td>Profile</td></thead>
<tr><td>160</td><td><a href='allocs?debug=1'>allocs</a></td></tr>
<tr><td>0</td><td><a href='goroutineleak?debug=1'>goroutineleak</a></td></tr>
<tr><td>7</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>
<tr><td>0</td><td><a href='profile?debug=1'>profile</a></td></tr>
</table><a href="goroutine?debug=2">full goroutine stack dump</a><br></body></html>"""

GO_1_10 = b"""<html><head><title>/debug/pprof/</title></head><body>/debug/pprof/<br><br>profiles:<br><table>
<tr><td align=right>3<td><a href="block?debug=1">block</a>
<tr><td align=right>4<td><a href="goroutine?debug=1">goroutine</a>
<tr><td align=right>12<td><a href="heap?debug=1">heap</a>
</table><br><a href="goroutine?debug=2">full goroutine stack dump</a><br></body></html>"""


def test_counts_of_a_new_go():
    index = index_of(GO_1_27)
    assert index is not None
    assert dict(index.counts)["allocs"] == 160
    assert index.count("goroutineleak") == 0
    assert {"profile", "goroutine"} <= index.names
    assert "mutex" not in index.names


def test_an_old_go_does_not_list_all_that_it_has():
    index = index_of(GO_1_10)
    assert index is not None
    assert (index.count("heap"), index.count("block"), index.count("nothing")) == (12, 3, None)
    assert "profile" in index.names
    assert "allocs" not in index.names


def test_a_server_that_only_links():
    index = index_of(b'<a href="heap?debug=1">x</a> <a href="profile?seconds=30">cpu</a>')
    assert index is not None
    assert index.names == {"heap", "profile"}


@pytest.mark.parametrize(
    "page", [b"", b"<html>hello</html>", b"\xff\xfe" * 50, b"<td>1</td>" * 20_000, b'<a href="x?debug=1">x</a>']
)
def test_another_page(page):
    assert index_of(page) is None
