"""What everything is compared with: a bare Flask application that checks a session cookie, makes three indexed
SELECTs and renders 20 KB with Jinja."""

from __future__ import annotations

import os

from flask import Flask, abort, render_template, session
from jinja2 import DictLoader
from sqlalchemy import create_engine, text

PAGE = """<!doctype html><html lang="nb"><head><title>{{ person.name }}</title></head><body>
<h1>{{ unit.name }}</h1><p>{{ person.email }} {{ membership.sector }}</p>
{% for n in range(rows) %}<section class="row"><h2>{{ n }}. {{ person.name }}</h2><p>{{ sentence }}</p></section>
{% endfor %}</body></html>"""
SENTENCE = "En setning om en arbeidsplass, med tegn som må gjøres om: <lager> & «kjøkken». " * 2
ROWS = 72  # makes 20 KB


def create_app() -> Flask:
    """The bare application on the same database as the real one."""
    app = Flask("bare")
    app.jinja_loader = DictLoader({"page.html": PAGE})
    app.secret_key = os.environ["LMS_SECRET_KEY"]
    url = os.environ["LMS_DATABASE_URL"]
    sqlite = url.startswith("sqlite")
    engine = create_engine(url, pool_size=16, **({"connect_args": {"check_same_thread": False}} if sqlite else {}))
    person_query = text("SELECT id, name, email FROM person WHERE id = :id")
    membership_query = text("SELECT unit_id, sector FROM membership WHERE person_id = :id AND through_date IS NULL")
    unit_query = text("SELECT id, name FROM unit WHERE id = :id")

    @app.get("/")
    def page() -> str:
        if "person" not in session:
            abort(403)
        with engine.connect() as connection:
            person = connection.execute(person_query, {"id": session["person"]}).one()
            membership = connection.execute(membership_query, {"id": person.id}).one()
            unit = connection.execute(unit_query, {"id": membership.unit_id}).one()
        return render_template(
            "page.html", person=person, membership=membership, unit=unit, rows=ROWS, sentence=SENTENCE
        )

    return app


app = create_app() if "LMS_DATABASE_URL" in os.environ else None
