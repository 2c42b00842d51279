"""Commands on what others take away."""

import click

from gongshi import show
from gongshi.running import as_json, platform
from publisher.schemas.output import moment


@click.group()
def feeds() -> None:
    """Look after the bulk files."""


@feeds.command()
@as_json
def build(as_json: bool) -> None:
    """Make the bulk files under /data anew; `gongshi schedule` does it once a day.

    While they are made, those before are served. What ends meanwhile, or later, leaves them by itself.
    """
    with platform() as made:
        dump = made.dumps.build()
        count = sum(member.count for member in dump.members)
        values = {"items": count, "made at": moment(dump.made_at), "changes": dump.cursor}
        show.fields(values, as_json=as_json)
