"""The `gongshi` command. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused for safety."""

import logging
import signal
from contextlib import closing
from pathlib import Path

import click

from gongshi import show
from gongshi.cases import cases
from gongshi.doctor import examine
from gongshi.drafting import new, validate
from gongshi.erasing import expire
from gongshi.feeds import feeds
from gongshi.harvesting import ask_for, harvest_all
from gongshi.housekeeping import jobs
from gongshi.items import items
from gongshi.laws import rules
from gongshi.letters import letters
from gongshi.listing import list_sources
from gongshi.papers import papers
from gongshi.pausing import pause, resume
from gongshi.quality import quality
from gongshi.quarantine import quarantine
from gongshi.running import FAILED, NUMBER, as_json, named, platform, told_to_stop
from gongshi.runs import runs
from gongshi.serving import free
from gongshi.serving import serve as serve_site
from gongshi.trail import trail
from gongshi.trying import show_preview
from gongshi.users import users
from harvesters.rota import Rota
from harvesters.samples import generate
from harvesters.samples.plans import PLANS
from harvesters.schedule import schedule
from harvesters.shelf import Shelf
from harvesters.source import load
from harvesters.stopping import Stop
from publisher.errors import GongshiError
from publisher.indexing import drift
from publisher.public import checksum

PORT = click.IntRange(1, 65535)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gongshi")
def main() -> None:
    """Gongshi (公示): publish and search public disclosures."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends a command as cleanly as Ctrl-C does


@main.command()
@click.option(
    "--port", type=PORT, default=8000, show_default=True, help="Where the site listens, on 127.0.0.1."
)
@click.option("--no-serve", is_flag=True, help="Only harvest.")
@click.option(
    "--items",
    type=click.IntRange(len(PLANS)),
    default=5000,
    show_default=True,
    help="How many decisions to invent.",
)
def demo(port: int, no_serve: bool, items: int) -> None:
    """Harvest the sample sources, then serve them on 127.0.0.1."""
    with platform() as made:
        if not no_serve:
            free("127.0.0.1", port)
        show.line(f"Inventing {items} decisions under {made.samples}")
        generate(made.samples, made.today, items=items)
        invented = [source for source in made.definitions if source.sample]
        # Samples are invented anew around each day, so what is gone from them has to go.
        code = harvest_all(made, invented, accept_removals=True)
    if code:
        raise SystemExit(code)
    if not no_serve:
        serve_site("127.0.0.1", port, workers=1)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="The port to listen on.")
@click.option(
    "--workers",
    type=NUMBER,
    default=1,
    show_default=True,
    help="Processes; 2 or more want PostgreSQL and Elasticsearch.",
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site, its feeds and its API; keep the search index up to date."""
    with platform():  # what is wrong is said here, once, and not by every worker
        address = free(host, port)
    serve_site(address, port, workers)


@main.command("schedule")
def run_schedule() -> None:
    """Harvest every source as often as its definition says, until interrupted.

    A run that is under way then ends at its next batch; what it published stays. The file `schedule.beat` in
    the data folder is touched all the while, so that others can see that it works. Definitions that change
    meanwhile are read anew. Once a day it forgets runs that are older than a year.
    """
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("gongshi").setLevel(logging.INFO)
    # APScheduler warns of each look at the log that takes longer than the pause between two.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    with platform() as made:
        stop = Stop()
        harvester = made.harvester(lambda _source, _counts: None, stop=stop)
        shelf = Shelf(made.folders, made.registry)
        rota = Rota(lambda: made.unnamed(shelf.definitions), harvester, stop, made.settings.harvests_at_once)
        scheduler = schedule(rota, shelf, jobs(made, harvester.index), harvester.wall())

        def end() -> None:
            stop.ask()
            if scheduler.running:
                scheduler.shutdown()

        with told_to_stop(end), closing(rota):
            if not stop.asked:
                scheduler.start()


