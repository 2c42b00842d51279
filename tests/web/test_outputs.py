"""No route without a word on what of the public it shows."""

from publisher.web.outputs import EXEMPT, OUTPUTS
from tests.fixtures.site import Site


def test_every_route_is_registered_as_an_output_or_as_exempt_with_a_reason(site: Site) -> None:
    """Whoever adds a route says in publisher/web/outputs.py what it shows, so that the test of the end of
    publication (tests/public_only) walks it, or why nothing of an item can stand in it."""
    routes = {rule.endpoint for rule in site.app.url_map.iter_rules()}
    assert routes == OUTPUTS.keys() | EXEMPT.keys()
    assert not OUTPUTS.keys() & EXEMPT.keys()
    assert all(EXEMPT.values())


def test_outputs_are_read_only(site: Site) -> None:
    """But for a question that is too long for an address."""
    methods = {
        method
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint in OUTPUTS and rule.endpoint != "check.rows"
        for method in rule.methods or ()
    }
    assert methods == {"GET", "HEAD", "OPTIONS"}
