/* Identifiers with a shape of their own: each type's values and decoys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/redact/recognizer.h"
#include "tests/unit/redact/cases.h"

/* Made up, with the check digits of their kind (tests/bench/redaction makes
 * hundreds of each); the decoys have a wrong one, or a prefix nobody has. */
struct kind_cases {
	const char *type;
	struct good good[4];
	const char *decoys[4];
};

static const struct kind_cases kinds[] = {
	{"US_ITIN",
	 {{"my ITIN is 958-57-8139", "958-57-8139"},
	  {"ITIN: 986-95-9879", "986-95-9879"},
	  {"tax id 930-82-9114", "930-82-9114"},
	  {"970-56-7536", NULL}},
	 {"945-66-6815", "it is 918-89-4472.", "my ITIN is 994-10-5576"}},
	{"US_EIN",
	 {{"our EIN is 05-6987168", "05-6987168"},
	  {"employer identification number 82-7684697", "82-7684697"}},
	 {"69-8093208", "it is 79-1967273.", "our EIN is 07-7784864"}},
	{"US_NPI",
	 {{"NPI 2210521854", "2210521854"},
	  {"the provider number is 2615846450", "2615846450"},
	  {"1568855765 is the NPI of Dr. Ames", "1568855765"}},
	 {"1858176258", "it is 1697978022.", "NPI 1608724384"}},
	{"US_MBI",
	 {{"Medicare card 7XA5-Y78-GV19", "7XA5-Y78-GV19"},
	  {"health insurance 4XD8GT6EE66", "4XD8GT6EE66"},
	  {"4HC4GV4PD42 is my health insurance number", "4HC4GV4PD42"},
	  {"4WE7W10PT80", NULL}},
	 {"ZCM1G01KH04", "it is ID88GW8XW37.", "Medicare card BJW6TD3CA66"}},
	{"ABA_ROUTING_NUMBER",
	 {{"routing number 322864089", "322864089"},
	  {"the ABA number is 011796772", "011796772"},
	  {"routing: 214420146", "214420146"}},
	 {"023380050", "it is 265398994."}},
	{"MEDICAL_LICENSE",
	 {{"DEA number AY0917039", "AY0917039"},
	  {"the prescriber has DEA BB1267081", "BB1267081"},
	  {"BY9770579", NULL}},
	 {"GA6755480", "it is BP4655015.", "DEA number AF8220706"}},
	{"US_PASSPORT",
	 {{"my passport number is E06244317", "E06244317"},
	  {"passport no. W77792141", "W77792141"},
	  {"344796725 is my passport number", "344796725"}},
	 {"serial 266869227", "it is serial 502952920.", "serial Z06450114"}},
	{"CA_SIN",
	 {{"my insurance number is 300-748-514", "300-748-514"},
	  {"insurance no. 237 336 979", "237 336 979"},
	  {"614 331 791 is my insurance number", "614 331 791"}},
	 {"216 244 877", "it is 495 835 901.",
	  "my insurance number is 623488832"}},
	{"UK_NHS",
	 {{"my NHS number is 7474154773", "7474154773"},
	  {"health insurance 6600120266", "6600120266"},
	  {"767-216-1121 is my health insurance number", "767-216-1121"}},
	 {"410-875-3071", "it is 402 644 0819.",
	  "my NHS number is 764-321-0775"}},
	{"UK_NINO",
	 {{"my insurance number is OB 900830 B", "OB 900830 B"},
	  {"insurance no. LZ-35-29-75-A", "LZ-35-29-75-A"},
	  {"sj 94 40 51 c is my insurance number", "sj 94 40 51 c"},
	  {"EN964103C", NULL}},
	 {"QD228085D", "it is DH634546B.", "my insurance number is UQ572130C"}},
	{"UK_DRIVING_LICENCE",
	 {{"my driving licence is NO999157263K99WE", "NO999157263K99WE"},
	  {"licence number BHHUU556032S99LG", "BHHUU556032S99LG"},
	  {"GPN99657106RX9JE", NULL}},
	 {"PKZLM077349NW9BF", "it is GPEXW945131PR9KU.",
	  "my driving licence is PCBIF477188IP9QL"}},
	{"UK_POSTCODE",
	 {{"my postcode is LS2 9PY", "LS2 9PY"},
	  {"postcode: W16 9HE", "W16 9HE"},
	  {"SW20 9AF", NULL}},
	 {"room I6 13", "it is M6 2CK.", "V3 8MD"}},
	{"ZIP_CODE",
	 {{"my postal code is k1a 0b1", "k1a 0b1"}, {"V5K 0A1", NULL}},
	 {"seat D4A 1B2", "W5K 0A1", "k1a 0b1 v2"}},
	{"AU_TFN",
	 {{"my tax number is 467 800 641", "467 800 641"},
	  {"tax ID 840554589", "840554589"},
	  {"803 642 705 is my tax file number", "803 642 705"}},
	 {"839292393", "it is 534425311.", "my tax number is 383774852"}},
	{"AU_ABN",
	 {{"our ABN is 60 406 187 252", "60 406 187 252"},
	  {"ABN 68 995 588 454", "68 995 588 454"},
	  {"28 790 247 232", NULL}},
	 {"46807402391", "it is 41 151 207 706.", "our ABN is 99 815 313 593"}},
	{"AU_MEDICARE",
	 {{"Medicare number 3084851502", "3084851502"},
	  {"my Medicare card is 4263172871", "4263172871"}},
	 {"4008 90723 1", "it is 5516971672.", "Medicare number 3034252233"}},
	{"IN_AADHAAR",
	 {{"Aadhaar 3937-8113-7387", "3937-8113-7387"},
	  {"my aadhaar number is 818755819181", "818755819181"},
	  {"461329913549", NULL}},
	 {"928500180566", "it is 6378-5636-9698.", "Aadhaar 7866-4998-9925"}},
	{"IN_PAN",
	 {{"PAN MMKHX6014I", "MMKHX6014I"},
	  {"my PAN card is YLZAY7702U", "YLZAY7702U"},
	  {"income tax PAN: JGSJQ5177W", "JGSJQ5177W"},
	  {"VNXLB8908P", NULL}},
	 {"BYAWW7743G", "it is NQBSD9202E.", "PAN KQGVQ1922A"}},
	{"ZA_ID_NUMBER",
	 {{"my national ID number is 560609 6304 182", "560609 6304 182"},
	  {"490815 9432 186 is my identity number", "490815 9432 186"},
	  {"citizen ID: 550623 1449 183", "550623 1449 183"},
	  {"341025 0651 088", NULL}},
	 {"5610153316088", "it is 330501 4127 085.",
	  "my national ID number is 7407251374186"}},
	{"DE_TAX_ID",
	 {{"meine Steuer-ID ist 15 640 281 377", "15 640 281 377"},
	  {"Steueridentifikationsnummer 10 756 329 441", "10 756 329 441"},
	  {"IdNr. 24738956618", "24738956618"},
	  {"23057468978", NULL}},
	 {"37219680843", "it is 66150483274.",
	  "meine Steuer-ID ist 63 728 913 548"}},
	{"DE_ID_CARD",
	 {{"Personalausweis W16P102212", "W16P102212"},
	  {"meine Ausweisnummer ist X453C74952", "X453C74952"},
	  {"PMZRCM3945 steht auf dem Personalausweis", "PMZRCM3945"},
	  {"W90HG43346", NULL}},
	 {"TN41758816", "it is L2M2LH3638.", "Personalausweis TK4KKR7099"}},
	{"DE_SOCIAL_SECURITY",
	 {{"Rentenversicherungsnummer 65 050778 P 548", "65 050778 P 548"},
	  {"meine Sozialversicherungsnummer ist 02170509F217", "02170509F217"},
	  {"65 121137 X 328", NULL}},
	 {"65231222E159", "it is 02260627K610.",
	  "Rentenversicherungsnummer 12 030135 I 414"}},
	{"DE_HEALTH_INSURANCE",
	 {{"Versichertennummer Y208618636", "Y208618636"},
	  {"bei der Krankenkasse habe ich V448540684", "V448540684"},
	  {"Q820231983", NULL}},
	 {"K183248871", "it is A251294970.", "Versichertennummer R201762985"}},
	{"AT_SOCIAL_SECURITY",
	 {{"Sozialversicherungsnummer 8520 280305", "8520 280305"},
	  {"SVNR 8429190413", "8429190413"}},
	 {"3733 091016", "it is 6085 191028.",
	  "Sozialversicherungsnummer 4757040131"}},
	{"CH_AHV",
	 {{"AHV 756.1526.3984.20", "756.1526.3984.20"},
	  {"meine AHV-Nummer ist 756.9998.9347.02", "756.9998.9347.02"},
	  {"756.4617.7819.41", NULL}},
	 {"756.4486.7337.96", "it is 756.1842.2445.65.", "AHV 7561552563535"}},
	{"ES_NIF",
	 {{"mi DNI es 38601827 f", "38601827 f"},
	  {"DNI: 71085402 S", "71085402 S"},
	  {"NIF 48314222 P", "48314222 P"},
	  {"63073097 J", NULL}},
	 {"35.114.528-G", "it is 74108990-M.", "mi DNI es 58683325e"}},
	{"ES_NIE",
	 {{"mi NIE es Y-9457133-F", "Y-9457133-F"},
	  {"NIE: X-8318776-K", "X-8318776-K"},
	  {"X-5730392-B", NULL}},
	 {"Z-3748138-M", "it is Y-2745220-W.", "mi NIE es Y-7241641-N"}},
	{"ES_CIF",
	 {{"el CIF es Q7971829B", "Q7971829B"},
	  {"CIF F-86115938", "F-86115938"},
	  {"NIF de la empresa: B-44512614", "B-44512614"}},
	 {"N4301361E", "it is J-11641603.", "el CIF es V-95947878"}},
	{"MX_CURP",
	 {{"mi CURP es AIEW820624MJCSCP61", "AIEW820624MJCSCP61"},
	  {"CURP: HUYW811011HVZRBZ32", "HUYW811011HVZRBZ32"},
	  {"AIBQ281123MNLJCJ82", NULL}},
	 {"UERH611002MVZXYD23", "it is HOEX030601HJCFQP16.",
	  "mi CURP es NIIM190421HJCXRC44"}},
	{"MX_RFC",
	 {{"mi RFC es PONJ260422PL5", "PONJ260422PL5"},
	  {"RFC NERV310305XZ5", "NERV310305XZ5"},
	  {"VEBK570823DD3", NULL}},
	 {"VYQM831332INT", "it is ZSJP501391IZP.", "mi RFC es BIGH547745ZPJ"}},
	{"CL_RUT",
	 {{"mi RUT es 15586886-4", "15586886-4"},
	  {"RUT 13037699-1", "13037699-1"},
	  {"9.735.978-4", NULL}},
	 {"9.952.314-S", "it is 22044619-6.", "mi RUT es 16999568-1"}},
	{"AR_CUIL",
	 {{"mi CUIL es 27-67466135-0", "27-67466135-0"},
	  {"CUIT 27-89372207-1", "27-89372207-1"}},
	 {"23-43243660-2", "it is 20371160795.", "mi CUIL es 23526415575"}},
	{"BR_CPF",
	 {{"CPF 477.283.842-28", "477.283.842-28"},
	  {"meu CPF: 30843817127", "30843817127"}},
	 {"25498815833", "it is 26144503243.", "CPF 992.498.633-46"}},
	{"IT_FISCAL_CODE",
	 {{"codice fiscale VSJGHH25S20H577S", "VSJGHH25S20H577S"},
	  {"il mio codice fiscale: LRF DZQ 39S20 I877C", "LRF DZQ 39S20 I877C"},
	  {"ZQS VLV 08D54 D106P", NULL}},
	 {"UVGCJP59T63C089A", "it is eogilh37e26o944c.",
	  "codice fiscale UEC SLK 82S62 U557N"}},
	{"FR_NIR",
	 {{"NIR 198126964846454", "198126964846454"},
	  {"mon numéro de sécurité sociale est le 2 84 12 2A 577 967 78",
	   "2 84 12 2A 577 967 78"},
	  {"231037552682077", NULL}},
	 {"193126985912331", "it is 1 74 07 75 705 740 65.",
	  "NIR 2 09 05 13 796 279 57"}},
	{"NL_BSN",
	 {{"mijn BSN is 756240001", "756240001"},
	  {"BSN: 407607602", "407607602"}},
	 {"625148399", "it is 339400352.", "mijn BSN is 694550834"}},
	{"PL_PESEL",
	 {{"PESEL 48290690471", "48290690471"},
	  {"mój PESEL to 37072370928", "37072370928"},
	  {"07040675063", NULL}},
	 {"54231762229", "it is 24062460642.", "PESEL 70260529908"}},
	{"FI_PERSONAL_IDENTITY_CODE",
	 {{"hetu 161174-594E", "161174-594E"},
	  {"henkilötunnus: 050870-4198", "050870-4198"},
	  {"240935A125T", NULL}},
	 {"121208-677F", "it is 210149Y6258.", "hetu 041186-556V"}},
	{"SE_PERSONNUMMER",
	 {{"personnummer 19250617-0501", "19250617-0501"},
	  {"mitt personnummer är 197907136613", "197907136613"}},
	 {"1907233564", "it is 19750207-6526.", "personnummer 196106059069"}},
	{"TR_NATIONAL_ID",
	 {{"TC kimlik no 88189659554", "88189659554"},
	  {"kimlik numaram 35805601176", "35805601176"},
	  {"90274291600", NULL}},
	 {"63339373964", "it is 31171520135.", "TC kimlik no 74391756683"}},
	{"VN_CCCD",
	 {{"CCCD 038263693629", "038263693629"},
	  {"số căn cước của tôi là 031145629242", "031145629242"},
	  {"số CCCD: 031211030047", "031211030047"},
	  {"092153115892", NULL}},
	 {"383802108448", "it is 599672656847.", "622699557176"}},
	{"CN_RESIDENT_ID",
	 {{"my national ID number is 440305191607164648", "440305191607164648"},
	  {"440305194811050879 is my identity number", "440305194811050879"},
	  {"citizen ID: 510104190305097394", "510104190305097394"},
	  {"440305191012279999", NULL}},
	 {"510104196506148762", "it is 440305191701258978.",
	  "my national ID number is 310115198002267320"}},
	{"KR_RRN",
	 {{"RRN 060225-3467926", "060225-3467926"},
	  {"resident registration number 371111-1270377", "371111-1270377"},
	  {"3107122748231", NULL}},
	 {"830612-1545583", "it is 150102-4870102.", "RRN 300211-1640420"}},
	{"SG_NRIC_FIN",
	 {{"NRIC T3715339C", "T3715339C"},
	  {"my NRIC is T3996147J", "T3996147J"},
	  {"FIN G2348491P", "G2348491P"},
	  {"S3660905B", NULL}},
	 {"T5195194F", "it is F3612324A.", "NRIC T5776795L"}},
	{"TH_TNIN",
	 {{"my national ID number is 2 0531 05022 10 1", "2 0531 05022 10 1"},
	  {"2-2935-09907-21-8 is my identity number", "2-2935-09907-21-8"},
	  {"citizen ID: 5 0193 91635 66 1", "5 0193 91635 66 1"}},
	 {"3039930739415", "it is 4149688088272.",
	  "my national ID number is 3246911099444"}},
	{"VIN",
	 {{"VIN JTDE5AY145PVZ0972", "JTDE5AY145PVZ0972"},
	  {"the chassis number is 5YJ6EADJ6SRHW1755", "5YJ6EADJ6SRHW1755"},
	  {"Fahrgestellnummer: WBAYJ3U734HLR0699", "WBAYJ3U734HLR0699"},
	  {"JTDUSJJM4YKVL0667", NULL}},
	 {"1HGRUVT7YCU7N0344", "it is WBAMGRVD05GRR1611."}},
	{"VEHICLE_REGISTRATION",
	 {{"license plate 1579 BBK", "1579 BBK"},
	  {"Kennzeichen B-KO 2348", "B-KO 2348"},
	  {"mi matrícula es KWV 4003", "KWV 4003"}},
	 {"25 km", "it is SEI.", "IA-99"}},
	{"IMEI",
	 {{"IMEI 354649572687941", "354649572687941"},
	  {"the IMEI of my device is 015610738466100", "015610738466100"},
	  {"86-692759-527055-1", NULL}},
	 {"351005741420000", "it is 86-971075-004588-8.",
	  "IMEI 012160104018213"}},
	{"SWIFT_CODE",
	 {{"SWIFT DANRESQBXXX", "DANRESQBXXX"},
	  {"the BIC is SEGTFRDFXXX", "SEGTFRDFXXX"},
	  {"BIC: FYHWFREA365", "FYHWFREA365"}},
	 {"BUSINESS", "it is ACINXXDE.", "DOWNLOAD"}},
	{"MAC_ADDRESS",
	 {{"MAC 532E.49A3.45CD", "532E.49A3.45CD"},
	  {"interface 10-24-1F-21-E8-6A is down", "10-24-1F-21-E8-6A"},
	  {"4016.7607.8fec", NULL}},
	 {"XY-90-37-91-80-56", "it is 52:28:91.", "MAC 91-23-05"}},
};

