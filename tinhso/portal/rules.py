"""How a procedure is said to people: plain values in, plain words out."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.procedures.definition import (
    Channel,
    ChannelTerms,
    Definition,
    Fee,
    FeeTiming,
    Level,
    Limit,
    Paper,
    Phase,
    Service,
    Subject,
    TimeUnit,
)

UNITS = {
    TimeUnit.HOUR: _("giờ làm việc"),
    TimeUnit.WORKING_DAY: _("ngày làm việc"),
    TimeUnit.CALENDAR_DAY: _("ngày"),
    TimeUnit.MONTH: _("tháng"),
}
LEVELS = {
    Level.PROVINCE: _("Cấp tỉnh"),
    Level.DISTRICT: _("Cấp huyện"),
    Level.COMMUNE: _("Cấp xã"),
    Level.MINISTRY: _("Bộ, ngành trung ương"),
    Level.OTHER: _("Cơ quan khác"),
}
CHANNELS = {Channel.ONLINE: _("Trực tuyến"), Channel.COUNTER: _("Trực tiếp tại Bộ phận Một cửa"), Channel.POST: _("Qua bưu chính công ích")}
SERVICES = {
    Service.FULL: _("Trực tuyến toàn trình"),
    Service.PARTIAL: _("Trực tuyến một phần"),
    Service.INFORMATION: _("Nộp trực tiếp"),
}
SERVICE_SENTENCES = {
    Service.FULL: _("Làm hết trên mạng, không phải đến cơ quan."),
    Service.PARTIAL: _("Nộp trên mạng, có bước phải đến cơ quan."),
    Service.INFORMATION: _("Xem hướng dẫn ở đây, nộp tại cơ quan."),
}
SUBJECTS = {
    Subject.CITIZEN: _("công dân Việt Nam"),
    Subject.ENTERPRISE: _("doanh nghiệp"),
    Subject.HOUSEHOLD_BUSINESS: _("hộ kinh doanh"),
    Subject.COOPERATIVE: _("hợp tác xã"),
    Subject.ORGANISATION: _("tổ chức"),
    Subject.FOREIGNER: _("người nước ngoài"),
    Subject.OFFICIAL: _("cán bộ, công chức"),
}
TIMINGS = {FeeTiming.FILING: _("khi nộp hồ sơ"), FeeTiming.SUPPLEMENT: _("khi bổ sung hồ sơ"), FeeTiming.RETURN: _("khi nhận kết quả")}
# What a register is called, for the paper that need not be handed in.
REGISTERS = {
    "dan-cu": _("cơ sở dữ liệu dân cư"),
    "ho-tich": _("cơ sở dữ liệu hộ tịch"),
    "dkkd": _("hệ thống đăng ký kinh doanh"),
    "dat-dai": _("cơ sở dữ liệu đất đai"),
    "y-te": _("dữ liệu của cơ sở y tế"),
}
# The order in which people are offered the ways of filing.
ORDER = (Channel.ONLINE, Channel.COUNTER, Channel.POST)


def limit_words(limit: Limit | None) -> str:
    return f"{limit.amount} {UNITS[limit.unit]}" if limit else ""


def time_words(phases: list[Phase], *, same_day: bool = False) -> str:
    """Return how long it takes: one limit as it is, several of one unit added, others side by side."""
    limits = [phase.limit for phase in phases if phase.limit]
    if not limits:
        return ""
    units = {limit.unit for limit in limits}
    if len(units) > 1:
        return gettext(" và ").join(limit_words(limit) for limit in limits)
    total = Limit(amount=sum(limit.amount for limit in limits), unit=units.pop())
    if same_day and total == Limit(amount=1, unit=TimeUnit.WORKING_DAY):
        return gettext("Trong ngày làm việc")
    return limit_words(total)


def grouped(amount: int) -> str:
    return f"{amount:,}".replace(",", ".") + " đ"


def fee_words(fee: Fee, channel: Channel) -> str:
    if fee.amount is None:
        return gettext("theo quy định riêng")
    due = fee.amount * fee.online_percent // 100 if channel == Channel.ONLINE else fee.amount
    return grouped(due) if due else gettext("không thu")


def total_words(terms: ChannelTerms | None) -> str:
    """Return what a channel costs in a few words; an unknown fee is said to be unknown, not nothing."""
    if terms is None:
        return ""
    known = [fee for fee in terms.fees if fee.amount is not None]
    total = sum((fee.amount or 0) * (fee.online_percent if terms.channel == Channel.ONLINE else 100) // 100 for fee in known)
    open_ended = len(known) < len(terms.fees)
    if open_ended:
        return gettext("Từ %(sum)s") % {"sum": grouped(total)} if total else gettext("Theo quy định riêng")
    return grouped(total) if total else gettext("Không thu phí")


@dataclass(frozen=True)
class Way:
    """One way of filing, as a row of the page."""

    channel: str
    name: str
    time: str
    cost: str
    phases: tuple[tuple[str, str], ...]
    fees: tuple[tuple[str, str, str], ...]
    note: str


@dataclass(frozen=True)
class Facts:
    """The first screen of a procedure: what, how long, how much, where."""

    outcome: str
    time: str
    cost: str
    cost_note: str
    service: str
    service_sentence: str
    online: bool
    ways: tuple[Way, ...]
    levels: tuple[str, ...]
    subjects: str


def facts_of(definition: Definition) -> Facts:
    ways = tuple(way_of(terms, same_day=definition.same_day) for channel in ORDER if (terms := definition.terms(channel)))
    # A procedure without ways says nothing about time and money; the page then says so.
    first = ways[0] if ways else None
    counter = next((way for way in ways if way.channel == Channel.COUNTER), None)
    cheaper = bool(first and counter and first.channel == Channel.ONLINE and first.cost != counter.cost)
    return Facts(
        outcome="; ".join(outcome.name for outcome in definition.outcomes),
        time=first.time if first else "",
        cost=first.cost if first else "",
        cost_note=gettext("nộp trực tiếp: %(sum)s") % {"sum": counter.cost} if cheaper and counter else "",
        service=str(SERVICES[definition.service]),
        service_sentence=str(SERVICE_SENTENCES[definition.service]),
        online=definition.service != Service.INFORMATION and definition.terms(Channel.ONLINE) is not None,
        ways=ways,
        levels=tuple(str(LEVELS[level]) for level in definition.levels),
        subjects=", ".join(str(SUBJECTS[subject]) for subject in definition.subjects),
    )


def way_of(terms: ChannelTerms, *, same_day: bool = False) -> Way:
    return Way(
        channel=terms.channel.value,
        name=str(CHANNELS[terms.channel]),
        time=time_words(terms.phases, same_day=same_day),
        cost=total_words(terms),
        phases=tuple(
            (phase.name or gettext("Giải quyết"), limit_words(phase.limit) or phase.note) for phase in terms.phases if len(terms.phases) > 1
        ),
        fees=tuple((fee.name, fee_words(fee, terms.channel), fee_note(fee)) for fee in terms.fees),
        note=terms.note,
    )


def fee_note(fee: Fee) -> str:
    parts = [fee.note, gettext("Nộp %(when)s.") % {"when": TIMINGS[fee.timing]} if fee.timing != FeeTiming.FILING else ""]
    return " ".join(part for part in parts if part)


def count_words(paper: Paper) -> str:
    """Return how many of what kind are asked for ("1 bản chính, 2 bản sao")."""
    parts = [gettext("%(n)s bản chính") % {"n": paper.originals}] if paper.originals else []
    parts += [gettext("%(n)s bản sao") % {"n": paper.copies}] if paper.copies else []
    words = ", ".join(parts)
    return gettext("%(papers)s, xuất trình rồi nhận lại") % {"papers": words} if paper.shown_only and words else words


def register_words(paper: Paper) -> str:
    """Return where the state already has this fact; empty when it must come from the citizen."""
    return str(REGISTERS.get(paper.register_, paper.register_))
