"""Commands by which operators have the scheduler leave a source alone, and read it again."""

import click

from gongshi import show
from gongshi.running import acting, named, operator, platform
from publisher.trail import Entry


@click.command()
@click.argument("name")
def pause(name: str) -> None:
    """Have `gongshi schedule` leave a source alone until `gongshi sources resume`.

    A run that is under way goes on; `gongshi harvest` of the source still works. What is public stays public.
    """
    with platform() as made:
        named(made, [name])
        with made.store.writing() as store:
            held = store.standing(name).held_since
            if held is None:
                now = made.settings.clock()
                store.hold(name, now)
                store.record([Entry(acting(), "source.paused", "", after={"source": name})], now)
        show.line(f"{name} is paused already." if held else f"{name} is paused.")


@click.command()
@click.argument("name")
def resume(name: str) -> None:
    """Have `gongshi schedule` read a source again that was paused, by hand or because it failed too often.

    It is read next, and its failures are counted anew.
    """
    with platform() as made:
        named(made, [name])
        with made.store.writing() as store:
            paused = store.standing(name).paused
            store.resume(name)
            if paused:
                now = made.settings.clock()
                store.ask_for(name, operator(), now)
                store.record([Entry(acting(), "source.resumed", "", after={"source": name})], now)
        show.line(f"{name} goes on." if paused else f"{name} was not paused.")
