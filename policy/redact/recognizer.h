/* Inside of the recognizers: the scan of one run and what parts share. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_RECOGNIZER_H
#define REDACT_RECOGNIZER_H

#include "policy/redact/detect.h"
#include "policy/redact/entity.h"
#include "policy/redact/pattern.h"
#include "policy/redact/propagate_tree.h"
#include "policy/redact/recognizer_kinds.h"
#include "policy/redact/recognizer_starts.h"
#include "policy/redact/recognizer_words.h"
#include "policy/redact/tagger.h"

/*
 * Rule names by number; custom rules come behind. A rule says which grammar,
 * checksum or cue made the hit, for `policy explain`.
 */
/* clang-format off */
#define RULE_LIST(X) \
	X(FLAG, "flag") \
	X(FILE_PATH, "file.path") \
	X(KNOWN, "known") \
	X(PROPAGATED, "propagated") \
	X(PROPAGATED_REVERSED, "propagated.reversed") \
	X(PROPAGATED_GLUED, "propagated.glued") \
	X(PROPAGATED_SHORT, "propagated.short") \
	X(EMAIL_AT, "email.at") \
	X(EMAIL_SPOKEN, "email.spoken") \
	X(URL_SCHEME, "url.scheme") \
	X(URL_WWW, "url.www") \
	X(URL_BARE, "url.bare") \
	X(IP_V4, "ip.v4") \
	X(IP_V6, "ip.v6") \
	X(MAC_GROUPS, "mac.groups") \
	X(CARD_LUHN, "card.luhn") \
	X(CARD_CONTEXT, "card.context") \
	X(IBAN_MOD97, "iban.mod97") \
	X(IBAN_CONTEXT, "iban.context") \
	X(SSN_FORMAT, "ssn.format") \
	X(SSN_CONTEXT, "ssn.context") \
	X(US_ITIN, "us.itin") \
	X(US_EIN, "us.ein") \
	X(US_NPI, "us.npi") \
	X(US_MBI, "us.mbi") \
	X(US_ABA, "us.aba") \
	X(US_DEA, "us.dea") \
	X(PASSPORT, "passport.context") \
	X(CA_SIN, "ca.sin") \
	X(UK_NHS, "uk.nhs") \
	X(UK_NINO, "uk.nino") \
	X(UK_DRIVER, "uk.driver") \
	X(UK_POSTCODE, "uk.postcode") \
	X(CA_POSTCODE, "ca.postcode") \
	X(AU_TFN, "au.tfn") \
	X(AU_ABN, "au.abn") \
	X(AU_MEDICARE, "au.medicare") \
	X(IN_AADHAAR, "in.aadhaar") \
	X(IN_PAN, "in.pan") \
	X(ZA_ID, "za.id") \
	X(DE_TAX, "de.tax") \
	X(DE_CARD, "de.card") \
	X(DE_PENSION, "de.pension") \
	X(DE_HEALTH, "de.health") \
	X(DE_PLZ, "de.plz") \
	X(AT_SOCIAL, "at.social") \
	X(CH_AHV, "ch.ahv") \
	X(ES_NIF, "es.nif") \
	X(ES_NIE, "es.nie") \
	X(ES_CIF, "es.cif") \
	X(IT_FISCAL, "it.fiscal") \
	X(FR_NIR, "fr.nir") \
	X(NL_BSN, "nl.bsn") \
	X(PL_PESEL, "pl.pesel") \
	X(FI_HETU, "fi.hetu") \
	X(SE_NUMBER, "se.personnummer") \
	X(TR_ID, "tr.kimlik") \
	X(VN_CCCD, "vn.cccd") \
	X(CN_ID, "cn.id") \
	X(KR_RRN, "kr.rrn") \
	X(SG_NRIC, "sg.nric") \
	X(TH_ID, "th.id") \
	X(BR_CPF, "br.cpf") \
	X(MX_CURP, "mx.curp") \
	X(MX_RFC, "mx.rfc") \
	X(CL_RUT, "cl.rut") \
	X(AR_CUIL, "ar.cuil") \
	X(VIN_CHECK, "vin.check") \
	X(VIN_CONTEXT, "vin.context") \
	X(PLATE_UK, "plate.uk") \
	X(PLATE_ES, "plate.es") \
	X(PLATE_FR, "plate.fr") \
	X(PLATE_IN, "plate.in") \
	X(PLATE_VN, "plate.vn") \
	X(PLATE_CONTEXT, "plate.context") \
	X(IMEI, "imei.luhn") \
	X(SWIFT, "swift.context") \
	X(PHONE_E164, "phone.e164") \
	X(PHONE_US, "phone.us") \
	X(PHONE_NATIONAL, "phone.national") \
	X(PHONE_CONTEXT, "phone.context") \
	X(DATE_ISO, "date.iso") \
	X(DATE_NUMERIC, "date.numeric") \
	X(DATE_WORDED, "date.worded") \
	X(MONEY_SIGN, "money.sign") \
	X(MONEY_WORD, "money.word") \
	X(PERSON_INTRO, "person.intro") \
	X(PERSON_TITLE, "person.title") \
	X(PERSON_SALUTATION, "person.salutation") \
	X(PERSON_ANSWER, "person.answer") \
	X(PERSON_KEY, "person.key") \
	X(PERSON_SPELLED, "person.spelled") \
	X(PERSON_TAGGER, "person.tagger") \
	X(PERSON_RARE, "person.rare") \
	X(LOCATION_TAGGER, "location.tagger") \
	X(ORGANIZATION_TAGGER, "organization.tagger") \
	X(ADDRESS_STREET, "address.street") \
	X(ADDRESS_BOX, "address.box") \
	X(PLACE_CUE, "place.cue") \
	X(PLACE_ANSWER, "place.answer") \
	X(ZIP_STATE, "zip.state") \
	X(ZIP_TOWN, "zip.town") \
	X(SECRET_CUE, "secret.cue") \
	X(SECRET_ANSWER, "secret.answer") \
	X(AGE, "age.number") \
	X(TRAIT_CUE, "trait.cue") \
	X(TRAIT_WORD, "trait.word") \
	X(TRAIT_KEY, "trait.key") \
	X(USER_CUE, "user.cue") \
	X(USER_ANSWER, "user.answer") \
	X(USER_HANDLE, "user.handle") \
	X(USER_HOME, "user.home") \
	X(KEY_PREFIX, "key.prefix") \
	X(KEY_ENTROPY, "key.entropy") \
	X(KEY_PRIVATE, "key.private") \
	X(CRYPTO, "crypto.checksum") \
	X(ID_CONTEXT, "id.context") \
	X(ID_ANSWER, "id.answer") \
	X(ID_KEY, "id.key") \
	X(ID_SPELLED, "id.spelled") \
	X(ID_ECHO, "id.echo") \
	X(ID_PARTS, "id.parts") \
	X(ID_BARE, "id.bare")
