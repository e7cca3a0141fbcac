from django.urls import path

from wonward.edges.web.health import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("failures/", views.failures, name="failures"),
    path("failures/replay/", views.failures_replay, name="failures_replay"),
]
