"""Who has time, and what the pipeline will ask."""

from django.urls import path

from wonward.edges.web.capacity import (
    balance_views,
    booking_views,
    date_views,
    leveling_views,
    outlook_views,
    team_views,
    views,
)

urlpatterns = [
    path("capacity/", views.planner, name="planner"),
    path("capacity/outlook/", outlook_views.outlook, name="outlook"),
    path("capacity/outlook/scenarios/", outlook_views.scenarios, name="scenarios"),
    path("capacity/outlook/scenarios/<int:scenario_id>/", outlook_views.scenario, name="scenario"),
    path("capacity/bookings/", booking_views.new_booking, name="new_booking"),
    path("capacity/bookings/<int:booking_id>/", booking_views.booking, name="booking"),
    path("capacity/bookings/<int:booking_id>/moves/", booking_views.booking_move, name="booking_move"),
    path("capacity/bookings/<int:booking_id>/split/", booking_views.booking_split, name="booking_split"),
    path("capacity/levelling/", leveling_views.leveling, name="leveling"),
    path("capacity/levelling/<int:run_id>/", leveling_views.leveling_run, name="leveling_run"),
    path("capacity/levelling/<int:run_id>/search/", leveling_views.leveling_search, name="leveling_search"),
    path("capacity/levelling/<int:run_id>/again/", leveling_views.leveling_again, name="leveling_again"),
    path("capacity/levelling/<int:run_id>/application/", leveling_views.leveling_application, name="leveling_application"),
    path("deals/<int:deal_id>/date/", date_views.deal_date, name="deal_date"),
    path("deals/<int:deal_id>/capacity/", date_views.deal_capacity, name="deal_capacity"),
    path("capacity/dates/<int:answer_id>/promise/", date_views.date_promise, name="date_promise"),
    path("capacity/balance/", balance_views.balance, name="balance"),
    path("capacity/balance/fixes/", balance_views.new_fix, name="new_fix"),
    path("capacity/balance/fixes/<int:fix_id>/undo/", balance_views.fix_undo, name="fix_undo"),
    path("capacity/team/", team_views.team, name="capacity_team"),
    path("capacity/team/placeholders/", team_views.new_placeholder, name="new_placeholder"),
    path("capacity/team/rates/", team_views.new_rate, name="new_rate"),
    path("capacity/team/<int:person_id>/", team_views.team_person, name="team_person"),
    path("capacity/team/<int:person_id>/employment/", team_views.team_employment, name="team_employment"),
    path("capacity/team/<int:person_id>/roles/", team_views.team_roles, name="team_roles"),
    path("capacity/team/<int:person_id>/skills/", team_views.team_skills, name="team_skills"),
    path("capacity/time-off/", booking_views.time_off, name="time_off"),
    path("capacity/time-off/<int:time_off_id>/", booking_views.time_off_decision, name="time_off_decision"),
]
