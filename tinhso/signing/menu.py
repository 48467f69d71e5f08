"""Where signing is found in the menus."""

from tinhso.kernel.menu import Entry, add
from tinhso.signing.access import can_keep_certificates

add(Entry("citizen", "Kiểm tra chữ ký số", "verify-file", "signature", order=80))
add(Entry("operator", "Gốc tin cậy", "trust-anchors", "shield-lock", order=61, shown=can_keep_certificates))
add(Entry("operator", "Chứng thư số", "certificates", "certificate", order=60, shown=can_keep_certificates))
