"""Rights over deals."""

from wonward.foundation.access.policy import Scope, declare

declare("sales.deal.view", "See deals", leadership=Scope.ALL, sales=Scope.ALL, finance=Scope.ALL,
        project_manager=Scope.RELATED, member=Scope.OWN)
declare("sales.deal.create", "Add deals", sales=Scope.ALL, leadership=Scope.ALL)
declare("sales.deal.edit", "Change deals", sales=Scope.OWN, leadership=Scope.OWN, project_manager=Scope.OWN)
declare("sales.deal.win", "Close deals as won", sales=Scope.OWN, leadership=Scope.OWN)
declare("sales.deal.lose", "Close deals as lost", sales=Scope.OWN, leadership=Scope.OWN)
declare("sales.value.view", "See deal values", sales=Scope.ALL, finance=Scope.ALL, leadership=Scope.ALL,
        project_manager=Scope.OWN)
declare("sales.pipeline.edit", "Change pipelines and stages", leadership=Scope.ALL)
declare("sales.lead.view", "See leads", sales=Scope.ALL, marketing=Scope.ALL, leadership=Scope.ALL)
declare("sales.lead.create", "Add leads", sales=Scope.ALL, marketing=Scope.ALL, leadership=Scope.ALL)
declare("sales.lead.edit", "Qualify, answer and close leads", sales=Scope.OWN, marketing=Scope.OWN, leadership=Scope.ALL)
declare("sales.lead.convert", "Convert leads to deals", sales=Scope.OWN, leadership=Scope.ALL)
declare("sales.lead.configure", "Change forms, score rules and questions of leads", marketing=Scope.ALL, leadership=Scope.ALL)
declare("sales.proposal.view", "See proposals and contracts", sales=Scope.ALL, leadership=Scope.ALL, finance=Scope.ALL)
declare("sales.proposal.edit", "Write and send proposals", sales=Scope.OWN, leadership=Scope.OWN)
declare("sales.report.view", "See the reports of selling", sales=Scope.ALL, leadership=Scope.ALL, finance=Scope.ALL)
declare("sales.goal.edit", "Set sales goals", leadership=Scope.ALL)