static void test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct kind_cases *k = &kinds[i];
		size_t n = 0, m = 0;

		while (n < 4 && k->good[n].text != NULL)
			n++;
		while (m < 4 && k->decoys[m] != NULL)
			m++;
		assert_true(n > 0 && m > 0);
		cases_some(k->type, k->good, n, k->decoys, m);
	}
}

/* Each row of the table has a type that is tested here or beside. */
static void test_all_tested(void **state)
{
	size_t n;
	const struct kind *table = recognizer_kinds_table(&n);

	(void)state;
	assert_true(n > 80 && n <= KIND_ROWS);
	for (size_t i = 0; i < n; i++) {
		const char *type = entity_name(table[i].entity);
		bool tested = strcmp(type, "PASSPORT") == 0 ||
			      strcmp(type, "DE_PLZ") == 0;

		for (size_t k = 0; k < ARRAY_LEN(kinds) && !tested; k++)
			tested = strcmp(type, kinds[k].type) == 0;
		if (!tested)
			fail_msg("%s has no case", type);
		assert_true(table[i].alone <= 100 && table[i].told <= 100);
		assert_true(table[i].told >= table[i].alone);
	}
}

/* The same number is another thing where other words stand around it. */
static void test_context(void **state)
{
	static const struct good phone[] = {
		{"my phone is 415-555-0132 and my NHS number is below",
		 "415-555-0132"},
		{"NHS patient, call 943 476 5919", "943 476 5919"},
	};
	static const struct good nhs[] = {
		{"943 476 5919 is my NHS number", "943 476 5919"},
		{"NHS: 9434765919", "9434765919"},
	};
	static const struct good order[] = {
		{"order number 36574261809", "36574261809"},
	};
	static const struct good pesel[] = {
		{"PESEL 44051401359", "44051401359"},
		{"44051401359 to mój PESEL", "44051401359"},
	};
	static const struct good passport[] = {
		{"passport C01X00T471", "C01X00T471"},
		{"pasaporte AAB123456", "AAB123456"},
		{"Reisepass L8H02XK4W", "L8H02XK4W"},
	};
	static const struct good plz[] = {
		{"PLZ 10115", "10115"},
		{"D-80336 Munich", "D-80336"},
		{"meine Adresse ist 10115 Berlin", "10115"},
	};

	(void)state;
	cases_some("PHONE_NUMBER", phone, ARRAY_LEN(phone), NULL, 0);
	cases_some("UK_NHS", nhs, ARRAY_LEN(nhs), NULL, 0);
	cases_some("ORDER_ID", order, ARRAY_LEN(order), NULL, 0);
	cases_some("PL_PESEL", pesel, ARRAY_LEN(pesel), NULL, 0);
	cases_some("PASSPORT", passport, ARRAY_LEN(passport), NULL, 0);
	cases_some("DE_PLZ", plz, ARRAY_LEN(plz), NULL, 0);
}

