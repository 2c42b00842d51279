"""Passwords as they are kept: Argon2id, by the parameters that the library recommends now."""

from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from publisher.accounts import LONGEST_PASSWORD, plain


class Passwords:
    """Hashes and checks; each takes 64 MiB and a tenth of a second. Safe for threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        return self._hasher.hash(_bytes(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the password whose hash was kept. Takes as long when none was (None)."""
        if len(password) > LONGEST_PASSWORD:
            return False
        nobodys = self._nobodys
        try:
            return self._hasher.verify(kept or nobodys, _bytes(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def old(self, kept: str) -> bool:
        """Whether it was hashed by other parameters than are recommended now."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("the password of nobody")


def _bytes(password: str) -> bytes:
    return plain(password).encode("utf-8", "surrogatepass")
