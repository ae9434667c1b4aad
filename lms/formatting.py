"""Dates and numbers as people in Norway write them: 22.11.2026, 3,5 (DOMAIN.md 10)."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from babel.dates import format_date
from flask_babel import get_locale

from lms.clock import OSLO


def day(value: date) -> str:
    """22.11.2026, in every language of the platform."""
    return f"{value:%d.%m.%Y}"


def long_day(value: date) -> str:
    """22. november 2026, in the reader's language."""
    return str(format_date(value, "d. MMMM y" if str(get_locale()) != "en" else "d MMMM y", locale=get_locale()))


def weekday(value: date) -> str:
    """onsdag 2. desember, in the reader's language: a day not far away."""
    return str(format_date(value, "EEEE d. MMMM" if str(get_locale()) != "en" else "EEEE d MMMM", locale=get_locale()))


def instant(value: datetime) -> str:
    """22.11.2026 kl. 14.05, in English 22.11.2026, 14:05; Norwegian time."""
    pattern = "%d.%m.%Y, %H:%M" if str(get_locale()) == "en" else "%d.%m.%Y kl. %H.%M"
    return f"{value.astimezone(OSLO):{pattern}}"


def hours(value: time | str) -> str:
    """09.00, in English 09:00: a time of day on the wall, given as such or as it is typed."""
    value = time.fromisoformat(value) if isinstance(value, str) else value
    return f"{value:%H:%M}" if str(get_locale()) == "en" else f"{value:%H.%M}"


def number(value: Fraction | Decimal | int | float, decimals: int = 1) -> str:
    """3,5: at most so many decimals, rounded half up, no trailing zeros."""
    exact = Fraction(value)
    quantum = Decimal(1).scaleb(-decimals)
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(quantum, ROUND_HALF_UP)
    text = f"{rounded:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def fixed(value: Fraction | Decimal | int | float, decimals: int = 1) -> str:
    """3,50: always so many decimals, rounded half up, for figures that stand under each other."""
    whole, _comma, rest = number(value, decimals).partition(",")
    return f"{whole},{rest.ljust(decimals, '0')}" if decimals else whole


def share(value: Fraction, below: Fraction | None = None) -> str:
    """87,5 %: a share of one as per cent, with a hard space; never rounded up to a mark it lies `below`."""
    if below is not None and value < below:
        value = Fraction(int(value * 1000), 1000)
    return f"{number(value * 100)}\N{NO-BREAK SPACE}%"
