"""Pages of payments: the payer's, the clerk's, the reconciler's."""

from django.urls import path

from tinhso.payments.views import paying, reconciling

urlpatterns = [
    path("thanh-toan/<str:token>/", paying.pay, name="pay"),
    path("thanh-toan/<str:token>/trang-thai/", paying.state, name="pay-state"),
    path("thanh-toan/<str:token>/ma-qr.svg", paying.qr_image, name="pay-qr"),
    path("thanh-toan/<str:token>/tien-mat/", paying.cash, name="pay-cash"),
    path("thanh-toan/<str:token>/bien-lai.pdf", paying.receipt, name="pay-receipt"),
    path("quan-tri/doi-soat/", reconciling.index, name="reconciliation"),
    path("quan-tri/doi-soat/<int:number>/xong/", reconciling.settle, name="settle-payment"),
    path("quan-tri/doi-soat/<int:number>/gan/", reconciling.attach, name="attach-payment"),
    path("quan-tri/hoan-tien/<int:number>/", reconciling.end_refund, name="end-refund"),
]
