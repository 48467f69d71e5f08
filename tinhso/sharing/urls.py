"""The pages about outside systems that are told of events."""

from django.urls import path

from tinhso.sharing import views

urlpatterns = [
    path("quan-tri/nhan-su-kien/", views.subscriptions, name="subscriptions"),
    path("quan-tri/nhan-su-kien/<int:number>/gui-lai/", views.again, name="subscription-again"),
    path("quan-tri/nhan-su-kien/<int:number>/ket-thuc/", views.end, name="subscription-end"),
]
