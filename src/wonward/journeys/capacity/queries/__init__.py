"""Reading capacity: the ledger of time, the outlook, scenarios."""

from wonward.journeys.capacity.queries.balance import get_balance, list_applied_fixes
from wonward.journeys.capacity.queries.dates import find_deals_with_date_answers
from wonward.journeys.capacity.queries.fit import get_deal_fit
from wonward.journeys.capacity.queries.ledger import get_ledger
from wonward.journeys.capacity.queries.outlook import get_outlook, list_remedies
from wonward.journeys.capacity.queries.reserving import list_reserved_time
from wonward.journeys.capacity.queries.scenarios import list_scenarios
from wonward.journeys.capacity.queries.track_record import get_track_record, list_promise_outcomes

__all__ = ["find_deals_with_date_answers", "get_balance", "get_deal_fit", "get_ledger", "get_outlook", "get_track_record", "list_applied_fixes", "list_promise_outcomes", "list_remedies", "list_reserved_time", "list_scenarios"]
