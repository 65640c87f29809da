"""A verb of verbs, such as `glance alerts list`: hands environment and file on to them."""

from __future__ import annotations

from copy import copy

import click

from glance.cli.options import inherited


class VerbGroup(click.Group):
    """Names its verbs in the order in which they are written."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, the usual ones first."""
        return list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One verb. Click would name a variable after it as well, and look for a table of its name."""
        found = super().get_command(ctx, cmd_name)
        if found is None:
            return None
        command = copy(found)
        command.context_settings = {**command.context_settings, **inherited(ctx)}
        return command
