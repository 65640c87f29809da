"""The least that a Textual program with a table can be: what the first paint is measured against."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable


class BareApp(App[None]):
    """A table and nothing else."""

    def compose(self) -> ComposeResult:
        """The table."""
        yield DataTable()

    def on_mount(self) -> None:
        """Fill it."""
        table = self.query_one(DataTable)
        table.add_columns("name", "hits", "share", "errors", "bytes")
        for number in range(100):
            table.add_row(f"row-{number}", "1,204", "3.1%", "0", "18.4MB")


if __name__ == "__main__":
    BareApp().run()
