"""Pages of the front door."""

from django.urls import path

from tinhso.portal.views import account, catalogue, front

urlpatterns = [
    path("", front.home, name="home"),
    path("tim/", front.search, name="search"),
    path("tim/goi-y/", front.answers, name="search-answers"),
    path("su-kien/<slug:key>/", front.life_event, name="life-event"),
    path("thu-tuc/", catalogue.procedures, name="procedures"),
    path("thu-tuc/<str:code>/", catalogue.procedure, name="procedure"),
    path("tai-khoan-cua-toi/", account.account, name="my-account"),
    path("tai-khoan-cua-toi/luot-xem/", account.readings, name="who-read"),
]
