"""`gongshi feeds`."""

import gzip
import json

from tests.fixtures.commands import Install, Installation


def made(gongshi: Installation) -> int:
    """How many items stand in the members that the folder keeps."""
    files = gongshi.folder.glob("dumps/dump-*/*.ndjson.gz")
    return sum(len(gzip.decompress(file.read_bytes()).splitlines()) for file in files)


def test_build_makes_the_bulk_files(install: Install) -> None:
    gongshi = install()
    assert gongshi("harvest", "construction/hainan-permits").returncode == 0
    done = gongshi("feeds", "build", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert told["items"] == made(gongshi) > 0
    assert f"items    {told['items']}\n" in gongshi("feeds", "build").stdout


def test_build_gives_way_to_another(install: Install) -> None:
    gongshi = install()
    platform = gongshi.platform()
    platform.store.prepare()

    def meanwhile() -> None:
        refused = gongshi("feeds", "build")
        assert (refused.returncode, refused.stdout) == (3, "")
        assert "Another process makes the bulk files just now" in refused.stderr

    assert gongshi("harvest", "construction/hainan-permits").returncode == 0
    platform.dumps.build(meanwhile)
    platform.close()
