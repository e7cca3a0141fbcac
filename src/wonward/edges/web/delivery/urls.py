from django.urls import path

from wonward.edges.web.delivery import plan_views, project_views, task_views, views

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
    path("tasks/<int:task_id>/", task_views.task, name="task"),
]
