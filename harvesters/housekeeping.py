"""What is done once a day so that nothing grows for ever."""

import logging
from datetime import datetime

from publisher.errors import GongshiError
from publisher.harvests import KEPT
from publisher.store import Store

log = logging.getLogger("gongshi.housekeeping")


def tidy(store: Store, now: datetime) -> None:
    """Forgets runs that began too long ago. What goes wrong is logged: the next day is soon enough."""
    try:
        with store.writing() as writing:
            count = writing.forget_runs(now - KEPT)
    except GongshiError as error:
        log.error("%s", error)
        return
    if count:
        log.info("%s runs older than %s days forgotten", count, KEPT.days)
