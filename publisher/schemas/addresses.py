"""Where things stand on the web: permanent addresses, without a language."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses under `base_url`, which has no slash at its end."""

    base_url: str

    def item(self, id: str) -> str:
        return f"{self.base_url}/items/{_quoted(id)}"

    def subject(self, id: str) -> str:
        return f"{self.base_url}/subjects/{_quoted(id)}"

    def named_list(self, id: str) -> str:
        return f"{self.base_url}/lists/{quote(id)}"

    def source(self, id: str) -> str:
        return f"{self.base_url}/sources/{quote(id)}"


def _quoted(id: str) -> str:
    """Ids that we make need no quoting, and bulk files have two of them in each line."""
    return id if id.isalnum() and id.isascii() else quote(id)
