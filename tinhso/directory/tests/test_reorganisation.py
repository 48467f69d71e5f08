"""A reorganisation: units begin and end on a day, people go on working, old codes keep their answer."""

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from tinhso.directory.access import hats
from tinhso.directory.actions import announce_successions, reorganise
from tinhso.directory.demo.load import load
from tinhso.directory.models import Person, Post, Role, Succession, Unit, UnitCode
from tinhso.directory.queries import holders_of, successors_of, taker_of, tree_on, unit_by_code
from tinhso.directory.reorganisation import Register, read_json, read_map
from tinhso.kernel.errors import NotAllowed, Refused
from tinhso.kernel.models import Event

pytestmark = pytest.mark.django_db
BEFORE, DAY, AFTER = date(2025, 6, 30), date(2025, 7, 1), date(2026, 1, 1)
DATA = Path(__file__).parents[1] / "data" / "reorganisations"


def unit(kind, name, code="", parent=None, agency=None, fields=()):
    made = Unit(kind=kind, name=name, parent=parent, agency=agency, fields=list(fields), valid_from=date(2020, 1, 1))
    made.save()
    if agency is None:
        made.agency = made
        made.save()
    if code:
        UnitCode.objects.create(unit=made, system="gso", code=code, valid_from=date(2020, 1, 1))
    return made


@pytest.fixture
def before():
    """A province of two communes in one district, each with a division and a desk; one of the communes will be split."""
    province = unit("province", "UBND tỉnh Đông", "49")
    district = unit("district", "UBND huyện Giữa", "501", province)
    communes = [unit("commune", f"UBND xã {name}", code, district) for name, code in (("Thượng", "20001"), ("Hạ", "20002"))]
    for commune in communes:
        unit("division", "Công chức", parent=commune, agency=commune, fields=["tu-phap", "dat-dai"])
        unit("desk", f"Bộ phận Một cửa {commune.name}", parent=commune, agency=commune)
    return {"province": province, "district": district, "thuong": communes[0], "ha": communes[1]}


PLAN = {
    "on": "2025-07-01",
    "document": "Nghị quyết thử",
    "units": [
        {"code": "gso:48", "codes": ["qd20:H17"], "name": "UBND thành phố Tây", "kind": "province", "from": [{"code": "gso:49"}]},
        {
            "code": "gso:20001",
            "name": "UBND xã Thượng Hạ",
            "kind": "commune",
            "parent": "gso:48",
            "divisions": {"Văn phòng": ["tu-phap"], "Phòng Kinh tế": ["dat-dai"]},
            "from": [
                {"code": "gso:20001"},
                {"code": "gso:20002", "partly": True},
                {"code": "gso:501", "partly": True, "takes_open_work": True},
            ],
        },
        {
            "code": "gso:20009",
            "name": "UBND xã Mới",
            "kind": "commune",
            "parent": "gso:48",
            "from": [{"code": "gso:20002", "partly": True, "takes_open_work": True}, {"code": "gso:501", "partly": True}],
        },
    ],
}


def carry_out(plan=PLAN, *, today=AFTER, by=None):
    return reorganise(read_json(json.dumps(plan)), by=by, at=now(), today=today)


def named(name):
    return Unit.objects.get(name=name)


def test_old_units_end_and_new_ones_begin_with_a_desk(before):
    carry_out()
    assert [(row.depth, row.name) for row in tree_on(DAY)] == [
        (0, "UBND thành phố Tây"),
        (1, "Bộ phận Một cửa UBND thành phố Tây"),
        (1, "UBND xã Mới"),
        (2, "Bộ phận Một cửa UBND xã Mới"),
        (2, "Công chức"),
        (1, "UBND xã Thượng Hạ"),
        (2, "Bộ phận Một cửa UBND xã Thượng Hạ"),
        (2, "Phòng Kinh tế"),
        (2, "Văn phòng"),
    ]
    assert [row.name for row in tree_on(BEFORE) if row.depth < 3] == [
        "UBND tỉnh Đông",
        "UBND huyện Giữa",
        "UBND xã Hạ",
        "UBND xã Thượng",
    ]


def test_a_code_means_the_unit_of_its_day_for_ever(before):
    carry_out()
    assert unit_by_code("gso", "20001", BEFORE) == before["thuong"]
    assert unit_by_code("gso", "20001", AFTER).name == "UBND xã Thượng Hạ"
    assert unit_by_code("gso", "20002", AFTER) is None
    assert [(row.unit.name, row.valid_from, row.valid_to) for row in holders_of("gso", "20001")] == [
        ("UBND xã Thượng", date(2020, 1, 1), DAY),
        ("UBND xã Thượng Hạ", DAY, None),
    ]


