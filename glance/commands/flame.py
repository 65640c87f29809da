"""What can be done on the page of profiles, where these commands go before all others."""

from __future__ import annotations

from glance.commands.command import Command, Situation


def _on_profile(now: Situation) -> bool:
    """Valid on the page of profiles while nothing is typed, and there is something to look at."""
    return now.panel == "profile" and now.can_open and not now.is_typing


def _on_flame_page(now: Situation) -> bool:
    """Valid on the page of profiles while nothing is typed, whether or not there is something to look at."""
    return now.panel == "profile" and not now.is_typing


def _searching(now: Situation) -> bool:
    """Likewise, and something is searched."""
    return _on_profile(now) and now.has_search


def _with_polls(now: Situation) -> bool:
    """Likewise where what is looked at came by polling, even if it holds nothing."""
    return now.panel == "profile" and now.has_polls and not now.is_typing


def _with_others(now: Situation) -> bool:
    """Likewise, or there are several profiles."""
    return now.panel == "profile" and (now.has_polls or now.has_others) and not now.is_typing


FLAME_COMMANDS: tuple[Command, ...] = (
    Command("flame.zoom", "enter", "focused.zoom", "zoom", "give the frame the whole width; esc goes back step by step",
            "profile", _on_profile, rank=2),
    Command("flame.search", "slash", "focused.search", "search",
            "find functions by a regular expression; the rest is dimmed", "profile", _on_profile, rank=2),
    Command("flame.next_hit", "n", "focused.hit(1)", "next", "go to the next frame that was found", "profile",
            _searching, rank=3),
    Command("flame.previous_hit", "N", "focused.hit(-1)", "previous", "go to the frame that was found before",
            "profile", _searching, is_in_footer=False),
    Command("flame.part", "v,tab", "focused.part(1)", "beside",
            "go on to the top table, to callers and callees, to the source, and back to the graph", "profile",
            _on_profile, rank=2),
    Command("flame.part_before", "shift+tab", "focused.part(-1)", "part before", "the same backwards", "profile",
            _on_profile, is_in_footer=False, is_in_palette=False),
    Command("flame.turn", "i", "focused.turn", "turn",
            "draw callers above, callers below, or from the leaves up", "profile", _on_profile, rank=4),
    Command("flame.around", "w", "focused.around", "around",
            "draw everything around the function: who calls it above, what it calls below; or no more", "profile",
            _on_profile, rank=3),
    Command("flame.value", "o", "focused.value", "value", "count another value of the profile: CPU, objects, bytes, …",
            "profile", _on_profile, rank=4),
    Command("flame.unit", "u", "focused.unit", "unit", "write values in another unit", "profile", _on_profile, rank=6),
    Command("flame.group", "b", "focused.group", "by label", "group stacks by the next label, such as route, or not",
            "profile", _on_profile, rank=4),
    Command("flame.label", "B", "focused.label", "label",
            "keep only the samples of the next value of that label, or all of them", "profile", _on_profile,
            rank=6),
    Command("flame.compare", "c", "focused.compare", "compare",
            "compare with the quiet time before, then with other profiles, or with none; where polls are chosen, mark"
            " them, and what is chosen then is compared with them", "profile", _on_profile, rank=4),
    Command("flame.same_size", "equals_sign", "focused.same_size", "same size",
            "compare two profiles as if they were of the same size, or as they are", "profile", _on_profile,
            is_in_footer=False),
    Command("flame.older", "left_square_bracket", "focused.poll(-1)", "older",
            "show the poll before alone; without polls the profile before this one", "profile", _with_others, rank=3),
    Command("flame.newer", "right_square_bracket", "focused.poll(1)", "newer",
            "show the poll after alone; without polls the profile after this one", "profile", _with_others, rank=4),
    Command("flame.fewer", "left_curly_bracket", "focused.polls(-1)", "fewer", "merge one poll fewer", "profile",
            _with_polls, rank=6),
    Command("flame.more", "right_curly_bracket", "focused.polls(1)", "more", "merge one poll more, before the others",
            "profile", _with_polls, rank=6),
    Command("flame.profile_before", "left_parenthesis", "focused.other(-1)", "profile before",
            "show the profile before this one: another kind, or another target", "profile", _with_others,
            is_in_footer=False),
    Command("flame.profile_after", "right_parenthesis", "focused.other(1)", "next profile",
            "show the profile after this one: another kind, or another target", "profile", _with_polls, rank=5),
    Command("flame.edit", "e", "focused.edit", "edit",
            "open the source of the function at its costliest line in $VISUAL, $EDITOR or less", "profile",
            _on_profile, rank=6),
    Command("flame.sort", "s", "focused.sort", "sort", "order the top table by cum, flat, name or change", "profile",
            _on_profile, rank=5),
    Command("flame.fold", "R", "focused.fold", "recursion", "fold recursion, or show every call of it", "profile",
            _on_profile, is_in_footer=False),
    Command("flame.samples", "H", "focused.samples", "heat map",
            "show when its samples were taken, as a heat map of which any part becomes a flame graph", "profile",
            _on_profile, rank=5),
    Command("flame.copy", "y", "focused.copy", "copy", "copy the name of the function, by OSC 52", "profile",
            _on_profile, rank=6),
    Command("flame.stacks", "t", "screen.page('goroutines')", "goroutines",
            "go on to the goroutines of the program, and to the memory that grows", "profile", _on_flame_page,
            rank=5),
    Command("flame.left", "left,h", "focused.beside(-1)", "left", "the frame to the left", "profile", _on_profile,
            is_in_footer=False, is_in_palette=False),
    Command("flame.right", "right,l", "focused.beside(1)", "right", "the frame to the right", "profile", _on_profile,
            is_in_footer=False, is_in_palette=False),
)  # fmt: skip
"""What is done with a profile. The arrows belong to its cursor; `home` and `end` move through time there too."""