/* The question, or the key, says what a bare value is. */
static void test_asked(void **state)
{
	struct recognizers *r = cases_rules(NULL);
	struct run runs[] = {
		{.kind = RUN_TEXT,
		 .text = bytes_str("What is your Medicare number?"),
		 .speaker = bytes_str("a")},
		{.kind = RUN_TEXT,
		 .text = bytes_str("2123 45670 1"),
		 .speaker = bytes_str("b")},
		{.kind = RUN_VALUE,
		 .text = bytes_str("943 476 5919"),
		 .key = bytes_str("nhsNumber")},
		{.kind = RUN_NUMBER,
		 .text = bytes_str("44051401359"),
		 .key = bytes_str("pesel")},
		{.kind = RUN_NUMBER, .text = bytes_str("44051401359")},
		{.kind = RUN_KEY, .text = bytes_str("44051401359")},
		{.kind = RUN_NUMBER,
		 .text = bytes_str("34"),
		 .key = bytes_str("age")},
		{.kind = RUN_VALUE,
		 .text = bytes_str("female"),
		 .key = bytes_str("gender")},
		{.kind = RUN_VALUE,
		 .text = bytes_str("cminh"),
		 .key = bytes_str("userName")},
		{.kind = RUN_VALUE,
		 .text = bytes_str("B-AB 1234"),
		 .key = bytes_str("license_plate")},
	};
	struct hits h = {0};

	(void)state;
	assert_int_equal(recognize(r, runs, ARRAY_LEN(runs), &h), 0);
	cases_sound(runs, ARRAY_LEN(runs), &h);
	assert_true(cases_has(r, runs, &h, "AU_MEDICARE", 1, "2123 45670 1"));
	assert_true(cases_has(r, runs, &h, "UK_NHS", 2, "943 476 5919"));
	assert_true(cases_has(r, runs, &h, "PL_PESEL", 3, NULL));
	assert_false(cases_has(r, runs, &h, "PL_PESEL", 4, NULL));
	assert_false(cases_has(r, runs, &h, "PL_PESEL", 5, NULL));
	assert_true(cases_has(r, runs, &h, "AGE", 6, "34"));
	assert_true(cases_has(r, runs, &h, "GENDER", 7, "female"));
	assert_true(cases_has(r, runs, &h, "PERSON", 8, "cminh") ||
		    cases_has(r, runs, &h, "USERNAME", 8, "cminh"));
	assert_true(
		cases_has(r, runs, &h, "VEHICLE_REGISTRATION", 9, "B-AB 1234"));
	hits_free(&h);
	recognizers_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_all_tested),
		cmocka_unit_test(test_context),
		cmocka_unit_test(test_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