/* clang-format on */

enum rule {
#define RULE_ENUM(name, text) RULE_##name,
	RULE_LIST(RULE_ENUM)
#undef RULE_ENUM
	RULE_COUNT,
};

/* A custom rule, compiled: a pattern, or begin and end; the lists of words of
 * all rules are in one tree. */
struct custom {
	uint16_t type, rule;
	struct pattern *pattern;
	struct buf begin, end; /* folded literals */
};

/* A word in the tables; NULL: it is not there. */
struct listed {
	const struct word *trigger, *common, *abode;
};

struct recognizers {
	struct word_table triggers;  /* words that start something */
	struct word_table common;    /* words that are hardly names */
	struct word_table abode;     /* words of addresses */
	struct word_table all;	     /* the words of these three */
	struct listed *listed;	     /* by their number in it; [0]: none */
	struct word_table abroad[3]; /* of other languages: enum abroad */
	struct kind_index kinds;     /* identifiers with a shape */
	uint16_t *starts;	     /* what they may be: recognizer_starts.c */
	uint32_t *abode_is;	     /* enum abode of each */
	struct tree words;	     /* custom lists of words */
	struct tagger *tagger; /* of one thread; NULL to measure the rest */
	struct arena *arena;
	const char **types, **rules;
	uint32_t ntypes, nrules;
	struct custom *custom;
	uint32_t ncustom;
	uint32_t nexternal, external; /* how many; the first one's rule */
	struct recognizers_ask *ask;
	struct known_files files; /* of the data set; borrowed */
};

/* What a kind of run allows. */
enum allowed {
	ALLOW_CORE = 1,	 /* e-mail, phone, card, IBAN, SSN */
	ALLOW_MORE = 2,	 /* the other patterns */
	ALLOW_PROSE = 4, /* names by cue, bare identifiers */
	ALLOW_NET = 8,	 /* IP and MAC addresses; part of ALLOW_MORE */
};

/* A word as recognizer_abode_words.c tells it, kept: it is asked for again
 * from each of the words before it. */
struct clause_word {
	uint64_t at; /* base and where it begins; 0: none is kept */
	uint32_t is; /* enum abode */
	uint8_t n;   /* bytes */
	uint8_t to;  /* bytes up to the next of its clause; 0: it is the last */
	bool apart;  /* a comma stands before that */
};
#define CLAUSE_WORDS 64

/* Those of the texts of a record: where each is counts on from text to text. */
struct clauses {
	uint64_t base, n; /* of this text, which has n bytes */
	struct clause_word word[CLAUSE_WORDS]; /* by half of where each is */
};

/*
 * One scan of one run. Offsets are in the folded text t; every hit is found
 * there and moved to the run's own text at the end.
 */
struct scan {
	const struct recognizers *r;
	const struct run *run, *runs; /* this one; all of the record */
	size_t nruns;
	uint8_t *record_tongue; /* as tongue below, of the record */
	const uint8_t *t;
	uint32_t n;
	struct starts *starts; /* where words of t begin; NULL: not told */
	const uint32_t *map;   /* t was folded: of it; or NULL */
	uint32_t nr;	       /* number of the run */
	unsigned allowed;      /* enum allowed bits */
	struct hits *out;      /* candidates, unresolved */
	uint32_t topic_at[TOPIC_COUNT]; /* 1 + where its word ended; 0: none */
	uint64_t seen;			/* topics of this run, bits */
	uint32_t land_at;		/* 1 + where its land's word ended */
	uint64_t asked;		 /* topics that the turn before asked for */
	const struct talk *talk; /* the dialogue so far; NULL: none */
	uint64_t keyed;		 /* topics of the run's key */
	uint32_t ordinal, ordinal_end; /* last spelled one; end 0: none */
	uint32_t url_end;	       /* of the last URL */
	uint32_t dots_end;	       /* of the last dotted word looked at */
	uint32_t hex_end;	       /* of the last hex chain looked at */
	uint32_t kind_end;	       /* of the last identifier with a shape */
	uint32_t token_end;	       /* of the last token looked at */
	uint32_t house_at;	       /* 1 + where "house number" ended */
	uint32_t digit_at;	       /* 1 + where the first number began */
	uint32_t place; /* ROLE_WHERE and so on of its words; ROLE_STREET: it
			   holds an address */
	bool told;	/* the turn before holds an address */
	bool asks;	/* this run holds a question or a request */
	uint8_t tongue; /* 1: English, 2: not known to be; 0: nobody asked */
	uint8_t abroad; /* 1 + enum abroad; 0: nobody asked */
	uint32_t abroad_words; /* ROLE_ABROAD's */
	struct clauses *clauses;
	uint64_t steps; /* bytes looked at, for the proof of linearity */
	int err;
};

