from django.urls import URLPattern, URLResolver, path

from tinhso.procedures.views import catalogue, drafts, imports

urlpatterns: list[URLPattern | URLResolver] = [
    path("quan-tri/thu-tuc/", catalogue.index, name="catalogue"),
    path("quan-tri/thu-tuc/them/", drafts.add, name="add-procedure"),
    path("quan-tri/thu-tuc/nhap/", imports.index, name="catalogue-imports"),
    path("quan-tri/thu-tuc/nhap/<int:pk>/", imports.detail, name="catalogue-import"),
    path("quan-tri/thu-tuc/<str:code>/", catalogue.history, name="catalogue-procedure"),
    path("quan-tri/thu-tuc/<str:code>/ban-nhap/", drafts.start, name="start-draft"),
    path("quan-tri/thu-tuc/<str:code>/<int:number>/", catalogue.version, name="catalogue-version"),
    path("quan-tri/thu-tuc/<str:code>/<int:number>/sua/", drafts.edit, name="edit-draft"),
    path("quan-tri/thu-tuc/<str:code>/<int:number>/cong-khai/", drafts.publish, name="publish-draft"),
    path("quan-tri/thu-tuc/<str:code>/<int:number>/bo/", drafts.discard, name="discard-draft"),
]
