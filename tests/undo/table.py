"""How each operation is undone, or why it is not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class By:
    """Another operation brings the state before back; the record's history holds the values it needs."""

    operation: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PartOf:
    """Works inside another operation and is undone with it."""

    operation: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Never:
    """There is no way back, and why."""

    reason: str


_BEFORE = "with the values before, which the history keeps"
_FACT = Never("A record of what happened; it is corrected by another, never taken away.")
_TOLD = Never("Who was told cannot be untold.")

UNDO: dict[str, By | PartOf | Never] = {
    "access.change_preferences": By("access.change_preferences", _BEFORE),
    "access.create_token": Never("A token is shown once; revoking it ends it, and nothing brings the same one back."),
    "access.create_user": Never("People who acted stay in the history; their sign-in is ended instead of removed."),
    "audit.record_change": _FACT, "audit.record_changes": _FACT,
    "capacity.book_time": By("capacity.move_booking", "status released"),
    "capacity.cut_booking": By("capacity.move_booking", "release the second part and give the first its last day back"),
    "capacity.delete_scenario": By("capacity.save_scenario", "the what-if is in the address"),
    "capacity.move_booking": By("capacity.move_booking", "offered as Undo where it happened"),
    "capacity.reserve_for_deal": By("capacity.move_booking", "status released"),
    "capacity.save_scenario": By("capacity.delete_scenario"),
    "catalog.add_gallery_templates": By("catalog.archive_template"),
    "catalog.archive_service": By("catalog.archive_service", "with is_archived false"),
    "catalog.archive_services": By("catalog.archive_service", "one by one, with is_archived false"),
    "catalog.archive_template": By("catalog.archive_template", "with is_archived false"),
    "catalog.change_service": By("catalog.change_service", _BEFORE),
    "catalog.change_template": By("catalog.change_template", "the version before, taken up again; versions are never removed"),
    "catalog.create_services": By("catalog.archive_service"),
    "catalog.create_template": By("catalog.archive_template"),
    "catalog.import_template": By("catalog.archive_template"),
    "catalog.merge_service": Never("Deals point to the service that stays; the merged name goes on as its alias."),
    "clients.add_stakeholder": By("clients.add_stakeholder", "part and influence can be changed; the person stays in the history"),
    "clients.archive_companies": Never("An import takes back companies nobody has touched; they can be imported again."),
    "clients.archive_contacts": Never("An import takes back contacts nobody has touched; they can be imported again."),
    "clients.change_company": By("clients.change_company", _BEFORE),
    "clients.change_contact": By("clients.change_contact", _BEFORE),
    "clients.create_companies": By("imports.undo_import", "for imported ones; one added by hand is changed"),
    "clients.create_contacts": By("imports.undo_import", "for imported ones; one added by hand is changed"),
    "comms.erase_communications": Never("An import takes back entries nobody has touched; they can be imported again."),
    "comms.log_communications": _FACT,
    "delivery.activate_project": PartOf("handoff.accept_handoff"),
    "delivery.apply_edits": PartOf("promises.change_plan"),
    "delivery.archive_projects": Never("An import takes back projects nobody has touched; they can be imported again."),
    "delivery.change_project": By("delivery.change_project", _BEFORE),
    "delivery.create_project": PartOf("promises.open_project"),
    "delivery.create_template_of_project": By("catalog.archive_template"),
    "delivery.plan_change": PartOf("promises.change_plan"),
    "delivery.write_change": PartOf("promises.change_plan"),
    "events.publish": _FACT, "events.publish_many": _FACT,
    "events.replay_all_dead": Never("A replay delivers what failed; each effect happens once, so a second replay changes nothing."),
    "events.replay_delivery": Never("A replay delivers what failed; each effect happens once, so a second replay changes nothing."),
    "files.add_document": By("files.archive_document"),
    "files.archive_document": By("files.archive_document", "with is_archived false"),
    "files.change_document": By("files.change_document", _BEFORE),
    "files.link_document": By("files.archive_document"),
    "finance.open_budget": PartOf("handoff.close_deal_as_won"),
    "handoff.accept_handoff": By("handoff.raise_question", "acceptance stands; what turns out missing is asked for and counted"),
    "handoff.acknowledge_brief": Never("Having read something cannot be unread; a changed item asks to be read again."),
    "handoff.add_question_message": _FACT,
    "handoff.amend_scope": By("handoff.amend_scope", "the opposite amendment; versions are never removed"),
    "handoff.answer_handoff": By("handoff.answer_handoff", "until delivery decides"),
    "handoff.change_handoff_rules": By("handoff.change_handoff_rules", _BEFORE),
    "handoff.change_kickoff_list": By("handoff.change_kickoff_list", _BEFORE),
    "handoff.close_deal_as_won": By("handoff.reopen_won_deal", "projects wait until it is won again"),
    "handoff.drop_required_answer": By("handoff.require_answer"),
    "handoff.freeze_scope": Never("A frozen scope is what was sold that day; amendments add a version."),
    "handoff.plan_kickoff": By("handoff.plan_kickoff", _BEFORE),
    "handoff.raise_question": _FACT,
    "handoff.reopen_won_deal": By("handoff.close_deal_as_won", "goes on with the same handoff and projects"),
    "handoff.require_answer": By("handoff.drop_required_answer"),
    "handoff.return_handoff": By("handoff.accept_handoff"),
    "handoff.save_gate_answers": By("handoff.save_gate_answers", _BEFORE),
    "handoff.tick_kickoff_item": By("handoff.tick_kickoff_item", "with is_done false"),
    "imports.check_import": Never("Reads the staged rows again and changes nothing but their problems."),
    "imports.commit_import": By("imports.undo_import", "rows touched since are listed and kept"),
    "imports.stage_import": Never("Staged rows wait and are forgotten; nothing has been written yet."),
    "imports.undo_import": By("imports.commit_import", "of the same file"),
    "jobs.retry_job": Never("A job that runs again does what it would have done; its effects are undone one by one."),
    "mail.queue_mail": Never("Mail that has left cannot be called back."),
    "mail.retry_mail": Never("Mail that has left cannot be called back."),
    "marketing.create_campaigns": Never("A campaign that leads point to stays; its name and dates can change."),
    "marketing.record_spend": Never("Spend is a fact of accounting; a correction is another entry."),
    "notifications.add_reminder": Never("A reminder is removed by its owner before it is due; there is nothing else to bring back."),
    "notifications.finish_everything": By("notifications.reopen_threads", "offered as Undo"),
    "notifications.finish_threads": By("notifications.reopen_threads", "offered as Undo"),
    "notifications.follow_record": By("notifications.follow_record", "with is_following false"),
    "notifications.keep_quiet": By("notifications.keep_quiet", "until now"),
    "notifications.mark_read": Never("Having read something cannot be unread; the thread stays in the inbox."),
    "notifications.mute_thread": By("notifications.mute_thread", "with is_muted false"),
    "notifications.reopen_threads": By("notifications.finish_threads"),
    "notifications.snooze_thread": By("notifications.reopen_threads"),
    "notifications.tell_pages": _TOLD,
    "promises.attach_promises": PartOf("handoff.close_deal_as_won"),
    "promises.change_plan": By("promises.change_plan", "the opposite changes, offered as Undo after a move"),
    "promises.change_promise": By("promises.change_promise", _BEFORE),
    "promises.cover_promise": By("promises.uncover_promise"),
    "promises.make_promises": By("promises.settle_promise", "waived with a reason; a promise is never deleted"),
    "promises.open_project": Never("A project people work in is not taken away; it is put on hold or done."),
    "promises.preview_plan": Never("Shows what a change would do and writes nothing."),
    "promises.refresh_coverage": PartOf("promises.change_plan"),
    "promises.replace_promise": By("promises.replace_promise", "by the words before"),
    "promises.settle_promise": By("promises.settle_promise", "back to confirmed"),
    "promises.uncover_promise": By("promises.cover_promise"),
    "sales.add_open_stages": Never("Stages that deals are in stay; they can be renamed and moved."),
    "sales.answer_lead": _FACT,
    "sales.change_deal": By("sales.change_deal", _BEFORE),
    "sales.change_lead": By("sales.change_lead", _BEFORE),
    "sales.change_lines": By("sales.change_lines", _BEFORE),
    "sales.close_lead": By("sales.reopen_lead"),
    "sales.comment_on_proposal": _TOLD,
    "sales.create_proposal": Never("A draft is seen by nobody outside; it stays with its deal and is left unsent."),
    "sales.revoke_links": By("sales.send_proposal", "a new link; the closed ones stay closed"),
    "sales.save_proposal": By("sales.save_proposal", "with the content of the version before"),
    "sales.send_proposal": By("sales.revoke_links", "the link opens nothing any more; the version stays frozen"),
    "sales.convert_lead": Never("Company, contact and deal live on by themselves; the deal can be lost, and the lead keeps its words."),
    "sales.create_deals": By("sales.lose_deal", "or by the undo of the import that brought them"),
    "sales.create_leads": By("sales.close_lead"),
    "sales.erase_deals": Never("An import takes back deals nobody has touched; they can be imported again."),
    "sales.erase_leads": Never("An import takes back leads nobody has touched; they can be imported again."),
    "sales.lose_deal": By("sales.reopen_deal"),
    "sales.move_deal": By("sales.move_deal", "offered as Undo on the board"),
    "sales.note_first_responses": _FACT,
    "sales.record_past_deals": By("imports.undo_import"),
    "sales.record_past_leads": By("imports.undo_import"),
    "sales.reopen_deal": By("sales.lose_deal"),
    "sales.reopen_lead": By("sales.close_lead"),
    "sales.revise_deal": By("sales.revise_deal", _BEFORE),
    "sales.save_brief": By("sales.save_brief", _BEFORE),
    "sales.save_criteria": By("sales.save_criteria", _BEFORE),
    "sales.save_form": By("sales.save_form", _BEFORE),
    "sales.save_lost_reasons": By("sales.save_lost_reasons", _BEFORE),
    "sales.save_score_rules": By("sales.save_score_rules", _BEFORE),
    "sales.set_next_action": By("sales.set_next_action", _BEFORE),
    "sales.settle_past_lead": By("imports.undo_import"),
    "sales.take_back_win": PartOf("handoff.reopen_won_deal"),
    "sales.win_deal": PartOf("handoff.close_deal_as_won"),
    "staff.change_booking": PartOf("capacity.move_booking"),
    "staff.change_person": By("staff.change_person", _BEFORE),
    "staff.create_bookings": PartOf("capacity.book_time"),
    "staff.create_people": By("staff.deactivate_people"),
    "staff.create_placeholder": By("staff.deactivate_people"),
    "staff.deactivate_people": Never("An import takes back people nobody has touched; they can be imported again."),
    "staff.decide_time_off": By("staff.withdraw_time_off"),
    "staff.put_roles": By("staff.put_roles", _BEFORE),
    "staff.put_skills": By("staff.put_skills", _BEFORE),
    "staff.request_time_off": By("staff.withdraw_time_off"),
    "staff.set_employment": By("staff.set_employment", _BEFORE),
    "staff.set_rate": By("staff.set_rate", _BEFORE),
    "staff.split_booking": PartOf("capacity.cut_booking"),
    "staff.withdraw_time_off": By("staff.request_time_off"),
}
