"""The filter language: which records are meant, said the same way everywhere.

    status>=500 path~^/api method=POST client:10.0.0.0/8 latency>0.5 -agent~bot

Terms side by side must all hold; `|` or `or` between them asks for one of them, and binds less. `-`,
`!` or `not` negate what follows; parentheses group. A term is `field operator value`:

- `=` is the exact value (`method` without regard to case; a client by its address); `:` contains,
  without regard to ASCII case; `~` is a regular expression over bytes, found anywhere (`^` and `$` fix it).
  `!=`, `!:` and `!~` negate. Sizes, latencies, times and statuses are compared with `<` `<=` `>` `>=` too.
- `path` (up to `?`), `section`, `route` (`/users/{id}`), `status` (`5xx`, `404,410`), `method` (`GET,HEAD`), `client`
  (an address, a network `10.0.0.0/8`, a list of them, or a part of a name), `agent`, `referrer`, `user`, `host`,
  `upstream`, `protocol`, `kind` of client (`person`, `crawler`, `tool`, `monitor`, `unknown`), name of a `crawler`,
  `noise` (`scanner`), `size` (`10kb`, `1mib`), `latency` (`0.5`, `500ms`), `time` (`14:00` of any day,
  `2026-11-22T14:00`, `2026-11-22T14:00..14:05` without its end).
- A word by itself is contained in the path. What holds spaces, `|` or unequal parentheses stands in quotes.

**What the log does not tell** (`-` in the line) meets no comparison: every term about it is false, and so
its negation is true. `user=-` asks for just these records, `user!=-` for the others.

**Numbers** are plain ASCII. A status that is no number is neither above nor below one.

**Latencies** are kept in bins of 2 %: what lies in the bin of the bound counts as equal to it.

**Regular expressions** know no back references and no looking around, and one that could take very long
is refused; a value is looked at up to its first 8,192 bytes, or fewer where the expression is costly.
`.` is any byte.

`Filter.test` of one record and `Filter.select` of a bucket give the same answer; a property test holds that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.dictionary import Dictionary
from glance.domain.logs.filter_parser import parse_tree
from glance.domain.logs.filter_tree import All, Some, Tree
from glance.domain.logs.filter_view import Answers, BucketView, HeldView, Mask, Numbered
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.record import LogRecord
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.series import LogSeries


class Filter:
    """A choice of records. Two are equal when they are written the same in normal form.

    Not for two threads at once: it remembers what its tests said of the values of a series.
    """

    def __init__(self, tree: Tree) -> None:
        """The filter with this tree; `parse_filter` makes it from a text."""
        self._tree = tree
        self._answers = Answers()
        self.text: Final = tree.words
        """Its normal form: `parse_filter(f.text) == f`."""

    @property
    def parts(self) -> tuple[str, ...]:
        """What must hold together, each written so that it can stand by itself or beside others."""
        parts = self._tree.parts if isinstance(self._tree, All) else (self._tree,)
        return tuple(f"({part.words})" if isinstance(part, Some) else part.words for part in parts)

    @property
    def is_everything(self) -> bool:
        """It leaves nothing out."""
        return isinstance(self._tree, All) and not self._tree.parts

    def test(self, record: LogRecord) -> bool:
        """Whether this record is chosen."""
        return self._tree.test(record)

    def select(self, bucket: LogBucket) -> NDArray[np.bool_]:
        """Which records of a bucket are chosen; each distinct text is tested once."""
        return _whole(self._tree.mask(BucketView(bucket)), bucket.records)

    def select_held(self, bucket: HeldBucket, series: LogSeries) -> NDArray[np.bool_]:
        """Which records of a bucket of a series are chosen; texts tested before are not tested again."""
        return self.select_with(bucket, series.dictionaries)

    def select_with(self, bucket: HeldBucket, dictionaries: Mapping[str, Dictionary]) -> NDArray[np.bool_]:
        """The same, with the dictionaries that number the bucket's values."""
        return _whole(self.mask(bucket, dictionaries), bucket.records)

    def mask(self, columns: Numbered, dictionaries: Mapping[str, Dictionary]) -> Mask:
        """The same, of columns of which only those are looked at that it asks about; all or none in one word."""
        return self._tree.mask(HeldView(columns, dictionaries, self._answers))

    def may_match(self, first_ms: int, last_ms: int) -> bool:
        """Whether any record from the first to the last of these milliseconds can be chosen."""
        return self._tree.outlook(first_ms, last_ms)[0]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"parse_filter({self.text!r})"


def parse_filter(text: str, routes: Routes = BUILT_IN) -> Filter:
    """The filter that is written so; the empty text chooses everything.

    Args:
        text: the filter.
        routes: by which rules paths become routes.

    Raises:
        FilterError: it cannot be understood; says where and why.
    """
    return Filter(parse_tree(text, routes))


def _whole(mask: Mask, records: int) -> NDArray[np.bool_]:
    """One truth a record."""
    return np.full(records, mask, np.bool_) if isinstance(mask, bool) else mask


EVERYTHING = parse_filter("")
"""Chooses every record."""
