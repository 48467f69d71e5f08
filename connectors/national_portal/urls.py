"""The pages of those who look after the synchronisation."""

from django.urls import path

from connectors.national_portal import views

urlpatterns = [
    path("quan-tri/dong-bo/", views.overview, name="portal-sync"),
    path("quan-tri/dong-bo/doi-chieu/", views.compare_now, name="portal-compare"),
    path("quan-tri/dong-bo/<str:code>/gui-lai/", views.again, name="portal-send-again"),
]