/** scan_at(s, i): the byte there, 0 past the end (no hit holds a 0). */
static inline uint8_t scan_at(const struct scan *s, uint32_t i)
{
	return i < s->n ? s->t[i] : 0;
}

/** is_digit, is_upper, is_lower, is_alpha: ASCII. is_word: letters, digits,
 * and every byte of a code point beyond ASCII. */
static inline bool is_digit(uint8_t c)
{
	return (uint8_t)(c - '0') < 10;
}

static inline bool is_upper(uint8_t c)
{
	return (uint8_t)(c - 'A') < 26;
}

static inline bool is_lower(uint8_t c)
{
	return (uint8_t)(c - 'a') < 26;
}

static inline bool is_alpha(uint8_t c)
{
	return (uint8_t)((c | 0x20) - 'a') < 26;
}

extern const bool recognizer_in_word[256];
static inline bool is_word(uint8_t c)
{
	return recognizer_in_word[c];
}

/** scan_word_end(s, i, end): where the word at i ends, at most at end; i: none
 * is there. */
static inline uint32_t scan_word_end(const struct scan *s, uint32_t i,
				     uint32_t end)
{
	while (i < end && is_word(s->t[i]))
		i++;
	return i;
}

/* ---- recognizer_listed.c ---- */

/** scan_listed(s, i, end): what the word [i, end) is in the tables; never NULL.
 * scan_listed_id: its number in r->all, 0: it is in none.
 * recognizer_listed_build(r): r's, when its tables are whole; -ENOMEM. */
unsigned scan_listed_find(const struct scan *s, uint32_t i, uint32_t end);
static inline unsigned scan_listed_id(const struct scan *s, uint32_t i,
				      uint32_t end)
{
	unsigned id = s->starts == NULL || s->starts->id == NULL || i >= s->n
			      ? 0
			      : s->starts->id[i];

	return id != 0 && starts_over(s->starts, STARTS_WORD, i) == end
		       ? id - 1
		       : scan_listed_find(s, i, end);
}

static inline const struct listed *scan_listed(const struct scan *s, uint32_t i,
					       uint32_t end)
{
	return &s->r->listed[scan_listed_id(s, i, end)];
}
int recognizer_listed_build(struct recognizers *r) MUST_CHECK;

/* ---- recognizer.c, recognizer_topics.c ---- */

/** recognizer_count(r, runs, n, out, steps): recognize, and the bytes looked
 * at, which a test holds to be linear. */
int recognizer_count(const struct recognizers *r, const struct run *runs,
		     size_t n, struct hits *out, uint64_t *steps) MUST_CHECK;

/** recognizer_near(s, topic, i): the topic's word stands within 64 bytes
 * before i, or the turn before asked for it, or the key names it. */
bool recognizer_near(const struct scan *s, enum topic topic, uint32_t i);

/** recognizer_topic(s, i, end, w): the topic's word [i, end) was read.
 * recognizer_topics(r, key): the topics of a member's name. */
void recognizer_topic(struct scan *s, uint32_t i, uint32_t end,
		      const struct word *w);
uint64_t recognizer_topics(const struct recognizers *r, struct bytes key);
/** recognizer_topic_sign(s, i, end, as): "sign" or "log" at [i, end) is of a
 * user's name: "in as", "in with" stand behind it, or "use to" before. *as:
 * where the name may begin, s->n: nowhere. */
bool recognizer_topic_sign(const struct scan *s, uint32_t i, uint32_t end,
			   uint32_t *as);
/** recognizer_topic_signs(word): a topic's word for a user's name is "sign" or
 * "log", which mostly are about something else. */
bool recognizer_topic_signs(struct bytes word);

/** recognizer_behind(s, i): topics of the words behind i, up to the end of the
 * clause or the next number; at most 48 bytes are looked at. */
uint64_t recognizer_behind(struct scan *s, uint32_t i);

/* ---- recognizer_hits.c ---- */

/** recognizer_hit(s, start, end, type, rule, score): one more candidate;
 * failure sticks in s->err. */
void recognizer_hit(struct scan *s, uint32_t start, uint32_t end, unsigned type,
		    unsigned rule, unsigned score);

/** recognizer_hits_put(h, hit): append; -ENOMEM. */
int recognizer_hits_put(struct hits *h, struct hit hit) MUST_CHECK;

/** recognizer_hits_resolve(h, from, text): make the hits [from, h->n), all of
 * the run with that text, disjoint and sorted; -ENOMEM. Those of one rule of
 * the owner's must be disjoint already: recognizer_hits_settle makes them, in
 * n log n of whatever there is. */
int recognizer_hits_resolve(struct hits *h, size_t from,
			    struct bytes text) MUST_CHECK;
int recognizer_hits_settle(struct hits *h, size_t from,
			   struct bytes text) MUST_CHECK;

/** recognizer_hits_sort(h): by start, the stronger first. */
void recognizer_hits_sort(struct hits *h);

/* ---- recognizer_fold.c ---- */

/* Text made plain for matching, and the way back. */
struct folded {
	struct buf text;
	uint32_t *map; /* text.n + 1 offsets in the source */
	bool spelled;  /* some word of it was */
};

/** recognizer_fold_needed(b): some byte of it is not ASCII. */
bool recognizer_fold_needed(struct bytes b);

