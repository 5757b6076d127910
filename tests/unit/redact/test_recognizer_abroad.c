/* German, Spanish and Vietnamese dialogues in small letters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy/redact/recognizer_abroad.h"
#include "tests/unit/redact/cases.h"

static void test_german(void **state)
{
	static const struct talk_case cases[] = {
		{"ihr geburtsdatum|dritter mai neunzehnhundertachtzig",
		 "DATE_OF_BIRTH", NULL},
		{"und wann sind sie geboren|zwölfter dritter achtundfünfzig",
		 "DATE_OF_BIRTH", NULL},
		{"wann sind sie geboren|am neunten elften zweitausendneunzehn",
		 "DATE_OF_BIRTH", "neunten elften zweitausendneunzehn"},
		{"die handynummer bitte|null eins sieben sechs doppel vier "
		 "zwei eins neun null",
		 "PHONE_NUMBER", NULL},
		{"ihre nummer für den rückruf bitte|null eins fünf eins, "
		 "zwölf, vierunddreißig, sechsundfünfzig",
		 "PHONE_NUMBER", NULL},
		{"ihre kundennumer bitte|achtundachtzig einundvierzig zwanzig "
		 "sieben",
		 "CUSTOMER_ID", NULL},
		{"können sie mir ihre kundennummer sagen|moment 88 41 20 7",
		 "CUSTOMER_ID", "88 41 20 7"},
		{"die schadennummer liegt ihnen vor|ja sch 88 10 22 91",
		 "CLAIM_NUMBER", "sch 88 10 22 91"},
		{"kontonummer|hundertzwölf vierhundertsieben achtunddreißig",
		 "ACCOUNT_NUMBER", NULL},
		{"auf welchen namen bitte|öztürk", "PERSON", NULL},
		{"wer ist denn am apparat|renate von der buchhaltung", "PERSON",
		 "renate"},
		{"praxis doktor lehnhardt guten morgen", "PERSON", "lehnhardt"},
		{"ich schicke den hausmeister herrn fink", "PERSON", "fink"},
		{"danke frau klein ich habe das notiert", "PERSON", "klein"},
		{"kann mein sohn emil neben mir sitzen", "PERSON", "emil"},
		{"ich heiße svetlana petrowa ich möchte kündigen", "PERSON",
		 "svetlana petrowa"},
		{"wie lautet die neue anschrift|am alten markt 7 b",
		 "STREET_ADDRESS", NULL},
		{"um rechnung 2024-11873 die ist doppelt bezahlt", "ID_NUMBER",
		 "2024-11873"},
		{"ist die wohnung in der kastanienallee 19 noch frei",
		 "STREET_ADDRESS", "kastanienallee 19"},
		{"wie lautet ihre mail|k.lindner at t-online punkt de",
		 "EMAIL_ADDRESS", NULL},
		{"wie ist denn ihre versicherungsnummer|vs 44 doppelnull 12 9",
		 "POLICY_NUMBER", NULL},
		{"sie sprechen mit torsten biederbeck guten tag", "PERSON",
		 "torsten biederbeck"},
		{"und wie alt ist er denn|drei jahre", NULL, NULL},
		{"grüß gott theresia aumüller mein name aus dem dritten stock",
		 "PERSON", "theresia aumüller"},
		{"ich schick ihnen den herrn pichler vorbei", "PERSON",
		 "pichler"},
		{"ich ziehe um nach wuppertal", "LOCATION", "wuppertal"},
		{"ich bin sauer das geht seit wochen so", NULL, NULL},
		{"wie lange dauert die neue karte|fünf bis sieben werktage",
		 NULL, NULL},
		{"und der zählerstand|44192", NULL, NULL},
		{"die heizung ist kalt und der zählerstand ist 20817", NULL,
		 NULL},
		{"welche größe brauchen sie|42 oder 43 in schwarz oder "
		 "dunkelblau",
		 NULL, NULL},
		{"der nächste termin ist am donnerstag um viertel nach acht",
		 NULL, NULL},
		{"das macht hundertneunundfünfzig euro", NULL, NULL},
		{"nehmen sie eisen und schlafen sie viel", NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_spanish(void **state)
{
	static const struct talk_case cases[] = {
		{"me da su dni|cuarenta y cuatro ciento doce ochocientos "
		 "noventa k",
		 "ID_NUMBER", NULL},
		{"me dice su numero de cliente|8841 207", "CUSTOMER_ID", NULL},
		{"y su celular joven|tres doce, cuatro cuarenta y cuatro, "
		 "veinte diez",
		 "PHONE_NUMBER", NULL},
		{"su fecha de nacimiento|cinco de octubre del setenta y tres",
		 "DATE_OF_BIRTH", NULL},
		{"cuando nacio usted|el catorce de julio del cincuenta y nueve",
		 "DATE_OF_BIRTH", "catorce de julio del cincuenta y nueve"},
		{"y me confirma su fecha de nacimiento|nueve de marzo de mil "
		 "novecientos sesenta y ocho",
		 "DATE_OF_BIRTH", NULL},
		{"digame el numero de cuenta|cero cero cuarenta y nueve, "
		 "quince, cero cero, cincuenta y uno",
		 "ACCOUNT_NUMBER", NULL},
		{"me da su localizador|jota equis nueve cuatro ele pe",
		 "CONFIRMATION_NUMBER", NULL},
		{"a nombre de quien|de esperanza quintanilla", "PERSON",
		 "esperanza quintanilla"},
		{"claro como te llamas|nerea", "PERSON", NULL},
		{"buenas soy nieves la vecina del cuarto", "PERSON", "nieves"},
		{"banco del norte buenos dias le atiende remedios", "PERSON",
		 "remedios"},
		{"don anselmo verdad que si señor", "PERSON", "anselmo"},
		{"y el nombre del titular|es mi padre eusebio llorente",
		 "PERSON", "eusebio llorente"},
		{"cual es la direccion señorita|carrera 15 numero 88 "
		 "40|barrio|chapinero",
		 "LOCATION", NULL},
		{"mi hija itziar perdio el movil", "PERSON", "itziar"},
		{"mi marido trabaja aqui hasta las ocho", NULL, NULL},
		{"digame su numero de poliza|a be cero cero cuatro siete uno|y "
		 "el "
		 "año de su carro|dos mil diecisiete",
		 NULL, NULL},
		{"me interesa el piso de la calle olmo 27", "STREET_ADDRESS",
		 "calle olmo 27"},
		{"hola llamo porque no me funciona el wifi", NULL, NULL},
		{"esta bien lo pienso y le llamo", NULL, NULL},
		{"soy nueva aqui y no se como va esto", NULL, NULL},
		{"como esta el contador de agua|marca cero cero cuatro uno dos",
		 NULL, NULL},
		{"cuanto cuesta el envio|gratis a partir de treinta euros",
		 NULL, NULL},
		{"puede cambiarlos en quince dias y le devolvemos el dinero",
		 NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static void test_vietnamese(void **state)
{
	static const struct talk_case cases[] = {
		{"dạ anh sinh ngày bao nhiêu ạ|ngày mười hai tháng ba năm tám "
		 "lăm",
		 "DATE_OF_BIRTH", "mười hai tháng ba năm tám lăm"},
		{"bé sinh năm nào ạ|mười lăm tháng sáu năm hai nghìn mười chín",
		 "DATE_OF_BIRTH", NULL},
		{"ngay sinh a|12 thang 3 nam 85", "DATE_OF_BIRTH", NULL},
		{"dạ anh cho em xin mã đơn ạ|dh 88 41 20", "ORDER_ID", NULL},
		{"số hộ chiếu của chị|b 88 41 207", "PASSPORT", NULL},
		{"dạ chị cho em xin họ tên ạ|lương thị bích hạnh", "PERSON",
		 NULL},
		{"ho ten cua anh la gi a|tran van luc", "PERSON", NULL},
		{"dạ anh tuấn phải không ạ", "PERSON", "tuấn"},
		{"dạ ngân hàng xin nghe em là diễm my", "PERSON", "diễm my"},
		{"chào em anh tên phạm quang huy anh hỏi về hóa đơn", "PERSON",
		 "phạm quang huy"},
		{"dạ cảm ơn chị hà ạ", "PERSON", "hà"},
		{"em trai tôi hữu phước lái xe", "PERSON", "hữu phước"},
		{"mình cho em xin email ạ|thuha a còng gmail chấm com",
		 "EMAIL_ADDRESS", NULL},
		{"dạ mật khẩu wifi đổi thành nhatrochimai nhen", "PASSWORD",
		 "nhatrochimai"},
		{"hẻm nào ạ|em ở số 21 nguyễn khuyến ạ", "STREET_ADDRESS",
		 "21 nguyễn khuyến"},
		{"tên chị là gì ạ|hồ thị lài", "PERSON", NULL},
		{"chị sinh ngày mấy ạ|mùng năm tháng giêng năm chín mốt",
		 "DATE_OF_BIRTH", NULL},
		{"công ty a công bằng gmail chấm com", NULL, NULL},
		{"dạ mimax bảy mươi không giới hạn nhưng giảm tốc độ", NULL,
		 NULL},
		{"anh vui lòng đọc số hợp đồng", NULL, NULL},
		{"có ăn sáng không|dạ có ăn sáng từ sáu giờ", NULL, NULL},
		{"là vũ điệu mới hả em", NULL, NULL},
		{"phí một năm là hai triệu tư ạ", NULL, NULL},
		{"học phí sao em|dạ một triệu một tháng ạ", NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

/* English beside words of another language stays English. */
static void test_english(void **state)
{
	static const struct talk_case cases[] = {
		{"and what did they do then|the man there is so nice and the "
		 "lady ist von hier",
		 NULL, NULL},
		{"i sin my tin hat die in an den man", NULL, NULL},
	};

	(void)state;
	cases_talks(cases, ARRAY_LEN(cases));
}

