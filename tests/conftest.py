"""Fixtures for all tests, one file a topic under tests/fixtures."""

pytest_plugins: list[str] = [
    "tests.fixtures.profiles",
    "tests.fixtures.harvesting",
    "tests.fixtures.http_server",
    "tests.fixtures.elasticsearch",
    "tests.fixtures.store",
    "tests.fixtures.browser",
    "tests.fixtures.site",
    "tests.fixtures.shared",
]
