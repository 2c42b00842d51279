"""One tree of errors. The text of each is one sentence for a person: what is wrong, where, what to do."""

from publisher import masking


class GongshiError(Exception):
    """The base of every error that a user can cause or mend."""


class SettingsError(GongshiError):
    """A setting is missing or wrong; the text names it."""


class DefinitionError(GongshiError):
    """A source definition or rule file is wrong; the text names file and key."""


class SourceUnreadable(GongshiError):
    """What a source gave cannot be read at all; the text names where and why, with numbers of persons masked:
    it may quote what the source gave."""

    def __init__(self, text: str) -> None:
        super().__init__(masking.text(text))


class StoreError(GongshiError):
    """The database is out of reach, locked, full, or of another schema version."""


class DiskError(GongshiError):
    """A file of this installation cannot be written or read: the disk is full, read-only or broken."""


class LeaseLost(GongshiError):
    """Another process took over a role while its holder showed no sign of life."""


class Refused(GongshiError):
    """Nothing was done, for safety; an operator must decide (exit code 3)."""


class NotFound(GongshiError):
    """No such item, subject, list or source."""


class BadCursor(GongshiError):
    """What is no cursor of any change log."""

    def __init__(self) -> None:
        super().__init__("This is no cursor that a change log gave out.")


class CursorGone(GongshiError):
    """A cursor of another change log than this one: only a fresh copy can follow it."""

    def __init__(self) -> None:
        super().__init__("This cursor is of another change log; begin again with a fresh copy.")


class Ended(GongshiError):
    """It was public once and is no more. `id`, `kind` and `moment` are all that may be told; for a while too
    that it was `revoked` by the authority that had decided it."""

    def __init__(self, id: str, kind: str, moment: str, *, revoked: bool = False) -> None:
        super().__init__(f"{id} is no longer public.")
        self.id, self.kind, self.moment, self.revoked = id, kind, moment, revoked
