//! The list of cases, each of them a test on SQLite and one on PostgreSQL; each file below holds those of
//! one noun.

mod across;
mod attachments;
mod audit;
mod backlog;
mod backups;
mod check_settings;
mod counted;
mod customers;
mod decisions;
mod erasure;
mod fairness;
mod faults;
mod finding_sums;
mod findings;
mod holds;
mod identities;
mod invitations;
mod jobs;
mod leftovers;
mod letters;
mod limits;
mod notifications;
mod opening;
mod overview;
mod own_checks;
mod paging;
mod password_links;
mod payment_runs;
mod problems;
mod proposals;
mod queue;
mod reading;
mod reason_codes;
mod recovery;
mod resumable_uploads;
mod retention;
mod runs;
mod saved_views;
mod scan_hosts;
mod screening_settings;
mod sessions;
mod sign_ins;
mod statements;
mod tokens;
mod traces;
mod uploads;
mod users;
mod verdicts;

use std::path::Path;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use store::DatabaseUrl;

use crate::cluster::Cluster;
use crate::site::Site;
use crate::without_postgres;

type Case = fn(Site) -> BoxFuture<'static, ()>;

/// Each case gets an empty database and an empty folder.
async fn run(folder: &Path, database: DatabaseUrl, case: Case) {
    let site = Site::open(folder, database).await;
    let store = site.store.clone();
    case(site).await;
    store.close().await;
}

async fn on_sqlite(case: Case) {
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows/bursar.db");
    run(folder.path(), DatabaseUrl::Sqlite(rows), case).await;
}

async fn on_postgres(name: &str, case: Case) {
    if without_postgres() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let database = Cluster::shared("store").make_database(name).await;
    run(folder.path(), database.parse().unwrap(), case).await;
}

/// Makes two tests of each case. Names are those of the databases as well.
macro_rules! cases {
    ($($noun:ident: $($case:ident),+;)+) => {
        mod sqlite {
            use super::*;
            $($(
                #[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    on_sqlite(|site| $noun::$case(site).boxed()).await;
                }
            )+)+
        }

        mod postgres {
            use super::*;
            $($(
                #[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    on_postgres(stringify!($case), |site| $noun::$case(site).boxed()).await;
                }
            )+)+
        }
    };
}

