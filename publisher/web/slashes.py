"""One address for each page: the one without a slash at its end."""

from urllib.parse import quote

from flask import Flask, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response


def install_slashes(app: Flask) -> None:
    """Sends whoever asks with a slash at the end to the address without it, with method and query kept."""

    @app.before_request
    def leave_out() -> Response | None:
        path = request.path.strip("/")
        if not path or not request.path.endswith("/"):
            return None
        query = request.query_string.decode("latin-1")
        # One slash before it, whatever came: two would lead to another host.
        address = f"{request.script_root}/{quote(path)}"
        return redirect(f"{address}?{query}" if query else address, 308)
