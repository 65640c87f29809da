"""The one gate for text from outside: no `str` goes into a widget, and no text of a log past `clean`.

Textual reads a `str` as markup: `[@click=app.quit]` of a log line would be a button, `[/x` a crash. And
neither `Content` nor `Segment` takes escape sequences out. So what a widget is given is a literal, or a
`Content` or `Text` of something that went through the gate; and where a widget draws by itself, the fields
of a scene that hold text from outside stand within a call of `clean`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCREENED = sorted(
    [*(ROOT / "glance/widgets").rglob("*.py"), *(ROOT / "glance/screens").rglob("*.py"), ROOT / "glance/app.py"]
)

GATES = {"safe_text", "clean"}
"""What takes everything out of a text that a terminal obeys."""

WRAPPERS = {"Content", "Text"}
"""What keeps Textual from reading a text as markup."""

OURS = {"units"}
"""A module whose functions write figures."""

MARKUP_READERS = {"from_markup", "from_rich_text", "from_ansi", "render_markup", "to_content", "visualize"}
"""What reads markup or escape sequences, so that only a literal may come first."""

WIDGETS = {
    "Button", "Checkbox", "Collapsible", "DataTable", "Digits", "Footer", "Header", "Input", "Label", "Link",
    "ListItem", "Log", "Markdown", "Option", "OptionList", "Placeholder", "Pretty", "ProgressBar", "RadioButton",
    "RichLog", "Select", "Selection", "SelectionList", "Static", "TabPane", "Toast", "Tooltip", "Tree",
}  # fmt: skip
"""Widgets of Textual that show their arguments."""

METHODS = {
    "add_column", "add_columns", "add_leaf", "add_option", "add_options", "add_row", "add_rows", "add_tab",
    "notify", "panic", "replace_option_prompt", "set_label", "set_options", "update_cell", "update_cell_at",
    "write_line", "write_lines",
}  # fmt: skip
"""Methods that show their arguments."""

ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "title", "sub_title", "label", "placeholder", "prompt"}
"""Attributes that are shown."""

OUTSIDE = {"alert_rule", "client", "message", "method", "note", "reason", "target", "trouble", "words"}
"""Fields of a scene with text from outside, whose names mean nothing else here."""

SILENT = {
    "expand",
    "markup",
    "id",
    "classes",
    "name",
    "key",
    "severity",
    "timeout",
    "disabled",
    "width",
    "height",
    "variant",
}
"""Arguments that are not shown."""


def name_of(function: ast.expr) -> str:
    """The last name of what is called."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def is_literal(node: ast.expr) -> bool:
    """Whether text is written out here, or is no text at all."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.IfExp):
        return is_literal(node.body) and is_literal(node.orelse)
    if isinstance(node, ast.BinOp):
        return is_literal(node.left) and is_literal(node.right)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(is_literal(part) for part in node.elts)
    return False


def is_clean(node: ast.expr) -> bool:
    """Whether a text went through the gate, or is ours; as markup it may still be read."""
    if isinstance(node, ast.Call):
        is_ours = isinstance(node.func, ast.Attribute) and name_of(node.func.value) in OURS
        return name_of(node.func) in GATES or is_ours
    if isinstance(node, ast.JoinedStr):
        return all(is_clean(part.value) for part in node.values if isinstance(part, ast.FormattedValue))
    if isinstance(node, ast.IfExp):
        return is_clean(node.body) and is_clean(node.orelse)
    if isinstance(node, ast.BinOp):
        return is_clean(node.left) and is_clean(node.right)
    return is_literal(node)


def is_wrapped(node: ast.expr) -> bool:
    """Whether something may be shown: a literal, or clean text that is not read as markup."""
    if isinstance(node, ast.Call) and name_of(node.func) in WRAPPERS:
        return all(is_clean(argument) for argument in node.args[:1])
    if isinstance(node, ast.IfExp):
        return is_wrapped(node.body) and is_wrapped(node.orelse)
    return is_literal(node)


def shown_by(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that are shown."""
    yield from call.args
    yield from (keyword.value for keyword in call.keywords if keyword.arg not in SILENT)


def is_markup_off(call: ast.Call) -> bool:
    """Whether a call says `markup=False`."""
    return any(
        keyword.arg == "markup" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        for keyword in call.keywords
    )


def of_call(call: ast.Call) -> str:
    """What is wrong with a call; empty when nothing is."""
    name = name_of(call.func)
    if name in MARKUP_READERS and not all(is_literal(argument) for argument in call.args[:1]):
        return f"{name} reads what is no literal"
    if name == "notify":
        if not is_markup_off(call):
            return "notify without markup=False"
        return "" if all(is_clean(argument) for argument in shown_by(call)) else "notify of text that is not clean"
    if name in WIDGETS or name in METHODS:
        strangers = [argument for argument in shown_by(call) if not is_wrapped(argument)]
        return f"{name} shows {ast.unparse(strangers[0])}" if strangers else ""
    if name in WRAPPERS and not all(is_clean(argument) for argument in call.args[:1]):
        return f"{name} of what is not clean: {ast.unparse(call.args[0])}"
    return ""


