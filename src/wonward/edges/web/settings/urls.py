"""Setting up: templates, services and imports."""

from django.urls import path

from wonward.edges.web.settings import (
    editor_views,
    import_views,
    people_views,
    rights_views,
    service_views,
    views,
)

urlpatterns = [
    path("templates/", views.templates, name="templates"),
    path("templates/new/", editor_views.new_template, name="new_template"),
    path("templates/<int:template_id>/", views.template, name="template"),
    path("templates/<int:template_id>/edit/", editor_views.template_editor, name="template_editor"),
    path("templates/<int:template_id>/versions/", views.template_versions, name="template_versions"),
    path("templates/<int:template_id>/file/", views.template_file, name="template_file"),
    path("templates/<int:template_id>/archiving/", views.template_archiving, name="template_archiving"),
    path("services/new/", service_views.new_service, name="new_service"),
    path("services/<int:service_id>/", service_views.service, name="service"),
    path("services/<int:service_id>/archiving/", service_views.service_archiving, name="service_archiving"),
    path("services/<int:service_id>/review/", service_views.service_review, name="service_review"),
    path("settings/people/", people_views.people, name="people"),
    path("settings/people/invite/", people_views.invite, name="invite"),
    path("settings/people/<int:person_id>/", people_views.person, name="person"),
    path("settings/people/<int:person_id>/sign-in/", people_views.person_sign_in, name="person_sign_in"),
    path("settings/people/<int:person_id>/invitation/", people_views.person_invitation, name="person_invitation"),
    path("settings/roles/", rights_views.roles, name="roles"),
    path("settings/roles/<str:role>/", rights_views.role, name="role"),
    path("settings/teams/<int:team_id>/", rights_views.team, name="team"),
    path("imports/", import_views.imports, name="imports"),
    path("imports/<int:batch_id>/", import_views.import_batch, name="import_batch"),
    path("imports/<int:batch_id>/commit/", import_views.import_commit, name="import_commit"),
    path("imports/<int:batch_id>/undo/", import_views.import_undo, name="import_undo"),
]
