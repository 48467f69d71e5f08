from django.urls import URLPattern, URLResolver, path

from connectors.eid import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("tai-khoan/dinh-danh/", views.begin, name="eid_login"),
    path("tai-khoan/dinh-danh/ve/", views.finish, name="eid_callback"),
]
