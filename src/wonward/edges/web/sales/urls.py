from django.urls import path

from wonward.edges.web.sales import deal_views, gate_views, ledger_views, line_views, views

urlpatterns = [
    path("deals/", views.deals_board, name="deals_board"),
    path("deals/table/", views.deals_table, name="deals_table"),
    path("deals/new/", views.new_deal, name="new_deal"),
    path("deals/columns/<int:stage_id>/", views.deals_column, name="deals_column"),
    path("deals/<int:deal_id>/", deal_views.deal, name="deal"),
    path("deals/<int:deal_id>/fields/<slug:name>/", deal_views.deal_field, name="deal_field"),
    path("deals/<int:deal_id>/lines/", line_views.deal_lines, name="deal_lines"),
    path("deals/<int:deal_id>/stage/", deal_views.deal_stage, name="deal_stage"),
    path("deals/<int:deal_id>/next-action/", deal_views.deal_next_action, name="deal_next_action"),
    path("deals/<int:deal_id>/brief/", deal_views.deal_brief, name="deal_brief"),
    path("deals/<int:deal_id>/log/", deal_views.deal_log, name="deal_log"),
    path("deals/<int:deal_id>/promises/", deal_views.deal_promise, name="deal_promise"),
    path("deals/<int:deal_id>/ledger/", ledger_views.deal_ledger, name="deal_ledger"),
    path("deals/<int:deal_id>/won/", gate_views.deal_won, name="deal_won"),
    path("deals/<int:deal_id>/lost/", gate_views.deal_lost, name="deal_lost"),
    path("deals/<int:deal_id>/reopening/", gate_views.deal_reopen, name="deal_reopen"),
]
