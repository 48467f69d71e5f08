"""What a sound procedure is: its route, its papers, its differences from the version before."""

from collections.abc import Sequence

from tinhso.procedures.definition import Definition, FormField, RouteStep, Service

# Who a step may name: the values of `directory.Role` that act on dossiers.
STEP_ROLES = frozenset({"clerk", "specialist", "division_head", "leader", "records"})
# The answers of a yes-or-no question.
YES_NO = ["có", "không"]
AT_HOME = {"sign": "leader", "stamp": "records"}


def route_faults(steps: Sequence[RouteStep]) -> list[str]:
    """Return what is wrong with an internal route, in sentences; an empty list when it can be walked."""
    if not steps:
        return []
    by_key = {step.key: step for step in steps}
    if len(by_key) < len(steps):
        return ["hai bước trùng mã"]
    unknown = sorted({after for step in steps for after in step.next} - set(by_key))
    if unknown:
        return [f"bước tiếp theo không có trong quy trình: {', '.join(unknown)}"]
    if loop := _loop(by_key):
        return [f"quy trình có vòng lặp qua bước {loop}"]
    return [*_step_faults(steps), *_shape_faults(steps, by_key)]


def _step_faults(steps: Sequence[RouteStep]) -> list[str]:
    faults = [f"bước {step.key}: không có vai trò {step.role}" for step in steps if step.role not in STEP_ROLES]
    for step in steps:
        if not _is_place(step):
            faults.append(f"bước {step.key}: không hiểu đơn vị {step.unit} của vai trò {step.role}")
        # Results are signed and sealed by the agency that answers for them.
        if AT_HOME.get(step.does, step.unit) != step.unit:
            faults.append(f"bước {step.key}: ký và đóng dấu phải ở cơ quan giải quyết (đơn vị {AT_HOME[step.does]})")
        if step.parallel and len(step.next) < 2:
            faults.append(f"bước {step.key}: song song mà chỉ có một nhánh")
    return faults


def _is_place(step: RouteStep) -> bool:
    """Say whether somebody of the role sits there: leaders and seals belong to agencies, specialists to divisions."""
    kind, _, name = step.unit.partition(":")
    code, _, field = name.partition("/")
    of_agency = step.role in ("leader", "records")
    match kind:
        case "desk":
            return not name and step.role == "clerk"
        case "leader" | "records":
            return not name and step.role == kind
        case "division":
            return bool(name) and not of_agency
        case "agency":
            return bool(code) and bool(field) != of_agency
        case "above":
            return bool(name) != of_agency
    return False


def _shape_faults(steps: Sequence[RouteStep], by_key: dict[str, RouteStep]) -> list[str]:
    faults = []
    led_to = {after for step in steps for after in step.next}
    starts = [step.key for step in steps if step.key not in led_to]
    if len(starts) != 1:
        faults.append(f"quy trình phải có một bước đầu, đang có {len(starts)}: {', '.join(starts)}")
    ends = [step for step in steps if not step.next]
    if any(step.does != "return" or step.unit != "desk" for step in ends):
        faults.append("bước cuối phải là trả kết quả tại Bộ phận Một cửa")
    total = max(_share_from(key, by_key) for key in by_key)
    if total != 100:
        faults.append(f"tỷ lệ thời gian theo đường dài nhất là {total} %, phải là 100 %")
    if not any(step.does == "sign" for step in steps):
        faults.append("không có bước ký kết quả")
    return faults


def _loop(by_key: dict[str, RouteStep]) -> str | None:
    done: set[str] = set()

    def visit(key: str, path: frozenset[str]) -> str | None:
        if key in path:
            return key
        if key in done:
            return None
        found = next((loop for after in by_key[key].next if (loop := visit(after, path | {key}))), None)
        done.add(key)
        return found

    return next((loop for key in by_key if (loop := visit(key, frozenset()))), None)


def _share_from(key: str, by_key: dict[str, RouteStep]) -> int:
    step = by_key[key]
    return step.share + max((_share_from(after, by_key) for after in step.next), default=0)


def faults(definition: Definition) -> list[str]:
    """Return what keeps a procedure from being offered for filing, in sentences."""
    found = route_faults(definition.route)
    if definition.route and not definition.agency_field:
        found.append("chưa nêu lĩnh vực của bộ phận giải quyết")
    if definition.service != Service.INFORMATION and not definition.terms("online"):
        found.append("là dịch vụ công trực tuyến nhưng không có hình thức nộp trực tuyến")
    named: list[tuple[str, list[str]]] = [
        ("hình thức nộp", [str(terms.channel) for terms in definition.channels]),
        ("trường hợp", [case.key for case in definition.cases]),
        ("câu hỏi", [field.key for page in definition.forms for field in page.fields]),
        *((f"giấy tờ của trường hợp {case.key}", [paper.key for paper in case.papers]) for case in definition.cases),
    ]
    for what, keys in named:
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            found.append(f"{what} trùng mã: {', '.join(twice)}")
    return [*found, *_question_faults(definition)]


def _question_faults(definition: Definition) -> list[str]:
    found: list[str] = []
    known: dict[str, FormField] = {}
    for field in (field for page in definition.forms for field in page.fields):
        for other, values in field.when.items():
            if other not in known:
                found.append(f"câu hỏi {field.key} phụ thuộc câu chưa hỏi trước nó: {other}")
                continue
            offered = YES_NO if known[other].kind == "yes_no" else known[other].choices
            if strange := sorted(set(values) - set(offered)):
                found.append(f"câu hỏi {field.key} chờ câu trả lời không có của {other}: {', '.join(strange)}")
        if field.kind in ("choice", "choices") and len(field.choices) < 2:
            found.append(f"câu hỏi {field.key} phải có ít nhất hai lựa chọn")
        known[field.key] = field
    return found


# What the province adds to a record of the national catalogue; a new national text never wipes it out.
OWN_PARTS = ("agency_field", "forms", "route", "same_day", "convention", "life_events", "keywords", "tags", "satisfaction_after")


def with_own_parts(national: Definition, ours: Definition) -> Definition:
    """Return the national text with the parts that only the province knows."""
    return national.model_copy(update={part: getattr(ours, part) for part in OWN_PARTS})