def test_successors_and_the_one_that_takes_open_work(before):
    carry_out()
    for old in before.values():
        old.refresh_from_db()
    assert [one.name for one in successors_of(before["ha"], AFTER)] == ["UBND xã Mới", "UBND xã Thượng Hạ"]
    assert taker_of(before["ha"], AFTER).name == "UBND xã Mới"
    assert taker_of(before["district"], AFTER).name == "UBND xã Thượng Hạ"
    assert successors_of(before["ha"], BEFORE) == [before["ha"]]
    old_desk = Unit.objects.get(kind="desk", agency=before["thuong"])
    assert taker_of(old_desk, AFTER) == Unit.objects.get(kind="desk", agency=named("UBND xã Thượng Hạ"))
    old_division = Unit.objects.get(kind="division", agency=before["ha"])
    assert taker_of(old_division, AFTER) == Unit.objects.get(kind="division", agency=named("UBND xã Mới"))


def test_people_go_on_working_in_the_unit_that_takes_their_work(before):
    lan = Person.objects.create(kind="official", username="lan", full_name="Lan")
    desk = Unit.objects.get(kind="desk", agency=before["ha"])
    old = Post.objects.create(person=lan, unit=desk, role=Role.CLERK, title="Cán bộ Một cửa", valid_from=date(2022, 1, 1))
    carry_out()
    old.refresh_from_db()
    new = named("Bộ phận Một cửa UBND xã Mới")
    assert old.valid_to == DAY
    assert [(hat.role, hat.unit_id) for hat in hats(lan, BEFORE)] == [("clerk", desk.pk)]
    assert [(hat.role, hat.unit_id) for hat in hats(lan, DAY)] == [("clerk", new.pk)]


def test_a_second_run_changes_nothing(before):
    assert carry_out().changed is True
    state = [list(model.objects.order_by("pk").values()) for model in (Unit, UnitCode, Post, Event)]
    again = carry_out()
    assert (again.changed, again.announced) == (False, 0)
    assert [list(model.objects.order_by("pk").values()) for model in (Unit, UnitCode, Post, Event)] == state


def test_other_rooms_are_told_on_the_day_and_once(before):
    assert carry_out(today=date(2025, 6, 1)).announced == 0
    assert announce_successions(today=DAY, by=None, at=now()) == Succession.objects.count()
    assert announce_successions(today=DAY, by=None, at=now()) == 0
    told = {
        (event.announcement.predecessor_id, event.announcement.successor_id, event.announcement.takes_open_work)
        for event in Event.objects.filter(kind="directory.UnitSucceeded")
    }
    assert (before["ha"].pk, named("UBND xã Mới").pk, True) in told
    assert (before["ha"].pk, named("UBND xã Thượng Hạ").pk, False) in told


def test_a_unit_that_continues_keeps_its_row_and_takes_another_in(before):
    plan = PLAN | {
        "units": [{"code": "gso:20001", "name": "UBND xã Thượng", "kind": "commune", "continues": True, "from": [{"code": "gso:20002"}]}]
    }
    carry_out(plan)
    for old in before.values():
        old.refresh_from_db()
    assert (before["thuong"].valid_to, taker_of(before["ha"], AFTER)) == (None, before["thuong"])


