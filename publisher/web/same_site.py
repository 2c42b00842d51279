"""Whether a request that changes something comes from a page of this site. No cookie: nobody is signed in."""

from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import Forbidden


def check_same_site() -> None:
    """Raises Forbidden for what another site's page sends. Browsers say whose page it is; programs say
    nothing, and can send only what they know themselves."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        same = site in ("same-origin", "none")
    else:
        same = origin in (None, "null") or urlsplit(origin or "").netloc == request.host
    if not same:
        raise Forbidden
