import gettext
import io

from deploy.messages import compiled, entries

PO = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: a.py:1
msgid "Nộp hồ sơ"
msgstr "File a "
"dossier"

#, fuzzy
msgid "Chưa chắc"
msgstr "Not sure"

msgctxt "verb"
msgid "Ký"
msgstr "Sign"

msgid "%d ngày"
msgid_plural "%d ngày"
msgstr[0] "%d day"
msgstr[1] "%d days"

msgid "Chưa dịch"
msgstr ""
"""


def test_python_reads_what_we_compile():
    catalogue = gettext.GNUTranslations(io.BytesIO(compiled(entries(PO))))
    assert [
        catalogue.gettext("Nộp hồ sơ"),
        catalogue.gettext("Chưa chắc"),
        catalogue.pgettext("verb", "Ký"),
        catalogue.ngettext("%d ngày", "%d ngày", 1),
        catalogue.ngettext("%d ngày", "%d ngày", 5),
        catalogue.gettext("Chưa dịch"),
    ] == ["File a dossier", "Chưa chắc", "Sign", "%d day", "%d days", "Chưa dịch"]
