"""What can be done with the answer of a query, on the page of SQL, where these commands go before all others."""

from __future__ import annotations

from glance.commands.command import Command, Situation


def _on_sql(now: Situation) -> bool:
    """Valid on the page of SQL while no query is typed."""
    return now.panel == "sql" and not now.is_typing


SQL_COMMANDS: tuple[Command, ...] = (
    Command("sql.edit", "enter,slash", "focused.edit", "edit", "type another query", "sql", _on_sql, rank=2),
    Command("sql.again", "r", "focused.again", "again", "ask the same query once more", "sql", _on_sql, rank=3),
    Command("sql.repeat", "R", "focused.repeat", "repeat", "ask it every few seconds, or no more", "sql", _on_sql,
            rank=4),
    Command("sql.row", "z", "focused.row", "row", "show the row by itself, each value whole", "sql", _on_sql, rank=4),
    Command("sql.copy", "y", "focused.copy(False)", "copy", "copy the value with the cursor, by OSC 52", "sql", _on_sql,
            rank=4),
    Command("sql.copy_row", "Y", "focused.copy(True)", "copy row", "copy the row, with tabs between its values", "sql",
            _on_sql, rank=6),
    Command("sql.column_left", "left", "focused.column(-1)", "column", "the column to the left", "sql", _on_sql,
            is_in_footer=False),
    Command("sql.column_right", "right", "focused.column(1)", "column", "the column to the right", "sql", _on_sql,
            is_in_footer=False),
)  # fmt: skip
