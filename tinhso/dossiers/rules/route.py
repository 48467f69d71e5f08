"""The step engine: which steps open when one is finished.

The route of a procedure version is a graph without loops; going back is a verb of its own. The state is two sets of
step keys: `open` (somebody has it) and `waiting` (asked for, but another branch that leads there still runs).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tinhso.procedures.definition import RouteStep


class Tokens(NamedTuple):
    open: frozenset[str]
    waiting: frozenset[str]


class Move(NamedTuple):
    tokens: Tokens
    opened: tuple[str, ...]


class WrongTurn(ValueError):
    """The route does not go there."""


@dataclass(frozen=True)
class Route:
    """A compiled route."""

    steps: tuple[RouteStep, ...]

    @classmethod
    def of(cls, steps: Sequence[RouteStep]) -> "Route":
        return cls(tuple(steps))

    @cached_property
    def by_key(self) -> dict[str, RouteStep]:
        return {step.key: step for step in self.steps}

    @cached_property
    def start(self) -> str:
        """Return the step that nothing leads to."""
        led_to = {key for step in self.steps for key in step.next}
        return next(step.key for step in self.steps if step.key not in led_to)

    @cached_property
    def reach(self) -> dict[str, frozenset[str]]:
        """Return for each step every step that may follow it, near or far."""
        found: dict[str, frozenset[str]] = {}

        def follow(key: str) -> frozenset[str]:
            if key not in found:
                found[key] = frozenset()
                after = self.by_key[key].next
                found[key] = frozenset(after).union(*(follow(one) for one in after))
            return found[key]

        for step in self.steps:
            follow(step.key)
        return found

    def begin(self) -> Move:
        return Move(Tokens(frozenset({self.start}), frozenset()), (self.start,))

    def finish(self, tokens: Tokens, key: str, choice: str | None = None) -> Move:
        """Finish an open step and open what follows.

        A step with several possible followers that is not parallel needs a `choice`; the first is taken if none is made.
        """
        if key not in tokens.open:
            raise WrongTurn(key)
        step = self.by_key[key]
        if choice is not None and choice not in step.next:
            raise WrongTurn(choice)
        wanted = step.next if step.parallel else ([choice] if choice else step.next[:1])
        return self._settle(tokens.open - {key}, tokens.waiting | frozenset(wanted))

    def send_back(self, tokens: Tokens, key: str, to: str) -> Move:
        """Close an open step and open an earlier one again."""
        if key not in tokens.open or key not in self.reach.get(to, frozenset()):
            raise WrongTurn(to)
        still_open = tokens.open - {key}
        if to in still_open:
            return Move(Tokens(still_open, tokens.waiting), ())
        return Move(Tokens(still_open | {to}, tokens.waiting), (to,))

    def _settle(self, still_open: frozenset[str], waiting: frozenset[str]) -> Move:
        opened: list[str] = []
        # A step opens when nothing that is open, or waits before it, still leads to it.
        for key in sorted(waiting, key=self._order):
            others = (still_open | waiting) - {key}
            if key not in still_open and not any(key in self.reach[other] for other in others):
                opened.append(key)
        return Move(Tokens(still_open | frozenset(opened), waiting - frozenset(opened) - still_open), tuple(opened))

    def _order(self, key: str) -> int:
        return next(index for index, step in enumerate(self.steps) if step.key == key)

    def remaining_share(self, key: str) -> int:
        """Return the share of time from this step to the end along the longest way, in percent."""
        step = self.by_key[key]
        return step.share + max((self.remaining_share(after) for after in step.next), default=0)

    def before(self, key: str) -> list[RouteStep]:
        """Return the steps from which one comes straight to this one."""
        return [step for step in self.steps if key in step.next]
