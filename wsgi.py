"""The roof: puts the features on the ground, for gunicorn (`wsgi:app`) and for the `lms` command."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from certificates.feature import FEATURE as CERTIFICATES
from courses.feature import FEATURE as COURSES
from lms.app import GROUND, build_app
from lms.cli import main as run_cli
from lms.cli import make_cli
from lms.clock import SystemClock
from lms.config import read_settings
from lms.features import Feature
from lms.mail import make_transport
from quizzes.feature import FEATURE as QUIZZES

if TYPE_CHECKING:
    from flask import Flask

FEATURES: tuple[Feature, ...] = (QUIZZES, COURSES, CERTIFICATES)


def create_app() -> Flask:
    """The application as the environment describes it."""
    settings = read_settings(os.environ)
    return build_app(settings, FEATURES, clock=SystemClock(), transport=make_transport(settings, click.echo))


def main() -> None:
    """The `lms` command."""
    run_cli(make_cli(create_app, (*FEATURES, GROUND)))


def __getattr__(name: str) -> Any:
    """`wsgi:app` is made when a server asks for it, not when a test or a migration imports this file."""
    if name == "app":
        return create_app()
    raise AttributeError(name)