cases! {
    customers: customers_and_units_are_added_once, a_customer_is_a_closed_room,
        a_unit_is_called_otherwise;
    tokens: tokens_come_back_and_are_revoked, a_tokens_last_use_is_kept,
        nobody_waits_until_the_use_of_a_token_is_noted, a_token_needs_what_it_names,
        signing_keys_come_back_and_retire;
    uploads: an_upload_comes_back_as_it_was_received, the_same_file_is_received_once,
        the_same_file_at_once_is_one_upload, only_the_newest_is_repeated,
        a_refused_file_is_taken_again, two_contents_at_once_are_received_in_some_order,
        a_key_answers_for_one_request,
        an_upload_needs_its_unit_and_token, one_that_is_refused_takes_nobody_with_it,
        an_object_belongs_to_its_upload,
        an_interrupted_upload_leaves_nothing, a_user_sends_as_a_token_does,
        uploads_are_filtered_and_sorted;
    resumable_uploads: parts_follow_each_other, of_two_senders_one_adds_a_part, a_file_is_begun_once,
        no_more_are_under_way_than_may_be, what_is_not_ended_goes_when_its_time_is_over,
        lost_parts_are_noticed, a_length_is_said_once;
    paging: pages_follow_each_other_newest_first;
    jobs: a_job_waits_for_each_upload, jobs_are_claimed_in_order_by_one_each,
        uploads_of_a_ledger_are_read_in_the_order_of_receipt,
        a_ledger_is_tidied_while_nobody_reads, of_one_ledger_only_one_job_is_claimed_at_once,
        a_lapsed_lease_counts_no_more, jobs_are_tried_again_or_given_up,
        a_job_that_is_put_off_keeps_its_attempts;
    fairness: one_file_comes_before_a_thousand_of_another, customers_take_turns,
        nobody_has_more_workers_than_one_who_waits, the_last_free_worker_is_left_to_others;
    reading: an_upload_is_read_once, only_the_holder_writes, a_newer_snapshot_takes_the_place,
        a_newer_upload_that_is_read_is_seen, rules_come_back, an_object_opens_as_a_file;
    problems: problems_come_back_in_their_order, a_reading_replaces_the_problems,
        problems_are_kept_up_to_a_number,
        the_rules_are_known_by_which_problems_were_found;
    traces: a_trace_goes_on_from_upload_to_run,
        a_run_whose_first_asker_has_no_trace_goes_on_from_the_next;
    decisions: a_held_snapshot_is_released_or_refused, a_refused_file_is_read_again,
        a_file_that_was_read_is_read_again_unless_a_newer_one_was,
        all_that_settings_mend_is_read_again_at_once,
        only_what_is_held_or_refused_is_decided;
    leftovers: a_sweep_removes_what_is_old_and_has_no_row, a_check_leaves_nothing;
    faults: objects_are_compared_with_their_rows, a_damaged_row_names_itself;
    opening: a_store_is_found_again, two_programs_write_beside_each_other,
        several_programs_make_one_store, a_newer_schema_is_left_alone,
        nothing_is_made_where_something_should_be;
    retention: files_go_when_their_time_is_over, a_unit_may_have_a_time_of_its_own,
        what_is_needed_stays, a_removal_cut_off_is_finished,
        a_removed_file_is_neither_missed_nor_taken_again;
    backups: a_backup_is_a_store, a_restored_store_is_settled, a_backup_is_restored,
        a_backup_shares_what_has_not_changed;
    erasure: a_customer_is_erased, a_unit_is_erased, a_file_is_erased, what_an_erasure_left_is_swept,
        a_person_is_erased_but_for_what_they_decided,
        a_customer_is_exported_and_imported, rows_of_others_are_not_imported;
    runs: a_read_upload_asks_for_a_run, a_unit_has_one_waiting_run_and_one_at_a_time,
        a_check_waits_for_what_is_not_read, a_run_lives_once, only_the_holder_ends_a_run;
    findings: findings_come_back_in_their_order, findings_are_filtered, thousands_are_kept,
        each_lane_is_a_queue_and_money_counts_once, verdicts_are_counted_by_sort,
        what_is_newly_gone_is_counted_as_it_is_listed,
        each_credit_of_a_statement_counts_and_is_decided_alone,
        a_later_run_leaves_verdicts_alone, a_queue_is_summed_and_walked_back;
    counted: money_counts_once_as_soon_as_it_is_decided,
        invoices_of_two_suppliers_under_one_id_count_each,
        what_waits_and_is_gone_keeps_no_money_from_another,
        what_is_dismissed_beside_the_truth_was_not_wrong;
    finding_sums: sums_are_fresh_after_each_kind_of_change, a_sum_that_is_kept_is_not_made_again,
        sums_go_with_their_unit, two_decide_while_a_run_ends;
    queue: words_are_looked_for_in_one_place, what_nobody_has_opened_is_told_apart,
        a_queue_is_sorted_both_ways_and_paged_back,
        a_team_knows_what_it_has_to_do;
    overview: a_unit_is_summed, weeks_are_counted_through, rows_know_their_findings;
    verdicts: a_verdict_is_kept_with_its_evidence, verdicts_are_taken_back_one_by_one,
        what_makes_no_sense_is_refused, verdicts_are_remembered_until_they_end,
        several_are_decided_or_none, a_finding_is_given_to_who_decides,
        two_decide_at_once_and_one_is_told, several_are_decided_but_those_that_changed;
    backlog: what_waits_is_counted;
    invitations: a_welcome_works_once_and_while_nobody_is_there, an_invitation_makes_a_member,
        an_invitation_is_for_its_address, an_invitation_lowers_no_role,
        six_take_one_link_and_five_are_too_late;
    users: what_proves_a_user_changes, somebody_is_left_who_sets_up, two_admins_at_once_leave_one,
        accounts_are_listed_with_what_they_may, whoever_leaves_is_signed_out,
        the_tokens_of_whoever_leaves_are_named, a_role_in_a_unit_is_of_that_unit,
        an_invitation_is_for_its_unit, all_roles_of_somebody_are_set_at_once;
    password_links: a_forgotten_password_is_chosen_anew,
        two_use_one_password_link_and_one_is_too_late, whatever_else_ends_a_password_link,
        an_admin_resets_accounts_of_their_own_customer,
        whoever_is_to_run_the_server_begins_anew;
    sessions: a_session_lasts_and_ends, others_are_ended, the_oldest_of_too_many_end;
    identities: an_identity_is_one_users, a_user_may_have_no_password, a_state_signs_in_once,
        a_provider_ends_what_it_began;
    sign_ins: failures_lock_and_a_success_forgets;
    proposals: a_verdict_above_the_amount_waits_for_a_second_person,
        a_proposal_is_taken_back_and_a_confirmation_too, a_token_is_the_person_who_made_it,
        a_token_that_nobody_is_known_to_have_made_is_no_second_person;
    reason_codes: codes_are_added_and_retired, a_verdict_names_a_code_of_its_own,
        a_proposal_keeps_its_code;
    recovery: money_comes_back_step_by_step, a_part_leaves_the_rest_asked_for,
        a_step_is_of_all_or_of_none, money_on_its_way_is_summed,
        an_answer_is_waited_for_until_a_day, a_credit_is_taken_once, all_of_one_supplier_is_found;
    letters: a_letter_is_as_an_admin_wrote_it, letters_with_names_stand_beside_the_one_for_all;
    scan_hosts: hosts_are_as_an_admin_listed_them;
    notifications: an_event_is_told_once_to_each_who_is_to_know, whoever_a_reason_names_is_told,
        a_delivery_waits_and_is_tried_again,
        deliveries_of_one_moment_go_in_the_order_of_their_ids, webhooks_are_an_admins,
        what_nobody_does_is_noted_once,
        what_is_due_goes_by_the_day_of_whoever_has_it;
    payment_runs: a_run_of_payments_is_kept_and_decided, payments_that_are_read_no_more_go;
    statements: a_statement_is_kept_as_it_was_reconciled, columns_are_settled_once_and_audited,
        credits_count_until_a_later_statement_takes_the_place;
    saved_views: views_are_each_users_own;
    saved_views: shared_views_are_everybodys;
    check_settings: settings_come_back_and_are_audited;
    screening_settings: words_of_a_screening_come_back_and_are_audited;
    holds: invoices_are_held_and_lifted_and_an_erp_hears_of_each, a_verdict_lifts_what_its_finding_held,
        paid_invoices_are_not_held, invoices_of_two_suppliers_under_one_id_are_held_each,
        a_webhook_is_told_what_is_held_and_lifted,
        a_run_lifts_what_nothing_asks_for_any_more, what_is_true_is_to_be_stopped_until_it_is;
    across: a_comparison_is_done_once;
    attachments: a_file_stands_beside_its_finding, files_go_where_everything_goes;
    own_checks: own_checks_keep_every_version, own_checks_are_the_units_own,
        no_check_comes_back_without_room, two_add_the_last_check_and_one_is_too_late;
    limits: nobody_fills_a_list, a_long_history_is_read_in_part;
    audit: entries_are_chained_and_listed, entries_are_filtered, a_changed_log_shows,
        a_log_that_was_cut_or_written_anew_shows, a_changed_decision_shows;
}
