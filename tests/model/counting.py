"""Working days and years as the model counts them: day by day, from bank holidays written out."""

from datetime import date, timedelta

EASTER_SUNDAYS = {
    2018: "04-01",
    2019: "04-21",
    2020: "04-12",
    2021: "04-04",
    2022: "04-17",
    2023: "04-09",
    2024: "03-31",
    2025: "04-20",
    2026: "04-05",
    2027: "03-28",
    2028: "04-16",
}
PROCLAIMED = """
2018-01-01 2018-05-07 2018-05-28 2018-08-27 2018-12-25 2018-12-26
2019-01-01 2019-05-06 2019-05-27 2019-08-26 2019-12-25 2019-12-26
2020-01-01 2020-05-08 2020-05-25 2020-08-31 2020-12-25 2020-12-28
2021-01-01 2021-05-03 2021-05-31 2021-08-30 2021-12-27 2021-12-28
2022-01-03 2022-05-02 2022-06-02 2022-06-03 2022-08-29 2022-09-19 2022-12-26 2022-12-27
2023-01-02 2023-05-01 2023-05-08 2023-05-29 2023-08-28 2023-12-25 2023-12-26
2024-01-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25 2024-12-26
2025-01-01 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26
2026-01-01 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
2027-01-01 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28
2028-01-03 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26
"""


def _holidays() -> frozenset[date]:
    sundays = [date.fromisoformat(f"{year}-{day}") for year, day in EASTER_SUNDAYS.items()]
    around_easter = {sunday + timedelta(days=shift) for sunday in sundays for shift in (-2, 1)}
    return frozenset(around_easter | {date.fromisoformat(one) for one in PROCLAIMED.split()})


HOLIDAYS = _holidays()
"""Bank holidays of England and Wales, 2018 to 2028 (gov.uk), with Good Friday and Easter Monday."""


def working_day(start: date, number: int, closed: frozenset[date] = frozenset()) -> date:
    """The date of the working day with that number after `start`, which is day 0 (R2, R14, R17)."""
    day = start
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5 and day not in HOLIDAYS and day not in closed
    return day


def a_year_after(day: date) -> date:
    """The same date next year; for 29 February the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
