/* The catalogue of entity types: their names, and the nearest to a typo. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_ENTITY_H
#define REDACT_ENTITY_H

#include "base/bytes.h"

/*
 * Every built-in type, Presidio's name where it has one. The order decides
 * between two hits of equal score and length: the earlier type wins. Numbers
 * are not stored anywhere (objects keep names), so the order may change.
 */
/* clang-format off */
#define ENTITY_LIST(X) \
	/* secrets */ \
	X(PRIVATE_KEY) X(API_KEY) X(PASSWORD) X(PIN) \
	/* finance */ \
	X(CREDIT_CARD) X(CVV) X(CARD_EXPIRY) X(IBAN_CODE) X(CRYPTO) \
	X(SWIFT_CODE) X(ABA_ROUTING_NUMBER) X(US_BANK_NUMBER) \
	X(ACCOUNT_NUMBER) \
	/* government */ \
	X(US_SSN) X(US_ITIN) X(US_EIN) X(US_PASSPORT) X(PASSPORT) \
	X(US_DRIVER_LICENSE) X(US_NPI) X(US_MBI) X(UK_NHS) X(UK_NINO) \
	X(UK_DRIVING_LICENCE) X(CA_SIN) X(AU_TFN) X(AU_ABN) X(AU_MEDICARE) \
	X(IN_AADHAAR) X(IN_PAN) X(ES_NIF) X(ES_NIE) X(ES_CIF) \
	X(IT_FISCAL_CODE) X(FR_NIR) X(NL_BSN) X(PL_PESEL) X(DE_TAX_ID) \
	X(DE_ID_CARD) X(DE_SOCIAL_SECURITY) X(DE_HEALTH_INSURANCE) \
	X(AT_SOCIAL_SECURITY) X(CH_AHV) X(FI_PERSONAL_IDENTITY_CODE) \
	X(SE_PERSONNUMMER) X(KR_RRN) X(SG_NRIC_FIN) X(TH_TNIN) \
	X(TR_NATIONAL_ID) X(ZA_ID_NUMBER) X(VN_CCCD) X(CN_RESIDENT_ID) \
	X(BR_CPF) X(MX_CURP) X(MX_RFC) X(CL_RUT) X(AR_CUIL) \
	/* health, things */ \
	X(MEDICAL_LICENSE) X(MEDICAL_RECORD_NUMBER) X(VIN) \
	X(VEHICLE_REGISTRATION) X(IMEI) \
	/* contact */ \
	X(EMAIL_ADDRESS) X(PHONE_NUMBER) X(IP_ADDRESS) X(MAC_ADDRESS) X(URL) \
	X(DOMAIN_NAME) \
	/* place */ \
	X(STREET_ADDRESS) X(ZIP_CODE) X(UK_POSTCODE) X(DE_PLZ) X(LOCATION) \
	/* people */ \
	X(PERSON) X(USERNAME) X(DATE_OF_BIRTH) X(AGE) X(NRP) X(GENDER) \
	X(TITLE) X(ORGANIZATION) \
	/* service */ \
	X(ORDER_ID) X(CONFIRMATION_NUMBER) X(POLICY_NUMBER) X(CLAIM_NUMBER) \
	X(TICKET_ID) X(CUSTOMER_ID) \
	/* the rest */ \
	X(DATE_TIME) X(MONEY) X(ID_NUMBER) X(COLUMN) \
	/* a path of another file of the data set */ \
	X(FILE_PATH) \
	/* what an annotator flagged, of no type that the owner named */ \
	X(FLAGGED)
/* clang-format on */

enum entity {
#define ENTITY_ENUM(name) ENTITY_##name,
	ENTITY_LIST(ENTITY_ENUM)
#undef ENTITY_ENUM
	ENTITY_COUNT,
};

/**
 * entity_count(): how many built-in types. entity_name(i): the i-th name, in
 * the order of the table; NULL past the end. Static strings.
 */
uint32_t entity_count(void);
const char *entity_name(uint32_t i);

/**
 * entity_find(name): its number, or -1. entity_known(name): it is one.
 */
int entity_find(struct bytes name);
bool entity_known(struct bytes name);

/**
 * entity_nearest(name): the type with the smallest edit distance (case does
 * not count), for words to a person; NULL when nothing is near (more than a
 * third of the name would have to change) or the name is over 64 bytes.
 */
const char *entity_nearest(struct bytes name);

#endif
