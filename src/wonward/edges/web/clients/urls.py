from django.urls import path

from wonward.edges.web.clients import log_views, telling_views, views

urlpatterns = [
    path("companies/", views.companies, name="companies"),
    path("companies/new/", views.new_company, name="new_company"),
    path("companies/<int:company_id>/", views.company, name="company"),
    path("companies/<int:company_id>/field/<slug:name>/", views.company_field, name="company_field"),
    path("companies/<int:company_id>/contacts/", views.new_contact, name="new_contact"),
    path("companies/<int:company_id>/log/", views.company_log, name="company_log"),
    path("companies/<int:company_id>/promises/new/", log_views.company_promise, name="company_promise"),
    path("communications/<int:communication_id>/", log_views.log_entry, name="log_entry"),
    path("projects/forecast-visits/", telling_views.forecast_visits, name="forecast_visits"),
    path("projects/<int:project_id>/client-update/", telling_views.client_update, name="client_update"),
]
