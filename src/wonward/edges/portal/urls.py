from django.urls import path

from wonward.edges.portal import form_views, proposal_views

urlpatterns = [
    path("f/<str:key>/", form_views.public_form, name="public_form"),
    path("p/<str:token>/", proposal_views.public_proposal, name="public_proposal"),
    path("p/<str:token>/file.pdf", proposal_views.public_proposal_file, name="public_proposal_file"),
]
