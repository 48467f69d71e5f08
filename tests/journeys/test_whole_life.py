"""A citizen files from a phone; the desk, the office, the leader and the seal do their part; the result verifies and is rated."""

import pytest

from tinhso.dossiers.models import Dossier, Status
from tinhso.kernel.files import read
from tinhso.signing.queries import verify_pdf

pytestmark = pytest.mark.browser


def test_the_whole_life_online(office, version, seat, pki):
    an = seat(office.an, phone=True)
    an.go("/nop-ho-so/1.000001/").judged()
    an.page.get_by_label("Cơ quan giải quyết").select_option(label="UBND xã Tam Đàn")
    an.press("Bắt đầu").sees("Bước 1/4").judged()
    an.press("Lưu và tiếp tục").sees("Cần sửa trước khi tiếp tục").judged()
    an.fill("Mục đích", "vay vốn").press("Lưu và tiếp tục").sees("Bước 2/4").judged()
    an.attach("Đơn đề nghị", "don.pdf").press("Lưu và tiếp tục").sees("Bước 3/4").judged()
    an.press("Lưu và xem lại").sees("vay vốn", "don.pdf").judged()
    an.press("Nộp hồ sơ").sees("Đã nộp hồ sơ").judged()
    dossier = Dossier.objects.get()
    an.sees(dossier.code).follow("Theo dõi hồ sơ").sees("Bộ phận Một cửa kiểm tra hồ sơ").judged()

    clerk = seat(office.clerk)
    clerk.go("/nghiep-vu/").sees("Chờ tiếp nhận", dossier.code).judged()
    clerk.follow(dossier.code).press("Tiếp nhận hồ sơ").sees("Đã tiếp nhận hồ sơ").judged()

    head = seat(office.head)
    head.go("/nghiep-vu/").follow(dossier.code).press("Xong “Phân công”").sees("Đã chuyển bước")

    specialist = seat(office.specialist)
    specialist.go("/nghiep-vu/").follow(dossier.code).judged()
    specialist.fill("Nội dung", "Xác nhận bà Nguyễn Thị Bình An cư trú tại xã.").press("Lưu dự thảo").sees("Đã lưu dự thảo kết quả")
    specialist.press("Xong “Thẩm định”").sees("Đã chuyển bước").judged()

    leader = seat(office.leader)
    leader.go("/nghiep-vu/ky/").sees(dossier.code, "Giấy xác nhận").judged()
    leader.press("Ký các kết quả đã chọn").sees("đã ký số 01/KQ-UBND").judged()

    records = seat(office.records)
    records.go("/nghiep-vu/").follow(dossier.code).press("Đóng dấu cơ quan").sees("Kết quả sẵn sàng để trả").judged()

    an.go(f"/ho-so/{dossier.code}/").sees("Đã có kết quả").judged()
    with an.page.expect_download() as download:
        an.follow("Tải kết quả")
    content = download.value.path().read_bytes()
    assert [(verdict.intact, verdict.trusted) for verdict in verify_pdf(content)] == [(True, True)] * 2
    assert content == read(dossier.results.get().file)
    an.go(f"/ho-so/{dossier.code}/")
    an.page.get_by_label("Rất hài lòng").check()
    an.press("Gửi đánh giá").sees("Cảm ơn ông/bà đã đánh giá").judged()
    dossier.refresh_from_db()
    assert dossier.status == Status.RETURNED

    visitor = seat(None)
    visitor.go(f"/xac-minh/ket-qua/{dossier.results.get().reference}/").sees("UBND xã Tam Đàn", "01/KQ-UBND").judged()
    visitor.go(dossier.tracking_url()).sees("Đã trả kết quả").judged()
