"""The web server as it is run: `gongshi serve` in a process of its own."""

import json
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.elasticsearch_server import free_port
from tests.fixtures.commands import Installation, wait_until


def test_a_proxy_says_whom_it_asks_for(tmp_path: Path) -> None:
    port = free_port()
    serving = Installation(tmp_path).start("serve", "--port", str(port))

    def check(visitor: str) -> int:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/check", b"{}", {"X-Forwarded-For": f"192.0.2.1, {visitor}"}
        )
        try:
            with urllib.request.urlopen(asked, timeout=60) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    try:
        wait_until(lambda: check("203.0.113.9") == 200, serving)
        assert [check("203.0.113.7") for _ in range(61)] == [200] * 60 + [429]
        assert check("203.0.113.8") == 200
    finally:
        serving.terminate()
        serving.communicate(timeout=60)


def test_a_request_that_waits_does_not_hold_up_the_end(tmp_path: Path) -> None:
    port = free_port()
    serving = Installation(tmp_path).start("serve", "--port", str(port))
    address = f"http://127.0.0.1:{port}/api/v1/changes"
    answers: list[object] = []

    def answer(parameters: str) -> object:
        with urllib.request.urlopen(address + parameters, timeout=60) as response:
            return json.load(response)["data"]

    def answers_at_all() -> bool:
        try:
            return answer("") == []
        except OSError:
            return False

    try:
        wait_until(answers_at_all, serving)
        waiting = threading.Thread(target=lambda: answers.append(answer("?wait=30")))
        waiting.start()
        time.sleep(1)
        assert answers == []
        began = time.monotonic()
    finally:
        serving.terminate()
        serving.communicate(timeout=60)
    assert time.monotonic() - began < 15
    waiting.join()
    assert answers == [[]]
