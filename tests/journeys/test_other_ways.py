"""The other ways through the pages: counter and supplement, apology, refusal, parallel offices, a stand-in, a reorganisation."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate, now

from tinhso.directory.actions import lend_post
from tinhso.directory.models import Post, Role, Unit
from tinhso.dossiers.actions.reception import receive
from tinhso.dossiers.actions.transfers import transfer_open_work
from tinhso.dossiers.actions.work import draft_result, finish_step
from tinhso.dossiers.models import Dossier, Status, Step
from tinhso.dossiers.testing import PARALLEL, at, filed, open_step, publish
from tinhso.kernel.calendars import calendar_for

pytestmark = pytest.mark.browser


def ready_to_sign(office, version) -> Dossier:
    moment = now()
    dossier = receive(filed(office, version), by=office.clerk, at=moment)
    finish_step(open_step(dossier, "phan-cong"), by=office.head, at=moment)
    draft_result(dossier, grants=True, name="Giấy xác nhận", content={"body": "x"}, by=office.specialist, at=moment)
    finish_step(open_step(dossier, "tham-dinh"), by=office.specialist, at=moment)
    return dossier


def test_counter_filing_with_supplement_and_pause(office, version, seat):
    clerk = seat(office.clerk)
    clerk.go("/nghiep-vu/tiep-nhan/").sees("Xác nhận tình trạng thử nghiệm").judged().follow("Xác nhận tình trạng thử nghiệm").judged()
    clerk.fill("Số định danh cá nhân", "0491900").fill("Họ và tên", "Nguyễn Thị Bình An").fill("Mục đích", "vay vốn")
    clerk.press("Tiếp nhận, in giấy hẹn").sees("Cần sửa trước khi tiếp nhận").judged()
    clerk.fill("Số định danh cá nhân", "049190012345").fill("Số bản chính: Đơn đề nghị", "1")
    clerk.press("Tiếp nhận, in giấy hẹn").sees("Đã tiếp nhận hồ sơ").judged()
    dossier = Dossier.objects.get()

    clerk.unfold("Yêu cầu bổ sung")
    clerk.page.get_by_label("Giấy tờ kèm theo", exact=True).check()
    clerk.fill("Lý do", "Thiếu giấy tờ kèm theo")
    clerk.page.locator("#viec-ask-supplement").get_by_role("button").click()
    clerk.sees("Thời hạn tạm dừng").judged()
    dossier.refresh_from_db()
    assert (dossier.status, dossier.due_at) == (Status.SUPPLEMENT, None)

    an = seat(office.an, phone=True)
    an.go("/ho-so/").judged().follow("Xác nhận tình trạng").sees("Cần ông/bà bổ sung").judged().follow("Bổ sung ngay").judged()
    an.attach("Giấy tờ kèm theo", "phu.pdf").press("Gửi bổ sung").sees("Đã gửi bổ sung").judged()
    dossier.refresh_from_db()
    assert dossier.status == Status.PROCESSING
    assert dossier.due_at is not None


def test_late_and_with_an_apology_in_time(office, version, seat):
    late = receive(filed(office, version), by=office.clerk, at=at("2024-04-15 10:00"))
    running = receive(filed(office, version), by=office.clerk, at=now())
    leader = seat(office.leader)
    leader.go(late.get_absolute_url()).unfold("Xin lỗi và hẹn lại")
    day = localdate() + timedelta(days=30)
    while not calendar_for(office.commune.pk).is_working(day):
        day += timedelta(days=1)
    leader.fill("Ngày hẹn mới", f"{day:%d/%m/%Y}").fill("Lý do xin lỗi", "Mưa lũ, không đi thẩm tra được.")
    leader.page.locator("#viec-extend").get_by_role("button").click()
    leader.sees("Đã quá hạn trả").judged()
    leader.go(running.get_absolute_url()).unfold("Xin lỗi và hẹn lại")
    leader.fill("Ngày hẹn mới", f"{day:%d/%m/%Y}").fill("Lý do xin lỗi", "Mưa lũ, không đi thẩm tra được.")
    leader.page.locator("#viec-extend").get_by_role("button").click()
    leader.sees("Đã xin lỗi và hẹn lại").judged()
    an = seat(office.an, phone=True)
    an.go(f"/ho-so/{running.code}/").sees("Mưa lũ, không đi thẩm tra được.").unfold("Vì sao có ngày hẹn này?").sees("đã xin lỗi").judged()


def test_a_refusal_is_read_by_whoever_filed(office, version, seat):
    dossier = filed(office, version, now().strftime("%Y-%m-%d 09:00"))
    clerk = seat(office.clerk)
    clerk.go(dossier.get_absolute_url()).unfold("Từ chối tiếp nhận").fill("Lý do từ chối", "Không thuộc thẩm quyền của xã.")
    clerk.page.locator("#viec-refuse").get_by_role("button").click()
    clerk.sees("Đã từ chối tiếp nhận").judged()
    seat(office.an, phone=True).go(f"/ho-so/{dossier.code}/").sees("Không thuộc thẩm quyền của xã.").judged()


def test_two_offices_work_side_by_side(office, seat):
    dossier = receive(filed(office, publish(route=PARALLEL)), by=office.clerk, at=now())
    seat(office.land).go("/nghiep-vu/").follow(dossier.code).press("Xong “Kiểm tra đất”").sees("Đã chuyển bước")
    dossier.refresh_from_db()
    assert dossier.waiting_steps == ["ky"]
    specialist = seat(office.specialist).go("/nghiep-vu/").follow(dossier.code).judged()
    specialist.unfold("Xin ý kiến cơ quan khác")
    specialist.page.locator("#viec-ask-opinion").get_by_label("Cơ quan").select_option(label="Sở Tài nguyên và Môi trường")
    specialist.fill("Nội dung xin ý kiến", "Đất có tranh chấp không?")
    specialist.page.locator("#viec-ask-opinion").get_by_role("button").click()
    specialist.sees("Đã gửi xin ý kiến").judged()
    land = seat(office.land).go("/nghiep-vu/?hang-doi=y-kien").follow(dossier.code).judged()
    land.page.get_by_label("đồng ý", exact=True).first.check()
    land.fill("Nội dung trả lời", "Không có tranh chấp.").press("Trả lời").sees("Đã trả lời ý kiến")
    specialist.go(dossier.get_absolute_url()).sees("Không có tranh chấp.").judged()


def test_a_stand_in_signs_in_anothers_place(office, version, seat, pki):
    dossier = ready_to_sign(office, version)
    today = localdate()
    lend_post(
        office.leader.posts.get(), to=office.head, first=today, last=today, reason="Đi công tác", may_sign=True, by=office.leader, at=now()
    )
    head = seat(office.head)
    head.go("/nghiep-vu/?hang-doi=ky").sees(dossier.code).judged().follow(dossier.code).press("Ký kết quả").sees("Đã ký kết quả").judged()
    assert Step.objects.get(dossier=dossier, key="ky").acting_for == office.leader


def test_a_reorganisation_in_the_middle_of_a_dossier(office, version, seat, pki):
    dossier = ready_to_sign(office, version)
    since = date(2024, 1, 1)
    new = Unit.objects.create(kind=Unit.Kind.COMMUNE, name="UBND xã Tam Đàn Mới", valid_from=since)
    new.agency = new
    new.save()
    desk = Unit.objects.create(kind=Unit.Kind.DESK, name="Một cửa Tam Đàn Mới", agency=new, parent=new, valid_from=since)
    for person, unit, role in ((office.leader, new, Role.LEADER), (office.records, new, Role.RECORDS), (office.clerk, desk, Role.CLERK)):
        Post.objects.create(person=person, unit=unit, role=role, valid_from=since)
    for old, to in ((office.commune, new), (office.desk, desk)):
        transfer_open_work(old, to, reason="Sắp xếp đơn vị hành chính", at=now())
    seat(office.leader).go("/nghiep-vu/?hang-doi=ky").follow(dossier.code).sees("UBND xã Tam Đàn Mới").press("Ký kết quả").sees(
        "Đã ký kết quả"
    )
    seat(office.records).go("/nghiep-vu/").follow(dossier.code).press("Đóng dấu cơ quan").sees("Kết quả sẵn sàng để trả")
    clerk = seat(office.clerk).go("/nghiep-vu/?hang-doi=tra").follow(dossier.code).judged()
    clerk.press("Trả kết quả").sees("Đã trả kết quả")
    seat(office.an).go(f"/ho-so/{dossier.code}/").sees("Chuyển hồ sơ từ", "Sắp xếp đơn vị hành chính").judged()
