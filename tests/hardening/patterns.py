"""Bugs that other products of this field had, each with the tests that would fail if it were here."""

from __future__ import annotations

PATTERNS: dict[str, tuple[str, ...]] = {
    # Losing and doubling
    "A won deal makes two projects when two people close it, or one clicks twice": (
        "tests/faults/test_parallel_wins.py::test_fifty_parallel_wins_make_one_handoff_and_answer_with_the_same_ids",),
    "A crash leaves a won deal without its project": ("tests/faults/test_harness.py::test_a_killed_win_and_a_killed_import_are_whole_or_nothing_and_what_they_leave_alike_is_lived_on_once",),
    "A repeated request creates the record again": (
        "tests/edges/api/test_conventions.py::test_a_repeat_with_the_same_key_gets_the_first_answer_and_adds_nothing",),
    "A reaction takes effect twice when its worker dies": (
        "tests/faults/test_worker_kill.py::test_effects_happen_exactly_once_though_the_worker_is_killed_between_effect_and_acknowledgement",),
    "A reaction is lost when its worker dies": ("tests/foundation/jobs/test_jobs.py::test_a_job_of_a_dead_worker_is_queued_again",),
    "A slow worker acknowledges what another has taken over": (
        "tests/foundation/events/test_delivery.py::test_a_stale_worker_can_neither_acknowledge_nor_fail_nor_give_back",),
    "One bad event blocks all that follow": (
        "tests/foundation/events/test_delivery.py::test_a_handler_that_always_fails_ends_in_dead_letters_and_blocks_nobody",),
    "Two schedulers run the same nightly job": (
        "tests/foundation/jobs/test_jobs.py::test_each_tick_of_a_schedule_is_queued_once_by_however_many_workers",),
    "The last one to save overwrites the others": (
        "tests/edges/api/test_conventions.py::test_versions_travel_as_etags_and_a_stale_one_shows_both_values",),
    "Readers that write are locked out on SQLite": (
        "tests/foundation/database/test_sqlite_backend.py::test_processes_that_read_and_then_write_lose_nothing_and_are_never_locked_out",),
    "An acknowledged change is gone after a power cut": ("tests/faults/test_harness.py::test_a_power_cut_loses_nothing_and_the_controls_lose",),
    "A backup cannot be restored, or only half": (
        "tests/edges/commands/test_backup.py::test_a_restored_installation_holds_what_was_backed_up",
        "tests/faults/test_harness.py::test_a_restore_that_broke_off_anywhere_is_simply_started_again"),
    "An import that stopped begins anew and doubles its rows": (
        "tests/journeys/imports/test_killing.py::test_a_killed_worker_is_followed_by_one_that_goes_on",),
    "An import cannot be taken back": (
        "tests/journeys/imports/test_undoing.py::test_an_untouched_import_goes_with_everything_it_made_and_may_come_again",),
    # Seeing too much
    "An id in the address opens a record of others": ("tests/permissions/test_foreign.py::test_a_hidden_id_in_the_path_looks_missing",),
    "An id in the body reaches a record of others": (
        "tests/permissions/test_foreign.py::test_a_hidden_id_in_the_body_looks_missing_and_is_refused",),
    "A filter, an order, a count or an export tells what may not be seen": (
        "tests/permissions/test_oracles.py::test_no_question_to_any_list_tells_what_a_role_may_not_know",
        "tests/permissions/test_foreign.py::test_a_hidden_id_in_the_query_looks_missing"),
    "A column nobody offered is set by naming it": (
        "tests/edges/api/test_mass_assignment.py::test_no_column_and_no_coveted_name_beside_the_schema_is_taken_by_any_body",),
    "A portal shows what belongs to other customers": (
        "tests/permissions/test_link_holders.py::test_the_holder_of_a_link_is_a_stranger_to_every_page_and_route",
        "tests/permissions/test_link_holders.py::test_a_link_shows_its_own_proposal_and_no_secret_of_any_other"),
    "A link that was taken back still opens": (
        "tests/permissions/test_link_holders.py::test_a_revoked_link_looks_like_one_that_never_was_and_writes_nothing",),
    "A letter tells its reader what they may not know": (
        "tests/permissions/test_canaries.py::test_no_mail_tells_its_reader_what_they_may_not_know",),
    "A document for clients carries costs or notes": ("tests/permissions/test_canaries.py::test_what_is_drawn_as_pdf_is_handed_nothing_hidden",),
    "A session outlives a new password or a role that was taken away": (
        "tests/stories/test_coming_and_going.py::test_a_new_password_ends_every_session_and_the_link",
        "tests/stories/test_coming_and_going.py::test_a_new_access_role_or_a_deactivation_ends_every_session"),
    "A method nobody thought of slips past the rights": (
        "tests/permissions/test_token_scopes.py::test_a_method_no_route_declares_is_refused_for_every_address_and_writes_nothing",),
    "An order tells an amount": (
        "tests/permissions/test_canaries.py::test_an_order_by_value_is_refused_to_whoever_may_not_see_every_value",),
    "A refused request has already written": ("tests/permissions/test_walk.py::test_the_tables_are_as_they_were_after_everything",),
    "An address was forgotten in the rights": (
        "tests/permissions/test_every_route_has_a_line.py::test_every_route_of_the_api_has_a_line_with_the_same_permission_and_address",),
    "A search finds what the list hides": ("tests/permissions/test_canaries.py::test_a_search_of_any_kind_finds_nothing_hidden",),
    "A stream tells of records that were taken away": (
        "tests/foundation/realtime/test_stream.py::test_a_record_that_is_taken_away_is_unseen_at_once",),
    "An unknown key of a body is written anyway": ("tests/edges/api/test_conventions.py::test_an_unknown_key_is_refused_on_every_body",),
    "A token may more than it was given": (
        "tests/permissions/test_token_scopes.py::test_a_token_without_the_scope_of_a_route_is_refused_though_its_owner_may_everything",
        "tests/permissions/test_token_scopes.py::test_a_route_is_reached_by_its_own_scope_and_by_no_other_one_alone"),
    # Running and leaking
    "Words become a script": ("tests/hardening/test_scripts_in_words.py::test_no_payload_runs_on_any_page_and_a_planted_hole_is_found",),
    "A cell of an export is a formula": (
        "tests/hardening/test_files_in_and_out.py::test_no_cell_of_an_export_is_a_formula",
        "tests/hardening/test_sheets.py::test_no_cell_and_no_head_of_any_list_is_a_formula"),
    "An upload is opened as a page": ("tests/foundation/files/test_rules.py::test_what_could_run_is_always_a_download",),
    "A subject adds a header to a letter": (
        "tests/foundation/mail/test_rules.py::test_no_subject_and_no_text_can_add_a_header",
        "tests/foundation/mail/test_rules.py::test_a_line_end_hidden_in_an_encoded_word_ends_no_line"),
    "An archive unpacks to gigabytes or outside its folder": (
        "tests/hardening/test_files_in_and_out.py::test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_does",
        "tests/hardening/test_files_in_and_out.py::test_a_backup_cannot_write_outside_its_folder"),
    "Guessing passwords costs the server more than the guesser": (
        "tests/hardening/test_doors.py::test_a_thousand_wrong_passwords_cost_a_handful_of_hashes",),
    "A secret stands in the log": ("tests/hardening/test_operations.py::test_no_secret_stands_in_a_log_line",),
    "The server fetches an address somebody typed": ("tests/hardening/test_known_bugs.py::test_nothing_calls_out_of_the_house_but_mail_and_the_guarded_client",
                                                    "tests/foundation/http/test_guarded_client.py::test_an_address_inside_is_never_connected_to",),
    "Somebody's words are run as a template": ("tests/hardening/test_known_bugs.py::test_no_words_of_anybody_are_run_as_a_template",),
    "The sign-in leads to a foreign site": ("tests/hardening/test_known_bugs.py::test_the_sign_in_leads_nowhere_outside_the_house",),
    "A forged host stands in the link of a letter": ("tests/hardening/test_known_bugs.py::test_a_forged_host_reaches_no_letter",),
    "An audit can be rewritten unnoticed": ("tests/hardening/test_known_bugs.py::test_an_audit_row_that_was_changed_removed_or_reordered_is_named",),
    "A malformed file ends the reader": (
        "tests/hardening/test_files_in_and_out.py::test_a_kept_bad_file_is_read_or_refused_with_a_sentence",
        "tests/hardening/test_words_in_formats.py::test_a_kept_bad_answer_of_a_passkey_is_refused"),
    "Words leave their field in a calendar, a card or a note": (
        "tests/hardening/test_words_in_formats.py::test_kept_words_stay_in_their_field",),
    # What other products of this field did to plans, imports and lists
    "Using a template changes the template or doubles its links": (
        "tests/domains/catalog/test_template_properties.py::test_copying_a_template_any_number_of_times_leaves_it_byte_for_byte_as_it_was",
        "tests/domains/catalog/test_template_properties.py::test_the_dependencies_of_a_copy_are_those_of_the_template"),
    "A copy points at the milestones of the old project": (
        "tests/domains/catalog/test_template_properties.py::test_a_copy_points_at_nothing_outside_itself",),
    "An archived template makes archived projects": ("tests/domains/catalog/test_copies.py::test_an_archived_template_makes_active_projects",),
    "Seven days become six": (
        "tests/domains/catalog/test_template_rules.py::test_seven_days_are_seven_working_days_on_every_weekday_and_over_the_change_of_the_clocks",),
    "A task without predecessor begins after the one above it": (
        "tests/domains/catalog/test_template_rules.py::test_a_task_without_a_predecessor_starts_at_the_kickoff_and_not_after_the_one_before_it",),
    "An import is processing for ever": ("tests/journeys/imports/test_resuming.py::test_killed_in_the_third_chunk_it_goes_on_to_the_same_totals",),
    "Tasks and notes come in without what they belong to, and nobody says so": (
        "tests/journeys/imports/test_relations.py::test_projects_and_their_tasks_keep_outline_dates_and_who_waits_for_whom",
        "tests/journeys/imports/test_cards.py::test_every_column_of_a_card_is_a_known_header_or_is_told_as_lost"),
    "A list of thousands freezes": ("tests/hardening/test_known_bugs.py::test_every_list_is_paged_by_the_server",),
}
# Known bugs that cannot be here yet, and why.
NOT_HERE: dict[str, str] = {
    "An over-run is told never or for ever": "Worked hours are not recorded yet, so nothing can run over them.",
}
_HEAD = """# Known bugs of the field

What went wrong in other products of this kind, each with the tests that would fail if it were here. Made from
`tests/hardening/patterns.py`; do not edit by hand.

| What went wrong elsewhere | Shown by |
|---|---|
"""


def render() -> str:
    """The page for people."""
    rows = [f"| {pattern} | {'<br>'.join(f'`{node}`' for node in nodes)} |" for pattern, nodes in PATTERNS.items()]
    rows += [f"| {pattern} | {why} |" for pattern, why in NOT_HERE.items()]
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(render(), end="")
