"""One snapshot as one file, `.glance`: a zip of open formats that docs/snapshots.md describes.

Whoever mails one may be anybody, so that a file is held against limits before anything of it is unpacked, nothing
of it decides where something is written, and every member is held against its checksum.
"""

from __future__ import annotations

import errno
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Self

from glance.domain.snapshot import Manifest, ManifestError, Member, MemberKind, is_member_name
from glance.errors import StoreError
from glance.store.whole_file import remove_parts, write_whole
from glance.store.zip_limits import ZIP_LIMITS, ZipError, ZipLimits, checked, is_dense, open_file, within
from glance.store.zip_salvage import piece_data, pieces_of

SUFFIX = ".glance"
"""Of every snapshot."""
MANIFEST = "manifest.json"
CHECKSUMS = "checksums.sha256"
README = "README.txt"
MOST_MANIFEST = 8 << 20
Read = Callable[[str, int], bytes]
_PACKED = (".gz", ".bucket")
_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)

ABOUT = b"""\
This is a snapshot that glance took of access logs and profiles. It is a plain zip file.

manifest.json       what it is: times, window, why it was taken, what is in it, with checksums
summary.json        the numbers of the window
records.jsonl       one request a line
lines/              lines of the logs as they stood there
profiles/*.pb.gz    profiles: go tool pprof FILE
profiles/*.txt      stacks of all goroutines
buckets/            the records once more, as glance keeps them
checksums.sha256    sha256sum -c checksums.sha256

glance snapshot show FILE.glance
"""


@dataclass(frozen=True, slots=True)
class Content:
    """What is to become a member."""

    name: str
    kind: MemberKind
    data: bytes
    about: str = ""

    @property
    def member(self) -> Member:
        """What the manifest says of it."""
        return Member(self.name, self.kind, len(self.data), hashlib.sha256(self.data).hexdigest(), self.about)

    @property
    def least_bytes(self) -> int:
        """What it takes on a disk, about: texts pack to a tenth, most of them better."""
        return len(self.data) if self.name.endswith(_PACKED) else len(self.data) // 10


def write_snapshot(path: Path, manifest: Manifest, contents: Sequence[Content], *, replaces: bool = False) -> Manifest:
    """Write a snapshot: all of it, or nothing under that name. Returns the manifest with its members.

    Args:
        path: where.
        manifest: what it says of itself; the members are added.
        contents: what is in it.
        replaces: there may be a file of this name.

    Raises:
        StoreError: it cannot be written.
    """
    contents = (*contents, Content(README, "text", ABOUT, "how to open this"))
    full = replace(manifest, members=tuple(one.member for one in contents))
    if not all(is_member_name(one.name) for one in contents):
        raise StoreError("cannot write the snapshot", "a member has a name that it may not have")

    words = document_bytes(full)
    members = [(MANIFEST, words), *((one.name, one.data) for one in contents), (CHECKSUMS, checksums(full, words))]
    try:
        remove_parts(path.parent, f"*{SUFFIX}")
        write_whole(path, lambda file: _pack(file, members), replaces=replaces)
    except ZipError as error:  # who opens it would refuse it
        raise StoreError("cannot write the snapshot", str(error), "take a shorter window, or fewer logs") from error
    except FileExistsError as error:
        raise StoreError(f"{path} is there already", "", "name another file, or remove that one") from error
    except OSError as error:
        raise cannot_write(path, error) from error
    except zipfile.LargeZipFile as error:
        raise StoreError(f"cannot write {path}", "it would have more than 4 GB", "take a shorter window") from error
    return full


def _pack(file: BinaryIO, members: Sequence[tuple[str, bytes]]) -> None:
    """Write the zip, and make sure that it is one that is read.

    Many equal requests pack so well that a reader would take them for a bomb: they are packed less.

    Raises:
        ZipError: it is beyond the limits of what is read.
    """
    if len(members[0][1]) > MOST_MANIFEST:
        raise ZipError("its manifest would be too large")
    levels: dict[str, int] = {}
    while True:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as packed:
            for name, data in members:
                _put(packed, name, data, levels.get(name))
        dense = [one.filename for one in packed.infolist() if is_dense(one)]
        if not dense:
            break
        levels |= {name: 0 if name in levels else 1 for name in dense}
        file.seek(0)
        file.truncate()
    file.flush()
    within(file)


def _put(packed: zipfile.ZipFile, name: str, data: bytes, level: int | None = None) -> None:
    info = zipfile.ZipInfo(name, _FIRST_MOMENT)  # the same moment gives the same bytes
    info.external_attr = 0o600 << 16
    info.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
    packed.writestr(info, data, compresslevel=level)


