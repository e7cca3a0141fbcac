from django.urls import path

from wonward.edges.web.clients import contact_views, duplicate_views, log_views, telling_views, views

urlpatterns = [
    path("companies/", views.companies, name="companies"),
    path("companies/new/", views.new_company, name="new_company"),
    path("companies/<int:company_id>/", views.company, name="company"),
    path("companies/<int:company_id>/field/<slug:name>/", views.company_field, name="company_field"),
    path("companies/<int:company_id>/contacts/", views.new_contact, name="new_contact"),
    path("companies/<int:company_id>/log/", views.company_log, name="company_log"),
    path("companies/<int:company_id>/promises/new/", log_views.company_promise, name="company_promise"),
    path("contacts/", contact_views.contacts, name="contacts"),
    path("contacts/new/", contact_views.add_contact, name="add_contact"),
    path("contacts/<int:contact_id>/", contact_views.contact, name="contact"),
    path("contacts/<int:contact_id>/field/<slug:name>/", contact_views.contact_field, name="contact_field"),
    path("contacts/<int:contact_id>/points/", contact_views.contact_points, name="contact_points"),
    path("contacts/<int:contact_id>/companies/", contact_views.contact_company, name="contact_company"),
    path("contacts/<int:contact_id>/referrer/", contact_views.contact_referrer, name="contact_referrer"),
    path("contacts/<int:contact_id>/consents/", contact_views.contact_consent, name="contact_consent"),
    path("contacts/<int:contact_id>/log/", contact_views.contact_log, name="contact_log"),
    path("contacts/<int:contact_id>/card.vcf", contact_views.contact_vcard, name="contact_vcard"),
    path("duplicates/", duplicate_views.duplicates, name="duplicates"),
    path("duplicates/<int:duplicate_id>/", duplicate_views.duplicate_decision, name="duplicate_decision"),
    path("duplicates/merge/", duplicate_views.merge, name="merge"),
    path("merges/<int:merge_id>/undoing/", duplicate_views.merge_undo, name="merge_undo"),
    path("communications/<int:communication_id>/", log_views.log_entry, name="log_entry"),
    path("projects/forecast-visits/", telling_views.forecast_visits, name="forecast_visits"),
    path("projects/<int:project_id>/client-update/", telling_views.client_update, name="client_update"),
]
