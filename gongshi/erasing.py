"""Commands about what has left the public: erased, suppressed, let in again."""

import click

from gongshi import show
from gongshi.bootstrap import Platform
from gongshi.running import acting, as_json, by, platform
from publisher.erasing import BATCH, count_due, erase_due, purge, readmit
from publisher.items import Item
from publisher.store import Reading, chunks
from publisher.suppression import suppressed


@click.command()
@click.option("--dry-run", "dry", is_flag=True, help="Say how many items are due, and erase none.")
def expire(dry: bool) -> None:
    """Erase the contents of items that are not public any more, once their law has them kept no longer.

    `gongshi schedule` does so by itself, each minute. What remains of an item is that it has ended, and for
    operators why. This command also has nothing of it stay in the files of database and index.
    """
    with platform() as made:
        if dry:
            for reason, count in sorted(count_due(made.store, made.desk, made.settings.clock()).items()):
                show.line(f"{count} {reason} items are due.")
            return
        done = erase_due(made.store, made.desk, made.settings.clock, acting())
        for reason, count in sorted(done.items()):
            show.line(f"{count} {reason} items erased.")
        purge(made.store, made.index, made.settings.clock(), whole=True)


@click.command("readmit")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--why", required=True, help="The reason, for the audit trail.")
@by
def readmit_items(ids: tuple[str, ...], why: str, by: str) -> None:
    """Let sources tell again of items that were erased, as after a correction that has them be public longer.

    Each source that told of them is read whole by its next run; nothing is public before.
    """
    with platform() as made:
        with made.store.writing() as store:
            readmit(store, made.identity, ids, acting(by), why, made.settings.clock())
        show.line(f"{len(ids)} items may come back when a source is harvested that tells of them.")


@click.command("outlasting")
@as_json
def outlasting(as_json: bool) -> None:
    """List items that were erased since their period was over, of which a source says now that it was not."""
    with platform() as made, made.store.reading() as store:
        values = []
        for ids in chunks(store.erased_ids(), BATCH):
            digests = {made.identity.item_digest(id): id for id in ids}
            values += [(digests[one], ", ".join(told)) for one, told in store.told_longer(digests).items()]
        show.rows(("item", "sources"), values, as_json=as_json)


def tombstone(made: Platform, store: Reading, item: Item) -> dict[str, object]:
    """What operators are shown of an item whose content was erased."""
    bar = suppressed(store, made.identity, [item.id]).get(item.id)
    return {
        "id": item.id,
        "kind": item.kind,
        "state": item.state,
        "left": item.changed_at,
        "erased_at": item.erased_at,
        "may come back": "no" if bar else "yes",
    }
