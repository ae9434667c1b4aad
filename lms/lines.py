"""What commands say when they cannot go on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

import click


def stop(lines: Iterable[str]) -> NoReturn:
    """Say why on standard error, and end with 1."""
    for line in lines:
        click.echo(line, err=True)
    raise SystemExit(1)