def of_assignment(node: ast.Assign | ast.AnnAssign) -> str:
    """What is wrong with an assignment; empty when nothing is."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    shown = [target.attr for target in targets if isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES]
    if shown and node.value is not None and not is_wrapped(node.value):
        return f"{shown[0]} is {ast.unparse(node.value)}"
    return ""


def unclean_fields(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Fields from outside that are used other than cleaned, compared, or asked whether they are empty."""
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and node.attr in OUTSIDE and isinstance(node.ctx, ast.Load)):
            continue
        around = parents[node]
        if isinstance(around, ast.Call) and around.func is node:  # a method of that name
            continue
        inner: ast.AST = node
        while inner in parents and not is_harmless(inner, parents[inner]):
            inner = parents[inner]
        if inner not in parents:
            yield node.lineno, f"{ast.unparse(node)} does not go through the gate"


def is_harmless(inner: ast.AST, outer: ast.AST) -> bool:
    """Whether what stands around makes a text harmless: the gate, a comparison, or a question."""
    if isinstance(outer, ast.Call):
        return name_of(outer.func) in {*GATES, "bool", "len"} and inner in outer.args
    if isinstance(outer, ast.If | ast.IfExp | ast.While | ast.comprehension):
        return inner is getattr(outer, "test", None) or inner in getattr(outer, "ifs", [])
    # What decides whether to draw anew is compared and never shown.
    return isinstance(outer, ast.Compare) or (isinstance(outer, ast.FunctionDef) and outer.name == "part")


def of_node(node: ast.expr | ast.stmt) -> str:
    """What is wrong with a piece of code by itself; empty when nothing is."""
    if isinstance(node, ast.Call):
        return of_call(node)
    return of_assignment(node) if isinstance(node, ast.Assign | ast.AnnAssign) else ""


def violations(source: str) -> list[str]:
    """Everything in a module that could bring text from outside to a terminal, by line."""
    tree = ast.parse(source)
    pieces = [node for node in ast.walk(tree) if isinstance(node, ast.expr | ast.stmt)]
    found = [(node.lineno, wrong) for node in pieces if (wrong := of_node(node))]
    return [f"{line}: {wrong}" for line, wrong in sorted([*found, *unclean_fields(tree)])]


@pytest.mark.parametrize("module", SCREENED, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_from_outside_goes_into_a_widget_past_the_gate(module: Path) -> None:
    assert violations(module.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "snippet",
    [
        "Static(line)",
        "Static(f'{line}')",
        "Static(safe_text(line))",
        "Static('a' + line)",
        "Static('a' if ok else line)",
        "Static(Content(line))",
        "Static(Text(f'{line}'))",
        "Label(row.name, id='x')",
        "textual.widgets.Label(row.name)",
        "yield_ = Static('%s' % line)",
        "Static('{}'.format(line))",
        "Static(content=line)",
        "table.add_row('a', row.name)",
        "table.add_row(*cells)",
        "table.add_columns(*names)",
        "self.border_title = name",
        "self.border_subtitle = f'{name}'",
        "widget.tooltip = safe_text(name)",
        "self.title: str = name",
        "self.notify('hello')",
        "self.notify(line, markup=False)",
        "self.notify(f'{line}', markup=False)",
        "self.notify('a', title=line, markup=False)",
        "self.notify(safe_text(line), markup=True)",
        "Content.from_markup(line)",
        "Content.from_markup(f'[b]{line}[/b]')",
        "Text.from_ansi(line)",
        "line.put(scene.trouble, ink)",
        "line.put(f'{source.note}', ink)",
        "x = log.client",
        "line.put(fit_left(log.target, 10), ink)",
        "line.put(scene.alert_rule or clean(other), ink)",
    ],
)
def test_a_violation_is_found(snippet: str) -> None:
    assert violations(snippet) != []


@pytest.mark.parametrize(
    "snippet",
    [
        "Static('text')",
        "Static('a' if ok else 'b', id=name)",
        "Static(Content('text'))",
        "Static(Content(safe_text(line)))",
        "Static(Text(clean(line), style=ink))",
        "Static(Text(f'{clean(line)} {units.rate(value)} in all'))",
        "table.add_row(Text(clean(row.name)), Text(units.count(row.hits)), key=row.name)",
        "self.border_title = 'paths'",
        "self.border_title = Content(safe_text(name))",
        "self.notify(safe_text(line), markup=False, timeout=seconds)",
        "Content.from_markup('[b]$x[/b]', x=line)",
        "line.put(clean(scene.trouble), ink)",
        "line.put(fit_left(clean(log.client), 15), ink)",
        "if scene.trouble: pass",
        "x = clean(source.note or 'none')",
        "x = [clean(source.note) for source in sources if source.note]",
        "changed = old.trouble != new.trouble",
        "def part(self, scene): return scene.trouble",
        "x = bool(scene.trouble)",
        "response.method()",
    ],
)
def test_what_is_right_is_left_alone(snippet: str) -> None:
    assert violations(snippet) == []
