"""Rights over handoffs."""

from wonward.foundation.access.policy import Scope, declare

declare("handoff.handoff.view", "See handoffs of records they see", leadership=Scope.ALL, sales=Scope.ALL,
        project_manager=Scope.ALL, finance=Scope.ALL, member=Scope.ALL)
declare("handoff.handoff.accept", "Accept or return handoffs", project_manager=Scope.ALL, leadership=Scope.ALL)
declare("handoff.handoff.answer", "Answer returned handoffs", sales=Scope.ALL, leadership=Scope.ALL)
declare("handoff.question.ask", "Raise a question on a handoff from the project", project_manager=Scope.ALL,
        leadership=Scope.ALL, member=Scope.ALL)
declare("handoff.question.discuss", "Take part in the questions about a handoff", project_manager=Scope.ALL,
        leadership=Scope.ALL, member=Scope.ALL, sales=Scope.ALL)
declare("handoff.scope.amend", "Amend what was sold", sales=Scope.ALL, leadership=Scope.ALL)
declare("handoff.kickoff.edit", "Prepare the kickoff", project_manager=Scope.ALL, leadership=Scope.ALL, sales=Scope.ALL)
declare("handoff.rules.edit", "Change what the gate asks for and how handoffs are run")
declare("handoff.measure.view", "See how handoffs go", project_manager=Scope.ALL, leadership=Scope.ALL, sales=Scope.ALL)
declare("handoff.client.tell", "Tell a client how their project stands", sales=Scope.ALL, project_manager=Scope.ALL, leadership=Scope.ALL)
declare("handoff.check.view", "See the self-check of the handoff gap")
