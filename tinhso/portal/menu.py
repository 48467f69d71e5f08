"""Where the front door stands in the citizens' menu: the first five entries are the bar of a phone."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.menu import Entry, add

add(Entry("citizen", _("Trang chủ"), "home", "home", order=5))
add(Entry("citizen", _("Thủ tục"), "procedures", "list-check", order=10))
