"""What of a question is about the procedure, and what else the same thing is called."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

import yaml

from tinhso.kernel.folding import fold, tidy
from tinhso.procedures.data_files import CATALOGUE

# Words around the thing that is asked for. They say what one wants to know of a procedure, not which procedure.
_FRAMES = """
xin hoi | cho hoi | cho toi hoi | toi muon hoi | toi muon | em muon | minh muon | muon | toi can | can lam | lam sao de | lam the nao | lam sao
de nghi cho biet | cho biet | hay cho biet | nhu the nao | the nao | la gi | la nhu the nao | ra sao | gom nhung gi | nhung gi | gom nhung loai giay to gi
gom cac giay to | can nhung giay to gi | can giay to gi | giay to gi | phai nop nhung loai giay to gi | nhung loai giay to gi | o dau | bao lau | bao nhieu tien | mat bao lau
la nhung doi tuong nao | doi tuong nao | co quan nao | ai co tham quyen | truong hop nao | khi nao
trinh tu thuc hien | trinh tu de duoc | trinh tu thu tuc | trinh tu | thanh phan ho so | ho so thuc hien | ho so de nghi | ho so dang ky | ho so
cach thuc thuc hien | co quan co tham quyen | co tham quyen | tham quyen | quy dinh ve phi le phi | quy dinh ve phi | phi le phi | le phi bao nhieu
can cu phap ly | doi tuong thuc hien | thoi han giai quyet | thoi han cua | thoi han | thoi gian giai quyet | yeu cau dieu kien
thuc hien thu tuc hanh chinh | thu tuc hanh chinh | thuc hien thu tuc | lam thu tuc | thu tuc | thuc hien | quy dinh
to chuc ca nhan can | thi to chuc ca nhan | de duoc | phai nop | can phai | can nop | thi can
"""
_PHRASES: dict[str, list[tuple[str, ...]]] = {}
for _phrase in sorted({tuple(phrase.split()) for phrase in _FRAMES.replace("\n", "|").split("|") if phrase.strip()}, key=len, reverse=True):
    _PHRASES.setdefault(_phrase[0], []).append(_phrase)
# Words of everyday speech that names of procedures lack: they are not typing errors of others.
_EVERYDAY = """
bo me ba ma cha con chau ong anh chi em vo chong toi minh ban gia dinh be tre cu co di chu bac moi cu muon can xin giup duoc khong phai bi
lam di ve o tu den roi chua nay kia gi sao dau ai nao thi la va voi cho cua tai tren duoi trong ngoai lai nua het mat hong rach sai doi tra
nop lay mua ban thue muon vay xay sua chuyen quan tiem nha dat xe may hoc benh song chet cuoi sinh de nuoi day hoi biet tien phi bao nhieu lau
"""
LONGEST_PHRASE = 5
_NAMED_CODE = re.compile(r"\b\d\.\d{6}\b")


def tokens(text: str) -> list[str]:
    """Return the folded words of a text."""
    return fold(text).split()


def exact_tokens(text: str) -> list[str]:
    """Return the words of a text with their diacritics."""
    return re.findall(r"\w+", tidy(text).lower())


def code_in(text: str) -> str | None:
    """Return the code of a procedure that a text names."""
    found = _NAMED_CODE.search(text)
    return found[0] if found else None


def core(words: Sequence[str]) -> list[str]:
    """Return the words without the frame of a question; all of them when nothing else is left."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        candidates = _PHRASES.get(words[at], ())
        phrase = next((phrase for phrase in candidates if tuple(words[at : at + len(phrase)]) == phrase), None)
        if phrase:
            at += len(phrase)
        else:
            kept.append(words[at])
            at += 1
    return kept or list(words)


@cache
def _synonyms() -> dict[tuple[str, ...], list[list[str]]]:
    path = CATALOGUE / "shared" / "synonyms.yaml"
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {tuple(tokens(said)): [tokens(meant) for meant in meanings.split(";")] for said, meanings in content.items()}


def known_words() -> Iterator[str]:
    """Yield the words of what people say, so that they are not taken for typing errors."""
    for said in _synonyms():
        yield from said
    yield from _EVERYDAY.split()


def meant(words: Sequence[str]) -> list[list[str]]:
    """Return the other names of what stands in a question."""
    found: list[list[str]] = []
    for at in range(len(words)):
        for length in range(1, min(LONGEST_PHRASE, len(words) - at) + 1):
            found += _synonyms().get(tuple(words[at : at + length]), [])
    return found