/** recognizer_fold(in, out): digits of every script and full-width forms to
 * ASCII, typographic spaces, quotes and dashes to theirs, invisible characters
 * away, digits that are said one by one to their number; everything else as it
 * is. -ENOMEM. recognizer_fold_free. */
int recognizer_fold(struct bytes in, struct folded *out) MUST_CHECK;
void recognizer_fold_free(struct folded *f);

/** recognizer_fold_lower(b, in): append in with letters lower case, accents
 * gone, as words are compared. -ENOMEM. */
int recognizer_fold_lower(struct buf *b, struct bytes in) MUST_CHECK;

/* ---- recognizer_spoken.c ---- */

/* What one or two words say. */
struct spoken_digits {
	size_t start, end; /* in the text */
	char digits[4];
	uint8_t n;
	bool sum; /* "four hundred eleven" */
};

/** recognizer_spoken(in, i, joined): where the chain of digits that are said
 * one by one from i on ends; 0: there is none. *joined: it is written without
 * blanks. recognizer_spoken_any(m, in): there is one somewhere in the text
 * whose words begin where m says. */
size_t recognizer_spoken(struct bytes in, size_t i, bool *joined);
bool recognizer_spoken_any(struct starts *m, struct bytes in);
/** recognizer_spoken_may(in, i): the bytes, 15 at most, of the word at i if by
 * its first letters and its length it may say digits or is one letter or digit;
 * 0: it says none. recognizer_spoken_may_abroad(in, i): it may begin a number
 * of another language. */
size_t recognizer_spoken_may(struct bytes in, size_t i);
bool recognizer_spoken_may_abroad(struct bytes in, size_t i);

/* By the first letter and five bits of the next: the lengths of words that say
 * digits, those of such as begin a number of another language, their third
 * letters; bits. It is asked of every word there is. */
struct spoken_row {
	uint16_t lengths, abroad;
	uint32_t third;
};
#define SPOKEN_LONGEST 15 /* and more: "siebenunddreißig" */
extern const struct spoken_row recognizer_spoken_rows[32][32];

/* Words said between digits or letters, by the first letter, and pairs of such
 * words. recognizer_chain_list(k): lists of those and of all others that may
 * follow a letter; NULL behind the last. */
#define SPOKEN_IDLY 27
#define SPOKEN_PAIRS 5
extern const char *const recognizer_spoken_idly[SPOKEN_IDLY];
extern const char *const recognizer_spoken_pairs[SPOKEN_PAIRS];
const char *recognizer_chain_list(size_t k);

/** recognizer_idle_list(k): lists of the words of who listens; NULL behind the
 * last. */
const char *recognizer_idle_list(size_t k);

/** recognizer_spoken_next(in, at, first, out): the next of a chain at *at,
 * which moves to where another may be; false: it has ended. */
bool recognizer_spoken_next(struct bytes in, size_t *at, bool first,
			    struct spoken_digits *out);

/** recognizer_spoken_abroad(in, i, first, out): several digits are said at once
 * at i, in another language than English: "achtundfünfzig", "ciento doce", and
 * what stands there is no year of a Vietnamese date. */
bool recognizer_spoken_abroad(struct bytes in, size_t i, bool first,
			      struct spoken_digits *out);
/** recognizer_spoken_date(in, i): a month's or a year's number of a Vietnamese
 * date stands at i. */
bool recognizer_spoken_date(struct bytes in, size_t i);
/** recognizer_spoken_no(in, i, end): the word [i, end) is "không" and says no
 * of what follows, not zero. */
bool recognizer_spoken_no(struct bytes in, size_t i, size_t end);

/** recognizer_spoken_gap(in, i, thinks): over marks, blanks and what says
 * nothing ("uh") between two groups of digits; *thinks: there is such a word.
 */
size_t recognizer_spoken_gap(struct bytes in, size_t i, bool *thinks);

/** recognizer_groups(in, i): groups of digits begin at i that are one number
 * with commas or such words between ("4111, 1111, uh 1111, 1111"): where it
 * ends; 0: none. */
size_t recognizer_groups(struct bytes in, size_t i);

/** recognizer_groups_comma(in, i): the comma at i stands between groups of
 * digits that stand apart, "4 0 8, 5 5 5", not in a list. */
bool recognizer_groups_comma(struct bytes in, size_t i);

/* ---- recognizer_spelled.c ---- */

/** recognizer_spelled(in, i): where the word ends that is spelled from i on; 0:
 * none is. recognizer_spelled_next(in, at, out): its next letters or digits. */
size_t recognizer_spelled(struct bytes in, size_t i);
/** recognizer_spoken_ends(m, in, end): behind the word that ends there, over
 * one blank, stands one that goes on with nothing that is spelled or said. */
bool recognizer_spoken_ends(const struct starts *m, struct bytes in,
			    size_t end);
bool recognizer_spelled_next(struct bytes in, size_t *at,
			     struct spoken_digits *out);

/** recognizer_spelled_hits(s): words of the scan's folded text that were
 * spelled: names and codes. */
void recognizer_spelled_hits(struct scan *s);

/** recognizer_spoken_word(in, i): a word that says digits begins at i. */
bool recognizer_spoken_word(struct bytes in, size_t i);

/* ---- recognizer_turn.c ---- */

/* What a turn is to a value that is said over several. */
struct turn_shape {
	bool listens;	 /* it says nothing: "mhm", "go ahead" */
	bool only;	 /* parts of a value and words that say nothing */
	bool goes_on;	 /* it begins with parts of a value */
	bool opens;	 /* it ends with some */
	bool mail;	 /* "at gmail dot com" */
	size_t from, to; /* where its first parts of a value stand */
};

/** recognizer_turn(text, out): looks at no more than both ends of it. */
void recognizer_turn(struct bytes text, struct turn_shape *out);

