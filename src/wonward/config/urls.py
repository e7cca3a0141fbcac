"""Every door in one list."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from wonward.edges.api.v1.site import show_nothing
from wonward.edges.web.shell.areas import Area

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("wonward.edges.api.v1.site")),
    re_path(r"^api(?:/|$)", show_nothing),
    Area("wonward.edges.web.work.urls"),
    Area("wonward.edges.web.sales.urls"),
    Area("wonward.edges.web.delivery.urls"),
    Area("wonward.edges.web.capacity.urls"),
    Area("wonward.edges.web.clients.urls"),
    Area("wonward.edges.web.insights.urls"),
    Area("wonward.edges.web.lists.urls"),
    Area("wonward.edges.web.settings.urls"),
    Area("wonward.edges.web.health.urls"),
    Area("wonward.edges.web.start.urls"),
    Area("wonward.edges.portal.urls"),
]

handler404 = "wonward.edges.web.shell.wrong_doors.show_missing"
