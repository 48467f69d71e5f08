"""Mending typing errors with the words of the catalogue and the pairs in which they stand."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import log

from rapidfuzz.distance import OSA

# Letters that differ from what was typed: how much likelier the reading must be to win (in log units).
_COST = {1: 5.0, 2: 9.0}
# On top of it where the word as typed is a word too; more still where it was typed with diacritics.
_DOUBT, _SURE = 2.0, 20.0
_UNKNOWN = 2.0
# Everyday words that names lack count as if they stood there so often.
_KNOWN = 30
_WIDTH = 6
_TELEX = str.maketrans("", "", "sfrxjw")


def _deletes(word: str) -> Iterable[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


class Speller:
    """Reads each word as one of the vocabulary, weighing letters against neighbours (Viterbi over word pairs)."""

    def __init__(self, documents: Iterable[Sequence[str]], known: Iterable[str] = ()):
        self.counts: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()
        for words in documents:
            self.counts.update(words)
            self.pairs.update(pairwise(words))
        self.counts.update(dict.fromkeys(known, _KNOWN))
        self.near: defaultdict[str, set[str]] = defaultdict(set)
        for word in self.counts:
            if len(word) > 1:
                for key in (word, *_deletes(word)):
                    self.near[key].add(word)
        self.total = sum(self.counts.values())
        self._alone = {word: 0.3 * (count + 0.1) / self.total for word, count in self.counts.items()}
        self._unseen = 0.3 * 0.1 / self.total if self.total else 1.0
        # Readings of the words met lately: people type the same words again and again.
        self._readings = lru_cache(maxsize=5000)(self._find_readings)

    def mend(self, words: Sequence[str], *, sure: bool = False) -> list[str]:
        """Return the likeliest reading; words that fit nothing stay as they are. `sure`: typed with diacritics."""
        doubt = _SURE if sure else _DOUBT
        best: dict[str, tuple[float, list[str]]] = {"": (0.0, [])}
        for at, word in enumerate(words):
            step: dict[str, tuple[float, list[str]]] = {}
            # A word that stands beside its neighbour in the catalogue too is as it should be.
            beside = {*zip(words[max(at - 1, 0) : at], [word], strict=False), *zip([word], words[at + 1 : at + 2], strict=False)}
            settled = any(pair in self.pairs for pair in beside)
            for reading, price in [((word,), 0.0)] if settled else self._readings(word):
                cost = price + doubt if price and word in self.counts else price
                for last, (score, path) in best.items():
                    value = score - cost
                    for before, after in zip((last, *reading), reading, strict=False):
                        value += self._likelihood(before, after)
                    if reading[-1] not in step or value > step[reading[-1]][0]:
                        step[reading[-1]] = (value, [*path, *reading])
            best = dict(sorted(step.items(), key=lambda item: -item[1][0])[:_WIDTH])
        return max(best.values(), key=lambda found: found[0])[1]

    def _likelihood(self, before: str, word: str) -> float:
        alone = self._alone.get(word, self._unseen)
        pair = self.pairs.get((before, word), 0)
        return log(0.7 * pair / self.counts[before] + alone) if pair else log(alone)

    def _find_readings(self, word: str) -> list[tuple[tuple[str, ...], float]]:
        """Return what a typed word may be, with the price of each reading."""
        found: dict[tuple[str, ...], float] = {(word,): 0.0 if word in self.counts else _UNKNOWN}
        if len(word) < 2 or word.isdigit():
            return list(found.items())
        for key in {word, *_deletes(word)}:
            for candidate in self.near.get(key, ()):
                distance = OSA.distance(word, candidate)
                if (0 < distance <= 2 and candidate[0] == word[0]) or distance == 1:
                    found[(candidate,)] = min(found.get((candidate,), 99.0), _COST[distance])
        if word not in self.counts:
            self._unknown(word, found)
        return list(found.items())

    def _unknown(self, word: str, found: dict[tuple[str, ...], float]) -> None:
        """Add readings of what is no word: two words run together, or the bare keys of Telex."""
        for at in range(1, len(word)):
            left, right = word[:at], word[at:]
            if left in self.counts and right in self.counts and (left, right) in self.pairs:
                found[(left, right)] = 3.0
        plain = word.replace("aa", "a").replace("ee", "e").replace("oo", "o").replace("dd", "d")
        bare = plain[:1] + plain[1:].translate(_TELEX)
        if bare in self.counts:
            found[(bare,)] = 2.0
