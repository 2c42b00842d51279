"""Commands by which operators have the scheduler leave a source alone, and read it again."""

import click

from gongshi import show
from gongshi.running import acting, named, platform
from publisher import overseeing


@click.command()
@click.argument("name")
def pause(name: str) -> None:
    """Have `gongshi schedule` leave a source alone until `gongshi sources resume`.

    A run that is under way goes on; `gongshi harvest` of the source still works. What is public stays public.
    """
    with platform() as made:
        named(made, [name])
        with made.store.writing() as store:
            done = overseeing.pause(store, name, acting(), made.settings.clock())
        show.line(f"{name} is paused." if done else f"{name} is paused already.")


@click.command()
@click.argument("name")
def resume(name: str) -> None:
    """Have `gongshi schedule` read a source again that was paused, by hand or because it failed too often.

    It is read next, and its failures are counted anew.
    """
    with platform() as made:
        named(made, [name])
        with made.store.writing() as store:
            done = overseeing.resume(store, name, acting(), made.settings.clock())
        show.line(f"{name} goes on." if done else f"{name} was not paused.")
