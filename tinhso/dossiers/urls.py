"""Pages of dossiers: the public's, the citizen's, the officer's."""

from django.urls import path

from tinhso.dossiers.views import counter, desk, figures, files, filing, mine, prints, public, verbs

urlpatterns = [
    path("tra-cuu/", public.find, name="find-dossier"),
    path("tra-cuu/<str:reference>/", public.track, name="track-dossier"),
    path("xac-minh/ket-qua/<str:reference>/", public.verify_result, name="verify-result"),
    path("nop-ho-so/<str:code>/", filing.begin, name="file-dossier"),
    path("nop-ho-so/<str:code>/xoa-nhap/", filing.discard, name="discard-draft"),
    path("nop-ho-so/<str:code>/<slug:page_key>/", filing.page, name="file-page"),
    path("nop-ho-so/<str:code>/<slug:page_key>/luu/", filing.autosave, name="file-autosave"),
    path("ho-so/", mine.index, name="my-dossiers"),
    path("ho-so/giay-to/<int:pk>/", files.paper, name="paper"),
    path("ho-so/giay-to-nhap/<int:pk>/", files.draft_paper, name="draft-paper"),
    path("ho-so/ket-qua/<str:reference>/", files.result, name="result-file"),
    path("ho-so/<str:code>/", mine.detail, name="my-dossier"),
    path("ho-so/<str:code>/da-nop/", filing.filed, name="dossier-filed"),
    path("ho-so/<str:code>/bo-sung/", mine.answer_supplement, name="supplement"),
    path("ho-so/<str:code>/rut/", mine.take_back, name="withdraw"),
    path("ho-so/<str:code>/danh-gia/", mine.give_rating, name="rate"),
    path("nghiep-vu/", desk.desk, name="desk"),
    path("nghiep-vu/tim/", desk.search, name="desk-search"),
    path("nghiep-vu/tiep-nhan/", counter.choose, name="counter"),
    path("nghiep-vu/tiep-nhan/<str:code>/", counter.take, name="counter-take"),
    path("nghiep-vu/ky/", verbs.sign_many, name="sign-many"),
    path("nghiep-vu/ho-so/<str:code>/", desk.detail, name="desk-dossier"),
    path("nghiep-vu/ho-so/<str:code>/du-thao.pdf", files.result_draft, name="result-draft"),
    path("nghiep-vu/ho-so/<str:code>/<slug:verb>/", verbs.do, name="desk-verb"),
    path("ho-so/<str:reference>/giay-hen.pdf", prints.receipt, name="receipt"),
    path("nghiep-vu/ho-so/<str:code>/phieu/<slug:form>.pdf", prints.form, name="dossier-form"),
    path("nghiep-vu/so-theo-doi.pdf", prints.register, name="register"),
    path("nghiep-vu/bao-cao/", figures.figures, name="figures"),
    path("nghiep-vu/bao-cao/ho-so/", figures.behind, name="figure-list"),
    path("nghiep-vu/bao-cao/bieu-06.xlsx", figures.sheet, name="figures-sheet"),
    path("nghiep-vu/bao-cao/bieu-06.pdf", figures.paper, name="figures-paper"),
]
