"""What the directory puts into the officers' menu."""

from tinhso.directory.access import can_administer, can_administer_province, can_operate, hats
from tinhso.kernel.menu import Entry, add

add(Entry("officer", "Ủy quyền", "lending", "user-check", order=80, shown=lambda person: bool(hats(person))))
add(Entry("officer", "Cơ quan, đơn vị", "units", "building-community", order=90, shown=lambda person: bool(hats(person))))
add(Entry("administrator", "Người dùng", "people", "users", order=10, shown=can_administer))
add(Entry("operator", "Sự kiện", "events", "list-check", order=10, shown=can_operate))
add(Entry("administrator", "Lịch làm việc", "calendar", "calendar", order=15, shown=can_administer))
add(Entry("administrator", "Hệ thống và mã API", "systems", "key", order=20, shown=can_administer_province))