@main.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Every source; samples only after a demo.")
@click.option(
    "--accept-removals", is_flag=True, help="Take out what the source no longer lists, however much it is."
)
@click.option(
    "--dry-run", "dry", is_flag=True, help="Say what a harvest would come to now, and write nothing."
)
@click.option("--request", is_flag=True, help="Have the process that runs `gongshi schedule` do it, next.")
@as_json
def harvest(
    names: tuple[str, ...], everything: bool, accept_removals: bool, dry: bool, request: bool, as_json: bool
) -> None:
    """Harvest the sources named, or all of them."""
    if dry and request:
        raise click.UsageError("--dry-run is done at once, --request later; give one of them.")
    if bool(names) == everything:
        raise click.UsageError(
            "Name the sources to harvest, or say --all; `gongshi sources list` names them."
        )
    with platform() as made:
        for error in made.wrong_definitions:
            show.problem(str(error))
        chosen = made.harvested if everything else named(made, names)
        if not chosen:
            show.line("There is no source yet: put definitions below the folder of GONGSHI_SOURCES.")
        if request:
            code = ask_for(made, chosen, accept_removals=accept_removals)
        else:
            code = harvest_all(made, chosen, accept_removals=accept_removals, dry=dry, as_json=as_json)
        raise SystemExit(code or (FAILED if everything and made.wrong_definitions else 0))


@main.group()
def sources() -> None:
    """Look at sources and their definitions."""


@sources.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check definitions: the FILES given, or all that are known."""
    with platform(prepared=False) as made:
        right, wrong = len(made.definitions), [str(error) for error in made.wrong_definitions]
        if files:
            right, wrong = 0, []
            for file in files:
                try:
                    load(file, registry=made.registry, trusted=True)
                    right += 1
                except GongshiError as error:
                    wrong.append(str(error))
        for error_text in wrong:
            show.problem(error_text)
        show.line(f"{right} definitions are right, {len(wrong)} are wrong.")
        raise SystemExit(FAILED if wrong else 0)


@sources.command("try")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rows", "count", type=NUMBER, default=10, show_default=True, help="How many rows to show.")
def try_source(file: Path, count: int) -> None:
    """Show what the first rows of a definition's source would become; nothing is stored."""
    with platform(prepared=False) as made:
        show_preview(made, load(file, registry=made.registry, trusted=True), count)


sources.add_command(list_sources)
sources.add_command(new)
sources.add_command(validate)
sources.add_command(pause)
sources.add_command(resume)
main.add_command(letters)
cases.add_command(papers)
main.add_command(cases)
main.add_command(expire)
main.add_command(feeds)
main.add_command(items)
main.add_command(quality)
main.add_command(rules)
main.add_command(runs)
main.add_command(quarantine)
main.add_command(users)
main.add_command(trail)


@main.group()
def index() -> None:
    """Look after the search index."""


@index.command()
@as_json
def status(as_json: bool) -> None:
    """Compare the index with the store; exit code 1 when they differ."""
    with platform() as made:
        found = drift(made.index)
        position = found.position
        values = {
            "engine": made.engine.name,
            "applied": position.seq if position else None,
            "last change": found.last_change,
            "behind": found.behind,
            "documents": found.documents,
            "public items": found.public,
            "missing": " ".join(found.missing) or "none",
            "surplus": " ".join(found.surplus) or "none",
            "sound": "yes" if found.sound else "no; run `gongshi index sync`",
        }
        show.fields(values, as_json=as_json)
        raise SystemExit(0 if found.sound else FAILED)


@index.command()
def rebuild() -> None:
    """Fill a fresh index from the store and put it in the old one's place."""
    with platform() as made:
        show.line(f"{made.index.rebuild()} items indexed.")


@index.command()
def sync() -> None:
    """Apply the changes that the index has not yet seen, and mend what it lacks or has too much."""
    with platform() as made:
        applied = made.index.follow()
        show.line(f"{applied} changes applied, {made.index.mend()} documents mended.")


@main.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Make the tables, or bring them to this version; what they hold stays."""
    with platform(prepared=False) as made:
        made.store.upgrade()
        show.line(f"{made.store.name} is up to date.")


@main.command()
@click.option(
    "--checksum", "only_checksum", is_flag=True, help="Print one line over everything public, and no more."
)
def doctor(only_checksum: bool) -> None:
    """Say what is wrong with this installation, and how to mend it."""
    if only_checksum:
        with platform() as made, made.store.reading() as store:
            show.line(checksum(store, made.settings.clock()))
        return
    with platform(prepared=False) as made:
        findings = list(examine(made))
        for finding in findings:
            show.line(f"{'ok     ' if finding.well else 'PROBLEM'}  {finding.what}")
        raise SystemExit(0 if all(finding.well for finding in findings) else FAILED)
