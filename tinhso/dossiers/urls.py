"""Pages of dossiers: the public's, the citizen's, the officer's."""

from django.urls import path

from tinhso.dossiers.views import public

urlpatterns = [
    path("tra-cuu/", public.find, name="find-dossier"),
    path("tra-cuu/<str:reference>/", public.track, name="track-dossier"),
    path("xac-minh/ket-qua/<str:reference>/", public.verify_result, name="verify-result"),
]
