"""Where messages stand in the menus."""

from tinhso.kernel.menu import Entry, add
from tinhso.messaging.access import can_operate, can_word
from tinhso.messaging.queries import unread_count

for audience in ("citizen", "officer"):
    add(Entry(audience, "Thông báo", "notices", "bell", order=80, count=unread_count))
add(Entry("operator", "Thông báo chưa gửi được", "undelivered-notices", "mail", order=60, shown=can_operate))
add(Entry("administrator", "Mẫu thông báo", "message-templates", "file-text", order=60, shown=can_word))
