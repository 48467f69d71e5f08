"""The report II.06 on paper and as a sheet, in the exact order of its columns."""

from datetime import date, datetime
from io import BytesIO

import xlsxwriter
from django.conf import settings
from django.utils.timezone import localdate

from tinhso.directory.models import Unit
from tinhso.dossiers.printing.press import set_paper
from tinhso.dossiers.printing.results import issuer_above, leader_title
from tinhso.dossiers.printing.words import long_day, place_name
from tinhso.dossiers.queries.report import BY_FIELD, COLUMNS, Report

TITLE = "Tình hình, kết quả giải quyết thủ tục hành chính"
BASIS = "Ban hành kèm theo Thông tư số 01/2020/TT-VPCP"


def spoken(first: date, last: date) -> str:
    return f"Kỳ báo cáo: từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"


def report_pdf(report: Report, agency: Unit | None, *, at: datetime) -> bytes:
    """Return the report as PDF; without an agency it is the whole province's."""
    name = agency.name if agency else f"UBND {settings.ENV.province_name}"
    return set_paper(
        "report",
        {
            "above": issuer_above(agency) if agency else "",
            "agency": name,
            "place": f"{place_name(name, settings.ENV.province_name)}, {long_day(localdate(at))}",
            "model": f"Biểu số {report.number}/VPCP/KSTT, {BASIS}",
            "title": TITLE,
            "period": spoken(report.period.first, report.period.last),
            "first": "Lĩnh vực giải quyết" if report.grouping == BY_FIELD else "Cơ quan giải quyết",
            "rows": _rows(report),
            "total": [_number(getattr(report.total, column)) for column, _, _ in COLUMNS],
            "balance": report.balance,
            "leader": leader_title(agency) if agency else "TM. ỦY BAN NHÂN DÂN",
        },
        at=at,
    )


def _rows(report: Report) -> list[list[str]]:
    """Return the rows as text; a row of one cell is the heading of a level."""
    rows: list[list[str]] = []
    number = 0
    for level, members in report.levels:
        if level:
            rows.append([level])
        for row in members:
            number += 1
            rows.append([str(number), row.name, *(_number(value) for _, value in row.cells)])
    return rows


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def report_sheet(report: Report, agency: Unit | None, *, at: datetime) -> bytes:
    """Return the report as xlsx, ready to be sent on: numbers are numbers, the head is the form's."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    book.set_properties({"title": TITLE, "created": at.replace(tzinfo=None)})
    face = {"font_name": "Times New Roman", "font_size": 12}
    plain = book.add_format(face | {"border": 1, "text_wrap": True, "valign": "vcenter"})
    count = book.add_format(face | {"border": 1, "num_format": "#,##0"})
    strong_count = book.add_format(face | {"border": 1, "num_format": "#,##0", "bold": True})
    head = book.add_format(face | {"border": 1, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True})
    small = book.add_format(face | {"border": 1, "italic": True, "align": "center", "font_size": 10})
    level_style = book.add_format(face | {"border": 1, "bold": True})
    title = book.add_format(face | {"bold": True, "align": "center", "font_size": 14})
    centre = book.add_format(face | {"align": "center", "italic": True})
    words = book.add_format(face | {"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(report.number)
    last = len(COLUMNS) + 1
    sheet.merge_range(0, 0, 0, 4, agency.name if agency else f"UBND {settings.ENV.province_name}", book.add_format(face | {"bold": True}))
    sheet.merge_range(0, 7, 0, last, f"Biểu số {report.number}/VPCP/KSTT", book.add_format(face | {"align": "right", "italic": True}))
    sheet.merge_range(1, 0, 1, last, TITLE.upper(), title)
    sheet.merge_range(2, 0, 2, last, spoken(report.period.first, report.period.last), centre)
    sheet.merge_range(3, 10, 3, last, "Đơn vị tính: hồ sơ", centre)
    top = 4
    sheet.merge_range(top, 0, top + 1, 0, "STT", head)
    sheet.merge_range(top, 1, top + 1, 1, "Lĩnh vực giải quyết" if report.grouping == BY_FIELD else "Cơ quan giải quyết", head)
    groups = list(dict.fromkeys(group for _, _, group in COLUMNS))
    for group in groups:
        places = [place for place, column in enumerate(COLUMNS, 2) if column[2] == group]
        sheet.merge_range(top, places[0], top, places[-1], group, head)
    for place, (_, label, _) in enumerate(COLUMNS, 2):
        sheet.write(top + 1, place, label, head)
    for place in range(last + 1):
        sheet.write(top + 2, place, f"({place + 1})", small)
    line, number = top + 3, 0
    for level, members in report.levels:
        if level:
            sheet.merge_range(line, 0, line, last, level, level_style)
            line += 1
        for row in members:
            number += 1
            sheet.write_number(line, 0, number, plain)
            sheet.write_string(line, 1, row.name, plain)
            for place, (_, value) in enumerate(row.cells, 2):
                sheet.write_number(line, place, value, count)
            line += 1
    sheet.merge_range(line, 0, line, 1, "Tổng cộng", level_style)
    for place, (name, _, _) in enumerate(COLUMNS, 2):
        sheet.write_number(line, place, getattr(report.total, name), strong_count)
    sheet.merge_range(line + 1, 0, line + 1, last, report.balance, words)
    sheet.set_row(line + 1, 48)
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 42)
    sheet.set_column(2, last, 12)
    sheet.set_row(top + 1, 48)
    sheet.freeze_panes(top + 3, 2)
    sheet.repeat_rows(top, top + 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    return made.getvalue()
