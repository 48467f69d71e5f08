import time_machine

from tinhso.kernel.tries import count_try, too_many_tries


def test_the_brake_counts_each_person_and_forgets_after_the_last_try(db):
    with time_machine.travel("2024-04-15 09:00+07:00", tick=False) as clock:
        count_try("find", "10.0.0.1", seconds=3600)
        assert too_many_tries("find", "10.0.0.1", most=2) is False
        clock.shift(3500)
        count_try("find", "10.0.0.1", seconds=3600)
        assert (too_many_tries("find", "10.0.0.1", most=2), too_many_tries("find", "10.0.0.2", most=2)) == (True, False)
        clock.shift(3500)
        assert too_many_tries("find", "10.0.0.1", most=2) is True
        clock.shift(200)
        assert too_many_tries("find", "10.0.0.1", most=2) is False