static const struct {
	const char *text;
	unsigned value, length; /* 0: it is none */
} numbers[] = {
	{"achtundfünfzig", 58, 15},
	{"acht und fünfzig", 58, 17},
	{"zweihundertvierunddreissig", 234, 26},
	{"neunzehnhundertachtzig", 1980, 22},
	{"zweitausendneunzehn", 2019, 19},
	{"hundertelf mal", 111, 10},
	{"zwölfter dritter", 12, 9},
	{"achten", 8, 6},
	{"achtsam", 0, 0},
	{"einst", 0, 0},
	{"neunundneunzigtausend", 0, 0},
	{"cuarenta y cuatro ciento", 44, 17},
	{"ciento doce ochocientos", 112, 11},
	{"ochocientos noventa y nueve", 899, 27},
	{"mil novecientos sesenta y ocho", 1968, 30},
	{"dos mil diez", 2010, 12},
	{"veintitrés de", 23, 11},
	{"cuarenta mil", 0, 0},
	{"hai mươi lăm", 25, 15},
	{"mười hai", 12, 11},
	{"hai nghìn mười chín", 2019, 24},
	{"tám trăm linh năm", 805, 20},
	{"tám trăm nghìn", 0, 0},
	{"hello", 0, 0},
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct abroad_number n = {0};
		bool is = abroad_number(bytes_str(numbers[i].text), 0, &n);

		if (is != (numbers[i].length > 0) ||
		    (is && (n.value != numbers[i].value ||
			    n.end != numbers[i].length)))
			fail_msg("%s: %u, %zu", numbers[i].text, n.value,
				 n.end);
	}
}

static void test_plain(void **state)
{
	char out[ABROAD_LONG];
	size_t end;

	(void)state;
	assert_int_equal(abroad_plain(bytes_str("Größe 5"), 0, &end, out), 6);
	assert_string_equal(out, "grosse");
	assert_int_equal(end, 7);
	assert_int_equal(abroad_plain(bytes_str("ĐƯỜNG"), 0, &end, out), 5);
	assert_string_equal(out, "duong");
	assert_int_equal(abroad_plain(bytes_str("7"), 0, &end, out), 0);
	/* a letter and its mark apart */
	assert_int_equal(abroad_plain(bytes_str("a\xcc\x81n"), 0, &end, out),
			 2);
	/* no text */
	assert_int_equal(abroad_plain(bytes_str("\xff\xfe"), 0, &end, out), 2);
	assert_int_equal(end, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_german),
		cmocka_unit_test(test_spanish),
		cmocka_unit_test(test_vietnamese),
		cmocka_unit_test(test_english),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
