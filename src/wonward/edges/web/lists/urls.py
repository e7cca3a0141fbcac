from django.urls import path

from wonward.edges.web.lists import bulk_views, field_views, history_views, pin_views, views

urlpatterns = [
    path("records/pinned/", pin_views.pinned_records, name="pinned_records"),
    path("records/pin/", pin_views.record_pin, name="record_pin"),
    path("records/history/", history_views.record_history, name="record_history"),
    path("bulk/", bulk_views.bulks, name="bulks"),
    path("bulk/new/", bulk_views.new_bulk, name="new_bulk"),
    path("bulk/<int:bulk_id>/", bulk_views.bulk, name="bulk"),
    path("bulk/<int:bulk_id>/applying/", bulk_views.bulk_applying, name="bulk_applying"),
    path("bulk/<int:bulk_id>/undoing/", bulk_views.bulk_undoing, name="bulk_undoing"),
    path("views/new/", views.new_view, name="new_view"),
    path("views/columns/", views.view_columns, name="view_columns"),
    path("views/filters/", views.view_filters, name="view_filters"),
    path("views/<int:view_id>/", views.saved_view, name="saved_view"),
    path("views/<int:view_id>/state/", views.view_state, name="view_state"),
    path("views/<int:view_id>/pin/", views.view_pin, name="view_pin"),
    path("views/<int:view_id>/deletion/", views.view_deletion, name="view_deletion"),
    path("records/<str:noun>/<int:ref_id>/fields/<slug:key>/", field_views.custom_value, name="custom_value"),
    path("settings/fields/", field_views.fields, name="fields"),
    path("settings/fields/<int:field_id>/", field_views.field, name="field"),
    path("settings/fields/<int:field_id>/deletion/", field_views.field_deletion, name="field_deletion"),
    path("settings/fields/<int:field_id>/restoring/", field_views.field_restoring, name="field_restoring"),
]
