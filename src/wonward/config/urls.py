"""Every door in one list."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from wonward.edges.api.v1.site import show_nothing

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("wonward.edges.api.v1.site")),
    re_path(r"^api(?:/|$)", show_nothing),
    path("", include("wonward.edges.web.work.urls")),
    path("", include("wonward.edges.web.sales.urls")),
    path("", include("wonward.edges.web.delivery.urls")),
    path("", include("wonward.edges.web.capacity.urls")),
    path("", include("wonward.edges.web.clients.urls")),
    path("", include("wonward.edges.web.insights.urls")),
    path("", include("wonward.edges.web.lists.urls")),
    path("", include("wonward.edges.web.settings.urls")),
    path("", include("wonward.edges.web.health.urls")),
    path("", include("wonward.edges.web.start.urls")),
    path("", include("wonward.edges.portal.urls")),
]

handler404 = "wonward.edges.web.shell.wrong_doors.show_missing"
