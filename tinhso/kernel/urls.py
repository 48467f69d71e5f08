from django.urls import path

from tinhso.kernel.api_docs import api_docs

urlpatterns = [
    path("api/v1/docs/", api_docs, name="api-docs"),
]
