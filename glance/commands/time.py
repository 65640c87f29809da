"""What a person can do along the time axis: select an interval, zoom into it, compare with another window."""

from __future__ import annotations

from glance.commands.command import TABLES, Command, Situation

ON_OVERVIEW = ("", "traffic", *TABLES, "status", "alerts", "lines")
"""Where an interval can be made: wherever the chart can be, and no page has the screen."""


def _free(now: Situation) -> bool:
    """Valid while nothing is typed."""
    return not now.is_typing


def _beside_chart(now: Situation) -> bool:
    """Valid on the overview while nothing is typed."""
    return not now.is_typing and now.panel in ON_OVERVIEW


def _with_interval(now: Situation) -> bool:
    """Valid there while an interval is selected."""
    return _beside_chart(now) and now.has_interval


def _on_interval(now: Situation) -> bool:
    """Valid on the chart while an interval is selected."""
    return now.is_on_interval


# One command a paragraph: id, keys, action, label, what it does, group, when it makes sense.
TIME_COMMANDS: tuple[Command, ...] = (
    Command("interval.filter", "enter", "screen.filter_interval", "filter",
            "show only what was in the selected interval", "filter", _on_interval, rank=2),
    Command("interval.zoom", "z", "screen.zoom_interval", "zoom",
            "look at the selected interval alone; esc comes back", "panels", _on_interval, rank=2),
    Command("interval.earlier", "left_square_bracket", "screen.move_interval(-1)", "select",
            "select an interval of the chart; then move it back by half of its length", "time", _beside_chart, rank=5),
    Command("interval.later", "right_square_bracket", "screen.move_interval(1)", "select",
            "select an interval of the chart; then move it forward by half of its length", "time", _beside_chart,
            is_in_footer=False),
    Command("interval.shorter", "left_curly_bracket", "screen.resize_interval(0.5)", "shorter interval",
            "make the selected interval half as long", "time", _with_interval, rank=5),
    Command("interval.longer", "right_curly_bracket", "screen.resize_interval(2)", "longer interval",
            "make the selected interval twice as long", "time", _with_interval, rank=5),
    Command("time.zoom_in", "plus", "screen.zoom_time(0.5)", "zoom in",
            "look more closely at the middle half of the window; esc comes back", "time", _free, is_in_footer=False),
    Command("time.zoom_out", "underscore", "screen.zoom_time(2)", "zoom out",
            "look at twice as much around the middle of the window; esc comes back", "time", _free,
            is_in_footer=False),
    Command("time.go_to", "at", "screen.go_to_time", "go to a time",
            "type a time to look at: 14:02, yesterday 9:00, -2h, 14:00..14:30", "time", _free, is_in_footer=False),
    Command("compare", "c", "screen.compare", "compare",
            "compare with the window before, then with yesterday, then with last week, then with none", "time",
            _beside_chart, rank=5),
)  # fmt: skip
