"""A unit file for systemd: as little as the daemon needs, and no more."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Sequence

from glance.cli.daemon_start import interpreter
from glance.config import DEFAULTS, Settings

_OPTIONS = {
    "format": "--format",
    "alert_window_minutes": "--alertwindow",
    "alert_threshold": "--alert-threshold",
    "memory_mb": "--memory",
    "report_path": "--report-path",
    "report_time": "--report-time",
    "report_top": "--report-top",
    "alert_path": "--alert-path",
    "listen": "--listen",
}
"""Settings that stand in the command line when there is no file that holds them."""

_TEMPORARY = ("/tmp/", "/var/tmp/")  # noqa: S108 - nothing is written there

_HARDENING = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
LockPersonality=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0077
"""


def unit_file(paths: Sequence[str], config: str, settings: Settings, *, is_user: bool) -> str:
    """The unit that reads these logs.

    Args:
        paths: absolute.
        config: the file of settings, empty when there is none.
        settings: what was set.
        is_user: for a person's own services.
    """
    words = [*interpreter(), "daemon", "run"]
    if config:
        words += ["--config", config]
    else:
        for name, option in _OPTIONS.items():
            value = getattr(settings, name)
            if value != getattr(DEFAULTS, name):
                words += [option, f"{value:g}" if isinstance(value, float) else str(value)]
    command = " ".join(quoted(word) for word in (*words, *paths))
    lines = [
        "[Unit]",
        "Description=glance: access logs, alerts and reports",
        "After=network.target",
        "",
        "[Service]",
        "Type=notify",
        f"ExecStart={command}",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "Restart=on-failure",
        "RestartSec=5",
        "WatchdogSec=60",
        "TimeoutStartSec=300",
        *([] if is_user else _own_user(paths, settings)),
        _HARDENING.rstrip() if not is_user else "NoNewPrivileges=yes\nUMask=0077",
        "",
        "[Install]",
        f"WantedBy={'default' if is_user else 'multi-user'}.target",
    ]
    return "\n".join(lines) + "\n"


def _own_user(paths: Sequence[str], settings: Settings) -> list[str]:
    """A user that exists only while it runs, with a folder of its own and the groups that may read the logs."""
    groups = sorted({name for path in paths if (name := _group(path))})
    written = [path for path in (settings.report_path, settings.alert_path) if path not in ("", "-")]
    folders = sorted({os.path.dirname(os.path.abspath(path)) for path in written})
    lines = [_user((*paths, *written)), "StateDirectory=glance", "StateDirectoryMode=0700"]
    lines += ["Environment=XDG_STATE_HOME=/var/lib", "ProtectSystem=strict", "ProtectHome=read-only"]
    if groups:
        lines.append(f"SupplementaryGroups={' '.join(groups)}")
    if folders:
        lines.append(f"ReadWritePaths={' '.join(quoted(folder) for folder in folders)}")
    return lines


def _user(paths: Sequence[str]) -> str:
    """A user that exists only while it runs; such a one has a /tmp of its own, so not where /tmp is used."""
    if any(path.startswith(_TEMPORARY) for path in paths):
        return f"User={pwd.getpwuid(os.geteuid()).pw_name}"
    return "DynamicUser=yes"


def _group(path: str) -> str:
    """The group that may read a log which not everybody may read."""
    try:
        found = os.stat(path)
        return "" if found.st_mode & 0o004 or not found.st_mode & 0o040 else grp.getgrgid(found.st_gid).gr_name
    except (OSError, KeyError):
        return ""


def quoted(word: str) -> str:
    """A word of a command line as systemd reads it."""
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$").replace("\n", "\\n")
    return f'"{word}"' if not word or any(sign in word for sign in " \t\"'\\;") else word
