from django.urls import path

from wonward.edges.web.insights import views

urlpatterns = [
    path("objectives/", views.objectives, name="objectives"),
    path("objectives/new/", views.new_objective, name="new_objective"),
    path("objectives/<int:objective_id>/", views.objective, name="objective"),
    path("objectives/<int:objective_id>/editing/", views.objective_editing, name="objective_editing"),
    path("objectives/<int:objective_id>/archiving/", views.objective_archiving, name="objective_archiving"),
]
