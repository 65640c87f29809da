"""`glance completion`: the script that teaches a shell glance's words."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  glance completion bash > ~/.local/share/bash-completion/completions/glance
    zsh:   glance completion zsh > "${fpath[1]}/_glance"
    fish:  glance completion fish > ~/.config/fish/completions/glance.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None, "click knows each of SHELLS"
    click.echo(kind(ctx.find_root().command, {}, "glance", "_GLANCE_COMPLETE").source())
