from django.urls import path

from connectors.mail import views

urlpatterns = [
    path("mo-phong/thu/", views.index, name="simulated-mails"),
    path("mo-phong/thu/<str:key>/", views.detail, name="simulated-mail"),
]
