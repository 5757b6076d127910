/* Secrets, traits, places and dates of four languages: values and decoys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/redact/cases.h"

#define CASES(type, good, decoys) \
	cases_some(type, good, ARRAY_LEN(good), decoys, ARRAY_LEN(decoys))

/* Keys that services show in their own manuals, or made up. */
static void test_secrets(void **state)
{
	static const struct good keys[] = {
		{"AKIAIOSFODNN7EXAMPLE", NULL},
		{"token ghp_16C7e42F292c6912E7710c838347Ae178B4a",
		 "ghp_16C7e42F292c6912E7710c838347Ae178B4a"},
		{"use sk-proj-abcDEF123456ghiJKL7890mno now",
		 "sk-proj-abcDEF123456ghiJKL7890mno"},
		{"sk_test_4eC39HqLyjWDarjtT1zdp7dc", NULL},
		{"glpat-aBcDeFgHiJkLmNoPq123", NULL},
		{"the secret is wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY.",
		 "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
		{"Authorization: Bearer abcDEF123ghiJKL456mnoPQR",
		 "abcDEF123ghiJKL456mnoPQR"},
		{"api_key=9f86d081884c7d659a2feaa0c55ad015",
		 "9f86d081884c7d659a2feaa0c55ad015"},
		{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92",
		 NULL},
		{"xY7kQ2mZ9pLw4RtV8sNc3bHd6FgJ1aXe", NULL},
	};
	static const char *const words[] = {
		"sk-8 boots",
		"the secret is out",
		"my token of love",
		"a key role in 2019",
		"9f86d081884c7d659a2feaa0c55ad015",
		"npm install express",
		"internationalization",
		"github-actions",
		"AKIAIOSFODNN7EXAMPL",
		"eyJust a name",
		"550e8400-e29b-41d4-a716-446655440000",
	};
	static const struct good private_key[] = {
		{"-----BEGIN RSA PRIVATE KEY-----\nMIIE\nAB\n-----END RSA "
		 "PRIVATE KEY-----",
		 NULL},
		{"x -----BEGIN PRIVATE KEY-----\nMIIE never ends",
		 "-----BEGIN PRIVATE KEY-----\nMIIE never ends"},
	};
	static const char *const public_key[] = {
		"-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
		"begin the private key talk", "-----BEGIN-----"};
	static const struct good wallets[] = {
		{"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", NULL},
		{"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", NULL},
		{"pay bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq now",
		 "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"},
		{"0x52908400098527886E0F7030069857D2E4169EE7", NULL},
	};
	static const char *const no_wallets[] = {
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
		"bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdx",
		"0x52908400098527886E0F7030069857D2E4169EE",
		"0x52908400098527886E0F7030069857D2E4169EZ7"};

	(void)state;
	CASES("API_KEY", keys, words);
	CASES("PRIVATE_KEY", private_key, public_key);
	CASES("CRYPTO", wallets, no_wallets);
}

static void test_traits(void **state)
{
	static const struct good age[] = {
		{"I'm 34 years old", "34"},
		{"a 27-year-old man", "27"},
		{"she is 45.", "45"},
		{"he turned 60 and left", "60"},
		{"age: 52", "52"},
		{"my age is 33", "33"},
		{"ich bin 34 Jahre alt", "34"},
		{"Tengo 41 años", "41"},
		{"tôi 29 tuổi", "29"},
	};
	static const char *const no_age[] = {"I have worked for 10 years",
					     "in 34 years",
					     "she is 45 minutes",
					     "I am 3rd",
					     "he is 100% sure",
					     "I'm 2 of 3",
					     "since 20 años",
					     "200 years old wine"};
	static const struct good gender[] = {
		{"gender: female", "female"},
		{"Geschlecht: männlich", "männlich"},
		{"sexo: mujer", "mujer"},
		{"giới tính: nữ", "nữ"}};
	static const char *const no_gender[] = {"a man", "m", "sex sells",
						"gender is a word"};
	static const struct good nrp[] = {
		{"my nationality is German", "German"},
		{"I am Mexican", "Mexican"},
		{"I'm a Catholic", "Catholic"},
		{"religión: católica", "católica"}};
	static const char *const no_nrp[] = {"german food", "a French class",
					     "the Christian museum",
					     "is it Italian"};
	static const struct good user[] = {
		{"my username is crystal_minh", "crystal_minh"},
		{"username: bob", "bob"},
		{"login: jdoe42", "jdoe42"},
		{"Benutzername: mmustermann", "mmustermann"},
		{"usuario: pepito99", "pepito99"},
		{"thanks @jane_doe for that", "@jane_doe"}};
	static const char *const no_user[] = {
		"login page", "the user is happy", "@home",
		"meet @ 5",   "handle: with care", "username is required"};

	(void)state;
	CASES("AGE", age, no_age);
	CASES("GENDER", gender, no_gender);
	CASES("NRP", nrp, no_nrp);
	CASES("USERNAME", user, no_user);
}

static void test_places(void **state)
{
	static const struct good street[] = {
		{"Ich wohne in der Goethestraße 5, 10115 Berlin",
		 "Goethestraße 5, 10115 Berlin"},
		{"Lange Str. 12a, 80336 München", NULL},
		{"Berliner Allee 120", NULL},
		{"Vivo en la Calle de la Paz, 12, 28013 Madrid",
		 "Calle de la Paz, 12, 28013 Madrid"},
		{"C/ Mayor 5", NULL},
		{"Avenida de la Constitución nº 24", NULL},
		{"Carrera 7 # 12-34", NULL},
		{"tôi ở 12 đường Lê Lợi, phường Bến Nghé, quận 1",
		 "12 đường Lê Lợi, phường Bến Nghé, quận 1"},
		{"45/2 đường Nguyễn Huệ", NULL},
		{"221 Baker Street", NULL},
		{"kastanienstraße 9, 04229 leipzig", NULL},
		{"calle del olmo 31, 37001 salamanca", NULL},
		{"gửi về 8 phố lý thái tổ, quận hoàn kiếm",
		 "8 phố lý thái tổ, quận hoàn kiếm"},
	};
	static const char *const no_street[] = {
		"Platz 5",	    "during 2019",
		"plaza 5 personas", "con đường 5",
		"calle abajo",	    "der Weg 3 ist",
		"camino de 5 km",   "string 5 of the bag",
		"die straße 5 mal", "una calle mejor 5 veces"};
	static const struct good zip[] = {{"Springfield, IL 62704", "62704"},
					  {"CA 94043-1234", "94043-1234"},
					  {"my zip is 62704", "62704"},
					  {"código postal 28013", "28013"}};
	static const char *const no_zip[] = {"XX 62704", "room 62704",
					     "62704 people", "IL 627"};
	static const struct good domain[] = {
		{"the domain is example.com", "example.com"},
		{"hostname mail.example.org", "mail.example.org"}};
	static const char *const no_domain[] = {"see example.com/domain",
						"https://example.com"};

	(void)state;
	CASES("STREET_ADDRESS", street, no_street);
	CASES("ZIP_CODE", zip, no_zip);
	CASES("DOMAIN_NAME", domain, no_domain);
}

/* What each language has of dates, phones, numbers with words. */
static void test_languages(void **state)
{
	static const struct good date[] = {
		{"am 8. März 2019", "8. März 2019"},
		{"08.03.2019", NULL},
		{"el 8 de marzo del 2019", "8 de marzo del 2019"},
		{"1 de enero", NULL},
		{"ngày 8 tháng 3 năm 2019", "8 tháng 3 năm 2019"},
		{"8/3/2019", NULL}};
	static const char *const no_date[] = {"8 tháng nữa", "in 8 Monaten",
					      "8 de cada 10", "3 tháng 13"};
	static const struct good birth[] = {
		{"geboren am 8. März 1979", "8. März 1979"},
		{"fecha de nacimiento: 08/03/1979", "08/03/1979"},
		{"ngày sinh: 8/3/1979", "8/3/1979"}};
	static const struct good phone[] = {
		{"meine Handynummer ist 0151 234 56 78", "0151 234 56 78"},
		{"mi móvil es 612345678", "612345678"},
		{"số điện thoại 0912345678", "0912345678"},
		{"my number is 30 55 27 11", "30 55 27 11"}};
	static const char *const no_phone[] = {"30 55 27 11",
					       "the number 612345678"};
	static const struct good order[] = {
		{"Bestellnummer 20391882", "20391882"},
		{"el pedido 9928-112", "9928-112"},
		{"order ORD-20351-7", "ORD-20351-7"}};
	static const char *const no_order[] = {"in order to 5",
					       "room 20391882"};
	static const struct good account[] = {
		{"Kontonummer 20391882", "20391882"},
		{"55012 is my account number", "55012"},
		{"số tài khoản 0071000123456", "0071000123456"}};

	(void)state;
	CASES("DATE_TIME", date, no_date);
	cases_some("DATE_OF_BIRTH", birth, ARRAY_LEN(birth), NULL, 0);
	CASES("PHONE_NUMBER", phone, no_phone);
	CASES("ORDER_ID", order, no_order);
	cases_some("ACCOUNT_NUMBER", account, ARRAY_LEN(account), NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_traits),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
