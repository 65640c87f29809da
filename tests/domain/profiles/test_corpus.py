"""Every real profile: read whole, read in part with the damage told, or refused with the reason."""

from __future__ import annotations

import pytest

from glance.domain.profiles.call_tree import call_tree
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read, read_leniently
from glance.domain.profiles.proto_writer import encoded
from tests.domain.profiles.captured import DATA, candidates, needs_data

pytestmark = needs_data

NOT_THIS_FORMAT = (".txt", ".json", ".html", ".headers", ".out")
"""Texts and traces, for other readers."""
OLD_FORMATS = {
    "cppbench.cpu", "cppbench.heap", "cppbench.small.contention", "go.crc32.cpu", "go.godoc.thread", "gobench.cpu",
    "java.contention", "java.cpu",
}  # fmt: skip
"""Formats from before profile.proto."""
PARTLY = {
    "dotnet-pprof-3.pb.gz": "malformed profile: found function with reserved ID=0",
    "pgo_trunc_gz.pgo": "decompressing profile: unexpected EOF",
}
REFUSED = {
    "pgo_empty.pgo": "empty input file",
    "pgo_concat.pgo": "concatenated profiles detected",
    "pgo_concat_raw.pgo": "concatenated profiles detected",
    "pgo_html.pgo": "unknown wire type: 4",
}


def test_every_profile_of_the_corpus():
    table: list[str] = []
    refused: dict[str, str] = {}
    for path in candidates():
        name = str(path.relative_to(DATA))
        try:
            reading = read_leniently(path.read_bytes())
        except ProfileError as error:
            table.append(f"refused  {name}: {error.why}")
            if not path.name.endswith(NOT_THIS_FORMAT) and path.name not in OLD_FORMATS:
                refused[path.name] = error.why
            continue
        profile = reading.profile
        if profile.sample_types:
            call_tree(profile, 0)
        if reading.damages:
            table.append(f"partly   {name}: {len(profile)} samples; {'; '.join(reading.damages)}")
            assert reading.damages[0].startswith(PARTLY[path.name]), name
            with pytest.raises(ProfileError) as caught:
                read(path.read_bytes())
            assert caught.value.why == PARTLY[path.name]
            continue
        table.append(f"whole    {name}: {len(profile)} samples")
        again = read(encoded(profile))
        assert (len(again), again.strings[1:2]) == (len(profile), (profile.sample_types[0].type,))
        assert encoded(again) == encoded(profile), name
    print("\n" + "\n".join(table))
    assert refused == REFUSED
    words = [line.split()[0] for line in table]
    assert words.count("whole") > 80
    assert words.count("partly") == len(PARTLY)
