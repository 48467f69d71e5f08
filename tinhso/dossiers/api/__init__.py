"""Dossiers for programs: `/api/v1/dossiers` and the files that come with them, one module per kind of conversation."""

from tinhso.dossiers.api import filing, reading, verbs
from tinhso.kernel.api import serve

serve("dossiers", reading.router, tag="Hồ sơ")
serve("dossiers", verbs.router, tag="Xử lý hồ sơ")
serve("files", filing.files, tag="Tệp")
