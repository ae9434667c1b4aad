"""`lms simulate`: years of random lives through the real services, on a database of its own."""

from __future__ import annotations

import json
import os
from datetime import date, datetime, timedelta
from time import monotonic

import click
from dateutil.relativedelta import relativedelta
from flask import current_app

from certificates.simulation.shards import Order, ShardFailed, play
from certificates.simulation.world import NotEmpty
from lms.web import FEATURES

START = date(2029, 1, 1)  # ten years from here hold 2032, 2036 and 19 January 2038


@click.command("simulate")
@click.option("--years", default=10, show_default=True, type=click.IntRange(1, 60))
@click.option("--instructors", default=1_000, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--seed", default=1, show_default=True)
@click.option("--start", "day", type=click.DateTime(["%Y-%m-%d"]), help="Den første dagen; ellers 2029-01-01.")
@click.option("--shards", type=click.IntRange(1, 64), help="Prosesser; ellers én for hver kjerne.")
@click.option("--only", multiple=True, type=int, help="Spill bare personer med disse numrene, for å se på et brudd.")
@click.option("--database", "url", help="En tom database å spille i og beholde; ellers lages en som kastes.")
@click.option("--json", "as_json", is_flag=True, help="Skriv alt som ett JSON-dokument.")
def simulate(
    years: int,
    instructors: int,
    seed: int,
    day: datetime | None,
    shards: int | None,
    only: tuple[int, ...],
    url: str | None,
    as_json: bool,
) -> None:
    """Play random lives day by day through the real services, and check after each day. Exits 1 on a breach.

    Never touches the installation's own database. Progress is told on standard error.
    """
    if url is not None and url == current_app.extensions["lms.settings"].database_url:
        raise click.ClickException("Det er databasen til installasjonen. Simuleringen trenger en egen, tom database.")
    start = day.date() if day else START
    numbers = only or tuple(range(1, instructors + 1))
    count = 1 if url is not None else min(shards or os.cpu_count() or 1, len(numbers))
    end = start + relativedelta(years=years) - timedelta(days=1)
    order = Order(start=start, end=end, seed=seed, numbers=numbers, shards=count, url=url)
    began = monotonic()
    try:
        report = play(order, current_app.extensions[FEATURES][:-1], lambda words: click.echo(words, err=True))
    except NotEmpty as error:
        raise click.ClickException("Det finnes folk i den databasen. Simuleringen trenger en tom.") from error
    except ShardFailed as error:
        raise click.ClickException("En av prosessene stanset. Hvorfor står over.") from error
    about = {
        "seed": seed,
        "from": start.isoformat(),
        "through": end.isoformat(),
        "instructors": len(numbers),
        "shards": count,
        "seconds": round(monotonic() - began, 1),
    }
    document = report.document(**about)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(f"{name}: {value}" for name, value in document.items()))
    if report.breaches:
        raise SystemExit(1)