@pytest.mark.parametrize(
    ("units", "sentence"),
    [
        ([{"code": "48", "name": "A", "kind": "province"}], "Mã đơn vị phải viết như gso:48 hoặc qd20:H17, không phải “48”."),
        ([{"code": "gso:9", "name": "A", "kind": "planet"}], "gso:9 A: không có loại đơn vị “planet”."),
        ([{"code": "gso:9", "name": "A", "kind": "commune", "parent": "gso:77"}], "gso:9 A: không có đơn vị cấp trên gso:77."),
        ([{"code": "gso:9", "name": "A", "kind": "commune", "continues": True}], "gso:9 A: không có đơn vị nào mang mã này để tiếp tục."),
        ([{"name": "A"}], "Tệp sắp xếp đơn vị không đúng mẫu (KeyError: 'code'). Xem README của phòng directory."),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_nothing_done(before, units, sentence):
    count = Unit.objects.count()
    with pytest.raises(Refused) as refused:
        carry_out(PLAN | {"units": units})
    assert (refused.value.sentence, Unit.objects.count()) == (sentence, count)


def test_only_an_administrator_reorganises(before):
    with pytest.raises(NotAllowed):
        carry_out(by=Person.objects.create(kind="official", username="chau", full_name="Châu"))


def test_an_origin_that_nobody_knows_is_reported_not_lost(before):
    plan = json.loads(json.dumps(PLAN))
    plan["units"][1]["from"].append({"code": "gso:29999", "name": "xã Lạ"})
    assert "gso:29999 xã Lạ: không có đơn vị nào mang mã này trước ngày sắp xếp." in carry_out(plan).warnings


HEAD = "old_code,old_name,old_district_code,old_district_name,old_province_code,partly,new_code,new_name,new_province_code\n"


def test_the_published_map_says_what_does_not_add_up():
    register = Register(
        communes={"1": "UBND xã Một", "2": "UBND xã Hai", "3": "UBND xã Ba"}, districts={"50": "UBND huyện"}, provinces={"48": "H17"}
    )
    rows = [
        "1,Xã Một,50,H,49,0,1,Xã Mới,48",
        "2,Xã Hai Cũ,50,H,49,1,1,Xã Mới,48",
        "9,Xã Chín,50,H,49,0,1,Xã Mới,48",
        "70,Xã Xa,60,H,40,0,70,Xã Xa,40",
    ]
    plan = read_map(HEAD + "\n".join(rows), on=DAY, register=register)
    assert plan.warnings == (
        "Dòng 9 Xã Chín → Xã Mới: xã cũ thuộc địa bàn này nhưng không có trong hệ thống.",
        "3 UBND xã Ba: tệp không nói đến, vẫn còn hiệu lực.",
        "2 Xã Hai Cũ: ghi là một phần nhưng tệp không nói phần còn lại về đâu.",
        "2: tệp gọi là Xã Hai Cũ, hệ thống gọi là UBND xã Hai.",
    )
    assert plan.elsewhere == 1


def test_a_map_without_its_columns_is_refused():
    with pytest.raises(Refused):
        read_map("a,b\n1,2\n", on=DAY, register=Register())


def run(*words):
    out = StringIO()
    call_command("import_units", *map(str, words), "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_map_comes_after_its_province(before, tmp_path):
    file = tmp_path / "map.csv"
    file.write_text(HEAD + "20001,Xã Thượng,501,H,49,0,20001,Xã Thượng Hạ,48\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Chưa có UBND cấp tỉnh mang mã 48 vào ngày 01/07/2025"):
        run(file, "--on", "2025-07-01")
    with pytest.raises(CommandError, match="Tệp CSV không mang ngày hiệu lực"):
        run(file)


def test_a_trial_changes_nothing(before, tmp_path):
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(PLAN), encoding="utf-8")
    outcome = run(file, "--dry-run")
    assert (outcome["changed"], outcome["dry_run"], Unit.objects.filter(valid_from=DAY).count()) == (True, True, 0)


def test_quang_nam_passes_into_da_nang_with_the_real_map(testdata, tmp_path):
    load(tmp_path / "people.json", at=now())
    people = Person.objects.filter(kind="official").count()
    january = run(DATA / "quang-nam-2025-01-01.json")
    day = date(2025, 1, 1)
    assert [Unit.objects.on(day).filter(kind=kind).count() for kind in ("district", "commune")] == [17, 233]
    assert january["warnings"] == []

    july = run(DATA / "da-nang-2025-07-01.json")
    assert [warning for warning in july["warnings"] if "được chia" not in warning] == [
        "17 cơ quan còn hiệu lực mà cấp trên đã kết thúc: UBND huyện Bắc Trà My, UBND huyện Duy Xuyên, UBND huyện Đại Lộc, "
        "UBND huyện Đông Giang, UBND huyện Hiệp Đức…."
    ]
    communes = run(testdata / "admin_units" / "map_commune_2025.csv", "--on", "2025-07-01")
    counts = {kind: Unit.objects.on(DAY).filter(kind=kind).count() for kind in ("province", "district", "commune", "department", "centre")}
    assert counts == {"province": 1, "district": 0, "commune": 78, "department": 18, "centre": 1}
    assert communes["elsewhere"] == 10565 - 233
    assert not [warning for warning in communes["warnings"] if "không có trong hệ thống" in warning or "còn hiệu lực" in warning]

    # Everyone who worked the day before works the day after, and every agency has a desk.
    working = Post.objects.filter(valid_to=None, unit__in=Unit.objects.on(DAY)).values("person").distinct().count()
    assert working == people
    assert not Post.objects.filter(valid_to=None).exclude(unit__in=Unit.objects.on(DAY)).exists()
    desks = set(Unit.objects.on(DAY).filter(kind="desk").values_list("agency_id", flat=True))
    assert set(Unit.objects.on(DAY).filter(kind__in=["commune", "department", "centre"]).values_list("pk", flat=True)) <= desks

    # Every unit that ended has exactly one that took its work, still there today.
    ended = Unit.objects.filter(valid_to__lte=DAY)
    assert [one for one in ended if taker_of(one, DAY) is None] == []
    tan_an = unit_by_code("gso", "20401", BEFORE)
    assert (tan_an.name, unit_by_code("gso", "20401", DAY).name) == ("UBND phường Tân An", "UBND phường Hội An Tây")
    assert [one.name for one in successors_of(tan_an, DAY)] == ["UBND phường Hội An Tây"]

    again = run(testdata / "admin_units" / "map_commune_2025.csv", "--on", "2025-07-01")
    assert again["changed"] is False
