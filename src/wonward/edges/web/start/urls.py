from django.urls import path

from wonward.edges.web.start import views

urlpatterns = [
    path("start/", views.start, name="start"),
    path("start/house/", views.start_house, name="start_house"),
    path("start/pipeline/", views.start_pipeline, name="start_pipeline"),
    path("start/services/", views.start_services, name="start_services"),
    path("start/people/", views.start_people, name="start_people"),
]
