"""`lms badges`: the keys badges are signed with."""

from __future__ import annotations

import click
from flask import current_app

from certificates import badge_texts
from certificates.queries.badges import keys
from certificates.services.signing import rotate
from lms import formatting
from lms.db import reading, transaction
from lms.web import request_now


@click.group("badges")
def badges() -> None:
    """The keys badges are signed with."""


@badges.command("keys")
def show_keys() -> None:
    """List every key, the newest first: when it was made, when it was retired, where it is published."""
    with reading() as db:
        found = keys(db)
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        for key in found:
            until = f"pensjonert {formatting.instant(key.retired_at)}" if key.retired_at else "signerer"
            click.echo(f"{formatting.instant(key.made_at)}  {until:<30} {badge_texts.key_address(key.kid)}")
    click.echo(
        f"{len(found)} nøkler." if found else "Ingen nøkler ennå: den første lages når det første merket hentes."
    )


@badges.command("rotate-key")
def rotate_key() -> None:
    """Make a new key and retire the one before it. What the old one signed goes on verifying; it never signs again."""
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        with transaction() as db:
            new = rotate(db, secret=current_app.config["SECRET_KEY"], actor_id=None, now=request_now())
        click.echo(f"Ny nøkkel: {badge_texts.key_address(new.kid)}")
