"""Setting up: templates and imports."""

from django.urls import path

from wonward.edges.web.settings import import_views, views

urlpatterns = [
    path("templates/", views.templates, name="templates"),
    path("templates/<int:template_id>/", views.template, name="template"),
    path("imports/", import_views.imports, name="imports"),
]
