from django.urls import path

from wonward.edges.web.delivery import ledger_views, plan_views, project_views, task_views, views

urlpatterns = [
    path("handoffs/", views.handoffs, name="handoffs"),
    path("handoffs/<int:handoff_id>/", views.handoff, name="handoff"),
    path("handoffs/<int:handoff_id>/acceptance/", views.handoff_acceptance, name="handoff_acceptance"),
    path("handoffs/<int:handoff_id>/answers/", views.handoff_answers, name="handoff_answers"),
    path("projects/", project_views.projects, name="projects"),
    path("projects/<int:project_id>/", project_views.project, name="project"),
    path("projects/<int:project_id>/log/", project_views.project_log, name="project_log"),
    path("projects/<int:project_id>/plan/", plan_views.project_plan, name="project_plan"),
    path("projects/<int:project_id>/plan/moves/", plan_views.plan_move, name="plan_move"),
    path("projects/<int:project_id>/tasks/", task_views.new_task, name="new_task"),
    path("projects/<int:project_id>/dependencies/", task_views.new_dependency, name="new_dependency"),
    path("projects/<int:project_id>/promises/", ledger_views.project_ledger, name="project_ledger"),
    path("projects/<int:project_id>/promises/new/", ledger_views.project_promise, name="project_promise"),
    path("promises/<int:promise_id>/", ledger_views.promise, name="promise"),
    path("promises/<int:promise_id>/state/", ledger_views.promise_state, name="promise_state"),
    path("promises/<int:promise_id>/facts/", ledger_views.promise_facts, name="promise_facts"),
    path("promises/<int:promise_id>/covers/", ledger_views.promise_covers, name="promise_covers"),
    path("promises/<int:promise_id>/covers/<int:task_id>/removal/", ledger_views.promise_cover_removal, name="promise_cover_removal"),
    path("promises/<int:promise_id>/replacement/", ledger_views.promise_replacement, name="promise_replacement"),
    path("tasks/<int:task_id>/", task_views.task, name="task"),
]
