"""What a frame's colour means, and how its name is written where there is little room."""

from __future__ import annotations

import pytest

from glance.domain.profiles.flame_colour import FrameKind, frame_colour, hue_of, package_of
from glance.domain.profiles.frame_label import is_cut_left, label_forms


@pytest.mark.parametrize(
    ("name", "file", "kind"),
    [
        ("main.handleSlow", "example.com/gotarget/main.go", FrameKind.OWN),
        ("net/http.(*conn).serve", "net/http/server.go", FrameKind.STANDARD),
        ("runtime.mallocgc", "runtime/malloc.go", FrameKind.RUNTIME),
        ("runtime/pprof.Do", "runtime/pprof/runtime.go", FrameKind.STANDARD),
        ("net/http.Get", "/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.27.3.linux-amd64/src/net/http/client.go",
         FrameKind.STANDARD),
        ("encoding/json.Marshal", "/v/lib/python3.11/site-packages/go/src/encoding/json/encode.go", FrameKind.STANDARD),
        ("k8s.io/client-go/rest.(*Request).Do", "/home/r/go/pkg/mod/k8s.io/client-go@v0.19.2/rest/r.go",
         FrameKind.LIBRARY),
        ("github.com/a/b.(*T).Run", "github.com/a/b@v1.2.3/t.go", FrameKind.LIBRARY),
        ("github.com/me/app/pkg.Run", "/home/me/app/pkg/run.go", FrameKind.OWN),
        ("0x7f00aa", "", FrameKind.KERNEL),
        ("entry_SYSCALL_64_after_hwframe_[k]", "", FrameKind.KERNEL),
        ("clock_gettime", "", FrameKind.OWN),
        ("handler", "/srv/app/views.py", FrameKind.OWN),
        ("loads", "/usr/lib/python3.12/json/__init__.py", FrameKind.STANDARD),
        ("get", "/v/lib/python3.12/site-packages/requests/api.py", FrameKind.LIBRARY),
        ("core::fmt::write", "/rustc/abc/library/core/src/fmt/mod.rs", FrameKind.STANDARD),
        ("(garbage collector)", "", FrameKind.RUNTIME),
    ],
)  # fmt: skip
def test_whose_code_a_frame_is(name, file, kind):
    assert frame_colour(name, file).kind == kind


def test_machine_code_of_no_file_is_the_kernels():
    assert frame_colour("clock_gettime", "", "[vdso]").kind == FrameKind.KERNEL


def test_a_package_has_one_hue_in_every_session():
    assert package_of("regexp/syntax.(*compiler).inst", "regexp/syntax/compile.go") == "regexp/syntax"
    assert package_of("k8s.io/a/b.F[go.shape.int]", "b.go") == "k8s.io/a/b"
    assert frame_colour("regexp.Compile").hue == frame_colour("regexp.(*Regexp).doExecute").hue
    assert hue_of("regexp") == 7


@pytest.mark.parametrize(
    ("file", "package"),
    [
        ("/tmp/demo-x1/shop.py", "shop.py"),
        ("/tmp/demo-y2/shop.py", "shop.py"),
        ("/srv/app/cart/__init__.py", "cart"),
        ("shop.py", "shop.py"),
        ("/usr/lib/python3.12/json/encoder.py", "json"),
        ("/home/me/.venv/lib/python3.13/socket.py", "socket"),
        ("/home/me/.venv/lib/python3.13/site-packages/requests/api.py", "requests"),
        ("/home/me/.venv/lib/python3.13/site-packages/six.py", "six"),
        ("/srv/app/node_modules/@nestjs/core/router.js", "@nestjs/core"),
        ("/srv/app/node_modules/express/lib/router.js", "express"),
        ("/var/lib/gems/3.1.0/gems/rack-2.2.3/lib/rack.rb", "rack"),
    ],
)
def test_a_hue_stays_wherever_a_program_is_put(file, package):
    assert package_of("search", file) == package


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("a/b.(*T).Method", ("a/b.(*T).Method", "b.(*T).Method", "(*T).Method", "Method")),
        ("main.main", ("main.main", "main")),
        ("main.f.func1", ("main.f.func1", "f.func1", "f")),
        ("x/y.Map[go.shape.int].Get", ("x/y.Map[…].Get", "y.Map[…].Get", "Map[…].Get", "Get")),
        ("std::vec::Vec<a::b>::push", ("std::vec::Vec<a::b>::push", "vec::Vec<a::b>::push", "Vec<a::b>::push", "push")),
        ("plain", ("plain",)),
        ("", ()),
    ],
)
def test_names_get_shorter(name, forms):
    assert label_forms(name) == forms


def test_the_side_that_says_less_is_cut():
    assert is_cut_left("github.com/a/b.F")
    assert not is_cut_left("std::vector<int, std::allocator<int>>::push_back")
