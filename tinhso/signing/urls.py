from django.urls import path

from tinhso.signing.views import keeping, public, trusting

urlpatterns = [
    path("xac-minh/tep/", public.verify_file, name="verify-file"),
    path("quan-tri/chung-thu/", keeping.certificates, name="certificates"),
    path("quan-tri/goc-tin-cay/", trusting.anchors, name="trust-anchors"),
    path("quan-tri/goc-tin-cay/<str:fingerprint>/thoi/", trusting.end, name="trust-anchor-end"),
    path("quan-tri/chung-thu/<str:serial>/", keeping.certificate, name="certificate"),
    path("quan-tri/chung-thu/<str:serial>/thu-hoi/", keeping.revoke, name="certificate-revoke"),
    path("quan-tri/chung-thu/<str:serial>/cap-lai/", keeping.renew, name="certificate-renew"),
]
