"""Times of day as cron writes them, five fields; weekdays by name, for their numbers mean different days to
different programs."""

import re
from datetime import UTC, datetime, tzinfo

WRONG = (
    "must be five fields, minute hour day month weekday, with weekdays by name, that some day come true: "
    '"30 6 * * mon-fri"'
)


def wrong(text: object) -> str | None:
    """Why a text is no such time."""
    if not isinstance(text, str) or re.search(r"\d\S*$", text.strip()):
        return WRONG
    try:
        return None if following(text, datetime(2026, 1, 1, tzinfo=UTC), UTC) else WRONG
    except ValueError:
        return WRONG


def following(text: str, after: datetime, zone: tzinfo) -> datetime | None:
    """The first moment from `after` on; None when there is none. Raises ValueError for a wrong text."""
    from apscheduler.triggers.cron import CronTrigger  # takes long to load, and few definitions need it

    moment: datetime | None = CronTrigger.from_crontab(text, timezone=zone).get_next_fire_time(None, after)
    return moment
