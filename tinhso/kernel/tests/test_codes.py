"""Numbers without gap or repeat, however many ask and whoever fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connections, transaction

from tinhso.kernel.codes import CodePattern, next_number
from tinhso.kernel.models import Counter

DAY = date(2024, 4, 15)


@pytest.mark.parametrize(
    ("pattern", "code", "period"),
    [
        (CodePattern(), "H47.31.04-240415-0007", "20240415"),
        (CodePattern("{number:02d}/KQ-{agency}", "year"), "07/KQ-H47.31.04", "2024"),
        (CodePattern("{day:%Y}.{number:06d}", "month"), "2024.000007", "202404"),
        (CodePattern("{number}", "never"), "7", "-"),
    ],
)
def test_pattern_width_and_reset_are_data(pattern, code, period):
    assert (pattern.write(agency="H47.31.04", day=DAY, number=7), pattern.period(DAY)) == (code, period)


@pytest.mark.django_db
def test_each_series_and_period_counts_from_one():
    assert [next_number("a", "2024"), next_number("a", "2024"), next_number("b", "2024"), next_number("a", "2025")] == [1, 2, 1, 1]


@pytest.mark.django_db
def test_a_number_of_what_failed_is_given_to_the_next():
    next_number("a", "-")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        next_number("a", "-")
        raise ZeroDivisionError
    assert next_number("a", "-") == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_every_number_once():
    """Every fifth asker fails after taking its number."""

    def ask(asker: int) -> int | None:
        try:
            with transaction.atomic():
                number = next_number("crowd", "-")
                if asker % 5 == 0:
                    raise ZeroDivisionError
                return number
        except ZeroDivisionError:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        given = [number for number in pool.map(ask, range(150)) if number is not None]
    assert sorted(given) == list(range(1, 121))
    assert Counter.objects.get(series="crowd").value == 120
