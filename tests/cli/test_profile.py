"""`glance profile` as a program: sources, forms, merging, comparing, writing."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from glance.cli.main import main
from glance.domain.profiles.parts import Function, LabelSet, Line, Location, Mapping, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read
from glance.domain.profiles.proto_writer import encoded, written
from tests.domain.profiles.captured import (
    CAPTURES,
    KINDS,
    counts_of,
    merged_by_pprof,
    needs_data,
    profile_of,
    references,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "profile"
TYPES = (ValueType("samples", "count"), ValueType("cpu", "nanoseconds"))
HOSTILE = "evil\x1b]52;c;cm0K\x07\u202e[x]"


def cpu(*stacks: tuple[str, int], comment: str = "") -> Profile:
    """A CPU profile of these stacks, the leaf first."""
    names = dict.fromkeys(name for stack, _ in stacks for name in stack.split())
    places = {
        name: Location(
            MAPPING, 0x1000 + at, (Line(Function(name, name, "/build/app/main.go", id=at + 1), 3 + at),), id=at + 1
        )
        for at, name in enumerate(names)
    }
    samples = [
        Sample(tuple(places[name] for name in stack.split()), (count, count * 10**7), LabelSet({"route": ("/a",)}))
        for stack, count in stacks
    ]
    return Profile.of(
        TYPES, samples, mappings=[MAPPING], period_type=TYPES[1], period=10**7, comments=[comment] if comment else []
    )


MAPPING = Mapping(0x1000, 0x9000, file="/build/app/app", id=1)
ONE = cpu(("leaf main.middle main.main", 100), ("main.main", 4), comment="first")
TWO = cpu(("leaf main.middle main.main", 50), ("main.new main.main", 60), comment="second")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "one.pb.gz").write_bytes(written(ONE))
    (tmp_path / "two.pb.gz").write_bytes(written(TWO))
    (tmp_path / "damaged.pb.gz").write_bytes(written(ONE)[:-12])
    (tmp_path / "nothing.pb.gz").write_bytes(b"<html>no profile</html>")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    ["-cum -focus=main -nodecount 2", "--cum --focus main --nodecount=2", "-cum=true -focus main --nodecount 2"],
)
def test_options_are_taken_as_pprof_writes_them(files: Path, capsys, words: str) -> None:
    assert main(["profile", "top", *words.split(), "one.pb.gz"]) == 0

    out = capsys.readouterr().out.splitlines()
    assert "Active filters:" in out
    assert "   focus=main" in out
    assert "Showing top 2 nodes out of 3" in out
    assert [line.split()[-1] for line in out[-2:]] == ["main.main", "leaf"]


@pytest.mark.parametrize("word", ["-trim=false", "-trim=0", "--trim=f", "--no-trim"])
def test_trimming_can_be_switched_off_as_in_go(files: Path, capsys, word: str) -> None:
    assert main(["profile", "top", "-nodefraction=0.98", word, "one.pb.gz"]) == 0

    assert "main.middle" in capsys.readouterr().out


def test_a_flag_with_another_word_than_true_or_false_is_refused(files: Path, capsys) -> None:
    assert main(["profile", "top", "-trim=perhaps", "one.pb.gz"]) == 2

    assert "is true or false" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "named"), [("-nodecoun=3", "--nodecoun"), ("-call_tree", "--call-tree"), ("-z", "-z")]
)
def test_an_option_that_nobody_knows_is_named_whole(files: Path, capsys, word: str, named: str) -> None:
    assert main(["profile", "top", word, "one.pb.gz"]) == 2

    assert named in capsys.readouterr().err


def test_what_is_damaged_is_shown_in_other_formats_but_no_profile_is_made_of_it(files: Path, capfd) -> None:
    assert main(["profile", "export", "--to", "folded", "damaged.pb.gz"]) == 0
    assert "is cut off" in capfd.readouterr().err

    for sources in (["damaged.pb.gz"], ["one.pb.gz", "damaged.pb.gz"]):
        assert main(["profile", "export", "--to", "pprof", "-o", "out.pb.gz", *sources]) == 6
        assert "cannot use damaged.pb.gz" in capfd.readouterr().err
    assert not Path("out.pb.gz").exists()


def test_json_has_exact_values(files: Path, capsys) -> None:
    assert main(["profile", "top", "-o", "json", "--nodecount", "0", "--nodefraction", "0", "one.pb.gz"]) == 0

    assert json.loads(capsys.readouterr().out) == {
        "sample_types": [{"type": "samples", "unit": "count"}, {"type": "cpu", "unit": "nanoseconds"}],
        "type": "cpu",
        "unit": "nanoseconds",
        "total": 1_040_000_000,
        "dropped": 0,
        "rows": [
            {"name": "leaf", "flat": 1_000_000_000, "cum": 1_000_000_000},
            {"name": "main.main", "flat": 40_000_000, "cum": 1_040_000_000},
            {"name": "main.middle", "flat": 0, "cum": 1_000_000_000},
        ],
    }


@needs_data
@pytest.mark.parametrize("reference", references()[::6], ids=lambda path: path.name)
def test_json_of_real_profiles_has_the_true_counts(reference: Path, capsys) -> None:
    path = str(reference)[: -len(".ref.json")]
    true = counts_of(reference)
    try:
        read(profile_of(reference))
    except ProfileError:
        pytest.skip("only a lenient reader takes it")
    for name, counts in true["values"].items():
        words = [
            "profile",
            "top",
            "-o",
            "json",
            "--nodecount=0",
            "--nodefraction=0",
            "-all_frames",
            "-sample_index",
            name,
        ]
        assert main([*words, path]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["type"], found["unit"], found["total"]) == (name, counts["unit"], counts["total_abs"])


@needs_data
@pytest.mark.parametrize("kind", KINDS)
def test_merge_writes_what_pprof_writes(kind: str, tmp_path: Path) -> None:
    sources = [str(CAPTURES / f"{kind}{number}.pb.gz") for number in (1, 2, 3)]

    assert main(["profile", "merge", *sources, "-o", str(tmp_path / "out.pb.gz")]) == 0
    assert gzip.decompress((tmp_path / "out.pb.gz").read_bytes()) == merged_by_pprof(kind)


@needs_data
@pytest.mark.parametrize(
    ("kind", "words"), [("cpu1", ["raw"]), ("heap1", ["raw"]), ("mutex1", ["raw"]), ("m123", ["raw"])]
)
def test_raw_is_that_of_pprof(kind: str, words: list[str], capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert main(["profile", *words, str(CAPTURES / f"{kind}.pb.gz")]) == 0
    assert capsys.readouterr().out == (CAPTURES / f"{kind}.raw.txt").read_text()


def test_a_base_is_taken_away(files: Path, capsys) -> None:
    assert main(["profile", "top", "-diff_base", "one.pb.gz", "-o", "json", "-nodefraction=0", "two.pb.gz"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["rows"]}

    assert rows["leaf"]["flat"] == -500_000_000
    assert rows["main.new"]["flat"] == 600_000_000


def test_what_cannot_be_used_is_left_out_and_said(files: Path, capsys) -> None:
    assert main(["profile", "top", "one.pb.gz", "nothing.pb.gz", "absent.pb.gz"]) == 0

    err = capsys.readouterr().err
    assert "cannot use nothing.pb.gz" in err
    assert "cannot read absent.pb.gz: No such file or directory" in err
    assert "1 of 3 profiles are used" in err


def test_damage_is_said_and_the_rest_shown(files: Path, capsys) -> None:
    assert main(["profile", "info", "damaged.pb.gz"]) == 0

    assert "damaged.pb.gz:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["top", "nothing.pb.gz"], 6, "cannot use nothing.pb.gz"),
        (["top", "absent.pb.gz"], 5, "No such file"),
        (["top", "."], 5, "cannot read ."),
        (["top", "-", "-"], 2, "once"),
        (["top", "-focus", "(", "one.pb.gz"], 6, "parsing focus regexp"),
        (["top", "-sample_index=wall", "one.pb.gz"], 6, "must be one of"),
        (["top", "-lines", "-files", "one.pb.gz"], 2, "cannot both be"),
        (["top", "-normalize", "one.pb.gz"], 2, "needs a base"),
        (["peek", "nobody", "one.pb.gz"], 6, "no matches found"),
        (["list", "nobody", "one.pb.gz"], 6, "no matches found"),
        (["merge", "one.pb.gz", "damaged.pb.gz", "-o", "out"], 6, "cannot use damaged.pb.gz"),
        (["merge", "one.pb.gz", "-o", "no/such/folder/out"], 1, "cannot write"),
        (["diff", "one.pb.gz"], 2, "nothing to compare"),
        (["diff", "--fail-if", "grwth > 1%", "one.pb.gz", "two.pb.gz"], 2, "there is no figure"),
        (["top", "-divide_by=0", "one.pb.gz"], 6, "zero divisor"),
    ],
)
def test_mistakes_are_told(files: Path, capsys, words: list[str], code: int, said: str) -> None:
    assert main(["profile", *words]) == code
    assert said in capsys.readouterr().err
    assert not (files / "out").exists()


def test_standard_input_is_a_source(files: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(written(ONE))))

    assert main(["profile", "comments", "-add_comment=mine", "-"]) == 0
    assert capsys.readouterr().out == "first\nmine\n"


def test_hostile_names_are_shown_not_obeyed(files: Path, capsys) -> None:
    (files / "evil.pb.gz").write_bytes(written(cpu((HOSTILE, 5), comment=HOSTILE)))
    for words in (["top"], ["tree"], ["traces"], ["raw"], ["tags"], ["info"], ["peek", "evil"], ["list", "evil"],
                  ["top", "-o", "markdown"], ["top", "-o", "json"], ["comments"]):  # fmt: skip
        assert main(["profile", *words, "evil.pb.gz"]) == 0
        out = capsys.readouterr().out
        assert not {"\x1b", "\x07", "\u202e"} & set(out), words


def test_what_is_merged_takes_the_place_of_the_old_file_with_its_rights(files: Path) -> None:
    out = files / "out.pb.gz"
    out.write_bytes(b"old")
    out.chmod(0o600)

    assert main(["profile", "merge", "one.pb.gz", "two.pb.gz", "-o", "out.pb.gz"]) == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert len(read(out.read_bytes())) == 3
    assert sorted(os.listdir(files)) == sorted(
        ["one.pb.gz", "two.pb.gz", "damaged.pb.gz", "nothing.pb.gz", "out.pb.gz"]
    )


def test_one_profile_is_written_as_it_is(files: Path) -> None:
    assert main(["profile", "merge", "one.pb.gz", "-o", "out.pb.gz"]) == 0
    assert gzip.decompress((files / "out.pb.gz").read_bytes()) == encoded(read(written(ONE)))


def test_a_check_fails_for_what_grew(files: Path, capsys) -> None:
    assert main(["profile", "diff", "--fail-if", "growth > 20% and share > 30%", "one.pb.gz", "two.pb.gz"]) == 1
    told = capsys.readouterr()
    assert "main.new: growth is 54.55%, share is 54.55%" in told.err
    assert "scaled by 0.9455" in told.out

    assert main(["profile", "diff", "--fail-if", "growth > 60%", "one.pb.gz", "two.pb.gz"]) == 0
    assert main(["profile", "diff", "--fail-if", "growth > 0%", "one.pb.gz", "one.pb.gz"]) == 0


@needs_data
def test_listing_is_that_of_pprof(tmp_path: Path, capsys) -> None:
    source = tmp_path / "example.com" / "gotarget" / "main.go"
    source.parent.mkdir(parents=True)
    source.write_bytes((CAPTURES / "gotarget.go.txt").read_bytes())

    assert main(["profile", "list", "main.handle", "-source_path", str(tmp_path), str(CAPTURES / "m123.pb.gz")]) == 0
    assert capsys.readouterr().out == (GOLDEN / "list-main.handle.txt").read_text()


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_comparison_in_every_form(files: Path, capsys, form: str) -> None:
    assert main(["profile", "diff", "-o", form, "one.pb.gz", "two.pb.gz"]) == 0
    out = capsys.readouterr().out

    assert "main.new" in out
    assert "new" in out
    if form == "json":
        rows = {row["name"]: row for row in json.loads(out)["rows"]}
        assert rows["main.new"]["flat"]["before"] == 0
        assert rows["main.new"]["flat"]["significant"] is True
        assert rows["main.new"]["flat"]["change"] == "new"


def test_folded_stacks_are_sorted(files: Path, capfdbinary) -> None:
    assert main(["profile", "export", "--to", "folded", "one.pb.gz"]) == 0

    assert capfdbinary.readouterr().out == b"main.main 40000000\nmain.main;main.middle;leaf 1000000000\n"


def test_other_formats_are_written_and_read_again(files: Path, capsys) -> None:
    for form in ("folded", "speedscope"):
        assert main(["profile", "export", "--to", form, "-o", f"one.{form}", "one.pb.gz"]) == 0
        assert main(["profile", "top", "-o", "json", f"one.{form}"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["total"] == 1_040_000_000
        assert {row["name"]: row["cum"] for row in found["rows"]}["main.main"] == 1_040_000_000
    assert main(["profile", "export", "--to", "svg", "-o", "one.svg", "one.pb.gz"]) == 0
    assert "main.middle" in (files / "one.svg").read_text()
    assert main(["profile", "export", "--to", "callgrind", "-o", "one.out", "one.pb.gz"]) == 0
    lines = (files / "one.out").read_text().splitlines()
    assert lines[:2] == ["positions: instr line", "events: cpu(ms)"]
    assert lines[3:6] == ["ob=(1) /build/app/app", "fl=(1) /build/app/main.go", "fn=(1) leaf"]
    (files / "evil.txt").write_text(f"main;{HOSTILE} 1\n")
    assert main(["profile", "export", "--to", "callgrind", "-o", "evil.out", "evil.txt"]) == 0
    assert "\x1b" not in (files / "evil.out").read_text()


def test_an_export_is_filtered(files: Path) -> None:
    assert main(["profile", "export", "--to", "pprof", "-focus", "leaf", "-o", "out.pb.gz", "one.pb.gz"]) == 0
    assert [sample.values[0] for sample in read((files / "out.pb.gz").read_bytes()).samples] == [100]


def test_where_a_source_is_not_found_it_is_said_what_would_help(files: Path, capsys) -> None:
    assert main(["profile", "list", "main", "one.pb.gz"]) == 0
    told = capsys.readouterr()
    assert "could not find file" in told.out
    assert told.err.count("--source-root DIR, or --map OLD=NEW") == 1


def test_source_is_listed_from_where_it_was_mapped(files: Path, capsys) -> None:
    (files / "src").mkdir()
    (files / "src" / "main.go").write_text("".join(f"line {number}\n" for number in range(1, 7)))

    assert main(["profile", "list", "main", "--map", "/build/app=src", "one.pb.gz"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "Total: 1.04s"
    assert "      40ms      1.04s      5:line 5" in out
    assert out.count("ROUTINE ======================== main.main in /build/app/main.go") == 1


class Screen(io.StringIO):
    """A terminal, as far as anybody asks."""

    def isatty(self) -> bool:
        return True


def test_who_looks_on_sees_how_long_it_takes(
    files: Path, program: str, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")

    assert main(["profile", "comments", "--seconds", "3", program]) == 0
    assert f"taking a profile, 0 of 3 s: {program}" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")
    assert capsys.readouterr().out == "first\n"


@pytest.mark.parametrize("words", [["tree"], ["peek", "leaf"], ["traces"], ["list", "leaf"]])
def test_other_forms_of_reports(files: Path, capsys, words: list[str]) -> None:
    assert main(["profile", *words, "-o", "json", "one.pb.gz"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["type"], told["total"]) == ("cpu", 1_040_000_000)
    if words[0] in {"tree", "peek"}:
        (leaf,) = [row for row in told["rows"] if row["name"] == "leaf"]
        assert leaf["callers"] == [{"name": "main.middle", "value": 1_000_000_000, "inline": False}]
    if words[0] == "list":
        assert told["functions"][0]["error"].startswith("could not find file /build/app/main.go")

    assert main(["profile", *words, "-o", "markdown", "one.pb.gz"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert (out[0], out[-1]) == ("```", "```")


TOKENS: list[str | None] = []


class Handler(BaseHTTPRequestHandler):
    """A running program."""

    def do_GET(self) -> None:
        self.server.tokens.append(self.headers.get("Authorization"))
        body = written(ONE) if "heap" not in self.path else b"Could not enable: already in use"
        self.send_response(200 if "heap" not in self.path else 500)
        self.send_header("X-Go-Pprof", "1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def program() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.tokens = TOKENS
    TOKENS.clear()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_token_may_stand_in_the_environment(files: Path, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLANCE_TOKEN", "secret")

    assert main(["profile", "comments", program]) == 0
    assert TOKENS == ["Bearer secret"]


def test_running_programs_are_sources(files: Path, program: str, capsys) -> None:
    words = ["profile", "top", "-o", "json", "--seconds", "2", program, "two.pb.gz", f"{program}/debug/pprof/heap"]
    assert main(words) == 0

    told = capsys.readouterr()
    assert json.loads(told.out)["total"] == 1_040_000_000 + 1_100_000_000
    assert f"taking a profile for 2 s: {program}" in told.err
    assert "somebody else is taking one there" in told.err
    assert "2 of 3 profiles are used" in told.err


@pytest.mark.parametrize(
    "verb", ["top", "peek", "tree", "traces", "tags", "comments", "raw", "list", "info", "diff", "merge", "export"]
)
def test_help_of_every_verb_has_an_example(verb: str, capsys) -> None:
    assert main(["profile", verb, "--help"]) == 0
    assert f"glance profile {verb}" in capsys.readouterr().out.partition("Options:")[0].split("\n", 2)[2]


def test_help_imports_no_numpy() -> None:
    code = "import sys; from glance.cli.main import main; main(['profile', 'top', '--help'])"
    code += "; sys.exit('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert done.returncode == 0
