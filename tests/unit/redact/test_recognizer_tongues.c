/* Names in German, Spanish and Vietnamese, and words there that are none. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/redact/entity.h"
#include "tests/unit/redact/cases.h"

static const struct {
	const char *text, *type, *want;
} named[] = {
	{"Schönen guten Abend, ich heiße Wiebke Tamsen und habe eine Frage.",
	 "PERSON", "Wiebke Tamsen"},
	{"Das hat Günther Lindemann gestern auch schon so gesagt.", "PERSON",
	 "Günther Lindemann"},
	{"Bitte geben Sie das an Herr Quastorf weiter, danke.", "PERSON",
	 "Quastorf"},
	{"Wir wohnen noch in Lübeck und ziehen bald um.", "LOCATION", "Lübeck"},
	{"Vielen Dank und viele Grüße\nJürgen Wolter", "PERSON",
	 "Jürgen Wolter"},
	{"Buenas tardes, me llamo Inés Urdaneta y quiero una copia.", "PERSON",
	 "Inés Urdaneta"},
	{"Mi marido se llama Evaristo Luján y está de viaje.", "PERSON",
	 "Evaristo Luján"},
	{"La cuenta es de la señora Berrocal, por favor.", "PERSON",
	 "Berrocal"},
	{"Dạ vâng, tôi tên là Phạm Quốc Khánh ạ.", "PERSON", "Phạm Quốc Khánh"},
	{"Tôi đã gọi cho Trần Tuấn Anh, cảm ơn.", "PERSON", "Trần Tuấn Anh"},
	{"Tôi đã gọi cho Trần Anh Tuấn, cảm ơn.", "PERSON", "Trần Anh Tuấn"},
	{"Tên tôi là Lê Văn Dũng, tôi muốn hỏi về thẻ.", "PERSON",
	 "Lê Văn Dũng"},
	{"dạ tôi là huỳnh kim ngân hóa đơn bị sai", "PERSON", "huỳnh kim ngân"},
	{"Cám ơn anh Đặng. Hẹn gặp lại.", "PERSON", "Đặng"},
	{"guten tag hier spricht mechthild rautenstrauch das paket fehlt noch",
	 "PERSON", "mechthild rautenstrauch"},
	{"vielen dank frau rautenstrauch schönen tag noch", "PERSON",
	 "rautenstrauch"},
	{"buenas le habla leocadio villalonga no funciona la línea", "PERSON",
	 "leocadio villalonga"},
};

static const char *const plain[] = {
	"Guten Tag, was kann ich für Sie tun?",
	"Vielen Dank für Ihre Geduld und einen schönen Abend.",
	"Mit freundlichen Grüßen",
	"Ich habe die Rechnung noch nicht bekommen, bitte schicken Sie sie.",
	"Das Wetter ist heute sehr schön und der Kaffee ist gut.",
	"Wie lautet bitte Ihre neue Adresse und Telefonnummer?",
	"Buenos días, ¿en qué puedo ayudarle?",
	"Muchas gracias por su llamada y que tenga buenas tardes.",
	"No he recibido la factura, por favor envíeme una copia.",
	"¿Cuándo nació usted y cuál es su dirección?",
	"Un saludo y gracias por su ayuda",
	"Xin chào, tôi có thể giúp gì cho quý khách ạ?",
	"Tôi chưa nhận được hóa đơn của tháng này.",
	"Trân trọng cảm ơn và hẹn gặp lại",
	"ich bin müde und die frau ist nicht da",
	"soy nueva aquí y no tengo cuenta",
	"đây là vũ khí.",
	/* alone, of no language */
	"en",
	"c-aan",
	"schnell",
	"Karte",
	"helfen",
};

static void test_named(void **state)
{
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(named); i++) {
		const struct run run = cases_run(named[i].text);
		struct hits h = {0};

		assert_int_equal(recognize(r, &run, 1, &h), 0);
		cases_sound(&run, 1, &h);
		if (!cases_has(r, &run, &h, named[i].type, 0, named[i].want))
			fail_msg("%s", named[i].text);
		hits_free(&h);
	}
	recognizers_free(r);
}

static void test_plain(void **state)
{
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		const struct run run = cases_run(plain[i]);
		struct hits h = {0};

		assert_int_equal(recognize(r, &run, 1, &h), 0);
		if (h.n != 0)
			fail_msg("%s: %s \"%.*s\"", plain[i],
				 recognizers_type(r, h.v[0].type),
				 (int)(h.v[0].end - h.v[0].start),
				 plain[i] + h.v[0].start);
		hits_free(&h);
	}
	recognizers_free(r);
}

