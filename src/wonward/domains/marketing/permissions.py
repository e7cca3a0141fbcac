"""Rights over campaigns."""

from wonward.foundation.access.policy import Scope, declare

declare("marketing.campaign.view", "See campaigns", marketing=Scope.ALL, sales=Scope.ALL, leadership=Scope.ALL, finance=Scope.ALL)
declare("marketing.campaign.edit", "Add and change campaigns and their spend", marketing=Scope.ALL, leadership=Scope.ALL)
declare("marketing.spend.view", "See what campaigns cost", marketing=Scope.ALL, leadership=Scope.ALL, finance=Scope.ALL)
