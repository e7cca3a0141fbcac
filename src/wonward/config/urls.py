"""Every door in one list."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("wonward.edges.web.work.urls")),
    path("", include("wonward.edges.web.sales.urls")),
    path("", include("wonward.edges.web.delivery.urls")),
    path("", include("wonward.edges.web.clients.urls")),
    path("", include("wonward.edges.web.settings.urls")),
]
