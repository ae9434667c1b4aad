"""`lms demo`: fill an empty database, and say how to sign in."""

from __future__ import annotations

import click
from flask import current_app
from sqlalchemy import select

from certificates.demo import names
from certificates.demo.story import PASSWORD, SIGN_INS, tell
from certificates.queries.programmes import main_programme
from lms.clock import local_date
from lms.db import current_database, reading, transaction
from lms.people import Person
from lms.web import request_now


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Gjør ingenting når det finnes folk, i stedet for å si nei.")
def demo(if_empty: bool) -> None:
    """Fill an empty database with a small Norway and say how to sign in. Never touches a database that has people."""
    with reading() as session:
        emails = set(session.scalars(select(Person.email)))
    if emails and not if_empty:
        raise click.ClickException("Det finnes folk i databasen, så demoen legges ikke inn.")
    if not emails:
        click.echo("Lager et lite Norge å prøve på. Det tar noen sekunder …")
        with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
            now = request_now()
            with reading() as session:
                programme = main_programme(session)
            count = tell(current_database(), programme, now=now, today=local_date(now))
            with transaction() as session:
                names.change_one(session, local_date(now))
        click.echo(f"{count} personer er lagt inn.")
    elif SIGN_INS["sekretariat"] not in emails:
        return
    click.echo(f"\nLogg inn på {current_app.config['BASE_URL']} med passordet «{PASSWORD}»:\n")
    for who, address in SIGN_INS.items():  # in a demo of an earlier edition, some are not there
        if emails and address not in emails:
            continue
        click.echo(f"  {who:<20} {address}")
    click.echo("\nE-post legges som filer i mappen mail i datamappen. Påminnelser sendes mellom kl. 06 og 18.\n")
