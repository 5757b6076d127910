/* What the recognizers know of which language. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/detect.h"

/*
 * Form and check digits know no language; those types stand under "*", as far
 * as a value is found without a word beside it. A language has what its words
 * are needed for: months, the words that say what a number is, a street's
 * kind, the words that announce a name. `shown` where a record of that
 * language may be: names must be found in it without a cue, too. In English the
 * tagger does so; in the others it does where the table of names knows a word
 * of the name (recognizer_tagger.c).
 */
static const struct detect_language languages[] = {
	{"*", "",
	 "EMAIL_ADDRESS PHONE_NUMBER URL IP_ADDRESS MAC_ADDRESS CREDIT_CARD "
	 "IBAN_CODE CRYPTO API_KEY PRIVATE_KEY MONEY DATE_TIME US_SSN US_ITIN "
	 "US_EIN US_NPI US_MBI ABA_ROUTING_NUMBER MEDICAL_LICENSE CA_SIN "
	 "UK_NHS UK_NINO UK_DRIVING_LICENCE UK_POSTCODE AU_TFN AU_ABN "
	 "AU_MEDICARE IN_AADHAAR IN_PAN ZA_ID_NUMBER DE_TAX_ID DE_ID_CARD "
	 "DE_SOCIAL_SECURITY DE_HEALTH_INSURANCE DE_PLZ AT_SOCIAL_SECURITY "
	 "CH_AHV ES_NIF ES_NIE ES_CIF IT_FISCAL_CODE FR_NIR PL_PESEL "
	 "FI_PERSONAL_IDENTITY_CODE SE_PERSONNUMMER TR_NATIONAL_ID VN_CCCD "
	 "CN_RESIDENT_ID KR_RRN SG_NRIC_FIN TH_TNIN BR_CPF MX_CURP MX_RFC "
	 "CL_RUT AR_CUIL VIN VEHICLE_REGISTRATION IMEI ID_NUMBER USERNAME",
	 true},
	{"en", "en eng english",
	 "PERSON LOCATION ORGANIZATION STREET_ADDRESS ZIP_CODE DATE_TIME "
	 "DATE_OF_BIRTH AGE GENDER NRP USERNAME PHONE_NUMBER EMAIL_ADDRESS "
	 "CREDIT_CARD CVV CARD_EXPIRY "
	 "PIN PASSWORD ACCOUNT_NUMBER ABA_ROUTING_NUMBER SWIFT_CODE US_SSN "
	 "US_PASSPORT PASSPORT US_DRIVER_LICENSE MEDICAL_RECORD_NUMBER "
	 "VEHICLE_REGISTRATION DOMAIN_NAME ORDER_ID CONFIRMATION_NUMBER "
	 "POLICY_NUMBER CLAIM_NUMBER TICKET_ID CUSTOMER_ID MONEY",
	 true},
	{"de", "de deu ger german deutsch",
	 "PERSON LOCATION STREET_ADDRESS DE_PLZ DATE_TIME DATE_OF_BIRTH AGE "
	 "GENDER NRP "
	 "USERNAME PHONE_NUMBER CREDIT_CARD PASSWORD ACCOUNT_NUMBER PASSPORT "
	 "DE_TAX_ID DE_ID_CARD DE_SOCIAL_SECURITY DE_HEALTH_INSURANCE "
	 "AT_SOCIAL_SECURITY CH_AHV VEHICLE_REGISTRATION VIN ORDER_ID "
	 "CUSTOMER_ID MONEY",
	 true},
	{"es", "es spa spanish español",
	 "PERSON LOCATION STREET_ADDRESS ZIP_CODE DATE_TIME DATE_OF_BIRTH "
	 "AGE GENDER NRP USERNAME PHONE_NUMBER CREDIT_CARD PASSWORD "
	 "ACCOUNT_NUMBER "
	 "PASSPORT ES_NIF ES_NIE ES_CIF MX_CURP MX_RFC CL_RUT AR_CUIL "
	 "VEHICLE_REGISTRATION VIN ORDER_ID POLICY_NUMBER MONEY",
	 true},
	{"vi", "vi vie vietnamese",
	 "PERSON LOCATION STREET_ADDRESS ZIP_CODE DATE_TIME DATE_OF_BIRTH "
	 "AGE GENDER NRP PHONE_NUMBER CREDIT_CARD ACCOUNT_NUMBER VN_CCCD "
	 "VEHICLE_REGISTRATION MONEY",
	 true},
};

const struct detect_language *detect_languages(size_t *n)
{
	*n = ARRAY_LEN(languages);
	return languages;
}

/* The name that is n bytes of p begins the language, case apart: "en", "EN",
 * "en-GB" and "en_US" are all en. */
static bool names(const char *p, size_t n, struct bytes language)
{
	size_t i = 0;

	while (i < n && i < language.n &&
	       (language.p[i] | 32) == ((uint8_t)p[i] | 32))
		i++;
	return i == n && (language.n == n || language.p[n] == '-' ||
			  language.p[n] == '_');
}

bool detect_covers(struct bytes language)
{
	for (size_t k = 0; k < ARRAY_LEN(languages); k++) {
		const char *p = languages[k].names;

		while (languages[k].shown && *p != '\0') {
			size_t n = strcspn(p, " ");

			if (names(p, n, language))
				return true;
			p += n + strspn(p + n, " ");
		}
	}
	return language.n == 0;
}

bool detect_answered(const struct dataset_rules *d, struct bytes language)
{
	bool yes = false;

	for (size_t k = 0; k < d->nlanguages; k++)
		yes = yes ||
		      names(d->languages[k], strlen(d->languages[k]), language);
	return yes;
}
