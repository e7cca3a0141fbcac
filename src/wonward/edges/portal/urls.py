from django.urls import path

from wonward.edges.portal import form_views

urlpatterns = [
    path("f/<str:key>/", form_views.public_form, name="public_form"),
]
