"""The index: words and pairs of words of every procedure, ranked by rarity (BM25), then compared closely."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from tinhso.kernel.folding import tidy
from tinhso.procedures.life_events import LIFE_EVENTS
from tinhso.procedures.search import words as speech
from tinhso.procedures.search.spelling import Speller

# Saturation and length of BM25; what a word outside the name counts; what a pair counts beside single words.
K1, B = 1.2, 0.55
ASIDE = 0.35
PAIR = 0.8
MEANT = 0.7
EVENT = 4.0
PHRASE = 9.0
FILEABLE = 1.06
CLOSELY = 60
ENOUGH = 120
SHORTEST_WORD = 6
ENDINGS = 3
_BEGUN_CODE = re.compile(r"\d\.\d{1,6}")


# A word, or two that stand together.
Term = str | tuple[str, str]


def _terms(words: Sequence[str]) -> Iterator[Term]:
    yield from words
    yield from pairwise(words)


@dataclass(frozen=True)
class Entry:
    """One procedure as the index knows it."""

    key: int
    code: str
    name: str
    field: str
    # What is said of it besides its name: field, results, agency, in plain words.
    aside: str
    keywords: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    fileable: bool = False
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """A procedure that was found, with how well it fits."""

    key: int
    code: str
    name: str
    field: str
    score: float


class Index:
    """An inverted index in memory, built in a moment and never changed."""

    def __init__(self, entries: Iterable[Entry]):
        self.entries = list(entries)
        self.names = [speech.tokens(entry.name) for entry in self.entries]
        self.exact = [frozenset(speech.exact_tokens(entry.name)) for entry in self.entries]
        self.by_code = {entry.code: at for at, entry in enumerate(self.entries)}
        self.phrases: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        self.events: defaultdict[str, list[int]] = defaultdict(list)
        self.postings: defaultdict[Term, dict[int, float]] = defaultdict(dict)
        asides = []
        average = sum(map(len, self.names)) / max(len(self.names), 1) or 1
        for at, entry in enumerate(self.entries):
            for keyword in entry.keywords:
                phrase = tuple(speech.tokens(keyword))
                # One short syllable without its diacritics is many words: "đình" is also "định".
                if len(phrase) > 1 or len(keyword) >= SHORTEST_WORD:
                    self.phrases[phrase].append(at)
            for event in entry.life_events:
                self.events[event].append(at)
            aside = speech.tokens(" ".join((entry.field, entry.aside, *entry.keywords)))
            asides.append(aside)
            self._post(at, self.names[at], aside, average)
        self.rarity = {term: log(1 + (len(self.entries) - len(found) + 0.5) / (len(found) + 0.5)) for term, found in self.postings.items()}
        self.called = [frozenset(name) for name in self.names]
        self.name_weight = [sum(self.rarity[word] for word in name) for name in self.called]
        self.speller = Speller([*self.names, *asides], (*speech.known_words(), *_SAID_OF_EVENTS))
        self.following: defaultdict[str, list[str]] = defaultdict(list)
        for (before, word), _ in self.speller.pairs.most_common():
            self.following[before].append(word)
        self.longest_phrase = max(map(len, self.phrases), default=0)

    def _post(self, at: int, name: list[str], aside: list[str], average: float) -> None:
        shorter = K1 * (1 - B + B * len(name) / average)
        weights: dict[Term, float] = {}
        for word, times in Counter(name).items():
            weights[word] = times * (K1 + 1) / (times + shorter)
        for pair, times in Counter(pairwise(name)).items():
            weights[pair] = PAIR * times * (K1 + 1) / (times + shorter)
        for word in set(aside):
            weights[word] = weights.get(word, 0.0) + ASIDE
        for term, weight in weights.items():
            self.postings[term][at] = weight

    def search(self, text: str, *, limit: int = 20, level: str = "", fileable: bool = False) -> list[Hit]:
        """Return the procedures that fit best, the best first."""
        typed = speech.tokens(text)
        if not typed or not self.entries:
            return []
        if coded := self._by_code(text):
            return [self._hit(at, 1000.0) for at in coded if self._wanted(self.entries[at], level, fileable)][:limit]
        asked = self.speller.mend(speech.core(typed), sure=has_diacritics(text))
        scores = self._score(asked, self._endings(asked, typed[-1]) if text[-1].isalpha() else ())
        wanted = [at for at in scores if self._wanted(self.entries[at], level, fileable)]
        best = sorted(wanted, key=lambda at: -scores[at])[:CLOSELY]
        said, exact = set(asked), frozenset(speech.exact_tokens(text))
        closely = {at: self._compare(at, scores[at], said, exact) for at in best}
        return [self._hit(at, closely[at]) for at in sorted(best, key=lambda at: (-closely[at], self.entries[at].code))[:limit]]

    def _by_code(self, text: str) -> list[int]:
        """Return the procedures whose code is named, or begins as typed ("1.0011")."""
        named = speech.code_in(text)
        if named in self.by_code:
            return [self.by_code[named]]
        begun = text.strip()
        if not _BEGUN_CODE.fullmatch(begun):
            return []
        return [self.by_code[code] for code in sorted(self.by_code) if code.startswith(begun)]

    def _endings(self, asked: Sequence[str], last: str) -> list[str]:
        """Return the words that the last one may become: people read answers while they type."""
        if len(asked) < 2 or asked[-1] != last or (asked[-2], last) in self.speller.pairs:
            return []
        after = self.following.get(asked[-2], ())
        return [word for word in after if word.startswith(last) and word != last][:ENDINGS]

    def _hit(self, at: int, score: float) -> Hit:
        entry = self.entries[at]
        return Hit(entry.key, entry.code, entry.name, entry.field, round(score, 3))

    @staticmethod
    def _wanted(entry: Entry, level: str, fileable: bool) -> bool:
        return (not level or level in entry.levels) and (not fileable or entry.fileable)

    def _score(self, asked: Sequence[str], endings: Sequence[str]) -> dict[int, float]:
        scores: defaultdict[int, float] = defaultdict(float)
        terms: dict[Term, float] = dict.fromkeys(_terms(asked), 1.0)
        for word in endings:
            terms |= dict.fromkeys(_terms((asked[-2], word)), MEANT) | terms
        for other in speech.meant(asked):
            for term in _terms(other):
                terms.setdefault(term, MEANT)
        for term in sorted((term for term in terms if term in self.postings), key=lambda term: len(self.postings[term])):
            worth, found = terms[term] * self.rarity[term], self.postings[term]
            # Words that stand everywhere only tell apart what rarer words have found.
            if ENOUGH <= len(scores) < len(found):
                for at in scores:
                    scores[at] += worth * found.get(at, 0.0)
            else:
                for at, times in found.items():
                    scores[at] += worth * times
        self._add_phrases(scores, asked)
        self._add_events(scores, asked)
        return scores

    def _add_phrases(self, scores: dict[int, float], asked: Sequence[str]) -> None:
        """What people call a procedure, word for word, weighs more the longer it is."""
        for start in range(len(asked)):
            for length in range(1, self.longest_phrase + 1):
                for at in self.phrases.get(tuple(asked[start : start + length]), ()):
                    scores[at] += PHRASE * length**0.5

    def _add_events(self, scores: dict[int, float], asked: Sequence[str]) -> None:
        padded = f" {' '.join(asked)} "
        for event, said in _EVENT_WORDS.items():
            if any(word in padded for word in said):
                for at in self.events.get(event, ()):
                    scores[at] += EVENT

    def _compare(self, at: int, score: float, said: set[str], exact: frozenset[str]) -> float:
        """Weigh how much of the question the name covers, and of the name the question; diacritics tell namesakes apart."""
        entry, called, weigh = self.entries[at], self.called[at], self.rarity.get
        both = sum(weigh(word, 0.0) for word in said & called)
        asked_weight = sum(weigh(word, 3.0) for word in said) or 1.0
        name_weight = self.name_weight[at] or 1.0
        same = len(exact & self.exact[at]) / max(len(self.exact[at]), 1)
        value = score * (1 + 0.5 * both / asked_weight + 0.5 * both / name_weight + 0.2 * same)
        return value * FILEABLE if entry.fileable else value


def has_diacritics(text: str) -> bool:
    return not tidy(text).isascii()


_EVENT_WORDS = {event.key: tuple(f" {' '.join(speech.tokens(word))} " for word in (*event.words, event.title)) for event in LIFE_EVENTS}
_SAID_OF_EVENTS = tuple(word for said in _EVENT_WORDS.values() for phrase in said for word in phrase.split())
