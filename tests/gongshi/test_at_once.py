"""Several commands at once on one data folder: as if there had been one."""

import json
import re
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from tests.elasticsearch_server import free_port
from tests.fixtures.commands import Install, Installation, wait_until

SENTENCE = re.compile(
    r"Another harvest of [\w/-]+ is under way and counts as alive until \d\d:\d\d:\d\d; wait for it to end\."
)


def ended(process: subprocess.Popen[str]) -> int:
    """The exit code; where it met another, it must have said nothing but that."""
    told, complaint = process.communicate(timeout=300)
    assert "Traceback" not in complaint
    lines = complaint.splitlines()
    assert [line for line in lines if not SENTENCE.fullmatch(line)] == [], complaint
    assert set(re.findall(r": (\w+), \d", told)) <= {"complete"}
    assert process.returncode == (3 if lines else 0)
    return process.returncode


def sound(gongshi: Installation) -> bool:
    return json.loads(gongshi("index", "status", "--json").stdout)["sound"] == "yes"


def test_two_demos_on_an_empty_folder(tmp_path: Path) -> None:
    single = Installation(tmp_path / "single", GONGSHI_IDENTITY_KEY="one key")
    assert single("demo", "--no-serve", "--items", "1500").returncode == 0
    both = Installation(tmp_path / "both", GONGSHI_IDENTITY_KEY="one key")
    demos = [both.start("demo", "--no-serve", "--items", "1500") for _ in range(2)]
    for demo in demos:
        ended(demo)
    assert both("doctor", "--checksum").stdout == single("doctor", "--checksum").stdout
    assert sound(both)


def test_two_harvests_of_everything(install: Install, undisturbed: str) -> None:
    gongshi = install()
    harvests = [gongshi.start("harvest", "--all") for _ in range(2)]
    for harvest in harvests:
        ended(harvest)
    assert gongshi("doctor", "--checksum").stdout == undisturbed
    assert sound(gongshi)
    assert gongshi.asks("SELECT count(*) FROM lease") == [(0,)]


def test_a_harvest_beside_a_site_that_is_asked_all_the_while(install: Install, undisturbed: str) -> None:
    gongshi, port = install(), free_port()
    site = gongshi.start("serve", "--port", str(port))

    def asked() -> int | None:
        """How many items the site finds; nothing while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/search", timeout=10) as answer:
                return int(json.load(answer)["meta"]["total"])
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != 503:  # the index is being built
                raise
        except OSError:
            pass
        return None

    try:
        wait_until(lambda: asked() is not None, site)
        harvest = gongshi.start("harvest", "--all")
        totals = []
        while harvest.poll() is None:
            totals.append(asked())
        assert ended(harvest) == 0
        public = int(undisturbed.split()[0])
        assert None not in totals
        assert totals == sorted(totals)
        assert len(set(totals)) > 3
        wait_until(lambda: asked() == public, site)
        assert gongshi("doctor", "--checksum").stdout == undisturbed
    finally:
        site.terminate()
        _, complaint = site.communicate(timeout=60)
    assert "Traceback" not in complaint
    assert site.returncode == 0
    assert sound(gongshi)
