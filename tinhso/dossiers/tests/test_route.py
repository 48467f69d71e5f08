import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.dossiers.rules.route import Route, Tokens, WrongTurn
from tinhso.procedures.definition import RouteStep


def step(key, *after, parallel=False, share=10):
    return RouteStep(key=key, name=key, unit="desk", role="clerk", share=share, next=list(after), parallel=parallel)


LINE = Route.of([step("nhan", "xu-ly"), step("xu-ly", "ky"), step("ky", "tra"), step("tra")])
FORK = Route.of(
    [
        step("nhan", "xay-dung", "moi-truong", parallel=True),
        step("xay-dung", "tong-hop", share=40),
        step("moi-truong", "tham-dinh", share=20),
        step("tham-dinh", "tong-hop", share=5),
        step("tong-hop"),
    ]
)


def names(move):
    return sorted(move.tokens.open), sorted(move.tokens.waiting), move.opened


def test_a_line_is_walked_one_step_at_a_time():
    move = LINE.begin()
    assert names(move) == (["nhan"], [], ("nhan",))
    assert names(LINE.finish(move.tokens, "nhan")) == (["xu-ly"], [], ("xu-ly",))


def test_parallel_steps_open_together_and_the_joining_step_waits_for_all():
    fork = FORK.finish(FORK.begin().tokens, "nhan")
    assert names(fork) == (["moi-truong", "xay-dung"], [], ("xay-dung", "moi-truong"))
    one = FORK.finish(fork.tokens, "xay-dung")
    assert names(one) == (["moi-truong"], ["tong-hop"], ())
    two = FORK.finish(one.tokens, "moi-truong")
    assert names(two) == (["tham-dinh"], ["tong-hop"], ("tham-dinh",))
    assert names(FORK.finish(two.tokens, "tham-dinh")) == (["tong-hop"], [], ("tong-hop",))


def test_a_step_is_sent_back_only_to_one_that_leads_to_it():
    tokens = Tokens(frozenset({"ky"}), frozenset())
    assert names(LINE.send_back(tokens, "ky", "xu-ly")) == (["xu-ly"], [], ("xu-ly",))
    with pytest.raises(WrongTurn):
        LINE.send_back(tokens, "ky", "tra")


def test_the_longest_way_counts_for_the_remaining_time():
    assert FORK.remaining_share("nhan") == 60
    assert FORK.remaining_share("moi-truong") == 35


@given(st.data())
def test_every_walk_ends_with_nothing_open_or_waiting(data):
    """Random layered graphs: whichever open step is finished first, the walk visits the end exactly once."""
    width = data.draw(st.integers(2, 4))
    depth = data.draw(st.lists(st.integers(1, 3), min_size=width, max_size=width))
    steps = [step("dau", *[f"{lane}-0" for lane in range(width)], parallel=True)]
    for lane, length in enumerate(depth):
        for place in range(length):
            after = f"{lane}-{place + 1}" if place + 1 < length else "cuoi"
            steps.append(step(f"{lane}-{place}", after))
    route = Route.of([*steps, step("cuoi")])
    tokens, opened = route.begin().tokens, ["dau"]
    while tokens.open:
        move = route.finish(tokens, data.draw(st.sampled_from(sorted(tokens.open))))
        tokens = move.tokens
        opened += move.opened
    assert sorted(opened) == sorted(one.key for one in route.steps)
    assert tokens.waiting == frozenset()
