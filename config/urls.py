"""Every door of the house. Each room lists its own pages in `urls.py`."""

from django.urls import include, path

from config import health
from tinhso.kernel.api import open_api
from ui.gallery import gallery

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

urlpatterns = [
    # First: programs ask most often, and patterns are tried in order.
    path("api/v1/", open_api()),
    path("health", health.health, name="health"),
    path("ready", health.ready, name="ready"),
    path("", include("tinhso.portal.urls")),
    path("", include("tinhso.kernel.urls")),
    path("", include("tinhso.directory.urls")),
    path("", include("tinhso.messaging.urls")),
    path("", include("tinhso.signing.urls")),
    path("", include("tinhso.sharing.urls")),
    path("", include("tinhso.payments.urls")),
    path("", include("tinhso.procedures.urls")),
    path("", include("tinhso.dossiers.urls")),
    path("", include("connectors.urls")),
    path("tai-khoan/", include("tinhso.directory.sign_in_urls")),
    path("giao-dien/", gallery, name="gallery"),
    path("i18n/", include("django.conf.urls.i18n")),
]
