/* Words that mean something to a recognizer, found by a hash of 16 bytes. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_RECOGNIZER_WORDS_H
#define REDACT_RECOGNIZER_WORDS_H

#include "base/attr.h"
#include "base/bytes.h"

/* What a number, a word or an answer may be about. */
enum topic {
	TOPIC_NONE = 0,
	TOPIC_NAME,
	TOPIC_PHONE,
	TOPIC_CARD,
	TOPIC_SSN,
	TOPIC_ACCOUNT,
	TOPIC_IBAN,
	TOPIC_ROUTING,
	TOPIC_ZIP,
	TOPIC_BIRTH,
	TOPIC_EMAIL,
	TOPIC_ADDRESS,
	TOPIC_ORDER,
	TOPIC_CONFIRMATION,
	TOPIC_POLICY,
	TOPIC_CLAIM,
	TOPIC_TICKET,
	TOPIC_CUSTOMER,
	TOPIC_PIN,
	TOPIC_CVV,
	TOPIC_EXPIRY,
	TOPIC_PASSPORT,
	TOPIC_LICENSE,
	TOPIC_MEDICAL,
	TOPIC_NATIONAL,	 /* "national", "DNI", "Personalausweis" */
	TOPIC_TAX,	 /* "tax", "Steuer", "ABN" */
	TOPIC_HEALTH,	 /* "NHS", "Medicare", "Krankenkasse" */
	TOPIC_INSURANCE, /* "insurance", "SIN", "Sozialversicherung" */
	TOPIC_PROVIDER,	 /* "NPI", "DEA", "prescriber" */
	TOPIC_VEHICLE,	 /* "VIN", "chassis" */
	TOPIC_PLATE,
	TOPIC_DEVICE, /* "IMEI" */
	TOPIC_SWIFT,
	TOPIC_KEY,    /* "token", "secret" */
	TOPIC_SECRET, /* "password" */
	TOPIC_USER,
	TOPIC_AGE,
	TOPIC_DOMAIN,
	TOPIC_PLZ,
	TOPIC_EMPLOYER,
	TOPIC_NUMBER, /* "my number": a phone's */
	TOPIC_ID,     /* "id", "reference", "code": some identifier */
	TOPIC_ITEM,   /* "room", "flight", "model": a number that is none */
	TOPIC_LAST4,  /* "last four", "ending" */
	TOPIC_CITY,
	TOPIC_STREET, /* asked for: whether an address is right */
	TOPIC_BANK,   /* no word's: what banks ask, "your first pet" */
	TOPIC_YES,    /* no word's: the question was one for yes or no */
	TOPIC_COUNT,
};
#define TOPIC_BIT(topic) ((uint64_t)1 << (topic))

/* Whose word it is: "DNI" is Spain's, "PESEL" Poland's. A set of topics holds
 * the country of the last such word above TOPIC_LAND. */
enum land {
	LAND_NONE = 0,
	LAND_AR,
	LAND_AT,
	LAND_AU,
	LAND_BR,
	LAND_CA,
	LAND_CH,
	LAND_CL,
	LAND_CN,
	LAND_DE,
	LAND_ES,
	LAND_FI,
	LAND_FR,
	LAND_IN,
	LAND_IT,
	LAND_KR,
	LAND_MX,
	LAND_NL,
	LAND_PL,
	LAND_SE,
	LAND_SG,
	LAND_TH,
	LAND_TR,
	LAND_UK,
	LAND_US,
	LAND_VN,
	LAND_ZA,
};
#define TOPIC_LAND 56
#define TOPIC_TRAIT 52 /* of a key: what trait its value is, two bits */
#define TOPICS (TOPIC_BIT(TOPIC_LAND) - 1)

/** topic_add(topics, topic, land): with one more, of that country if it has
 * one. */
static inline uint64_t topic_add(uint64_t topics, unsigned topic, unsigned land)
{
	if (land != LAND_NONE)
		topics = (topics & TOPICS) | (uint64_t)land << TOPIC_LAND;
	return topics | TOPIC_BIT(topic);
}

/* Roles of a word; one word may have several. */
enum role {
	ROLE_MONTH = 1,		 /* number: 1..12 */
	ROLE_ORDINAL = 2,	 /* number: 1..31, spelled */
	ROLE_TOPIC = 4,		 /* topic */
	ROLE_UNIT = 8,		 /* makes the number before it a quantity */
	ROLE_CURRENCY = 16,	 /* before or behind a number: money */
	ROLE_SCALE = 32,	 /* thousand, million */
	ROLE_CUE = 64,		 /* cue: a name may follow */
	ROLE_ASK = 128,		 /* a question or a request */
	ROLE_SUFFIX = 256,	 /* street, avenue */
	ROLE_DIRECTION = 512,	 /* north, SW */
	ROLE_ONLINE = 1024,	 /* number: enum online_word */
	ROLE_SECRET = 2048,	 /* password */
	ROLE_FUNCTION = 4096,	 /* never a name: the, of, is */
	ROLE_COMMON = 8192,	 /* hardly a name: house, going */
	ROLE_PARTICLE = 16384,	 /* inside names: van, de la */
	ROLE_PERSON = 32768,	 /* in a key: the name beside is a person's */
	ROLE_GIVEN = 65536,	 /* common, but a first name too: grace */
	ROLE_KEY = 262144,	 /* begins a service's key: ghp */
	ROLE_BEGIN = 524288,	 /* of a private key */
	ROLE_TRAIT = 1048576,	 /* number: enum trait */
	ROLE_STREET = 2097152,	 /* a street's name follows: calle */
	ROLE_AT = 131072,	 /* "at" of a spoken e-mail address */
	ROLE_FOREIGN = 4194304,	 /* says of a text that it is not English */
	ROLE_HOME = 8388608,	 /* a folder of people's own: /home/jane */
	ROLE_WHERE = 16777216,	 /* asks for a place: where, wohin */
	ROLE_GOES = 33554432,	 /* what one asks where of: sending, street */
	ROLE_DWELL = 134217728,	 /* of somebody's home: house, living */
	ROLE_FROM = 67108864,	 /* a place may follow: based in */
	ROLE_MAKE = 268435456,	 /* a maker, a model, a service: nike */
	ROLE_BANK = 1 << 30,	 /* in what banks ask: pet, mascot */
	ROLE_ABROAD = 536870912, /* hardly English: recognizer_abroad.c */
};

