"""`python -m harvesters.samples FOLDER` writes the sample files and prints what is in them."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from harvesters.samples.generate import generate, write_beside


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--items", default=5000, show_default=True, type=click.IntRange(1), help="Decisions and list entries."
)
@click.option("--beside", is_flag=True, help="Write the samples beside the definitions in FOLDER instead.")
@click.option("--seed", default=2026, show_default=True, help="Another seed, other content.")
@click.option(
    "--today", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day around which periods end."
)
def main(folder: Path, items: int, seed: int, today: datetime, beside: bool) -> None:
    """Writes the sample sources' files under FOLDER, and says what a right reading of them finds."""
    if beside:
        manifest = write_beside(folder, today.date(), seed)
    else:
        manifest = generate(folder, today.date(), items, seed)
    click.echo(json.dumps(asdict(manifest), ensure_ascii=False, indent=2, default=str))


if __name__ == "__main__":
    main()
