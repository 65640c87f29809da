"""The newest bytes of a stream can be read back; the space for them is bounded."""

from __future__ import annotations

import os
import stat

from hypothesis import given
from hypothesis import strategies as st

from glance.sources.spool import Spool


@given(pieces=st.lists(st.binary(max_size=40), max_size=20), capacity=st.integers(1, 50))
def test_what_is_kept_is_what_came(pieces, capacity):
    spool = Spool(capacity)
    data = b""
    for piece in pieces:
        spool.append(piece)
        data += piece

    assert spool.end == len(data)
    assert spool.start == spool.dropped_bytes == max(0, len(data) - capacity)
    for offset in range(spool.start, spool.end):
        assert spool.read(offset, spool.end - offset) == data[offset:]
        assert spool.read(offset, 1) == data[offset : offset + 1]
    assert spool.read(spool.end, 1) is None
    if spool.start:
        assert spool.read(spool.start - 1, 1) is None
    spool.close()


def test_the_file_is_private_and_has_no_name(tmp_path):
    spool = Spool(100, str(tmp_path))
    spool.append(b"secret")
    status = os.fstat(spool._fd)

    assert list(tmp_path.iterdir()) == []
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert status.st_nlink == 0
    spool.close()


def test_a_full_disk_drops_and_goes_on(monkeypatch):
    spool = Spool(100)
    spool.append(b"one")
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", refuse)
        spool.append(b"two")
    spool.append(b"three")

    assert spool.read(0, 3) is None
    assert spool.read(6, 5) == b"three"
    assert spool.dropped_bytes == 6
    spool.close()


def refuse(*_: object) -> int:
    raise OSError(28, "No space left on device")
