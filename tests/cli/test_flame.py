"""`glance flame`: what it refuses before there is a screen."""

from __future__ import annotations

from click.testing import CliRunner

from glance.cli.main import main
from glance.cli.root import root
from tests.domain.profiles.captured import CAPTURES, needs_data


def told(capsys, *words):
    code = main(list(words))
    return code, capsys.readouterr()


def test_help_has_an_example():
    found = CliRunner().invoke(root, ["flame", "--help"])

    assert found.exit_code == 0
    assert "glance flame before.pb.gz after.pb.gz" in found.output


def test_a_file_that_is_not_there_is_told(capsys, tmp_path):
    code, out = told(capsys, "flame", str(tmp_path / "none.pb.gz"))

    assert code != 0
    assert "no such file" in out.err


@needs_data
def test_without_a_terminal_it_says_what_to_do_instead(capsys):
    code, out = told(capsys, "flame", str(CAPTURES / "m123.pb.gz"))

    assert code != 0
    assert "glance profile top" in out.err
