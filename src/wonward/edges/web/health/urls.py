from django.urls import path

from wonward.edges.web.health import views

urlpatterns = [
    path("failures/", views.failures, name="failures"),
    path("failures/replay/", views.failures_replay, name="failures_replay"),
    path("failures/<int:delivery_id>/replay/", views.failure_replay, name="failure_replay"),
    path("failures/jobs/<uuid:job_id>/retry/", views.job_retry, name="job_retry"),
]
