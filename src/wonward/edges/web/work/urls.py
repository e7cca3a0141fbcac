from django.urls import path

from wonward.edges.web.work import inbox_views, profile_views, reminder_views, views

urlpatterns = [
    path("", views.my_work, name="my_work"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("search/", views.search, name="search"),
    path("inbox/", inbox_views.inbox, name="inbox"),
    path("inbox/count/", inbox_views.inbox_count, name="inbox_count"),
    path("inbox/done/", inbox_views.inbox_all_done, name="inbox_all_done"),
    path("inbox/reopening/", inbox_views.inbox_reopening, name="inbox_reopening"),
    path("inbox/quiet/", inbox_views.inbox_quiet, name="inbox_quiet"),
    path("inbox/<int:thread_id>/", inbox_views.inbox_thread, name="inbox_thread"),
    path("inbox/<int:thread_id>/reading/", inbox_views.inbox_reading, name="inbox_reading"),
    path("inbox/<int:thread_id>/done/", inbox_views.inbox_done, name="inbox_done"),
    path("inbox/<int:thread_id>/snooze/", inbox_views.inbox_snooze, name="inbox_snooze"),
    path("inbox/<int:thread_id>/mute/", inbox_views.inbox_mute, name="inbox_mute"),
    path("reminders/", reminder_views.reminders, name="reminders"),
    path("reminders/<int:reminder_id>/removal/", reminder_views.reminder_removal, name="reminder_removal"),
    path("records/notices/", reminder_views.record_notices, name="record_notices"),
    path("records/following/", reminder_views.record_following, name="record_following"),
    path("preferences/", views.preferences, name="preferences"),
    path("profile/notices/", profile_views.profile_notices, name="profile_notices"),
]