/** recognizer_turn_label(text, from): who speaks by the text's own words,
 * "Agent: "; *from: where what is said begins. p NULL: it does not say. */
struct bytes recognizer_turn_label(struct bytes text, size_t *from);

/** recognizer_turn_next(text, at, turn): the next lines of a text up to one
 * that says who speaks; false: no more. */
bool recognizer_turn_next(struct bytes text, size_t *at, struct bytes *turn);

/** recognizer_turn_several(run): more than one of its lines says who speaks. */
bool recognizer_turn_several(const struct run *run);

/** recognizer_turn_asks(s, d): what the run asks for, to d: a question's
 * topics, or those of words that only name what is wanted: "zip on the card".
 */
void recognizer_turn_asks(const struct scan *s, struct talk *d);

/** recognizer_who(d, run): who speaks the run: its speaker, the label that it
 * begins with, or what stood before it; a hash, 0: nobody knows. *aside: the
 * run itself says who speaks next. */
uint64_t recognizer_who(struct talk *d, const struct run *run, bool *aside);

/** recognizer_turn_begin(d, run, asked): the run is said; what it was asked
 * for. false: it says nothing, so no name stands in it. */
bool recognizer_turn_begin(const struct scan *s, struct talk *d,
			   uint64_t *asked);

/* ---- the recognizers; each looks at candidate i and says where to go on:
 * the end of what it took, or 0 ---- */

/* Digit groups with short separators between. */
#define CLUSTER_MAX 20
struct cluster {
	uint32_t start[CLUSTER_MAX], end[CLUSTER_MAX];
	uint8_t sep[CLUSTER_MAX];    /* behind group i; 0 behind the last */
	uint8_t digits[CLUSTER_MAX]; /* in group i; 255: 255 and more */
	unsigned n;
	uint32_t lead; /* start with '+' and '(' */
	bool plus, open;
};

/** recognizer_number(s, i): at a digit; always moves on. */
uint32_t recognizer_number(struct scan *s, uint32_t i);
/** recognizer_number_digits(s, c, k, out): digits of the first k groups, as
 * ASCII, at most 32; their count. */
unsigned recognizer_number_digits(const struct scan *s, const struct cluster *c,
				  unsigned k, char out[32]);
/** recognizer_number_bare(s): the whole run is a JSON number. */
void recognizer_number_bare(struct scan *s);

/** Payment card, social security number, phone, IPv4, numeric date, the day
 * before a month's name, street address, post office box: what the groups of c
 * begin with; the end of what was taken, 0 for nothing. */
uint32_t recognizer_card(struct scan *s, const struct cluster *c);
uint32_t recognizer_ssn(struct scan *s, const struct cluster *c);
uint32_t recognizer_phone(struct scan *s, const struct cluster *c);
uint32_t recognizer_ipv4(struct scan *s, const struct cluster *c);
/** recognizer_ip_said(s, c): "192 dot 168 dot 0 dot 14".
 * recognizer_phone_area(s, i): behind the words "area code": three digits of
 * the number that was said before or asked for. */
uint32_t recognizer_ip_said(struct scan *s, const struct cluster *c);
void recognizer_phone_area(struct scan *s, uint32_t i);
uint32_t recognizer_date_numeric(struct scan *s, const struct cluster *c);
uint32_t recognizer_date_day(struct scan *s, const struct cluster *c);
uint32_t recognizer_address(struct scan *s, const struct cluster *c);

/** recognizer_run(s, d): all hits of one run, which goes on with the dialogue
 * d, resolved; -errno. */
int recognizer_run(struct scan *s, struct talk *d) MUST_CHECK NONNULL_ALL;

/** Where the word at i ends, i where there is none. recognizer_word_end(s, i):
 * letters and digits, 32 bytes at most; recognizer_word_over(s, i, stop): at
 * most up to stop. recognizer_joined_end(s, i): with inner
 * dashes and apostrophes. recognizer_letters_end(s, i): letters with those, of
 * any length. */
uint32_t recognizer_word_end(const struct scan *s, uint32_t i) NONNULL_ALL;
static inline uint32_t recognizer_word_over(const struct scan *s, uint32_t i,
					    uint32_t stop)
{
	uint32_t end = i;

	/* without a branch for each byte: nobody can foretell how many */
	if (s->starts != NULL) {
		end = (uint32_t)starts_over(s->starts, STARTS_WORD, i);
		return end < stop ? end : stop;
	}
	return scan_word_end(s, i, stop);
}
uint32_t recognizer_joined_end(const struct scan *s, uint32_t i) NONNULL_ALL;
uint32_t recognizer_letters_end(const struct scan *s, uint32_t i) NONNULL_ALL;

/** recognizer_word_in(s, list, i, end): the word [i, end) is one of the list's,
 * which are lower case and apart by blanks; ASCII case does not matter. */
static ALWAYS_INLINE bool recognizer_word_in(const struct scan *s,
					     const char *list, uint32_t i,
					     uint32_t end)
{
	return i < end && !is_digit(s->t[i]) && /* no list has numbers */
	       recognizer_check_word(list, s->t, i, end);
}

/** recognizer_clause_over(s, i): nothing of the clause stands at i. */
bool recognizer_clause_over(const struct scan *s, uint32_t i) NONNULL_ALL;

/** recognizer_before(s, i): where the word before i begins, over one blank;
 * dashes are in it; i: there is none. */
uint32_t recognizer_before(const struct scan *s, uint32_t i) NONNULL_ALL;

/** recognizer_trigger(s, i, end, w): what the trigger word [i, end) sets off,
 * by its roles; where to go on. */
uint32_t recognizer_trigger(struct scan *s, uint32_t i, uint32_t end,
			    const struct word *w);

