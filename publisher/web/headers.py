"""Headers of every answer: what a browser may load, how long anyone may keep it, who may read it."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

from flask import Flask, Response, request

from publisher.items import Item
from publisher.periods import end_of
from publisher.subjects import PartyType, Subject

LONGEST_KEPT, LONGEST_SHARED = 60, 1
"""Seconds for which whoever asked may keep an answer at most, and those who keep it for others: what was
repaired is to be gone for everybody who has not seen it yet."""

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def install_headers(app: Flask) -> None:
    """Adds to each answer what it has not set itself."""

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
            response.vary.add("Accept-Language")
        return response


def keep(response: Response, shown: Iterable[Item | Subject], now: datetime, zone: tzinfo) -> Response:
    """Lets the answer be kept for some seconds, but not past midnight: items end then, and how many
    there are stands in answers that show none. Asks search machines not to list an answer in which a natural
    person is named."""
    if any((each.party if isinstance(each, Item) else each).names_person for each in shown):
        response.headers["X-Robots-Tag"] = "noindex"
    left = end_of(now.astimezone(zone).date(), zone) - now
    longest, shared = (min(most, int(left.total_seconds())) for most in (LONGEST_KEPT, LONGEST_SHARED))
    response.headers["Cache-Control"] = f"public, max-age={longest}, s-maxage={shared}"
    return response


def tell_robots(response: Response, item: Item, zone: tzinfo) -> Response:
    """Asks search machines to forget the page when the item ends, and not to list one about a person."""
    if item.party.type is PartyType.PERSON and not item.party.names_person:
        response.headers.add("X-Robots-Tag", "noindex")
    if end := item.period.ends_at(zone):
        response.headers.add("X-Robots-Tag", f"unavailable_after: {end:%d %b %Y %H:%M:%S} GMT")
    return response
