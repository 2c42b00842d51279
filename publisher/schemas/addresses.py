"""Where things stand on the web: permanent addresses, without a language."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses under `base_url`, which has no slash at its end."""

    base_url: str

    def item(self, id: str) -> str:
        return f"{self.base_url}/items/{quote(id)}"

    def subject(self, id: str) -> str:
        return f"{self.base_url}/subjects/{quote(id)}"

    def named_list(self, id: str) -> str:
        return f"{self.base_url}/lists/{quote(id)}"

    def source(self, id: str) -> str:
        return f"{self.base_url}/sources/{quote(id)}"