/* A word of none of these sets nothing off where it is met:
 * recognizer_trigger() is never asked of it. */
#define ROLES_ACT                                                            \
	(ROLE_MONTH | ROLE_ORDINAL | ROLE_TOPIC | ROLE_CURRENCY | ROLE_CUE | \
	 ROLE_ASK | ROLE_SUFFIX | ROLE_ONLINE | ROLE_SECRET | ROLE_KEY |     \
	 ROLE_BEGIN | ROLE_TRAIT | ROLE_STREET | ROLE_AT | ROLE_HOME |       \
	 ROLE_WHERE | ROLE_GOES | ROLE_DWELL | ROLE_FROM | ROLE_BANK |       \
	 ROLE_ABROAD)
/* Of the net: a word's number. */
enum online_word {
	ONLINE_WWW = 1,
	ONLINE_HOST, /* of everybody's mail: gmail */
	ONLINE_UNDER /* "underscore" */
};

/* What a trait's word is about: its number. */
enum trait {
	TRAIT_NATION = 1, /* "nationality": one comes */
	TRAIT_GENDER,
	TRAIT_USER,
	TRAIT_IS, /* "mexican": it is one */
};

enum cue {
	CUE_NONE = 0,
	CUE_IS,	     /* "name": is, 's, colon */
	CUE_THIS,    /* "this": is X */
	CUE_I,	     /* "i": am, 'm */
	CUE_CALL,    /* "call", "called", "named": me X */
	CUE_TITLE,   /* Mr, Dr */
	CUE_SALUTE,  /* Dear, Hi */
	CUE_CLOSING, /* thanks, regards */
	CUE_ACK,     /* "great,", "bye,": X. */
	CUE_HOUSE,   /* the X "family" */
	CUE_ABROAD,  /* "spricht", "habla", "soy", "bin": X Y */
	CUE_HALLO,   /* "ich", "mi", "me llamo", "tôi tên": other languages */
	/* those of recognizer_name_said.c */
	CUE_IT,	    /* "it's" X here */
	CUE_HAVE,   /* you "have" X on the line */
	CUE_PUT,    /* "put" X down as my contact */
	CUE_UNDER,  /* "registered", "booked", I'm "down", I "go" */
	CUE_AND,    /* X "and" I */
	CUE_BEFORE, /* X "here", X "calling", it was X "who" */
	CUE_KIN,    /* my "landlord" X */
	CUE_FIRST,  /* "first" is X */
	CUE_TOLD,   /* X "told" me */
	CUE_PAY,    /* "send" 20 to X */
	CUE_OWNER,  /* the "account" of X */
	CUE_PARTY,  /* for X "party" of four, on "behalf" of X */
	CUE_REACH,  /* "ring" X Y since, "check" with X Y */
};

#define WORD_KEY 15 /* bytes of a word that are compared */

struct word {
	uint64_t key[2];
	uint32_t roles; /* enum role */
	uint8_t number; /* of a month, a day; a topic's land */
	uint8_t topic, cue;
};

struct word_table {
	struct word *words; /* [0] is not used */
	uint16_t *slots;    /* 0 empty, else number of the word; most are
			       empty, so that what is not there is seen at
			       once */
	uint32_t nwords, cap, mask;
	uint16_t lengths[1024]; /* by two first letters: of what length are
				   there words; most others end here */
};

/* A line of a table: words between blanks that share roles. */
struct word_line {
	uint32_t roles;
	uint8_t number, topic, cue;
	const char *words;
};

/** recognizer_land(w): the land of a topic's word. */
static inline unsigned recognizer_land(const struct word *w)
{
	return (w->roles & ROLE_TRAIT) != 0 ? (unsigned)LAND_NONE : w->number;
}

/** recognizer_words_build(t, lines, n): a table of them; a word of several
 * lines joins their roles. -ENOMEM. recognizer_words_free(t). */
int recognizer_words_build(struct word_table *t, const struct word_line *lines,
			   size_t n) MUST_CHECK;
void recognizer_words_free(struct word_table *t);

/** recognizer_words_add(t, word): the entry of word, new or there; NULL when
 * there is no memory. */
struct word *recognizer_words_add(struct word_table *t,
				  struct bytes word) MUST_CHECK;

/** recognizer_words_find(t, p, n, room): the entry of the word p[0, n), of
 * which room bytes may be read; case does not count; NULL. */
const struct word *recognizer_words_find(const struct word_table *t,
					 const uint8_t *p, size_t n,
					 size_t room);

/** recognizer_words_triggers(n), recognizer_words_common(n): the tables'
 * lines, and how many. */
const struct word_line *recognizer_words_triggers(size_t *n);
const struct word_line *recognizer_words_common(size_t *n);

#endif
