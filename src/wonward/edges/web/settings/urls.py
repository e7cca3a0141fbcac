from django.urls import path

from wonward.edges.web.settings import views

urlpatterns = [
    path("templates/", views.templates, name="templates"),
    path("templates/<int:template_id>/", views.template, name="template"),
]
