"""What dossiers offer to the register of figures."""

from datetime import date
from decimal import Decimal

import pytest

from tinhso.dossiers.measures import average_days, progress, progress_ratio, progress_score
from tinhso.dossiers.queries.figures import Figures
from tinhso.dossiers.tests.test_figures import example, place, store  # noqa: F401
from tinhso.kernel.measures import MEASURES, Period


def test_the_score_of_progress_is_linear_as_in_the_national_export():
    # The root row of the export of Phú Thọ: 144,625 of 184,513 make 78.38 % and 15.68 of 20 points.
    root = Figures(on_time=144_625, late=30_000, overdue=184_513 - 144_625 - 30_000)
    assert (progress_ratio(root), progress_score(root)) == (Decimal("78.38"), Decimal("15.68"))


def test_a_unit_without_dossiers_scores_nothing():
    assert (progress_ratio(Figures()), progress_score(Figures()), average_days(Figures())) == (0, 0, None)


@pytest.mark.parametrize(
    ("found", "pair"),
    [
        (Figures(early=2, on_time=3, late=1), (5, 6)),
        (Figures(early=1, overdue=1), (1, 2)),
        (Figures(early=1, undue=5, waiting=2), (1, 1)),
        (Figures(early=1, waiting=2, asked_in_time=1, asked_late=1), (2, 3)),
        (Figures(early=1, stopped=3, stopped_late=1, withdrawn=4), (3, 4)),
    ],
)
def test_what_counts_as_in_time_for_the_index(found, pair):
    assert progress(found) == pair


def test_measures_give_a_value_for_each_agency_that_has_dossiers(place):  # noqa: F811
    agencies, _, _ = place
    store([example(), example(), example(agency=1)], place)
    period = Period(date(2024, 3, 1), date(2024, 3, 31))
    first, second = (agency.pk for agency in agencies)
    assert MEASURES["dossiers.early"].compute(None, period) == {first: 2, second: 1}
    assert MEASURES["dossiers.qd766.2.1.score"].compute([second], period) == {second: Decimal(20)}


def test_every_measure_says_what_it_means():
    ours = [measure for key, measure in MEASURES.items() if key.startswith("dossiers.")]
    assert len(ours) == 23
    assert [measure.key for measure in ours if not (measure.label and measure.unit and measure.definition)] == []
