"""Pages of messages: everybody's own, the operator's, the keeper of wordings'."""

from django.urls import path

from tinhso.messaging.views import keeping, mine

urlpatterns = [
    path("thong-bao/", mine.index, name="notices"),
    path("thong-bao/da-doc/", mine.read_all, name="read-notices"),
    path("thong-bao/<int:number>/", mine.detail, name="notice"),
    path("quan-tri/thong-bao-chua-gui/", keeping.undelivered, name="undelivered-notices"),
    path("quan-tri/thong-bao-chua-gui/<int:number>/gui-lai/", keeping.again, name="deliver-notice-again"),
    path("quan-tri/mau-thong-bao/", keeping.templates, name="message-templates"),
    path("quan-tri/mau-thong-bao/<slug:key>/", keeping.template, name="message-template"),
]
