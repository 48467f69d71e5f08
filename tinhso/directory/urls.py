from django.urls import URLPattern, URLResolver, path

from tinhso.directory.views import calendar, lending, operations, people, systems, units

urlpatterns: list[URLPattern | URLResolver] = [
    path("quan-tri/nguoi-dung/", people.index, name="people"),
    path("quan-tri/nguoi-dung/them/", people.add, name="add-official"),
    path("quan-tri/nguoi-dung/<int:pk>/", people.detail, name="official"),
    path("quan-tri/nguoi-dung/<int:pk>/vi-tri/", people.give, name="give-post"),
    path("quan-tri/nguoi-dung/<int:pk>/vi-tri/<int:post_pk>/ket-thuc/", people.end, name="end-post"),
    path("quan-tri/nguoi-dung/<int:pk>/hai-lop/", people.second_factor, name="reset-second-factor"),
    path("quan-tri/nguoi-dung/<int:pk>/phien/", people.sessions, name="end-sessions"),
    path("quan-tri/nguoi-dung/<int:pk>/mat-khau/", people.password, name="give-password"),
    path("quan-tri/nguoi-dung/<int:pk>/hoat-dong/", people.activity, name="official-activity"),
    path("quan-tri/he-thong/", systems.index, name="systems"),
    path("quan-tri/he-thong/<int:pk>/", systems.detail, name="system"),
    path("quan-tri/he-thong/<int:pk>/ma/", systems.issue, name="issue-token"),
    path("quan-tri/he-thong/<int:pk>/ma/<int:token_pk>/thu-hoi/", systems.revoke, name="revoke-token"),
    path("quan-tri/don-vi/", units.index, name="units"),
    path("quan-tri/don-vi/<int:pk>/", units.detail, name="unit"),
    path("quan-tri/su-kien/", operations.index, name="events"),
    path("quan-tri/su-kien/<int:pk>/", operations.decide, name="decide-delivery"),
    path("quan-tri/lich-lam-viec/", calendar.index, name="calendar"),
    path("quan-tri/lich-lam-viec/ngay/", calendar.add_day, name="add-calendar-day"),
    path("quan-tri/lich-lam-viec/hoan-doi/", calendar.swap, name="swap-calendar-days"),
    path("quan-tri/lich-lam-viec/gio/", calendar.hours, name="set-office-hours"),
    path("quan-tri/lich-lam-viec/<int:pk>/bo/", calendar.remove, name="remove-calendar-day"),
    path("toi/uy-quyen/", lending.lending, name="lending"),
    path("toi/uy-quyen/<int:pk>/thu-hoi/", lending.take_back, name="take-back"),
]
