/* The table of identifiers that have a shape of their own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer.h"

/*
 * Scores. With its topic near a value with check digits has 96, one without 88
 * to 92. Alone, what no other text looks like has 80 and more, what some
 * numbers are by chance (one in ten or eleven passes a check digit) 52 to 66:
 * more than an identifier of no kind (50), less than a phone number that is
 * written as one. Below 70, letters must be capitals when it stands alone.
 *
 * Shapes. 9 is a digit, A a letter, X either; what else stands there parts them
 * (recognizer_kinds.c).
 */
#define T(topic) TOPIC_BIT(TOPIC_##topic)
#define NATIONAL (T(NATIONAL) | T(ID))
#define TAX (T(TAX) | T(NATIONAL))
#define HEALTH (T(HEALTH) | T(MEDICAL) | T(INSURANCE))
#define POST (T(ZIP) | T(PLZ) | T(ADDRESS))
#define recognizer_check_any NULL

/* clang-format off */
#define K(land, entity, rule, shape, check, near, alone, told) \
	{ENTITY_##entity, RULE_##rule, LAND_##land, shape, \
	 recognizer_check_##check, near, alone, told},

static const struct kind table[] = {
	/* United States */
	K(US, US_ITIN, US_ITIN, "999-99-9999", us_itin, TAX | T(SSN), 88, 97)
	K(US, US_ITIN, US_ITIN, "999 99 9999", us_itin, TAX | T(SSN), 0, 97)
	K(US, US_EIN, US_EIN, "99-9999999", us_ein,
	  T(EMPLOYER) | T(TAX), 56, 97)
	K(US, US_EIN, US_EIN, "999999999", us_ein, T(EMPLOYER), 0, 97)
	K(US, US_NPI, US_NPI, "9999999999", us_npi, T(PROVIDER), 53, 96)
	K(US, US_MBI, US_MBI, "9AX9 AX9 AA99", us_mbi, HEALTH, 92, 96)
	K(US, ABA_ROUTING_NUMBER, US_ABA, "999999999", us_aba,
	  T(ROUTING), 52, 97)
	K(US, MEDICAL_LICENSE, US_DEA, "AA9999999", us_dea, T(PROVIDER), 70, 96)
	K(NONE, US_PASSPORT, PASSPORT, "A99999999", any, T(PASSPORT), 0, 92)
	K(NONE, US_PASSPORT, PASSPORT, "999999999", any, T(PASSPORT), 0, 90)
	/* passports of others */
	K(NONE, PASSPORT, PASSPORT, "A 9999999", any, T(PASSPORT), 0, 90)
	K(NONE, PASSPORT, PASSPORT, "AA 999999", any, T(PASSPORT), 0, 90)
	K(NONE, PASSPORT, PASSPORT, "AA 9999999", any, T(PASSPORT), 0, 90)
	K(NONE, PASSPORT, PASSPORT, "AAA 999999", any, T(PASSPORT), 0, 90)
	K(NONE, PASSPORT, PASSPORT, "99AA99999", any, T(PASSPORT), 0, 90)
	K(NONE, PASSPORT, PASSPORT, "AXXXXXXXX", de_card, T(PASSPORT), 0, 91)
	K(NONE, PASSPORT, PASSPORT, "AXXXXXXXX9", de_card, T(PASSPORT), 0, 97)
	/* Canada, United Kingdom */
	K(CA, CA_SIN, CA_SIN, "999-999-999", ca_sin, T(INSURANCE), 60, 96)
	K(CA, CA_SIN, CA_SIN, "999 999 999", ca_sin, T(INSURANCE), 54, 96)
	K(UK, UK_NHS, UK_NHS, "999 999 9999", uk_nhs, HEALTH, 53, 96)
	K(UK, UK_NINO, UK_NINO, "AA 99 99 99 A", uk_nino,
	  T(INSURANCE) | TAX, 90, 96)
	K(UK, UK_NINO, UK_NINO, "AA 99 99 99", uk_nino, T(INSURANCE), 0, 88)
	K(UK, UK_DRIVING_LICENCE, UK_DRIVER, "XXXXX 999999 AX9AA", uk_driver,
	  T(LICENSE), 88, 96)
	K(UK, UK_POSTCODE, UK_POSTCODE, "A9 9AA", uk_postcode, POST, 66, 92)
	K(UK, UK_POSTCODE, UK_POSTCODE, "A99 9AA", uk_postcode, POST, 66, 92)
	K(UK, UK_POSTCODE, UK_POSTCODE, "AA9 9AA", uk_postcode, POST, 66, 92)
	K(UK, UK_POSTCODE, UK_POSTCODE, "A9A 9AA", uk_postcode, POST, 66, 92)
	K(UK, UK_POSTCODE, UK_POSTCODE, "AA99 9AA", uk_postcode, POST, 66, 92)
	K(UK, UK_POSTCODE, UK_POSTCODE, "AA9A 9AA", uk_postcode, POST, 66, 92)
	K(CA, ZIP_CODE, CA_POSTCODE, "A9A 9A9", ca_postcode, POST, 66, 92)
	/* Australia, India, South Africa */
	K(AU, AU_TFN, AU_TFN, "999 999 999", au_tfn, TAX, 54, 96)
	K(AU, AU_ABN, AU_ABN, "99 999 999 999", au_abn, T(TAX), 66, 96)
	K(AU, AU_MEDICARE, AU_MEDICARE, "9999 99999 9", au_medicare,
	  HEALTH, 60, 96)
	K(IN, IN_AADHAAR, IN_AADHAAR, "9999 9999 9999", in_aadhaar,
	  NATIONAL, 66, 96)
	K(IN, IN_PAN, IN_PAN, "AAAAA9999A", in_pan, TAX | T(CARD), 85, 94)
	K(ZA, ZA_ID_NUMBER, ZA_ID, "999999 9999 999", za_id, NATIONAL, 92, 98)
	/* Germany, Austria, Switzerland */
	K(DE, DE_TAX_ID, DE_TAX, "99 999 999 999", de_tax, TAX, 68, 97)
	K(DE, DE_ID_CARD, DE_CARD, "AXXXXXXXX9", de_card, NATIONAL, 64, 96)
	K(DE, DE_ID_CARD, DE_CARD, "AXXXXXXXX", de_card, T(NATIONAL), 0, 90)
	K(DE, DE_SOCIAL_SECURITY, DE_PENSION, "99 999999 A 999", de_pension,
	  T(INSURANCE), 88, 97)
	K(DE, DE_HEALTH_INSURANCE, DE_HEALTH, "A999999999", de_health,
	  HEALTH, 66, 96)
	K(DE, DE_PLZ, DE_PLZ, "A-99999", de_plz, POST, 70, 92)
	K(DE, DE_PLZ, DE_PLZ, "99999", any, T(PLZ), 0, 88)
	K(AT, AT_SOCIAL_SECURITY, AT_SOCIAL, "9999 999999", at_social,
	  T(INSURANCE), 56, 97)
	K(CH, CH_AHV, CH_AHV, "999 9999 9999 99", ch_ahv, T(INSURANCE), 88, 97)
	/* Spain */
	K(ES, ES_NIF, ES_NIF, "99 999 999 A", es_nif, TAX | T(ID), 90, 97)
	K(ES, ES_NIF, ES_NIF, "9 999 999 A", es_nif, TAX, 0, 94)
	K(ES, ES_NIF, ES_NIF, "A 9999999 A", es_nif, TAX, 80, 96)
	K(ES, ES_NIE, ES_NIE, "A 9999999 A", es_nie, TAX | T(ID), 92, 97)
	K(ES, ES_CIF, ES_CIF, "A 9999999 A", es_cif, T(TAX), 66, 95)
	K(ES, ES_CIF, ES_CIF, "A 9999999 9", es_cif, T(TAX), 66, 95)
	/* Europe */
	K(IT, IT_FISCAL_CODE, IT_FISCAL, "AAA AAA XX A XX A XXX A", it_fiscal,
	  TAX, 96, 98)
	K(FR, FR_NIR, FR_NIR, "9 99 99 99 999 999 99", fr_nir,
	  T(INSURANCE) | NATIONAL, 86, 97)
	K(FR, FR_NIR, FR_NIR, "9 99 99 9A 999 999 99", fr_nir,
	  T(INSURANCE) | NATIONAL, 90, 97)
	K(NL, NL_BSN, NL_BSN, "9999 99 999", nl_bsn, T(NATIONAL), 0, 95)
	K(PL, PL_PESEL, PL_PESEL, "99999999999", pl_pesel, NATIONAL, 64, 97)
	K(FI, FI_PERSONAL_IDENTITY_CODE, FI_HETU, "999999-999X", fi_hetu,
	  NATIONAL, 90, 97)
	K(FI, FI_PERSONAL_IDENTITY_CODE, FI_HETU, "999999A999X", fi_hetu,
	  NATIONAL, 90, 97)
	K(SE, SE_PERSONNUMMER, SE_NUMBER, "999999-9999", se_number,
	  NATIONAL, 76, 96)
	K(SE, SE_PERSONNUMMER, SE_NUMBER, "9999999999", se_number,
	  NATIONAL, 54, 96)
	K(SE, SE_PERSONNUMMER, SE_NUMBER, "99999999-9999", se_number,
	  NATIONAL, 86, 97)
	K(SE, SE_PERSONNUMMER, SE_NUMBER, "999999999999", se_number,
	  NATIONAL, 64, 97)
	K(TR, TR_NATIONAL_ID, TR_ID, "99999999999", tr_id, NATIONAL, 65, 97)
	/* Asia */
	K(VN, VN_CCCD, VN_CCCD, "999 999 999 999", vn_cccd, NATIONAL, 56, 92)
	K(VN, VN_CCCD, VN_CCCD, "999999999", any, T(NATIONAL), 0, 88)
	K(CN, CN_RESIDENT_ID, CN_ID, "999999 99999999 999X", cn_id,
	  NATIONAL, 88, 98)
	K(KR, KR_RRN, KR_RRN, "999999-9999999", kr_rrn, NATIONAL, 85, 97)
	K(KR, KR_RRN, KR_RRN, "9999999999999", kr_rrn, NATIONAL, 80, 97)
	K(SG, SG_NRIC_FIN, SG_NRIC, "A9999999A", sg_nric, NATIONAL, 91, 97)
	K(TH, TH_TNIN, TH_ID, "9-9999-99999-99-9", th_id, NATIONAL, 90, 97)
	K(TH, TH_TNIN, TH_ID, "9 9999 99999 99 9", th_id, NATIONAL, 56, 97)
	/* Latin America */
	K(BR, BR_CPF, BR_CPF, "999.999.999-99", br_cpf, TAX | T(ID), 90, 97)
	K(BR, BR_CPF, BR_CPF, "999 999 999 99", br_cpf, TAX | T(ID), 62, 97)
	K(MX, MX_CURP, MX_CURP, "AAAA999999AAAAAAX9", mx_curp, NATIONAL, 97, 98)
	K(MX, MX_RFC, MX_RFC, "AAAA 999999 XXX", mx_rfc, TAX, 66, 92)
	K(CL, CL_RUT, CL_RUT, "99 999 999-X", cl_rut, TAX | T(ID), 84, 96)
	K(CL, CL_RUT, CL_RUT, "9 999 999-X", cl_rut, TAX | T(ID), 84, 96)
	K(AR, AR_CUIL, AR_CUIL, "99-99999999-9", ar_cuil, TAX | T(ID), 86, 97)
	K(AR, AR_CUIL, AR_CUIL, "99999999999", ar_cuil, TAX | T(ID), 56, 97)
	/* vehicles */
	K(NONE, VIN, VIN_CHECK, "XXXXXXXXXXXXXXXXX", vin, T(VEHICLE), 93, 98)
	K(NONE, VIN, VIN_CONTEXT, "XXXXXXXXXXXXXXXXX", mixed, T(VEHICLE), 0, 90)
	K(NONE, VEHICLE_REGISTRATION, PLATE_UK, "AA99 AAA", uk_plate,
	  T(PLATE) | T(VEHICLE), 62, 92)
	K(NONE, VEHICLE_REGISTRATION, PLATE_ES, "9999 AAA", es_plate,
	  T(PLATE) | T(VEHICLE), 0, 92)
	K(NONE, VEHICLE_REGISTRATION, PLATE_FR, "AA-999-AA", any,
	  T(PLATE) | T(VEHICLE), 62, 92)
	K(NONE, VEHICLE_REGISTRATION, PLATE_IN, "AA_99_AA_9999", any,
	  T(PLATE) | T(VEHICLE), 66, 92)
	K(NONE, VEHICLE_REGISTRATION, PLATE_VN, "99A-999.99", any,
	  T(PLATE) | T(VEHICLE), 84, 92)
	K(NONE, VEHICLE_REGISTRATION, PLATE_VN, "99A-999 99", any,
	  T(PLATE) | T(VEHICLE), 62, 92)
	K(NONE, VEHICLE_REGISTRATION, PLATE_VN, "99A-9999", any,
	  T(PLATE) | T(VEHICLE), 0, 92)
	K(NONE, VEHICLE_REGISTRATION, PLATE_VN, "99 A9 999.99", any,
	  T(PLATE) | T(VEHICLE), 84, 92)
	/* a plate of anywhere, said to be one: separators where they may be */
	K(NONE, VEHICLE_REGISTRATION, PLATE_CONTEXT, "~XXXX", mixed,
	  T(PLATE), 0, 86)
	K(NONE, VEHICLE_REGISTRATION, PLATE_CONTEXT, "~XXXXX", mixed,
	  T(PLATE), 0, 86)
	K(NONE, VEHICLE_REGISTRATION, PLATE_CONTEXT, "~XXXXXX", mixed,
	  T(PLATE), 0, 86)
	K(NONE, VEHICLE_REGISTRATION, PLATE_CONTEXT, "~XXXXXXX", mixed,
	  T(PLATE), 0, 86)
	K(NONE, VEHICLE_REGISTRATION, PLATE_CONTEXT, "~XXXXXXXX", mixed,
	  T(PLATE), 0, 86)
	K(NONE, VEHICLE_REGISTRATION, PLATE_CONTEXT, "~XXXXXXXXX", mixed,
	  T(PLATE), 0, 86)
	/* things */
	K(NONE, IMEI, IMEI, "99 999999 999999 9", imei, T(DEVICE), 66, 97)
	K(NONE, SWIFT_CODE, SWIFT, "AAAAAAXX", bic, T(SWIFT), 0, 92)
	K(NONE, SWIFT_CODE, SWIFT, "AAAAAAXX", bic_mixed, T(SWIFT), 62, 92)
	K(NONE, SWIFT_CODE, SWIFT, "AAAAAAXXXXX", bic_mixed, T(SWIFT), 66, 92)
	K(NONE, SWIFT_CODE, SWIFT, "AAAAAAXXXXX", bic, T(SWIFT), 0, 92)
	K(NONE, MAC_ADDRESS, MAC_GROUPS, "XX-XX-XX-XX-XX-XX", mac, 0, 88, 88)
	K(NONE, MAC_ADDRESS, MAC_GROUPS, "XXXX.XXXX.XXXX", mac, 0, 85, 85)
};
/* clang-format on */

const struct kind *recognizer_kinds_table(size_t *n)
{
	*n = ARRAY_LEN(table);
	return table;
}