/** recognizer_town(s, i, near): where a town, state and ZIP code end that stand
 * behind the street that ends at i, in any case; i: there is none. near: the
 * talk is of an address, and a town alone is one.
 * recognizer_address_said(s, i, end): at a word for a street's kind whose
 * number is said; behind the address, or end. */
uint32_t recognizer_town(struct scan *s, uint32_t i, bool near);
uint32_t recognizer_address_said(struct scan *s, uint32_t i, uint32_t end);
uint32_t recognizer_address_box(struct scan *s, const struct cluster *c);
/** recognizer_address_unit(s, i): where ", Apt. 3B", " bldg 4 apt 410", "#6"
 * behind i end; i: there is none.
 * recognizer_address_kind(s, i, end): at a word for a street's kind [i, end)
 * without a number, when an address was asked for; end. */
uint32_t recognizer_address_unit(const struct scan *s, uint32_t i);
uint32_t recognizer_address_kind(struct scan *s, uint32_t i, uint32_t end);
/** recognizer_address_route(s, c): "rural route 2 box 118", as above.
 * recognizer_address_post(s, i): where "PO Box ", "P.O. box " before the number
 * at i begins; i: there is none.
 * recognizer_address_opens(s, i): the number at i begins what is said, or
 * stands behind "to", "at", "it's": an address may begin.
 * recognizer_address_flat(s, i): where "Flat 3, " before the number at i
 * begins; i: there is none.
 * recognizer_address_abroad(s, i, opens): behind a number that ends at i,
 * the street's kind and its name, "rue des Lilas"; the end, or 0.
 * recognizer_address_house(s, i, end): the number [i, end) alone answers a
 * question for an address, or "house number is" stands before it.
 * recognizer_address_answer(s, i): an address was asked for, so a few words up
 * to the end of the clause are a street; the end, or 0.
 * recognizer_address_before(s, i, end): likewise the words before the number
 * [i, end), "rosenweg 5"; where they begin, or i.
 * recognizer_street_wards(s, i): behind a number that ends at i a street's name
 * and Vietnamese wards, ", quận 1"; the end, or 0.
 * recognizer_street_town(s, i): ", 10115 Berlin" behind an address; its end,
 * or i. */
/** recognizer_abode(s, d, first): addresses that the words around tell, of
 * which hits from first on have found some; d remembers their houses. Topics
 * of a question for a part of one: "which unit".
 * recognizer_abode_lines(n): the lines of their table, and how many.
 * abode_listed_build(r): r->abode_is; -ENOMEM. */
uint64_t recognizer_abode(struct scan *s, struct talk *d, size_t first);
const struct word_line *recognizer_abode_lines(size_t *n);
int abode_listed_build(struct recognizers *r) MUST_CHECK;
/** recognizer_birth(s): dates in words behind "born", or a question for one. */
void recognizer_birth(struct scan *s);
uint32_t recognizer_address_route(struct scan *s, const struct cluster *c);
uint32_t recognizer_address_post(const struct scan *s, uint32_t i);
bool recognizer_address_opens(struct scan *s, uint32_t i);
uint32_t recognizer_address_flat(const struct scan *s, uint32_t i);
uint32_t recognizer_address_abroad(struct scan *s, uint32_t i, bool opens);
bool recognizer_address_house(struct scan *s, uint32_t i, uint32_t end);
uint32_t recognizer_address_answer(struct scan *s, uint32_t i);
uint32_t recognizer_address_before(struct scan *s, uint32_t i, uint32_t end);
uint32_t recognizer_street_wards(struct scan *s, uint32_t i);
uint32_t recognizer_street_town(struct scan *s, uint32_t i);
/** recognizer_kinds(s, i, weak): identifiers with a shape at the beginning of a
 * word or number; the end of one that is sure, else 0. weak: also those that
 * the check digit alone speaks for. */
uint32_t recognizer_kinds(struct scan *s, uint32_t i, bool weak);
/** recognizer_id(s, c, end): what no other took: by topic, by question, or
 * bare. recognizer_id_code: the same for a word of letters and digits. */
uint32_t recognizer_id(struct scan *s, const struct cluster *c);
void recognizer_id_code(struct scan *s, uint32_t start, uint32_t end);
/** recognizer_id_lead(s, i, any): where the capitals (any: letters) and a dash
 * begin that stand before the identifier at i, or i. recognizer_id_on(s, start,
 * end): where it ends over dashes. recognizer_id_and(s, end): where it ends
 * over "and" and few digits, or end. */
uint32_t recognizer_id_lead(const struct scan *s, uint32_t i, bool any);
uint32_t recognizer_id_on(struct scan *s, uint32_t start, uint32_t end);
uint32_t recognizer_id_and(const struct scan *s, uint32_t end);
/** recognizer_id_offer(s, i, end): the code [i, end) is one that a shop gives
 * to everybody: "save20". */
bool recognizer_id_offer(const struct scan *s, uint32_t i, uint32_t end);
/** recognizer_id_program(s, i, end): a constant or a correction of programs.
 * recognizer_id_random(s, i, end): letters and digits that change often, or
 * with many consonants in a row: no word, no model. */
bool recognizer_id_program(const struct scan *s, uint32_t i, uint32_t end);
bool recognizer_id_random(const struct scan *s, uint32_t i, uint32_t end);
/** recognizer_id_of(topics, n): the type of an identifier of n letters and
 * digits that they name; -1: of none. */
int recognizer_id_of(uint64_t topics, unsigned n);
/** recognizer_id_asked(s, n): the type of an identifier of n letters and digits
 * that answers the question; -1: of none. */
int recognizer_id_asked(const struct scan *s, unsigned n);

