"""What can be done on the pages of goroutines and of growing memory, where these commands go before all others."""

from __future__ import annotations

from glance.commands.command import Command, Situation

STACK_PAGES = ("goroutines", "growth")


def _on_stacks(now: Situation) -> bool:
    """Valid on either page while nothing is typed."""
    return now.panel in STACK_PAGES and not now.is_typing


def _on_goroutines(now: Situation) -> bool:
    """Valid on the page of goroutines."""
    return now.panel == "goroutines" and not now.is_typing


def _on_growth(now: Situation) -> bool:
    """Valid on the page of growing memory."""
    return now.panel == "growth" and not now.is_typing


def _on_stack(now: Situation) -> bool:
    """Valid on either while there is a stack with the cursor."""
    return _on_stacks(now) and now.can_open


STACK_COMMANDS: tuple[Command, ...] = (
    Command("stack.open", "enter", "focused.open", "stack",
            "go to the calls of the stack; on one of them, open its source in $VISUAL, $EDITOR or less", "goroutines",
            _on_stack, rank=2),
    Command("stack.edit", "e", "focused.edit", "edit",
            "open the source of the call in $VISUAL, $EDITOR or less", "goroutines", _on_stack, rank=3),
    Command("stack.search", "slash", "focused.search", "search",
            "show only stacks in which a text stands: a function, file, state or who started them", "goroutines",
            _on_stacks, rank=3),
    Command("stack.sort", "s", "focused.sort", "sort",
            "order stacks by growth, by what there is now, by waiting time or objects, or by name", "goroutines",
            _on_stacks, rank=2),
    Command("stack.other", "t,v,tab", "focused.other", "other page",
            "go from goroutines to the memory that grows, and back", "goroutines", _on_stacks, rank=2),
    Command("stack.other_before", "shift+tab", "focused.other", "other page", "the same", "goroutines", _on_stacks,
            is_in_footer=False, is_in_palette=False),
    Command("stack.ask", "u", "focused.ask_states", "ask states",
            "ask the program for state and waiting time of every goroutine; it stands still for moments", "goroutines",
            _on_goroutines, rank=3),
    Command("stack.function", "b", "focused.by_function", "by function",
            "show one row for each function of one's own, or for each stack", "goroutines", _on_growth, rank=4),
    Command("stack.difference", "D", "focused.difference", "flame graph",
            "show what grew between the first and the newest poll as a flame graph", "goroutines",
            lambda now: _on_growth(now) and now.can_open, rank=3),
    Command("stack.target", "right_parenthesis", "focused.target(1)", "next program",
            "show the stacks of the next program", "goroutines", _on_stacks, rank=5),
    Command("stack.target_before", "left_parenthesis", "focused.target(-1)", "program before",
            "show the stacks of the program before", "goroutines", _on_stacks, is_in_footer=False),
    Command("stack.copy", "y", "focused.copy", "copy", "copy the whole stack, by OSC 52", "goroutines", _on_stack,
            rank=5),
)  # fmt: skip
"""What is done with stacks."""
