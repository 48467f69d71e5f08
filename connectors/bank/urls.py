from django.urls import path

from connectors.bank import views

urlpatterns = [path("api/v1/payments/callback", views.callback, name="bank-callback")]
