"""What SECURITY.md claims, by its places and first words, and the tests that prove it (`test_security_claims.py` compares)."""

from __future__ import annotations

ADVICE = "advice, or what others do"

PROVEN_BY: dict[str, dict[str, str]] = {
    "What is kept": {
        "In the database, and on disk nowhere else": "test_nothing_whole_is_left_anywhere_and_what_is_left_is_deleted_in_time",
        "Sealed* is AES-256-GCM": "test_the_algorithms_are_those_that_are_published",
        "hashed* is HMAC-SHA256": "test_the_algorithms_are_those_that_are_published",
        "both with keys that are derived": (
            "test_the_algorithms_are_those_that_are_published test_what_is_sealed_opens_with_the_same_key_and_purpose_only "
            "test_a_digest_depends_on_the_key_and_on_the_purpose "
            "test_the_key_file_is_made_once_and_is_readable_by_its_owner_only"
        ),
        "What is old is deleted once a day": (
            "test_every_store_is_purged_after_the_start_and_then_daily_though_one_fails "
            "test_nothing_whole_is_left_anywhere_and_what_is_left_is_deleted_in_time"
        ),
        "`smsstatus data` tells the same": (
            "test_every_table_is_told_of_once test_data_tells_of_every_table_with_its_rows_and_the_settings_that_hold"
        ),
        "One number": ADVICE,
        "`smsstatus forget NUMBER` removes what is kept of it": (
            "test_all_that_is_kept_of_a_number_is_removed_and_said_and_nothing_of_another "
            "test_a_number_is_looked_for_in_every_table_that_may_have_one test_a_database_that_fails_removes_nothing"
        ),
        "a request or push that is under way is left": "test_what_is_under_way_is_left_and_said_with_what_to_do",
        "The audit's entries stay, without the hash": (
            "test_the_audit_keeps_who_asked_without_the_number_and_shows_the_removal_without_it_too"
        ),
        "SQLite writes zeros over": "test_neither_number_nor_hash_nor_id_is_in_the_files_while_another_process_has_them_open",
        "PostgreSQL reuses the space": ADVICE,
        "A running `serve` drops its caches": (
            "test_a_process_drops_what_it_holds_once_the_audit_shows_it_and_again_while_clocks_may_differ "
            "test_a_running_serve_holds_nothing_of_a_number_that_was_forgotten"
        ),
        "Backups, Slack and the vendors keep": ADVICE,
        "Reports, with whole numbers and message texts": (
            "test_nothing_whole_is_left_anywhere_and_what_is_left_is_deleted_in_time "
            "test_names_and_orders_in_a_message_are_blanked_wholly_and_the_signature_is_kept"
        ),
        "at most ten minutes in the cache": (
            "test_final_states_in_a_closed_window_are_kept_ten_minutes "
            "test_reports_in_memory_are_bounded_and_the_question_stays_known"
        ),
        "Logs hold neither": "test_nothing_whole_is_left_anywhere_and_what_is_left_is_deleted_in_time",
        "What the bot posts, Slack keeps": ADVICE,
        "The key": ADVICE,
        "Back it up": ADVICE,
        "without it questions and receipts are lost": (
            "test_with_another_key_what_was_kept_is_unknown test_another_key_is_told_instead_of_finding_nothing"
        ),
        "with both, everything above can be read": ADVICE,
        "It cannot be changed in place": "test_another_key_is_told_instead_of_finding_nothing",
        "under another key the old rows are unreadable": "test_with_another_key_what_was_kept_is_unknown",
    },
    "questions behind answers: numbers, window, who asked, where; what came of them; of a list what is left, bad lines masked": {
        "sealed; thread and asker hashed; 30 days": (
            "test_nothing_in_the_table_tells_whom_it_is_about_or_where_it_was_asked "
            "test_after_thirty_days_it_is_unknown_and_then_deleted"
        ),
    },
    "watches: numbers, who asked, where, until when": {
        "question and place sealed; asker and question hashed; a day after its end": (
            "test_nothing_of_the_question_or_the_person_is_stored_in_plain test_what_is_over_for_a_day_is_deleted"
        ),
    },
    "alerts: which provider and carrier, how many, where it is posted; who has muted it": {
        "sealed; 7 days": (
            "test_nothing_of_an_alert_or_of_whoever_muted_it_is_stored_in_plain test_what_was_told_a_week_ago_is_deleted"
        ),
    },
    "Slack's payload of a request": {
        "sealed; until it is answered": ("test_nothing_readable_is_stored_and_the_request_itself_only_until_it_is_answered"),
    },
    "ids by which a request is known again": {
        "hashed; 25 hours; of a share 30 days": (
            "test_the_purge_forgets_what_slack_delivers_no_more "
            "test_nothing_whole_is_left_anywhere_and_what_is_left_is_deleted_in_time"
        ),
    },
    "where a modal's answer goes, its `response_url`": {
        "sealed; 1 day": "test_a_draft_is_found_by_any_replica_for_a_day_and_is_sealed",
    },
    "who has been shown the help": {
        "hashed; 1 day": (
            "test_an_introduction_is_due_once_a_day_whichever_replica_is_asked "
            "test_nothing_whole_is_left_anywhere_and_what_is_left_is_deleted_in_time"
        ),
    },
    "the audit: Slack ids, in the terminal the system's user name, kind of command, outcome, targets": {
        "targets hashed, the rest in clear; updates are refused": (
            "test_no_number_is_in_the_database_and_a_number_is_found_by_its_hash "
            "test_an_entry_cannot_be_changed_in_the_database_itself test_the_purge_takes_what_is_older_and_leaves_the_rest"
        ),
    },
    "receipts: status, code, times, carrier, also that of the number's range, the masked number": {
        "number and id hashed; id and vendor's words sealed; the rest in clear, numbers in it masked": (
            "test_a_stolen_file_names_nobody test_only_what_is_older_than_the_retention_is_purged"
        ),
    },
    "customers' replies, digits blanked; the masked number": {
        "number hashed, text sealed; the same": (
            "test_a_stolen_file_names_nobody test_only_what_is_older_than_the_retention_is_purged"
        ),
    },
    "bodies that could not be read": {
        "sealed; the same": "test_a_stolen_file_names_nobody test_only_what_is_older_than_the_retention_is_purged",
    },
    "bodies not yet read": {
        "sealed; until they are read": (
            "test_a_stolen_file_names_nobody test_a_raw_body_waits_until_it_is_taken_in_and_is_dropped_then"
        ),
    },
    "how many receipts there are, which key sealed them, who drains a queue, who judges alerts": {
        "clear; nothing of a person": "test_nothing_whole_is_left_anywhere_and_what_is_left_is_deleted_in_time",
    },
    "of several replicas: how often somebody asked within a minute": {
        "hashed; a minute, at most a day": "test_a_replica_counts_whom_another_let_in_and_goes_on_without_the_database",
    },
    "of several replicas: which one may make how many calls a second": {
        "clear, the account hashed; nothing of a person; an hour": (
            "test_the_permits_of_a_replica_that_dies_are_the_others_soon test_the_name_of_a_limit_tells_no_credentials"
        ),
    },
    "codes that nobody has explained, counted": {
        "clear; what may be a number is hidden; 180 days": (
            "test_what_may_be_a_phone_number_is_not_kept test_what_was_not_met_again_for_half_a_year_is_forgotten"
        ),
    },
    "takes a copy of the database": {
        "sealing and hashing": (
            "test_nothing_whole_is_left_anywhere_and_what_is_left_is_deleted_in_time test_a_stolen_file_names_nobody "
            "test_the_order_of_equal_receipts_does_not_tell_their_content_to_who_lacks_the_key"
        ),
        "a mask shows the country and 7 of 11 digits": "test_a_stolen_file_names_nobody",
    },
    "forges or replays Slack's requests": {
        "the signature, checked before the body is parsed": (
            "test_a_body_that_slack_never_sends_is_400_when_signed_and_401_when_not"
        ),
        "5 minutes": "test_a_wrong_signature_and_an_old_one_are_401 test_the_figures_of_the_page_are_those_of_the_code",
        "4 MiB, of which nothing is read that does not claim": (
            "test_what_slack_can_send_is_taken_and_what_is_larger_is_413 "
            "test_what_is_packed_or_does_not_look_signed_is_refused_before_its_body_is_read"
        ),
        "keys by which a replay is known": (
            "test_a_signed_request_that_is_replayed_is_acked_and_not_acted_on "
            "test_through_the_door_a_replay_and_a_retry_are_answered_once"
        ),
    },
    "gives orders to an agent through a code, a name or a vendor's words": {
        "what could be read as a sentence is quoted": (
            "test_the_fields_of_a_message_are_quoted test_the_words_of_a_refusal_are_quoted test_what_registers_hold_is_quoted"
        ),
        "message texts are not given": "test_the_official_client_of_either_era_gets_the_sentences_and_reports_that_people_get",
        "the tools read": "test_slackbot_gets_what_its_person_would_get_and_the_audit_names_the_person",
    },
    "asks over Slackbot for somebody else": {
        "whom Slack names in the signed message": (
            "test_who_would_be_turned_away_is_turned_away "
            "test_slackbot_gets_what_its_person_would_get_and_the_audit_names_the_person "
            "test_what_slack_has_not_signed_is_not_read"
        ),
        "a call that names nobody": "test_a_call_that_names_nobody_or_somebody_elsewhere_is_refused",
    },
    "asks who must not: guest, outsider, another channel, a bot": {
        "one policy in front of every listener": (
            "test_no_listener_runs_for_somebody_who_is_not_authorised test_a_guest_gets_through_nowhere_and_is_told "
            "test_where_channels_are_listed_no_other_is_answered_nor_posted_to test_bots_are_turned_away_without_a_word"
        ),
        "What Slack does not tell is refused": (
            "test_bots_outsiders_and_what_cannot_be_told_are_refused_on_sight test_a_missing_scope_refuses_and_names_it"
        ),
    },
    "reads over a shoulder, or in a shared channel": {
        "a command's answer for the asker alone": ("test_a_lookup_is_answered_to_the_asker_alone_with_the_verdict_first"),
        "masks everywhere": (
            "test_no_number_and_no_text_of_a_message_is_in_anything_the_channel_can_see "
            "test_no_whole_number_is_in_anything_that_is_shown_or_logged"
        ),
        "texts for the asker alone": "test_the_text_of_a_message_is_for_the_asker_alone_and_stands_in_the_details",
        "no message answered where outsiders read": (
            "test_a_message_in_a_channel_that_outsiders_read_is_not_answered_and_what_is_shared_there_is_masked"
        ),
        "Of commands and clicks Slack does not tell": ADVICE,
        "what is shared there they see, masked": (
            "test_a_message_in_a_channel_that_outsiders_read_is_not_answered_and_what_is_shared_there_is_masked "
            "test_where_channels_are_listed_no_other_is_answered_nor_posted_to"
        ),
    },
    "reveals numbers": {
        "named people only, written into the audit": (
            "test_nobody_may_unless_listed test_who_is_listed_may_and_it_is_in_the_audit_by_then "
            "test_whole_numbers_are_shown_to_the_permitted_alone_and_that_is_in_the_audit "
            "test_reveal_is_not_offered_to_others_and_refuses_them_if_they_press_it_all_the_same"
        ),
        "no audit, no reveal": (
            "test_what_cannot_be_audited_is_not_revealed test_what_the_audit_cannot_record_is_not_revealed "
            "test_nobody_is_asked_for_what_could_not_be_revealed"
        ),
        "In the terminal whoever has the keys": "test_whole_numbers_are_in_the_audit_with_who_saw_them",
    },
    "harvests numbers one by one": {
        "a limit for each person and minute, the audit": (
            "test_the_limit_is_each_persons_own_counts_first_deliveries_and_moves_on "
            "test_what_was_asked_is_in_the_audit_without_a_number"
        ),
        "A workflow's step names no person": "test_a_workflow_step_names_no_person",
        "it is in the audit, and not limited": "test_a_workflow_step_is_audited_and_not_limited",
        "A masked answer still says": ADVICE,
    },
    "changes the audit": {
        "a trigger refuses updates": "test_an_entry_cannot_be_changed_in_the_database_itself",
        "Whoever owns the database can drop it": ADVICE,
        "export": "test_the_export_as_json_lines_has_every_field",
    },
    "pushes false receipts": {
        "a token in the path, compared in constant time": (
            "test_an_unknown_token_sees_what_any_unknown_path_shows test_other_methods_are_refused_to_who_knows_the_token "
            "test_the_callbacks_take_a_token_that_nobody_guesses_and_networks "
            "test_no_secret_is_compared_in_a_time_that_tells_how_much_of_it_was_right"
        ),
        "networks": "test_only_the_networks_on_the_list_may_push",
        "200 pushes a second": (
            "test_more_pushes_than_the_rate_are_refused_until_time_has_passed test_the_figures_of_the_page_are_those_of_the_code"
        ),
        "256 KiB": "test_a_body_larger_than_the_limit_is_refused_unread test_the_figures_of_the_page_are_those_of_the_code",
        "Twilio's signature over the address and all fields": (
            "test_what_is_not_signed_or_was_changed_is_refused_and_not_stored "
            "test_our_signature_is_the_sdks_and_what_its_validator_takes_is_taken"
        ),
        "no push of its where that cannot be checked": "test_what_cannot_be_checked_is_refused_and_the_log_says_why",
        "Tencent and Alibaba do not sign pushes": ADVICE,
        "whoever has the token can store receipts of theirs": (
            "test_a_receipt_that_is_pushed_is_told_and_one_with_a_wrong_token_is_not"
        ),
        "Such rows say that they come from the store": (
            "test_a_receipt_that_is_pushed_is_told_and_one_with_a_wrong_token_is_not"
        ),
    },
    "puts markup, bidi marks, terminal escapes or numbers into a vendor's words, a code, a message text": {
        "one line, no invisible characters, numbers masked, texts blanked, escaped": (
            "test_lines_run_together_and_invisible_characters_go test_words_of_any_kind_are_one_short_line_without_long_numbers "
            "test_a_number_in_a_code_is_masked_and_a_carriers_code_is_not test_a_hostile_row_ends_short_and_printable "
            "test_no_name_and_no_code_of_a_message_is_left test_text_from_outside_is_neither_markup_nor_an_escape_code "
            "test_a_mention_from_outside_is_shown_and_alerts_nobody"
        ),
    },
    "reads logs or metrics": {
        "one choke point takes every secret": (
            "test_what_must_not_be_seen_is_in_no_log_and_what_an_operator_needs_is "
            "test_no_secret_of_the_settings_comes_out_of_any_structure "
            "test_elsewhere_every_line_is_json_whoever_wrote_it_and_none_has_a_secret "
            "test_a_traceback_and_a_librarys_record_pass_the_same_choke_point"
        ),
        "a value that cannot be redacted is dropped": "test_a_value_that_cannot_be_redacted_is_dropped",
        "labels hold names and codes": (
            "test_nothing_whole_is_left_anywhere_and_what_is_left_is_deleted_in_time test_codes_without_end_are_counted_together"
        ),
    },
    "listens or stands in between": {
        "TLS, verified": (
            "test_an_untrusted_certificate_is_refused_before_anything_is_sent "
            "test_a_slack_without_a_trusted_certificate_is_given_no_token"
        ),
        "plain HTTP on loopback only": "test_an_address_that_is_not_https_is_refused_unless_it_is_this_machine",
        "no redirect is followed": (
            "test_a_redirect_is_not_followed test_who_is_sent_on_is_told_where_to_and_the_token_does_not_go_there"
        ),
        "proxies by one rule": (
            "test_slack_and_the_providers_go_through_the_same_proxy_and_its_refusal_names_it "
            "test_a_proxy_holds_for_https_and_wss_and_never_for_loopback"
        ),
    },
    "gets hold of a vendor key": {
        "the policies of docs/ allow the lookups alone": (
            "test_the_keys_that_the_pages_ask_for_can_do_what_the_bot_calls_and_nothing_else"
        ),
        "it cannot send": "test_the_keys_that_the_pages_ask_for_can_do_what_the_bot_calls_and_nothing_else",
        "The AppKey of a legacy account knows no policies": ADVICE,
        "it can": ADVICE,
        "so can Twilio's auth token": "test_doctor_says_what_can_be_told_of_the_key",
        "Secrets print as": ("test_no_message_and_no_repr_repeats_a_secret test_every_secret_may_stand_in_a_file_of_its_own"),
    },
    "guesses an answer's id in a button or a modal": {
        "96 random bits": "test_an_id_is_96_random_bits",
        "buttons carry nothing else": (
            "test_button_values_hold_the_id_of_the_answer_and_nothing_else test_the_buttons_carry_opaque_ids_only "
            "test_nothing_personal_is_in_the_windows_metadata"
        ),
        "what is pressed is judged anew": (
            "test_whoever_clicks_must_be_allowed_not_who_asked test_whoever_clicks_is_judged_not_who_asked"
        ),
    },
    "slips in a package": {
        "versions and hashes locked": (
            "test_the_lock_pins_all_that_is_asked_for_on_every_python_and_system "
            "test_another_file_than_the_locked_one_is_one_line_that_names_it_and_is_not_installed"
        ),
        "actions of CI pinned": "test_every_action_of_ci_is_pinned_by_its_commit_with_the_release_beside_it",
        "CI asks for known weaknesses daily": "test_ci_asks_for_known_weaknesses_of_every_lock_daily",
        "[all packages]": (
            "test_the_list_of_packages_is_that_of_the_lock "
            "test_the_licence_of_every_package_is_told_and_is_one_that_may_be_shipped"
        ),
        "pip resolves nothing": ("test_what_is_locked_is_installed_as_it_stands_whatever_else_the_index_has_and_pip_is_set_to"),
    },
    "floods it": {
        "caps on bodies, answers, rows, targets (50, of a list 1,000), files (1 MiB) and queues": (
            "test_what_slack_can_send_is_taken_and_what_is_larger_is_413 test_a_broken_answer_is_the_fault_that_it_is "
            "test_an_answer_holds_the_newest_and_says_that_there_are_more "
            "test_fifty_targets_are_taken_and_the_fifty_first_is_named test_the_whole_box_is_bounded "
            "test_a_thousand_are_taken_and_one_more_is_told_with_its_count test_what_is_no_list_is_told_in_one_sentence"
        ),
        "limits for each account and person": (
            "test_no_second_sees_more_arrivals_than_allowed_whatever_the_network_does "
            "test_the_limit_of_one_person_is_told_and_leaves_others_alone"
        ),
        "a deadline": "test_at_the_deadline_the_answer_shows_what_is_known",
    },
    "holds connections open, sends half a request, packs 200 MiB into 200 KiB": {
        "time for head and body (10 s)": (
            "test_a_half_sent_head_or_body_and_a_silent_connection_are_closed_in_time test_a_body_that_does_not_come_is_408 "
            "test_the_figures_of_the_page_are_those_of_the_code"
        ),
        "connections in all and of one address": (
            "test_who_waits_longest_gives_way_so_that_a_whole_request_is_answered "
            "test_a_connection_that_is_being_answered_is_never_closed_for_another "
            "test_the_figures_of_the_page_are_those_of_the_code"
        ),
        "nothing is read that does not look signed": (
            "test_what_is_packed_or_does_not_look_signed_is_refused_before_its_body_is_read "
            "test_a_packed_push_is_unpacked_within_the_limit_and_for_the_token_alone "
            "test_a_bomb_costs_no_more_memory_than_the_limit"
        ),
    },
    "Threats": {
        "Outside of it": ADVICE,
        "root on the machine": ADVICE,
        "keep it inside": ADVICE,
    },
}
