"""Programs that stand in for the scheduler of a machine, which no test may change.

``crontab`` here keeps its table in a file and refuses what cron's own refuses; ``systemctl`` says what one
says on a machine that systemd runs. What systemd-analyze and the real systemctl can do without a running
systemd is tested with them.
"""

from __future__ import annotations

from pathlib import Path

CRONTAB = """\
#!/bin/sh
table="{table}"
case "$1" in
-l) [ -e "$table" ] || {{ echo "no crontab for $(id -un)" >&2; exit 1; }}
    exec cat "$table" ;;
-)  cat > "$table.new"
    [ -z "$(tail -c 1 "$table.new")" ] || {{ echo "new crontab file is missing newline before EOF" >&2; exit 1; }}
    mv "$table.new" "$table" ;;
*)  exit 2 ;;
esac
"""

SYSTEMCTL = """\
#!/bin/sh
echo "$*" >> "{calls}"
case "$*" in
*{fails}*) echo "Failed to do it: Unit is masked." >&2; exit 1 ;;
*show*.timer*)
    [ "$TZ" = UTC ] && [ "$LC_ALL" = C ] || exit 9
    echo ActiveState=active
    echo "LastTriggerUSec=Thu 2026-11-26 02:34:11 UTC"
    echo "NextElapseUSecRealtime=Fri 2026-11-27 02:31:45 UTC" ;;
*show*.service*)
    echo ExecMainStatus=3
    echo "ExecMainExitTimestamp=Thu 2026-11-26 03:20:00 UTC" ;;
esac
"""


def program(folder: Path, name: str, text: str) -> Path:
    """Put a program into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path
