"""Setting up: templates and imports."""

from django.urls import path

from wonward.edges.web.settings import import_views, views

urlpatterns = [
    path("templates/", views.templates, name="templates"),
    path("templates/<int:template_id>/", views.template, name="template"),
    path("imports/", import_views.imports, name="imports"),
    path("imports/<int:batch_id>/", import_views.import_batch, name="import_batch"),
    path("imports/<int:batch_id>/commit/", import_views.import_commit, name="import_commit"),
    path("imports/<int:batch_id>/undo/", import_views.import_undo, name="import_undo"),
]