def document_bytes(manifest: Manifest) -> bytes:
    """The manifest as JSON in ASCII."""
    return json.dumps(manifest.as_document(), indent=1, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"


def checksums(manifest: Manifest, words: bytes) -> bytes:
    """The checksums of all members, as `sha256sum -c` reads them."""
    rows = [(hashlib.sha256(words).hexdigest(), MANIFEST), *((one.sha256, one.name) for one in manifest.members)]
    return "".join(f"{digest}  {name}\n" for digest, name in rows).encode("ascii")


class SnapshotFile:
    """A snapshot to be read. Its manifest is read at once, each member when it is asked for."""

    def __init__(self, path: Path, file: BinaryIO, read: Read, manifest: Manifest) -> None:
        """Use an open file; `open` and `salvage` make one of these.

        Args:
            path: where it is.
            file: open; it is closed with this.
            read: unpacks so many bytes of a member at most.
            manifest: what it says of itself.
        """
        self.path = path
        self.manifest = manifest
        self._file = file
        self._read = read

    @classmethod
    def open(cls, path: Path, limits: ZipLimits = ZIP_LIMITS) -> Self:
        """Open a snapshot.

        Raises:
            StoreError: it cannot be read, or is none, or too large.
        """
        try:
            packed, opened = checked(path, limits)
        except OSError as error:
            raise StoreError(f"cannot read {path}", error.strerror or str(error)) from error
        except ZipError as error:
            raise not_whole(path, str(error)) from error
        try:
            found = _manifest(packed)
        except (ValueError, KeyError, RuntimeError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
            opened.close()
            words = str(error) if isinstance(error, ManifestError) else "its manifest is missing or damaged"
            raise not_whole(path, words) from error

        def read(name: str, most: int) -> bytes:
            with packed.open(name) as file:
                return file.read(most)

        return cls(path, opened, read, found)

    @classmethod
    def salvage(cls, path: Path, limits: ZipLimits = ZIP_LIMITS) -> Self:
        """Open what is left of a snapshot that was cut off; `damages` then tells what is missing.

        Raises:
            StoreError: nothing can be told of it.
        """
        try:
            opened = open_file(path)
        except (OSError, ZipError) as error:
            raise not_whole(path, str(error)) from error
        try:
            pieces = pieces_of(opened, limits)
            found = manifest_of(piece_data(opened, pieces[MANIFEST]))
        except (ValueError, KeyError, RecursionError, OSError, zlib.error) as error:
            opened.close()
            raise not_whole(path, "it is no zip file, or cut off") from error
        return cls(path, opened, lambda name, _most: piece_data(opened, pieces[name]), found)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def data(self, name: str) -> bytes:
        """One member, whole.

        Raises:
            StoreError: it is not there, or is damaged.
        """
        member = self.manifest.member(name)
        if member is None:
            known = ", ".join(one.name for one in self.manifest.members[:8])
            raise StoreError(f"{self.path.name} has no member {name}", "", f"it has {known}")
        what = f"{name} in {self.path.name} is damaged"
        try:
            found = self._read(name, member.size_bytes + 1)
        except (KeyError, OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
            raise StoreError(
                what, "it cannot be unpacked, or its checksum is another", "the rest can be read"
            ) from error
        if len(found) != member.size_bytes or hashlib.sha256(found).hexdigest() != member.sha256:
            raise StoreError(what, "its checksum is another than the manifest says", "the rest can be read")
        return found

    def damages(self) -> list[str]:
        """What is wrong with its members, one line each; nothing when it is whole. Reads all of it."""
        found: list[str] = []
        for member in self.manifest.members:
            try:
                self.data(member.name)
            except StoreError as error:
                found.append(f"{error.what}: {error.why}")
        return found


def _manifest(packed: zipfile.ZipFile) -> Manifest:
    info = packed.getinfo(MANIFEST)
    if info.file_size > MOST_MANIFEST:
        raise ManifestError("its manifest is too large")
    with packed.open(info) as file:
        found = manifest_of(file.read(MOST_MANIFEST + 1))
    names = {one.filename for one in packed.infolist()}
    strange = names - {one.name for one in found.members} - {MANIFEST, CHECKSUMS}
    if strange:
        raise ManifestError(f"it has something that its manifest does not name: {min(strange)!r}")
    return found


def manifest_of(words: bytes) -> Manifest:
    """The manifest that these bytes are.

    Raises:
        ValueError: they are none.
        RecursionError: likewise.
    """
    found = Manifest.of_document(json.loads(words))
    if len({one.name for one in found.members}) != len(found.members):
        raise ManifestError("its manifest names a member twice")
    lists = (found.members, found.logs, found.raw, found.profiles, found.failures, found.builds, found.notes)
    if any(len(one) > ZIP_LIMITS.members for one in lists):
        raise ManifestError("its manifest names more than a snapshot can have")
    parts = [*(one.member for one in found.raw), *(one.member for one in found.profiles)]
    if len(set(parts)) != len(parts):
        raise ManifestError("its manifest has one member for two things")
    return found


def not_whole(path: Path, why: str) -> StoreError:
    """The error that says why a file is no snapshot that can be read."""
    return StoreError(f"{path} is no snapshot that can be read", why, "was it sent or copied whole?")


def cannot_write(path: Path, error: OSError) -> StoreError:
    """The error that says why a snapshot was not written."""
    hint = ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "free some space: glance snapshot list, glance snapshot rm ID"
    elif isinstance(error, PermissionError) or error.errno == errno.EROFS:
        hint = "name another folder, with --shelf or --to"
    is_passing = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE)
    return StoreError(f"cannot write {path}", error.strerror or str(error), hint, is_passing=is_passing)
