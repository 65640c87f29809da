"""SQL over a million lines, the whole process, beside lnav."""

from __future__ import annotations

import json
from importlib.util import find_spec

from tests.bench.outcome import Outcome
from tests.bench.peer import Contender, differences, hits_of, lnav, lnav_complaint
from tests.bench.reports import compared, raced
from tests.bench.setting import GLANCE, Setting
from tests.bench.synthetic import SyntheticLog

TOP_TEN = "SELECT path, count(*) AS hits FROM log GROUP BY path ORDER BY hits DESC LIMIT 10"
STATUS = "SELECT status AS name, count(*) AS hits FROM log WHERE status >= 400 GROUP BY status"
STATUS_OF_LNAV = "SELECT sc_status AS name, count(*) AS hits FROM access_log WHERE sc_status >= 400 GROUP BY sc_status"


def asked(setting: Setting) -> list[Outcome]:
    """Two questions, each asked of glance, of glance with DuckDB where it is installed, and of lnav."""
    log = setting.log("combined", setting.small_or(50_000, 1_000_000))
    what = f"{log.totals.lines:,} combined lines, whole process, SQL"
    engines = ["sqlite", *(["duckdb"] if find_spec("duckdb") else [])]
    tops = raced(setting, log, [*(_top_ten(log, engine) for engine in engines), lnav(log)], rounds=5)
    errors = raced(setting, log, [*(_errors(log, engine) for engine in engines), _errors_of_lnav(log)], rounds=5)
    outcomes = []
    for name, runs in (("top-10 paths", tops), ("errors by status", errors)):
        for engine in engines:
            pair = {"glance": runs[engine], **({"lnav": runs["lnav"]} if "lnav" in runs else {})}
            outcomes.append(compared(f"{what} ({engine}): {name}, beside lnav", 0.5, pair, "lnav"))
    return outcomes


def _glance(log: SyntheticLog, engine: str, query: str) -> tuple[str, ...]:
    return (*GLANCE, "sql", "--engine", engine, "-o", "json", str(log.path), query)


def _top_ten(log: SyntheticLog, engine: str) -> Contender:
    return Contender(engine, _glance(log, engine, TOP_TEN), None, lnav_complaint)


def _errors(log: SyntheticLog, engine: str) -> Contender:
    return Contender(engine, _glance(log, engine, STATUS), None, _complaint)


def _errors_of_lnav(log: SyntheticLog) -> Contender:
    command = ("lnav", "-n", "-c", f";{STATUS_OF_LNAV}", "-c", ":write-json-to -", str(log.path))
    return Contender("lnav", command, None, _complaint)


def _complaint(answer: bytes, log: SyntheticLog) -> str:
    """The hits of each status that is an error."""
    rows = json.loads(answer)
    told = dict(zip((str(row["name"]) for row in rows), hits_of(rows), strict=True))
    return differences({"status": (told, {name: hits for name, hits in log.totals.status.items() if name >= "400"})})
