"""A tally as bytes and back, for what must outlive the buckets that it was counted from."""

from __future__ import annotations

import json
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glance.domain.metrics.cells import Cells
from glance.domain.metrics.metric import Metric
from glance.domain.metrics.tally import MetricTally

VERSION = 1
LONGEST = 256 << 20
"""Bytes that a tally may unpack to."""

_KINDS = {"count": "<i8", "match": "<i8", "square": "<f8", "least": "<f8", "most": "<f8", "rank": "|u1"}


def encode(tally: MetricTally) -> bytes:
    """The tally as bytes."""
    arrays: list[NDArray[Any]] = []
    columns: dict[str, str] = {}
    cells = tally.cells.all()
    if cells is not None:
        columns = {name: _KINDS.get(name, column.dtype.newbyteorder("<").str) for name, column in cells.columns.items()}
        arrays = [_packed_keys(cells), *(column.astype(columns[name]) for name, column in cells.columns.items())]
    head = {
        "version": VERSION,
        "step": tally.step_seconds,
        "most": tally.segments.most,
        "names": [name.decode("latin-1") for name in tally.segments.names],
        "cells": 0 if cells is None else len(cells),
        "columns": columns,
        "left_out": tally.left_out,
    }
    if tally.distinct is not None:
        head["hashes"], head["registers"] = _distinct_arrays(tally, arrays)
    packed = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)
    return zlib.compress(json.dumps(head).encode() + b"\n" + packed, 3)


def _packed_keys(cells: Cells) -> NDArray[Any]:
    """Keys as steps from one to the next, which pack well."""
    return np.diff(cells.keys, prepend=0).astype("<i8")


def _distinct_arrays(tally: MetricTally, arrays: list[NDArray[Any]]) -> tuple[list[int], int]:
    """Adds the arrays of different values; returns how long they are."""
    assert tally.distinct is not None
    for keys, hashes in tally.distinct.parts:
        arrays += [keys.astype("<i8"), hashes.astype("<u8")]
    registers = tally.distinct.registers.all() if tally.distinct.registers is not None else None
    if registers is not None:
        arrays += [_packed_keys(registers), registers.columns["rank"].astype("|u1")]
    return [len(keys) for keys, _ in tally.distinct.parts], 0 if registers is None else len(registers)


def decode(metric: Metric, data: bytes) -> MetricTally:
    """The tally of this metric that these bytes hold.

    Raises:
        ValueError: they hold none.
    """
    try:
        return _decoded(metric, data)
    except (zlib.error, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"no tally: {error}") from error


def _decoded(metric: Metric, data: bytes) -> MetricTally:
    unpacker = zlib.decompressobj()
    raw = unpacker.decompress(data, LONGEST)
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ValueError("no tally: it is cut off, or too long")
    line, _, packed = raw.partition(b"\n")
    head = json.loads(line)
    if head["version"] != VERSION:
        raise ValueError(f"a tally of version {head['version']}")
    tally = MetricTally(metric, int(head["step"]), most_segments=int(head["most"]))
    reader = _Reader(packed)
    names = [name.encode("latin-1") for name in head["names"]]
    tally.segments.admit(dict.fromkeys(names[1:], 1))
    if tally.segments.names != names:
        raise ValueError("no tally: its segments are others")
    many = int(head["cells"])
    if many:
        keys = np.cumsum(reader.take("<i8", many))
        columns = {name: reader.take(kind, many) for name, kind in head["columns"].items()}
        tally.cells.add(Cells(keys, columns))
    if tally.distinct is not None:
        for length in head["hashes"]:
            tally.distinct.add(reader.take("<i8", length), reader.take("<u8", length))
        if head["registers"]:
            tally.distinct.use_registers()
            assert tally.distinct.registers is not None
            keys = np.cumsum(reader.take("<i8", head["registers"]))
            tally.distinct.registers.add(Cells(keys, {"rank": reader.take("|u1", head["registers"])}))
    tally.left_out = int(head["left_out"])
    return tally


class _Reader:
    """Takes arrays from bytes, one after the other."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._at = 0

    def take(self, kind: str, many: int) -> NDArray[Any]:
        """The next array; a ValueError where the bytes are too few."""
        if kind not in ("<i8", "<u8", "<f8", "|u1"):
            raise ValueError(f"no tally: a column of {kind}")
        found = np.frombuffer(self._packed, kind, many, self._at)
        self._at += found.nbytes
        return found.astype(found.dtype.newbyteorder("="))
