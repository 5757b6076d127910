/* The table of subcommands and their options. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/commands.h"

#define END                               \
	{                                 \
		OPT_END, NULL, NULL, NULL \
	}

static const struct opt init_opts[] = {
	{OPT_VALUE, "cipher", "C", "aes-256-gcm or xchacha20-poly1305"},
	{OPT_REPEAT, "auditor", "PUB", "log bodies are sealed to this key"},
	{OPT_VALUE, "log-key", "F", "import the log's signing key"},
	END};
static const struct opt ingest_opts[] = {
	{OPT_VALUE, "dataset", "D", "the data set's name"},
	{OPT_VALUE, "manifest", "F", "what the files are (carrel-dataset(5))"},
	{OPT_VALUE, "jobs", "N", "children in parallel (default: CPUs)"},
	{OPT_FLAG, "dry-run", NULL, "detect and count, store nothing"},
	{OPT_FLAG, "replace", NULL, "paths not given now leave the data set"},
	{OPT_FLAG, "redetect", NULL, "search what is stored anew (no PATH)"},
	END};
static const struct opt ls_opts[] = {
	{OPT_FLAG, "long", NULL, "sizes, records, spans, what is denied"}, END};
static const struct opt detect_opts[] = {
	{OPT_VALUE, "manifest", "F", "what the files are (carrel-dataset(5))"},
	{OPT_VALUE, "unit", "U", "bytes, codepoints or utf16 (bytes)"},
	{OPT_FLAG, "stats", NULL,
	 "count by type and rule instead, and list what is "
	 "known of which language"},
	{OPT_VALUE, "min-score", "S", "only spans of at least it, 0 to 1"},
	{OPT_VALUE, "name", "F", "what standard input (-) would be called"},
	END};
#define AS_OPTS                                                            \
	{OPT_VALUE, "policy", "P", "the policy file"},                     \
		{OPT_VALUE, "as", "A", "the annotator"},                   \
	{                                                                  \
		OPT_VALUE, "task", "T", "the task (default: the only one)" \
	}
static const struct opt preview_opts[] = {
	AS_OPTS,
	{OPT_VALUE, "out", "DIR", "where to write (made where missing)"},
	{OPT_FLAG, "diff", NULL, "what is stored beside it, for your eyes"},
	END};
static const struct opt explain_opts[] = {
	AS_OPTS,
	{OPT_FLAG, "assignment", NULL,
	 "print the assign key (formula: carrel-policy(5))"},
	{OPT_FLAG, "swaps", NULL, "list the records with exchanged fields"},
	END};
static const struct opt diff_opts[] = {
	{OPT_VALUE, "as", "A", "only this annotator"}, END};
static const struct opt run_opts[] = {
	AS_OPTS,
	{OPT_VALUE, "project", "P", "where you are in several"},
	{OPT_FLAG, "no-terminal", NULL, "standard streams are /dev/null"},
	{OPT_FLAG, "explain", NULL, "print the steps of the confinement"},
	END};
static const struct opt end_opts[] = {
	{OPT_FLAG, "all", NULL, "every session"},
	{OPT_FLAG, "gateway", NULL, "every session, and the gateway"},
	END};
static const struct opt mount_opts[] = {AS_OPTS, END};
static const struct opt verify_opts[] = {
	{OPT_VALUE, "log", "DIR", "the log (default: STORE/log)"},
	{OPT_VALUE, "key", "VKEY", "the trusted key (text or file)"},
	{OPT_VALUE, "prev", "FILE", "an earlier checkpoint kept elsewhere"},
	{OPT_VALUE, "save", "FILE", "keep the verified checkpoint here"},
	END};
#define READ_OPTS                                                             \
	{OPT_VALUE, "log", "DIR", "the log (default: STORE/log)"},            \
	{                                                                     \
		OPT_VALUE, "auditor-key", "F", "secret that opens log bodies" \
	}
static const struct opt log_opts[] = {
	READ_OPTS,
	{OPT_VALUE, "annotator", "A", "only this annotator"},
	{OPT_VALUE, "session", "S", "only this session (number)"},
	{OPT_VALUE, "object", "O", "only this object id"},
	{OPT_VALUE, "path", "P", "only this visible path (glob)"},
	{OPT_VALUE, "op", "OP", "only this kind: OPEN, READ ..."},
	{OPT_VALUE, "since", "T", "2026-12-01[T10:00[:00]Z], or 30m 8h 7d"},
	{OPT_FLAG, "follow", NULL, "wait for more"},
	END};
static const struct opt replay_opts[] = {
	READ_OPTS,
	{OPT_VALUE, "session", "S", "every read of this session (number)"},
	{OPT_VALUE, "out", "DIR", "write the bytes here"},
	END};
static const struct opt work_list_opts[] = {
	{OPT_VALUE, "as", "A", "only this annotator's"},
	{OPT_VALUE, "project", "P", "only of this project"},
	END};
static const struct opt work_export_opts[] = {
	{OPT_VALUE, "out", "DIR", "where to write (made where missing)"},
	{OPT_VALUE, "as", "A", "only this annotator's, without a folder"},
	{OPT_VALUE, "project", "P", "only of this project"},
	END};
static const struct opt work_flags_opts[] = {
	{OPT_FLAG, "all", NULL, "also those that were decided on"},
	{OPT_VALUE, "accept", "ID", "it becomes a span for everyone"},
	{OPT_VALUE, "type", "T", "with --accept: its type (FLAGGED)"},
	{OPT_VALUE, "manifest", "F", "with --accept: of the data set"},
	{OPT_VALUE, "reject", "ID", "the file is shown again"},
	END};
static const struct opt fsck_opts[] = {
	{OPT_FLAG, "quick", NULL, "do not open every segment"}, END};
#define ALSO_OPTS                                                             \
	{OPT_REPEAT, "also-key-file", "F", "opens another slot"},             \
	{                                                                     \
		OPT_REPEAT, "also-passphrase-file", "F", "opens another slot" \
	}
static const struct opt key_add_opts[] = {
	{OPT_VALUE, "new-key-file", "F", "for this key (made where missing)"},
	{OPT_VALUE, "new-passphrase-file", "F", "for this passphrase"},
	{OPT_VALUE, "recipient", "PUB", "for whose secret key this belongs to"},
	END};
static const struct opt key_remove_opts[] = {ALSO_OPTS, END};
static const struct opt key_rotate_opts[] = {
	ALSO_OPTS,
	{OPT_FLAG, "drop", NULL, "slots that nothing given opens go"},
	END};
static const struct opt erase_opts[] = {
	{OPT_VALUE, "record", "ID", "only this record of the file"},
	{OPT_VALUE, "value-file", "F", "every record with one of these values"},
	{OPT_VALUE, "dataset", "D", "with --value-file: only in this one"},
	{OPT_FLAG, "work", NULL, "also saved work that may have come of it"},
	{OPT_VALUE, "auditor-key", "F", "with --work: opens the log"},
	{OPT_FLAG, "dry-run", NULL, "only list what would go"},
	{OPT_FLAG, "yes", NULL, "do not ask"},
	END};
static const struct opt export_opts[] = {
	{OPT_VALUE, "policy", "P", "the policy file"},
	{OPT_VALUE, "as", "ROLE", "a role that sees `records: all`"},
	{OPT_VALUE, "out", "DIR", "where to write (must not be there yet)"},
	END};
static const struct opt project_opts[] = {{OPT_FLAG, "yes", NULL, "do not ask"},
					  END};
static const struct opt gc_opts[] = {
	{OPT_FLAG, "dry-run", NULL, "only count packs, only list data sets"},
	{OPT_FLAG, "expired", NULL, "erase data sets past their retain_until"},
	{OPT_FLAG, "views", NULL, "also forget view indexes and field sets"},
	{OPT_FLAG, "yes", NULL, "do not ask"},
	END};
static const struct opt no_opts[] = {END};

static const struct command table[] = {
	{"init",
	 "owner",
	 "[DIR]",
	 "make a store, its keys and its log",
	 "Makes the directory of the store: DIR, which is --store by another "
	 "name and wins over CARREL_STORE. The key file is made, mode "
	 "0600, where it does not exist. Prints the verifier key of the "
	 "log, which auditors keep. --log-key takes 64 hex digits or a "
	 "private key as Go's note package writes it.",
	 init_opts,
	 {"carrel init --store room --key-file owner.key",
	  "carrel init --store room --passphrase-file pass "
	  "--auditor PUB"},
	 cmd_init,
	 0,
	 1,
	 false},
	{"ingest",
	 "owner",
	 "PATH...",
	 "read, detect, seal into the store",
	 "A stored path is relative to the one PATH, or to the common "
	 "parent of several. Can be run again: what stands already is "
	 "skipped; an interrupted run goes on. Exit 3: some files were "
	 "denied, each is named with its reason. --redetect, after an update "
	 "of carrel or with another manifest, takes the stored objects in "
	 "place of files: the new version has the same bytes and a new set of "
	 "spans; sessions that run, and replay, keep the set of theirs.",
	 ingest_opts,
	 {"carrel ingest --dataset calls --manifest calls.yaml calls/",
	  "carrel ingest --redetect --manifest calls.yaml"},
	 cmd_ingest,
	 0,
	 -1,
	 false},
	{"ls",
	 "owner",
	 "[DATASET[/PATH]]",
	 "list data sets or stored paths",
	 "Owner's names: what lies in the store, not a view of it.",
	 ls_opts,
	 {"carrel ls", "carrel ls --long calls/transcripts"},
	 cmd_ls,
	 0,
	 1,
	 false},
	{"report",
	 "owner",
	 "DATASET[/PATH]",
	 "what was found, by file and type",
	 "Of the newest version of a data set, from the sealed spans: of each "
	 "stored file its records and how many values of which type were "
	 "found in it, or why it is denied; then the sums. With --json also "
	 "by which rule. No value is shown.",
	 no_opts,
	 {"carrel report calls", "carrel report calls/2026-07 --json"},
	 cmd_report,
	 1,
	 1,
	 false},
	{"detect",
	 "owner",
	 "FILE...",
	 "print spans of sensitive values",
	 "Needs no store. One JSON line per file: {\"id\", \"spans\": "
	 "[{\"start\", \"end\", \"type\", \"score\", \"rule\"}]}, "
	 "offsets into the raw file in the unit asked for. FILE - is standard "
	 "input, a text unless --name says otherwise. What --min-score leaves "
	 "out was found all the same: ingest knows no such bound, policies do "
	 "(min_score).",
	 detect_opts,
	 {"carrel detect --name x.jsonl --min-score 0.6 - < x.jsonl",
	  "carrel detect --manifest m.yaml --stats a.json b.json"},
	 cmd_detect,
	 1,
	 -1,
	 false},
	{"preview",
	 "owner",
	 "[PATH...]",
	 "write what an annotator would see",
	 "Renders the view to plain files below --out, with the paths "
	 "they have below /carrel/data. Logged as PREVIEW of the owner, "
	 "never as the annotator's reading. --diff prints instead, for texts, "
	 "what is stored and what is shown side by side (on a terminal of "
	 "less than 100 columns one above the other), what differs in red and "
	 "green: < what is not shown at all, | what is shown otherwise. Of "
	 "files that are no text it says so, exit 3. NO_COLOR and COLUMNS "
	 "count.",
	 preview_opts,
	 {"carrel preview --policy p.yaml --as alice --out seen",
	  "carrel preview --policy p.yaml --as bob --diff "
	  "calls/1.json"},
	 cmd_preview,
	 0,
	 -1,
	 false},
	{"policy check",
	 "owner",
	 "P.yaml",
	 "is the policy well formed",
	 "Complaints name line, column and the nearest valid key. With "
	 "a store, the data sets and their terms are checked too. Warns "
	 "of keys that this version reads but does not enforce.",
	 no_opts,
	 {"carrel policy check policy.yaml",
	  "carrel policy check --json policy.yaml"},
	 cmd_policy_check,
	 1,
	 1,
	 false},
	{"policy test",
	 "owner",
	 "P.yaml [T.yaml]",
	 "run the policy's tests",
	 "Runs P.test.yaml beside the policy, or the given file. Cases "
	 "with text need no store. Exit 1: a case failed.",
	 no_opts,
	 {"carrel policy test policy.yaml",
	  "carrel policy test --json policy.yaml more.test.yaml"},
	 cmd_policy_test,
	 1,
	 2,
	 false},
	{"policy explain",
	 "owner",
	 "[PATH]",
	 "why is this shown, or not",
	 "For each record and span of a stored path: shown or why not, type, "
	 "what becomes of it and the policy line that decided, the rule that "
	 "found it, score, and the words near it that recognizers know. "
	 "--assignment prints the project's assign key, with which anyone "
	 "can compute the dealing by the formula of carrel-policy(5). --swaps "
	 "prints a line of JSON for each record whose fields the annotator "
	 "sees exchanged: what labels need to be put back.",
	 explain_opts,
	 {"carrel policy explain --policy p.yaml --as alice calls/1.json",
	  "carrel policy explain --policy p.yaml --as alice "
	  "--assignment --json"},
	 cmd_policy_explain,
	 0,
	 1,
	 false},
	{"policy diff",
	 "owner",
	 "OLD.yaml NEW.yaml",
	 "who gains or loses what",
	 "For each annotator and task what changes: which records, how each "
	 "type is shown, fields, names. With a store also how many objects and "
	 "records of each data set are gained or lost. Exit 0: nothing "
	 "changes for anybody; 1: something does.",
	 diff_opts,
	 {"carrel policy diff old.yaml new.yaml",
	  "carrel policy diff --as alice --json old.yaml new.yaml"},
	 cmd_policy_diff,
	 2,
	 2,
	 false},
	{"policy apply",
	 "owner",
	 "P.yaml",
	 "put a policy in force",
	 "Its text is sealed in the store and logged; annotators it names "
	 "with `user:` can then `carrel run` without bringing one. A running "
	 "session that would not see the same under it ends within a second; "
	 "saved work is kept.",
	 no_opts,
	 {"carrel policy apply policy.yaml",
	  "carrel policy apply --json policy.yaml"},
	 cmd_policy_apply,
	 1,
	 1,
	 false},
	{"session list",
	 "owner",
	 "",
	 "who is in session now",
	 "Number, annotator, project, task, confinement, opens and reads of "
	 "each session of the gateway; of each limit of its role what was "
	 "used, by all sessions of the annotator (time and idle: by this "
	 "one, in seconds); sweep, where it has opened most of its view "
	 "within ten minutes.",
	 no_opts,
	 {"carrel session list", "carrel session list --json"},
	 cmd_session_list,
	 0,
	 0,
	 false},
	{"session end",
	 "owner",
	 "[NUMBER]",
	 "end a session, or the gateway",
	 "Reads are refused at once, every process of the session is ended, "
	 "its end is logged; saved work is kept.",
	 end_opts,
	 {"carrel session end 117", "carrel session end --gateway"},
	 cmd_session_end,
	 0,
	 1,
	 false},
	{"work list",
	 "owner",
	 "",
	 "list what annotators saved",
	 "Each file of the work areas: annotator, size, time of the last "
	 "write, how often a writer closed it (v3), path. With --json also "
	 "the digest that the log's WRITE has. A session may be going on: "
	 "what it has not saved yet is not there.",
	 work_list_opts,
	 {"carrel work list", "carrel work list --as alice --json"},
	 cmd_work_list,
	 0,
	 0,
	 false},
	{"work export",
	 "owner",
	 "[PATH...]",
	 "write out what annotators saved",
	 "Writes the files to a folder for each annotator below --out, or "
	 "with --as straight into it; PATH chooses a file or folder of the "
	 "area. Whoever has areas in several projects needs --project. "
	 "Existing files are never written over, symlinks are left out, "
	 "nothing is executable. Logged as EXPORT.",
	 work_export_opts,
	 {"carrel work export --out saved",
	  "carrel work export --as alice --out saved labels"},
	 cmd_work_export,
	 0,
	 -1,
	 false},
	{"work flags",
	 "owner",
	 "",
	 "what annotators say was missed",
	 "One line for each flag: number, time, state, annotator, stored "
	 "path, words. Until it is decided on, who flagged it does not see "
	 "the file. --accept searches the words in the file, and as a known "
	 "value in its group, and makes them spans of rule flag and score 1 "
	 "in a new version of the data set (of a recording: bleeps the "
	 "seconds); all sessions end first. Words that do not stand in the "
	 "stored file are refused, and without --type those that stand only "
	 "where something else is found: they may be a guess. --reject shows "
	 "the file again. Both are logged as FLAG.",
	 work_flags_opts,
	 {"carrel work flags --json",
	  "carrel work flags --accept 61 --type PERSON --manifest bank.yaml"},
	 cmd_work_flags,
	 0,
	 0,
	 false},
	{"export",
	 "owner",
	 "",
	 "write a view for training, with a receipt",
	 "The files are those preview would write for an annotator of the "
	 "role, but for fields that change places (swap): they lie as they are "
	 "stored. "
	 "receipt.json, written last, has terms, policy hash, versions, and of "
	 "each file object, records and SHA-256, and a checkpoint of the log; "
	 "the log's EXPORT has its digest. Exit 5: the terms of a data set do "
	 "not allow training, the project or the purpose.",
	 export_opts,
	 {"carrel export --policy p.yaml --as rater --out train", NULL},
	 cmd_export,
	 0,
	 0,
	 false},
	{"erase",
	 "owner",
	 "[DATASET/PATH]",
	 "destroy a file, a record, or a person's values",
	 "PATH is a file, or a folder and all below it. With --value-file, a "
	 "value per line: every record in which one was found by a recognizer "
	 "(in any spelling of it) or stands as written; and the whole file "
	 "where it stands in the path, the group, an attribute, or outside of "
	 "records. All versions are searched. The file is sealed anew without "
	 "the record in a new version of the data set, and the keys of the "
	 "contents of before are destroyed; packs with nothing else in them "
	 "go. With a record or value the recordings of its group go, in which "
	 "it is heard, and the file is not ingested again as it was. All "
	 "running sessions end first. Saved work is kept, but for --work, "
	 "which "
	 "removes what those who opened the file, says the log, changed since. "
	 "Replay of reads of what is gone says erased. Tells what it cannot "
	 "reach.",
	 erase_opts,
	 {"carrel erase calls/transcripts/17.json --record 4",
	  "carrel erase --value-file subject.txt --dry-run"},
	 cmd_erase,
	 0,
	 1,
	 false},
	{"project end",
	 "owner",
	 "NAME",
	 "destroy the keys of a project",
	 "Its sessions end, its policy is no longer in force, its stand-ins "
	 "cannot be made again, and what annotators saved in it goes: export "
	 "it "
	 "first. Replay of what was read in it says so and exits 3. The name "
	 "cannot be used again. The data sets stay.",
	 project_opts,
	 {"carrel project end harbor-bank-2026", NULL},
	 cmd_project_end,
	 1,
	 1,
	 false},
	{"gc",
	 "owner",
	 "",
	 "give back what nothing alive lies in",
	 "What erased objects and interrupted ingests left: packs in which "
	 "nothing is alive go, others are rewritten without what is dead, also "
	 "while sessions read. --expired erases, as `carrel erase` does, all "
	 "objects of data sets whose terms have ended (retain_until), and says "
	 "which. --views forgets view indexes and field sets, which pile up as "
	 "policies and versions change; those in use are made again when they "
	 "are asked for.",
	 gc_opts,
	 {"carrel gc --dry-run", "carrel gc --expired --yes"},
	 cmd_gc,
	 0,
	 0,
	 false},
	{"fsck",
	 "owner",
	 "",
	 "check the whole store",
	 "Opens every cell, checks every signed manifest root and every "
	 "segment. Exit 7: something is damaged, and what. Exit 8: "
	 "nothing is, but of a work area not all could be checked, because "
	 "a session writes to it.",
	 fsck_opts,
	 {"carrel fsck", "carrel fsck --quick --json"},
	 cmd_fsck,
	 0,
	 0,
	 false},
	{"run",
	 "annotator",
	 "[-- CMD ARG...]",
	 "a confined session at a desk",
	 "The view lies under /carrel/data. What is read inside can be "
	 "written to /carrel/work and nowhere else that outlasts the session. "
	 "Standard input, output and error must be one terminal, or give "
	 "--no-terminal. Without --policy it is the policy in force that "
	 "names your login. A gateway is started where none runs and a key "
	 "is at hand.",
	 run_opts,
	 {"carrel run --policy p.yaml --as alice --task batch-07",
	  "carrel run --policy p.yaml --as alice -- praat"},
	 cmd_run,
	 0,
	 0,
	 true},
	{"flag",
	 "annotator",
	 "PATH [WORDS]",
	 "inside a session: this should not be shown",
	 "For a name or number that was missed. PATH is a file below "
	 "/carrel/data, WORDS what should not stand there, as it stands "
	 "there; of a recording its seconds, like 12.3-14. Without WORDS one "
	 "line is read from standard input, so that they are in no list of "
	 "processes. The file is hidden from you at once and in later "
	 "sessions, until the owner has decided (carrel work flags). How many "
	 "an hour is limited (flags_per_hour in carrel-policy(5)). Where the "
	 "command is not at hand: setfattr -n user.carrel.flag -v WORDS PATH.",
	 no_opts,
	 {"carrel flag data/calls/7.json \"Maria Lopez\"",
	  "carrel flag data/audio/7.wav 12.3-14"},
	 cmd_flag,
	 1,
	 2,
	 false},
	{"serve",
	 "operator",
	 "",
	 "be the gateway of a store",
	 "Holds the keys and the log and serves sessions until SIGTERM. "
	 "Without it, `carrel run` of a key holder starts one that ends with "
	 "its last session.",
	 no_opts,
	 {"carrel serve --store room --key-file owner.key", NULL},
	 cmd_serve,
	 0,
	 0,
	 false},
	{"status",
	 "operator",
	 "",
	 "does a gateway run, and for whom",
	 "One line per session, as session list prints it.",
	 no_opts,
	 {"carrel status", "carrel status --json"},
	 cmd_status,
	 0,
	 0,
	 false},
	{"mount",
	 "operator",
	 "MOUNTPOINT",
	 "the owner's mount, no confinement",
	 "Stays in the foreground until it is unmounted or interrupted. "
	 "Logged with confinement none, whatever the policy demands of "
	 "an annotator.",
	 mount_opts,
	 {"carrel mount --policy p.yaml --as alice mnt", NULL},
	 cmd_mount,
	 1,
	 1,
	 false},
	{"audit verify",
	 "auditor",
	 "",
	 "check the log as a stranger would",
	 "Hashes every entry again and checks every signature. Exit 1: "
	 "the first bad place. Exit 3: consistent, but no trusted key.",
	 verify_opts,
	 {"carrel audit verify --log log --key \"$(cat room.vkey)\"",
	  "carrel audit verify --store room --key room.vkey "
	  "--prev last --save last"},
	 cmd_audit_verify,
	 0,
	 0,
	 false},
	{"audit log",
	 "auditor",
	 "",
	 "print the entries of the log",
	 "Bodies are opened with the auditor's key, or the store's. "
	 "With --json one object per line. Exit 1: a session's end counts "
	 "other entries than the log has.",
	 log_opts,
	 {"carrel audit log --annotator alice --op READ",
	  "carrel audit log --json --since 8h --follow"},
	 cmd_audit_log,
	 0,
	 0,
	 false},
	{"audit replay",
	 "auditor",
	 "[SEQ]",
	 "make logged reads again",
	 "Renders each read again from the store and compares it with "
	 "the logged tag. Exit 1: a mismatch. Exit 3: something cannot "
	 "be made again.",
	 replay_opts,
	 {"carrel audit replay 117",
	  "carrel audit replay --session 42 --out seen"},
	 cmd_audit_replay,
	 0,
	 1,
	 false},
	{"key new",
	 "owner",
	 "FILE",
	 "make a key pair for an auditor or a recipient",
	 "Writes the secret to FILE, mode 0600, and prints the public "
	 "key for init --auditor or key add --recipient.",
	 no_opts,
	 {"carrel key new auditor.key", NULL},
	 cmd_key_new,
	 1,
	 1,
	 false},
	{"key list",
	 "owner",
	 "",
	 "list the ways to open the store",
	 "Number and kind of each slot, and which one opened the store now.",
	 no_opts,
	 {"carrel key list", "carrel key list --json"},
	 cmd_key_list,
	 0,
	 0,
	 false},
	{"key add",
	 "owner",
	 "",
	 "add a way to open the store",
	 "For a key file, a passphrase (asked for where nothing is given), or "
	 "the X25519 public key of a recipient, who opens the store with "
	 "--key-file and the secret that key new wrote. At most 16.",
	 key_add_opts,
	 {"carrel key add --new-key-file spare.key",
	  "carrel key add --recipient \"$(cat bob.pub)\""},
	 cmd_key_add,
	 0,
	 0,
	 false},
	{"key remove",
	 "owner",
	 "NUMBER",
	 "remove a way to open the store",
	 "Another slot must be shown to open it: the one you came with, or "
	 "with --also-key-file. Whoever had the slot and kept a copy of "
	 "store.yaml still has the root key; key rotate ends that.",
	 key_remove_opts,
	 {"carrel key remove 2",
	  "carrel key remove 1 --also-key-file spare.key"},
	 cmd_key_remove,
	 1,
	 1,
	 false},
	{"key rotate",
	 "owner",
	 "",
	 "change the root key",
	 "Wraps every key under a new root key; the keys themselves stay, so "
	 "stand-ins, ids and the log do too. Each slot needs its key file or "
	 "passphrase, or goes with --drop; recipients stay without their "
	 "secret. Sessions go on. A rotation that was cut off is ended by the "
	 "next command that writes. Backups of before still open with the "
	 "slots of before.",
	 key_rotate_opts,
	 {"carrel key rotate --drop",
	  "carrel key rotate --also-key-file spare.key"},
	 cmd_key_rotate,
	 0,
	 0,
	 false},
	{"doctor",
	 "operator",
	 "",
	 "what this machine can and cannot do",
	 "Kernel, FUSE, user namespaces, Landlock, seccomp, locked "
	 "memory, CPU, hidepid, swap, core handler, Yama, groups: each "
	 "ok, warn or missing, with what to change. Last, the strength "
	 "these add up to. Exit 9 where no session can be made.",
	 no_opts,
	 {"carrel doctor", "carrel doctor --json"},
	 cmd_doctor,
	 0,
	 0,
	 false},
	{"version",
	 "operator",
	 "",
	 "print the version",
	 "",
	 no_opts,
	 {"carrel version --json", NULL},
	 cmd_version,
	 0,
	 0,
	 false},
	{"_man",
	 NULL,
	 "",
	 "man page source",
	 "",
	 no_opts,
	 {NULL, NULL},
	 cmd_man,
	 0,
	 0,
	 false},
	{"_completion",
	 NULL,
	 "bash|zsh",
	 "completion script",
	 "",
	 no_opts,
	 {NULL, NULL},
	 cmd_completion,
	 1,
	 1,
	 false},
	{"_child",
	 NULL,
	 "",
	 "keyless worker",
	 "",
	 no_opts,
	 {NULL, NULL},
	 cmd_child,
	 0,
	 0,
	 false},
	{"_external",
	 NULL,
	 "",
	 "external recognizer",
	 "",
	 no_opts,
	 {NULL, NULL},
	 cmd_external,
	 0,
	 0,
	 false},
	{"_session",
	 NULL,
	 "",
	 "launcher of a confined session",
	 "",
	 no_opts,
	 {NULL, NULL},
	 cmd_session,
	 0,
	 0,
	 false},
};

const struct command *commands_all(size_t *n)
{
	*n = ARRAY_LEN(table);
	return table;
}
