"""Fixtures for all tests, one file a topic under tests/fixtures."""

pytest_plugins: list[str] = [
    "tests.fixtures.profiles",
    "tests.fixtures.store",  # before those that import from it
    "tests.fixtures.cases",
    "tests.fixtures.harvesting",
    "tests.fixtures.commands",
    "tests.fixtures.http_server",
    "tests.fixtures.mail_server",
    "tests.fixtures.faults",
    "tests.fixtures.elasticsearch",
    "tests.fixtures.browser",
    "tests.fixtures.site",
    "tests.fixtures.console",
    "tests.fixtures.shared",
]
