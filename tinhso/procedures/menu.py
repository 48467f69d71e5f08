"""What the catalogue puts into the officers' menu."""

from tinhso.kernel.menu import Entry, add
from tinhso.procedures.access import can_keep_catalogue

add(Entry("administrator", "Danh mục thủ tục", "catalogue", "book", order=30, shown=can_keep_catalogue))
