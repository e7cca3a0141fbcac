from django.urls import path

from wonward.edges.web.lists import views

urlpatterns = [
    path("views/new/", views.new_view, name="new_view"),
    path("views/columns/", views.view_columns, name="view_columns"),
    path("views/<int:view_id>/", views.saved_view, name="saved_view"),
    path("views/<int:view_id>/state/", views.view_state, name="view_state"),
    path("views/<int:view_id>/pin/", views.view_pin, name="view_pin"),
    path("views/<int:view_id>/deletion/", views.view_deletion, name="view_deletion"),
]
