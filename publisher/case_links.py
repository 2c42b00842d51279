"""The secret link by which an applicant follows a case."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256

_SEAL = 16


@dataclass(frozen=True, slots=True)
class CaseLinks:
    """Makes the tokens of links from seals, with the site's secret key. So each mail can carry its link,
    while whoever reads the store, with the seals in it, can open none."""

    base_url: str
    secret: str = field(repr=False)

    def token(self, seal: bytes) -> str:
        """The token of a seal: 256 bits that nobody guesses without the key."""
        made = hmac.digest(self.secret.encode(), b"case link " + seal, sha256)
        return urlsafe_b64encode(made).decode().rstrip("=")

    def address(self, token: str) -> str:
        return f"{self.base_url}/cases/{token}"


def new_seal() -> bytes:
    return secrets.token_bytes(_SEAL)