/* A word alone is a name where the table has it, and where it was asked for. */
static void test_alone(void **state)
{
	struct recognizers *r = cases_rules(NULL);
	struct run runs[3] = {cases_run("Leila"),
			      cases_run("What is your last name?"),
			      cases_run("Ostrander")};
	struct hits h = {0};

	(void)state;
	runs[0].kind = RUN_CELL;
	runs[1].speaker = bytes_str("a");
	runs[2].speaker = bytes_str("b");
	assert_int_equal(recognize(r, runs, 3, &h), 0);
	assert_true(cases_has(r, runs, &h, "PERSON", 0, "Leila"));
	assert_true(cases_has(r, runs, &h, "PERSON", 2, "Ostrander"));
	assert_int_equal(h.n, 2);
	hits_free(&h);
	recognizers_free(r);
}

/* English is searched as before, whatever is in a word or two. */
static void test_english(void **state)
{
	struct recognizers *r = cases_rules(NULL);
	const struct run run = cases_run(
		"Guten Tag and hello, it was Quenby Ostrander who called you.");
	struct hits h = {0};

	(void)state;
	assert_int_equal(recognize(r, &run, 1, &h), 0);
	assert_true(cases_has(r, &run, &h, "PERSON", 0, "Quenby Ostrander"));
	hits_free(&h);
	recognizers_free(r);
}

/* A turn of two words is in its record's language. */
static void test_record(void **state)
{
	static const char *const turns[] = {
		"Buenas tardes, le atiende el servicio, ¿en qué puedo ayudar?",
		"Me han cobrado otra vez, por favor, necesito la factura.",
		"Gracias, el martes.",
		"Eso es, correcto.",
	};

	(void)state;
	cases_none(turns, ARRAY_LEN(turns), "PERSON");
}

/* A list without commas is one stretch to the tagger: no name of it is left. */
static void test_list(void **state)
{
	static const char text[] =
		"Die Liste der G\xc3\xa4ste ist diese: Hans Schneider Peter "
		"Schmidt Anna Weber Paul Krause Sabine Fischer Klaus Wagner "
		"Ute Becker Jens Hoffmann Petra Schulz Karl Koch Uwe Bauer Jan "
		"Wolf";
	static const char *const names[] = {"Hans",   "Schmidt", "Krause",
					    "Becker", "Petra",	 "Bauer"};
	struct recognizers *r = cases_rules(NULL);
	const struct run run = cases_run(text);
	struct hits h = {0};

	(void)state;
	assert_int_equal(recognize(r, &run, 1, &h), 0);
	cases_sound(&run, 1, &h);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t at = (size_t)(strstr(text, names[i]) - text);
		bool hidden = false;

		for (size_t k = 0; k < h.n; k++)
			hidden = hidden ||
				 (h.v[k].start <= at && at < h.v[k].end);
		if (!hidden)
			fail_msg("%s", names[i]);
	}
	hits_free(&h);
	recognizers_free(r);
}

/* Digits that are said; a machine's "null" is none. */
static void test_said(void **state)
{
	static const struct {
		const char *text, *type, *want;
	} said[] = {
		{"Meine Karte ist vier eins eins eins, eins eins eins eins, "
		 "eins eins eins eins, eins eins eins eins.",
		 "CREDIT_CARD",
		 "vier eins eins eins, eins eins eins eins, "
		 "eins eins eins eins, eins eins eins eins"},
		{"meine Nummer ist null eins sieben zwo drei vier f\xc3\xbcnf "
		 "sechs sieben acht neun",
		 "PHONE_NUMBER",
		 "null eins sieben zwo drei vier f\xc3\xbcnf "
		 "sechs sieben acht neun"},
		{"mi tel\xc3\xa9"
		 "fono es seis uno dos, tres cuatro cinco, siete ocho nueve",
		 "PHONE_NUMBER",
		 "seis uno dos, tres cuatro cinco, siete ocho nueve"},
		{"s\xe1\xbb\x91 \xc4\x91i\xe1\xbb\x87n tho\xe1\xba\xa1i "
		 "c\xe1\xbb\xa7"
		 "a t\xc3\xb4i l\xc3\xa0 kh\xc3\xb4ng ch\xc3\xadn "
		 "m\xe1\xbb\x99t hai ba b\xe1\xbb\x91n n\xc4\x83m "
		 "s\xc3\xa1u b\xe1\xba\xa3y t\xc3\xa1m",
		 "PHONE_NUMBER", NULL},
		{"null null null null null null null null null", NULL, NULL},
		{"null, null, null, null, null, null, null", NULL, NULL},
	};
	struct recognizers *r = cases_rules(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		const struct run run = cases_run(said[i].text);
		struct hits h = {0};

		assert_int_equal(recognize(r, &run, 1, &h), 0);
		cases_sound(&run, 1, &h);
		if (said[i].type == NULL ? h.n != 0
					 : !cases_has(r, &run, &h, said[i].type,
						      0, said[i].want))
			fail_msg("%s", said[i].text);
		hits_free(&h);
	}
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record),	cmocka_unit_test(test_named),
		cmocka_unit_test(test_plain),	cmocka_unit_test(test_alone),
		cmocka_unit_test(test_english), cmocka_unit_test(test_list),
		cmocka_unit_test(test_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
