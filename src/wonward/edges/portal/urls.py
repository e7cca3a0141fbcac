from django.urls import path

from wonward.edges.portal import approval_views, feed_views, form_views, proposal_views

urlpatterns = [
    path("a/<str:token>/", approval_views.public_approval, name="public_approval"),
    path("a/<str:token>/seen/", approval_views.public_approval_seen, name="public_approval_seen"),
    path("a/<str:token>/files/<int:place>/", approval_views.public_approval_file, name="public_approval_file"),
    path("calendar/<str:token>/person.ics", feed_views.person_calendar, name="person_calendar"),
    path("calendar/<str:token>/project.ics", feed_views.project_calendar_feed, name="project_calendar_feed"),
    path("f/<str:key>/", form_views.public_form, name="public_form"),
    path("p/<str:token>/", proposal_views.public_proposal, name="public_proposal"),
    path("p/<str:token>/file.pdf", proposal_views.public_proposal_file, name="public_proposal_file"),
]
