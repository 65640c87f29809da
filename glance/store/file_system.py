"""What kind of file system a file lies on: over a network, SQLite's log of writes cannot be shared."""

from __future__ import annotations

import os
from pathlib import Path

_NETWORK = (
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "9p",
    "afs",
    "ceph",
    "coda",
    "glusterfs",
    "lustre",
    "ncpfs",
    "ocfs2",
    "gfs2",
    "virtiofs",
    "vboxsf",
    "prl_fs",
    "vmhgfs",
    "davfs",
)
_MOUNTS = Path("/proc/self/mounts")


def is_shared(path: Path, mounts: str | None = None) -> bool:
    """The file may be seen by several machines, which share no memory.

    Args:
        path: the file; it need not exist.
        mounts: table of what is mounted; default is the system's own.
    """
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text("utf-8", "surrogateescape")
        except OSError:
            return False  # no Linux
    found, kind = "", ""
    real = os.path.realpath(path)
    for line in mounts.splitlines():
        words = line.split()
        if len(words) < 3:
            continue
        place = _unescaped(words[1])
        if os.path.commonpath([real, place]) == place and len(place) >= len(found):
            found, kind = place, words[2]
    return kind in _NETWORK or kind.startswith("fuse.")


def _unescaped(place: str) -> str:
    """A mount point as it is: the table writes blanks as `\\040`."""
    for code in ("040", "011", "012", "134"):
        place = place.replace(f"\\{code}", chr(int(code, 8)))
    return place
