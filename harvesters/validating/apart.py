"""The check in a process of its own: whatever is in a file, it costs the site neither memory nor its life."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from harvesters.validating.check import check
from publisher.kinds import load_registry
from publisher.validation import Report, unreadable

MAX_MEMORY = 1 << 30
MAX_SECONDS = 60
TOO_MUCH = "the file is damaged, or takes too long to be read"
_NAME = "the file"


def check_apart(file: Path, zone: str) -> Report:
    """The report on a file, by a child process with bounds. `zone` is the name of the local time zone."""
    command = [sys.executable, "-I", "-m", __name__, str(file), zone]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=MAX_SECONDS)  # noqa: S603 - our own module, no shell
        return Report.from_json(json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError):
        return unreadable(TOO_MUCH)


def _child(file: str, zone: str) -> None:
    with suppress(ImportError):  # there is no such thing on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))  # its own children's too
    report = check(Path(file), _NAME, load_registry(), ZoneInfo(zone))
    sys.stdout.write(json.dumps(report.as_json()))


if __name__ == "__main__":
    _child(*sys.argv[1:])