/** Of a date that is said: recognizer_date_old(s, i): the two digits at i are a
 * year long ago, so somebody's birth. recognizer_date_year(s, i): where a year
 * of fewer digits than a number has ends, that stands behind i; i: none.
 * recognizer_date_whole(s, i): where day and year end behind a month that ends
 * at i; 0: none. recognizer_date_answer(s): a year that answers when somebody
 * was born. */
bool recognizer_date_old(const struct scan *s, uint32_t i);
uint32_t recognizer_date_year(const struct scan *s, uint32_t i);
uint32_t recognizer_date_whole(const struct scan *s, uint32_t i);
void recognizer_date_answer(struct scan *s);
/** recognizer_date_month(s, i, end, m): at a month's name [i, end). */
uint32_t recognizer_date_month(struct scan *s, uint32_t i, uint32_t end);
/** recognizer_money_sign(s, i, n): at a currency sign of n bytes.
 * recognizer_money_number(s, i): at a number: currency behind it? */
uint32_t recognizer_money_sign(struct scan *s, uint32_t i, uint32_t n);
uint32_t recognizer_money_number(struct scan *s, uint32_t i);
/** recognizer_iban(s, i): at a word of two letters and two digits. */
uint32_t recognizer_iban(struct scan *s, uint32_t i);
/** recognizer_email(s, i, from): at '@'; nothing before from is taken. */
uint32_t recognizer_email(struct scan *s, uint32_t i, uint32_t from);
/** recognizer_mail(s, i, end): at the word "at" [i, end): an address as it is
 * spoken. */
uint32_t recognizer_mail(struct scan *s, uint32_t i, uint32_t end);
/** recognizer_mail_plain(s, i, end): at the mail host [i, end): an address that
 * is written without "at": "jane22 gmail com". */
uint32_t recognizer_mail_plain(struct scan *s, uint32_t i, uint32_t end);
/** recognizer_mail_host(s, i, end): one of the mail hosts that everybody has,
 * with or without an end that is glued to it: "gmail", "comcastnet". */
bool recognizer_mail_host(const struct scan *s, uint32_t i, uint32_t end);
uint32_t recognizer_url(struct scan *s, uint32_t i, uint32_t from);
uint32_t recognizer_url_www(struct scan *s, uint32_t i);
uint32_t recognizer_url_bare(struct scan *s, uint32_t i, uint32_t from);
uint32_t recognizer_ipv6(struct scan *s, uint32_t i, uint32_t from);
/** recognizer_name(s, i, end, cue): at a cue word [i, end). */
void recognizer_name(struct scan *s, uint32_t i, uint32_t end,
		     const struct word *w);
/** recognizer_name_roles(s, i, end): what the table of common words says of
 * the word [i, end); 0: no common one. */
unsigned recognizer_name_roles(const struct scan *s, uint32_t i, uint32_t end);
/** recognizer_answers(s): what the turn before asked for, of all kinds. */
void recognizer_answers(struct scan *s);
/** recognizer_name_answer(s): the turn before asked for a name.
 * recognizer_name_among(s): likewise, and other values stand in the turn.
 * recognizer_name_asked(s): this one asks who speaks, without that word, at its
 * end; recognizer_name_who(s, i): so does "who" at i.
 * recognizer_token_answer(s): for a user's name or a password.
 * recognizer_name_value(s): the key says that this is one. */
void recognizer_name_answer(struct scan *s);
void recognizer_name_among(struct scan *s);
bool recognizer_name_asked(struct scan *s);
void recognizer_name_who(struct scan *s, uint32_t i);
void recognizer_token_answer(struct scan *s);
void recognizer_name_value(struct scan *s);
/** recognizer_place(s, i, end): at "based", "calling": a place may follow.
 * recognizer_place_answer(s): the turn before asked for a city.
 * recognizer_place_asks(s): topics that the run asks for without naming them:
 * "where is home".
 * recognizer_place_public(s, start, end, person): what the tagger found there
 * is a street without a number, and the talk is of nobody's home; person: it
 * says that this is one, so it must be told for a street by more. */
void recognizer_place(struct scan *s, uint32_t i, uint32_t end);
void recognizer_place_answer(struct scan *s);
uint64_t recognizer_place_asks(const struct scan *s);
bool recognizer_place_public(struct scan *s, uint32_t start, uint32_t end,
			     bool person);
/** recognizer_street(s, i, end): at a word that a street's name follows.
 * recognizer_street_german: at a word before a number. recognizer_street_zip:
 * a postal code beside a state or town. */
uint32_t recognizer_street(struct scan *s, uint32_t i, uint32_t end);
uint32_t recognizer_street_german(struct scan *s, uint32_t i, uint32_t end);
uint32_t recognizer_street_zip(struct scan *s, const struct cluster *c);
/** recognizer_traits(s, i, end, w): at a word of a trait [i, end).
 * recognizer_traits_value(s): the key may say that the value is one.
 * recognizer_traits_age(s, c): the number is somebody's age.
 * recognizer_traits_handle(s, i): at the '@' before a user's name.
 * recognizer_traits_home(s, i, end): at the folder [i, end) of users' own. */
void recognizer_traits(struct scan *s, uint32_t i, uint32_t end,
		       const struct word *w);
void recognizer_traits_value(struct scan *s);
uint32_t recognizer_traits_age(struct scan *s, const struct cluster *c);
uint32_t recognizer_traits_handle(struct scan *s, uint32_t i);
uint32_t recognizer_traits_home(struct scan *s, uint32_t i, uint32_t end);
/** recognizer_secret_token(s, i, end): at a long word of letters and digits.
 * recognizer_secret_prefix: at a word that begins a service's keys.
 * recognizer_secret_said(s, end): behind "token".
 * recognizer_secret_begin(s, i): at "BEGIN". */
uint32_t recognizer_secret_token(struct scan *s, uint32_t i, uint32_t end);
uint32_t recognizer_secret_prefix(struct scan *s, uint32_t i, uint32_t end);
uint32_t recognizer_secret_said(struct scan *s, uint32_t end);
uint32_t recognizer_secret_begin(struct scan *s, uint32_t i);
#define SECRET_WORD 16 /* least letters and digits of a token */
/** recognizer_user_under(s, i, end): at the word "underscore" [i, end): a
 * user's name around it. recognizer_user_answer(s): the turn before asked for
 * one, and this is one of several words, or says several values. */
uint32_t recognizer_user_under(struct scan *s, uint32_t i, uint32_t end);
void recognizer_user_answer(struct scan *s);
/** recognizer_user_said(s): what stands behind "username is". */
void recognizer_user_said(struct scan *s);
/** recognizer_secret(s, end): behind the word "password". */
void recognizer_secret(struct scan *s, uint32_t end);
/** recognizer_secret_later(s, end, is): the same further behind: is: where the
 * clause goes on behind "is", s->n: there is no such word.
 * recognizer_secret_words(s): what answers a security question, or is said to
 * be a security word; and whether the run asks such a question. */
void recognizer_secret_later(struct scan *s, uint32_t end, uint32_t is);
void recognizer_secret_words(struct scan *s);
/** recognizer_secret_state(s, i, end): the word [i, end) is what one says of a
 * password or a user's name: "wrong", "required". */
bool recognizer_secret_state(const struct scan *s, uint32_t i, uint32_t end);

/* ---- recognizer_echo.c ---- */

/** recognizer_echo_put(d, type, text): a value was said; its digits are
 * remembered where numbers of that type are said again in part.
 * recognizer_echo_learn(s, d, from): the same of the scan's hits
 * [from, ...). */
void recognizer_echo_put(struct talk *d, unsigned type, struct bytes text);
void recognizer_echo_learn(const struct scan *s, struct talk *d, size_t from);
/** recognizer_echo(s, start, end): those digits, which are about nothing else,
 * are the beginning or the end of a number that was said a few turns before, or
 * put it right; true: a hit was added. */
bool recognizer_echo(struct scan *s, uint32_t start, uint32_t end);

/* ---- recognizer_code.c ---- */

/** recognizer_code_answer(s): the turn before asked for an identifier, and this
 * one is some words of digits and few letters. */
void recognizer_code_answer(struct scan *s);

/* ---- recognizer_parts.c ---- */

/** recognizer_parts(s, first): identifiers of several parts, of which the hits
 * from first on have found some, or none. */
void recognizer_parts(struct scan *s, size_t first);

/* ---- recognizer_tagger.c ---- */

/** recognizer_tagger(s): names of people, places and organisations by the
 * tagger, over the whole run. */
void recognizer_tagger(struct scan *s);

/** recognizer_tagger_trim(s, t): words at both ends of a span that are part of
 * no name go, and a word behind a person's that is more of it comes; false:
 * nothing is left, or a common word that the tagger is not sure of;
 * recognizer_tagger_trim.c. */
bool recognizer_tagger_trim(struct scan *s, struct tagger_span *t) NONNULL_ALL;

/** recognizer_foreign(s): the run is in no English, as far as its words or its
 * record's tell. */
bool recognizer_foreign(struct scan *s);

/* ---- recognizer_rare.c ---- */

/** recognizer_rare(s): words of a dialogue's turn in English that are names and
 * nothing else, or no English.
 * recognizer_rare_word(s, i, end): the word [i, end), which is in no list, is
 * no English one with an end, in two parts or mistyped. */
void recognizer_rare(struct scan *s) NONNULL_ALL;
bool recognizer_rare_word(struct scan *s, uint32_t i, uint32_t end) NONNULL_ALL;

/* ---- recognizer_thing.c ---- */

/** recognizer_thing(s, t): what the tagger took for a person or a place is a
 * make, a model, a colour: "the harper in grey".
 * recognizer_thing_maker(s, i): the word at i and the one beside it are a
 * maker's name: "calvin klein". recognizer_thing_colour(s, i, end): the word
 * [i, end) is a colour's or a material's. */
bool recognizer_thing_colour(const struct scan *s, uint32_t i,
			     uint32_t end) NONNULL_ALL;
bool recognizer_thing(struct scan *s, const struct tagger_span *t) NONNULL_ALL;
bool recognizer_thing_maker(const struct scan *s, uint32_t i) NONNULL_ALL;

/* ---- recognizer_custom.c ---- */

/** recognizer_custom_new(r, d, e): compile d's custom rules into r.
 * -EPROTO with the rule's number and words, -ENOMEM. */
int recognizer_custom_new(struct recognizers *r, const struct dataset_rules *d,
			  struct err *e) MUST_CHECK;
void recognizer_custom_free(struct recognizers *r);
/** recognizer_custom(s): all of them over the whole run. */
void recognizer_custom(struct scan *s);

/* ---- recognizer_external.c ---- */

/** recognizer_external_new(r, d): rules and types of d's external ones.
 * -ENOMEM. */
int recognizer_external_new(struct recognizers *r,
			    const struct dataset_rules *d) MUST_CHECK;
/** recognizer_external(r, runs, n, from, out): ask them; what they find is
 * merged into out's hits [from, ...), which are and stay resolved. -ENOTSUP:
 * nobody can ask them; -EPROTO: an answer that fits no run. */
int recognizer_external(const struct recognizers *r, const struct run *runs,
			size_t n, size_t from, struct hits *out) MUST_CHECK;

#endif
