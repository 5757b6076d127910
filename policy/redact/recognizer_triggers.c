/* The words that start something: months, units, topics, cues, streets. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_words.h"

/*
 * A word stands in several lines when it has several roles; number, topic and
 * cue are joined by or, so a word must not get two of the same kind.
 */
static const struct word_line triggers[] = {
	/* frequent words that English has not */
	{ROLE_ABROAD, 0, 0, 0,
	 "und ist ich nicht sie der das eine auf mit bitte danke ihre ihr wie "
	 "haben mein meine guten ja für fuer wann wer noch hab kein keine zum "
	 "dem den von wen wem geht gibt hier dann schon oder nach ihnen "
	 "ihren wo zur vom bei kann wieviel welche welcher können möchte "
	 "que su por para con el del una gracias hola soy tiene quiero cual "
	 "esta buenas buenos numero número llamo necesito como cuando la los "
	 "las de en un al donde quien esta mi le se es disculpe perdi cuanto "
	 "em cho xin cua khong anh duoc vang chị ạ dạ của không là anh tên "
	 "vâng cảm ngay sinh thang nhe oi roi gui giao "
	 "barrio poblacion población nombre apellido apellidos direccion "
	 "dirección fecha nacimiento codigo código telefono teléfono correo "
	 "tarjeta cuenta kundennummer geburtsdatum telefonnummer vorname "
	 "nachname adresse anschrift postleitzahl plz nummer geboren "
	 "strasse straße praxis doktor frau herr herrn willkommen banco "
	 "clinica clínica señora senora senor doctora bienvenido digame dígame "
	 "diga "
	 "medico médico taller"},
	/* months: English, German, Spanish */
	{ROLE_MONTH, 1, 0, 0, "january jan januar jänner enero"},
	{ROLE_MONTH, 2, 0, 0, "february feb februar febrero"},
	{ROLE_MONTH, 3, 0, 0, "march mar märz marzo"},
	{ROLE_MONTH, 4, 0, 0, "april apr abril"},
	{ROLE_MONTH | ROLE_ASK, 5, 0, 0, "may"},
	{ROLE_MONTH, 5, 0, 0, "mai mayo"},
	{ROLE_MONTH, 6, 0, 0, "june jun juni junio"},
	{ROLE_MONTH, 7, 0, 0, "july jul juli julio"},
	{ROLE_MONTH, 8, 0, 0, "august aug agosto"},
	{ROLE_MONTH, 9, 0, 0, "september sep sept septiembre"},
	{ROLE_MONTH, 10, 0, 0, "october oct oktober okt octubre"},
	{ROLE_MONTH, 11, 0, 0, "november nov noviembre"},
	{ROLE_MONTH, 12, 0, 0, "december dec dezember dez diciembre"},
	{ROLE_HOME, 0, 0, 0, "home users"},
	/* ordinals */
	{ROLE_ORDINAL, 1, 0, 0, "first"},
	{ROLE_ORDINAL | ROLE_UNIT, 2, 0, 0, "second"},
	{ROLE_ORDINAL, 3, 0, 0, "third"},
	{ROLE_ORDINAL, 4, 0, 0, "fourth"},
	{ROLE_ORDINAL, 5, 0, 0, "fifth"},
	{ROLE_ORDINAL, 6, 0, 0, "sixth"},
	{ROLE_ORDINAL, 7, 0, 0, "seventh"},
	{ROLE_ORDINAL, 8, 0, 0, "eighth"},
	{ROLE_ORDINAL, 9, 0, 0, "ninth"},
	{ROLE_ORDINAL, 10, 0, 0, "tenth"},
	{ROLE_ORDINAL, 11, 0, 0, "eleventh"},
	{ROLE_ORDINAL, 12, 0, 0, "twelfth"},
	{ROLE_ORDINAL, 13, 0, 0, "thirteenth"},
	{ROLE_ORDINAL, 14, 0, 0, "fourteenth"},
	{ROLE_ORDINAL, 15, 0, 0, "fifteenth"},
	{ROLE_ORDINAL, 16, 0, 0, "sixteenth"},
	{ROLE_ORDINAL, 17, 0, 0, "seventeenth"},
	{ROLE_ORDINAL, 18, 0, 0, "eighteenth"},
	{ROLE_ORDINAL, 19, 0, 0, "nineteenth"},
	{ROLE_ORDINAL, 20, 0, 0, "twentieth twenty"},
	{ROLE_ORDINAL, 30, 0, 0, "thirtieth thirty"},
	/* units: the number before is a quantity */
	{ROLE_UNIT, 0, 0, 0,
	 "people person persons guests guest seats seat tickets adults "
	 "kids children passengers times time minutes minute min mins "
	 "hours hour hrs hr h seconds sec secs days day nights weeks "
	 "week months month years year yrs old miles mile mi km "
	 "kilometers kilometres meters metres m cm mm inches inch feet "
	 "foot ft yards acres kg kilos kilograms grams g mg lb lbs "
	 "pounds ounces oz liters litres ml gallons degrees percent "
	 "percentage points point stars star steps calories oclock karat "
	 "carat watts w "
	 "volts v hz khz mhz ghz bytes kb mb gb tb mbps gbps bits "
	 "pixels px items item pieces piece copies pages page words "
	 "rooms bedrooms bedroom bathrooms bathroom beds baths stops "
	 "stop songs song episodes rpm psi users customers employees "
	 "students members records rows lines units orders boxes cups "
	 "personas años meses semanas días horas minutos veces jahre "
	 "jahren monate wochen tage stunden minuten personen stück "
	 "uhr mal sq square"},
	/* money */
	{ROLE_CURRENCY, 0, 0, 0,
	 "dollars dollar bucks buck usd eur euro euros gbp pound quid "
	 "cents cent pence yen jpy cny rmb yuan inr rupees rupee chf "
	 "francs cad aud nzd sek nok dkk kronor kroner pln zloty vnd "
	 "đồng dong pesos peso mxn reais brl won krw rubles rub "
	 "dólares dolares franken btc eth"},
	{ROLE_CURRENCY | ROLE_UNIT, 0, 0, 0, "pounds"},
	{ROLE_SCALE | ROLE_UNIT, 0, 0, 0,
	 "hundred thousand million millions billion billions trillion "
	 "grand k mio mrd millionen tausend mil millón millones triệu "
	 "nghìn"},
	/* topics */
	{ROLE_TOPIC, 0, TOPIC_NAME, CUE_IS, "name surname tên"},
	{ROLE_TOPIC, 0, TOPIC_NAME, 0,
	 "names firstname lastname fullname nombre apellido vorname "
	 "nachname tên"},
	{ROLE_TOPIC, 0, TOPIC_PHONE, 0,
	 "phone telephone tel mobile cell cellphone fax contact reach "
	 "text whatsapp ring dial callback hotline phonenumber msisdn "
	 "sms landline phones telefon telefonnummer handy handynummer "
	 "rufnummer móvil movil teléfono telefono número numero thoại "
	 "thoai sđt sdt"},
	{ROLE_TOPIC, 0, TOPIC_PHONE, CUE_CALL, "call"},
	{ROLE_TOPIC, 0, TOPIC_NUMBER, 0, "number"},
	{ROLE_TOPIC, 0, TOPIC_CARD, 0,
	 "card cards visa mastercard amex debit cardnumber creditcard "
	 "kreditkarte kreditkartennummer karte kartennummer tarjeta pan thẻ"},
	{ROLE_TOPIC, 0, TOPIC_SSN, 0, "ssn social ssns"},
	{ROLE_TOPIC, 0, TOPIC_ACCOUNT, 0,
	 "account accounts acct accountnumber konto kontonummer cuenta "
	 "checking savings khoản khoan"},
	{ROLE_TOPIC, 0, TOPIC_IBAN, 0, "iban"},
	{ROLE_TOPIC, 0, TOPIC_ROUTING, 0, "routing aba"},
	{ROLE_TOPIC, 0, TOPIC_ZIP, 0,
	 "zip zipcode postcode postal eircode bưu"},
	{ROLE_TOPIC, 0, TOPIC_PLZ, 0, "plz postleitzahl"},
	{ROLE_TOPIC, 0, TOPIC_BIRTH, 0,
	 "birth born birthday dob birthdate geburtsdatum geboren "
	 "geburtstag nacimiento nacido nacida nació nací sinh"},
	{ROLE_TOPIC, 0, TOPIC_EMAIL, 0, "email mail emails correo"},
	{ROLE_TOPIC, 0, TOPIC_ADDRESS, 0,
	 "address addresses live lives located location"},
	{ROLE_TOPIC, LAND_DE, TOPIC_ADDRESS, 0,
	 "adresse anschrift straße strasse hausnummer wohne wohnt wohnhaft "
	 "lieferadresse "
	 "rechnungsadresse postanschrift"},
	{ROLE_TOPIC, LAND_ES, TOPIC_ADDRESS, 0,
	 "dirección direccion domicilio vivo vive"},
	{ROLE_TOPIC, LAND_VN, TOPIC_ADDRESS, 0, "chỉ"},
	{ROLE_TOPIC, 0, TOPIC_CITY, 0,
	 "city town destination stadt wohnort ciudad tỉnh"},
	{ROLE_FROM, 0, 0, 0, "city town"},
	{ROLE_TOPIC, 0, TOPIC_LAST4, 0,
	 "letzten letzte endet endziffern últimos últimas "
	 "termina terminada cuối"},
	{ROLE_WHERE, 0, 0, 0,
	 "where which wo wohin dónde adónde donde đâu street hausnummer "
	 "wohnort lieferadresse"},
	{ROLE_GOES, 0, 0, 0,
	 "street going heading visit visiting travel traveling leaving "
	 "departing depart moved moving staying ship shipped shipping send "
	 "sending "
	 "sent liefern geliefert schicken senden hausnummer lieferadresse "
	 "enviar enviamos entregar entregamos mandar envío giao gửi"},
	{ROLE_DWELL, 0, 0, 0,
	 "home house live lives living reside residence deliver delivered "
	 "delivering delivery wohnen wohnst wohnort vive vives viven"},
	{ROLE_FROM, 0, 0, 0,
	 "based live lives living residing reside raised grew over calling "
	 "writing hailing fly flying flight flights leaving departing depart "
	 "travel traveling travelling bus train located wohne "
	 "wohnen "
	 "hometown lebe lebt komme vivo vivimos vive sống ở"},
	{ROLE_STREET, 0, 0, 0,
	 "calle avenida avda av avd plaza paseo carrera camino ronda travesía "
	 "glorieta c đường phố ngõ hẻm"},
	{ROLE_TOPIC, 0, TOPIC_ORDER, 0,
	 "order tracking shipment parcel bestellung bestellnummer "
	 "pedido"},
	{ROLE_TOPIC, 0, TOPIC_CONFIRMATION, 0,
	 "confirmation booking reservation pnr locator"},
	{ROLE_TOPIC, 0, TOPIC_POLICY, 0, "policy police póliza poliza"},
	{ROLE_TOPIC, 0, TOPIC_CLAIM, 0, "claim"},
	{ROLE_TOPIC, 0, TOPIC_TICKET, 0, "ticket case incident"},
	{ROLE_TOPIC, 0, TOPIC_CUSTOMER, 0,
	 "membership loyalty kundennummer customerid memberid"},
	{ROLE_TOPIC | ROLE_PERSON, 0, TOPIC_CUSTOMER, 0, "customer member"},
	{ROLE_TOPIC, 0, TOPIC_PIN, 0, "pin passcode otp keypad pincode"},
	{ROLE_TOPIC, 0, TOPIC_CVV, 0, "cvv cvc csc cvv2 digits digit"},
	{ROLE_TOPIC, 0, TOPIC_EXPIRY, 0,
	 "expiry expires expiration exp expiring"},
	{ROLE_TOPIC, 0, TOPIC_PASSPORT, 0,
	 "passport reisepass pasaporte passportnumber"},
	{ROLE_TOPIC, 0, TOPIC_LICENSE, 0,
	 "license licence führerschein fuehrerschein licencia"},
	{ROLE_TOPIC, 0, TOPIC_MEDICAL, 0, "mrn medical"},
	{ROLE_TOPIC, 0, TOPIC_NATIONAL, 0,
	 "national identity citizen citizenship resident personal cédula "
	 "cedula identidad identificación documento nir"},
	{ROLE_TOPIC, LAND_AR, TOPIC_NATIONAL, 0, "cuil"},
	{ROLE_TOPIC, LAND_BR, TOPIC_NATIONAL, 0, "cpf"},
	{ROLE_TOPIC, LAND_CL, TOPIC_NATIONAL, 0, "rut"},
	{ROLE_TOPIC, LAND_DE, TOPIC_NATIONAL, 0,
	 "personalausweis personalausweisnummer ausweis ausweisnummer"},
	{ROLE_TOPIC, LAND_ES, TOPIC_NATIONAL, 0, "dni nie"},
	{ROLE_TOPIC, LAND_FI, TOPIC_NATIONAL, 0, "hetu henkilötunnus"},
	{ROLE_TOPIC, LAND_FR, TOPIC_NATIONAL, 0, "insee"},
	{ROLE_TOPIC, LAND_IN, TOPIC_NATIONAL, 0, "aadhaar aadhar uidai"},
	{ROLE_TOPIC, LAND_KR, TOPIC_NATIONAL, 0, "rrn"},
	{ROLE_TOPIC, LAND_MX, TOPIC_NATIONAL, 0, "curp"},
	{ROLE_TOPIC, LAND_NL, TOPIC_NATIONAL, 0, "bsn burgerservicenummer"},
	{ROLE_TOPIC, LAND_PL, TOPIC_NATIONAL, 0, "pesel"},
	{ROLE_TOPIC, LAND_SE, TOPIC_NATIONAL, 0, "personnummer personnr"},
	{ROLE_TOPIC, LAND_SG, TOPIC_NATIONAL, 0, "nric fin"},
	{ROLE_TOPIC, LAND_TR, TOPIC_NATIONAL, 0, "kimlik tckn"},
	{ROLE_TOPIC, LAND_VN, TOPIC_NATIONAL, 0, "cccd cmnd cmt cước dân"},
	{ROLE_TOPIC, 0, TOPIC_TAX, 0,
	 "tax taxpayer taxes tin fiscal impuesto impuestos income vat"},
	{ROLE_TOPIC, LAND_AR, TOPIC_TAX, 0, "cuit"},
	{ROLE_TOPIC, LAND_AU, TOPIC_TAX, 0, "tfn abn acn"},
	{ROLE_TOPIC, LAND_DE, TOPIC_TAX, 0,
	 "steuer steuern steueridentifikationsnummer steuernummer "
	 "steuerid idnr"},
	{ROLE_TOPIC, LAND_ES, TOPIC_TAX, 0, "nif cif"},
	{ROLE_TOPIC, LAND_IT, TOPIC_TAX, 0, "fiscale codicefiscale"},
	{ROLE_TOPIC, LAND_MX, TOPIC_TAX, 0, "rfc"},
	{ROLE_TOPIC, LAND_UK, TOPIC_TAX, 0, "utr"},
	{ROLE_TOPIC, LAND_US, TOPIC_TAX, 0, "itin"},
	{ROLE_TOPIC, LAND_VN, TOPIC_TAX, 0, "thuế mst"},
	{ROLE_TOPIC, 0, TOPIC_HEALTH, 0, "health healthcare hospital"},
	{ROLE_TOPIC, LAND_AU, TOPIC_HEALTH, 0, "medicare"},
	{ROLE_TOPIC, LAND_DE, TOPIC_HEALTH, 0,
	 "krankenkasse krankenversicherung versichertennummer "
	 "krankenversichertennummer kvnr gesundheitskarte"},
	{ROLE_TOPIC, LAND_UK, TOPIC_HEALTH, 0, "nhs"},
	{ROLE_TOPIC, LAND_US, TOPIC_HEALTH, 0, "mbi beneficiary"},
	{ROLE_TOPIC, LAND_VN, TOPIC_HEALTH, 0, "bhyt"},
	{ROLE_TOPIC | ROLE_PERSON, 0, TOPIC_HEALTH, 0, "patient"},
	{ROLE_TOPIC, 0, TOPIC_INSURANCE, 0, "insurance seguridad"},
	{ROLE_TOPIC, LAND_AT, TOPIC_INSURANCE, 0, "svnr"},
	{ROLE_TOPIC, LAND_CA, TOPIC_INSURANCE, 0, "sin nas"},
	{ROLE_TOPIC, LAND_CH, TOPIC_INSURANCE, 0, "ahv avs"},
	{ROLE_TOPIC, 0, TOPIC_INSURANCE, 0,
	 "sozialversicherung sozialversicherungsnummer"},
	{ROLE_TOPIC, LAND_DE, TOPIC_INSURANCE, 0,
	 "rentenversicherung rentenversicherungsnummer rvnr"},
	{ROLE_TOPIC, LAND_FR, TOPIC_INSURANCE, 0, "sécurité"},
	{ROLE_TOPIC, LAND_UK, TOPIC_INSURANCE, 0, "nino ni"},
	{ROLE_TOPIC, LAND_VN, TOPIC_INSURANCE, 0, "bhxh"},
	{ROLE_TOPIC, 0, TOPIC_PROVIDER, 0,
	 "npi dea provider prescriber physician practitioner"},
	{ROLE_TOPIC, 0, TOPIC_VEHICLE, 0,
	 "vin vehicle chassis fahrgestellnummer fahrzeug bastidor khung"},
	{ROLE_TOPIC, 0, TOPIC_PLATE, 0,
	 "plate plates tag registration numberplate kennzeichen "
	 "nummernschild matrícula matricula biển"},
	{ROLE_TOPIC, 0, TOPIC_DEVICE, 0, "imei device"},
	{ROLE_TOPIC, 0, TOPIC_SWIFT, 0, "swift bic"},
	{ROLE_TOPIC, 0, TOPIC_KEY, 0,
	 "token secret key apikey bearer credential credentials "
	 "authorization"},
	{ROLE_TOPIC, 0, TOPIC_AGE, 0, "age aged alter edad tuổi"},
	{ROLE_TOPIC, 0, TOPIC_DOMAIN, 0, "domain hostname fqdn"},
	{ROLE_TOPIC, LAND_US, TOPIC_EMPLOYER, 0, "ein fein employer"},
	{ROLE_TOPIC, 0, TOPIC_ID, 0,
	 "id reference ref code codes serial identification identifier "
	 "nummer"},
	{ROLE_TOPIC, 0, TOPIC_ITEM, 0,
	 "room flight gate bus train model version chapter section "
	 "page step channel extension platform isbn article paragraph "
	 "port error build windows level balance amount total "
	 "limit fee price score population form firmware patch color "
	 "colour colors colours size flavor flavour shade fabric finish trim "
	 "brand style "
	 "reading readings meter odometer mileage"},
	{ROLE_TOPIC, 0, TOPIC_LAST4, 0, "last ending ends final"},
	/* whose name a key may hold */
	{ROLE_PERSON, 0, 0, 0,
	 "first last full middle given family caller agent client "
	 "sender recipient person employee driver owner guest "
	 "passenger holder cardholder nick maiden author speaker "
	 "manager student teacher parent child spouse nurse doctor "
	 "firstname lastname fullname surname vorname nachname nombre "
	 "apellido legal preferred contact account"},
	/* questions */
	{ROLE_ASK, 0, 0, 0,
	 "what what's whats can could please would provide give tell "
	 "confirm verify spell need who which enter share was wie "
	 "bitte können cuál cual puede podría when wann cuándo cuando"},
	/* cues for names; CUE_IS and CUE_CALL see above */
	{ROLE_CUE, 0, 0, CUE_IS, "name surname tên"},
	{ROLE_CUE, 0, 0, CUE_THIS, "this"},
	{ROLE_CUE, 0, 0, CUE_I, "i im"},
	{ROLE_CUE, 0, 0, CUE_CALL, "call called named"},
	{ROLE_CUE, 0, 0, CUE_TITLE,
	 "mr mrs ms miss mister dr prof professor herr frau señor "
	 "señora sr sra madam"},
	{ROLE_CUE, 0, 0, CUE_SALUTE,
	 "dear hi hello hey hallo hola liebe lieber querido querida "
	 "estimado estimada morning afternoon evening"},
	{ROLE_CUE, 0, 0, CUE_CLOSING,
	 "thanks thank thx regards sincerely best cheers grüße gruß "
	 "saludos welcome"},
	{ROLE_CUE, 0, 0, CUE_ACK,
	 "bye goodbye brilliant super lovely perfect great right okay ok "
	 "alright awesome excellent wonderful fantastic sure care help "
	 "noted obliged understood absolutely certainly moment problem "
	 "worries course up now loads"},
	{ROLE_CUE, 0, 0, CUE_HOUSE, "family household"},
	{ROLE_CUE, 0, 0, CUE_ABROAD, "spricht habla soy bin"},
	{ROLE_CUE, 0, 0, CUE_HALLO, "heiße heisse heißt llamo llama"},
	{ROLE_CUE, 0, 0, CUE_IT, "it its"},
	{ROLE_CUE, 0, 0, CUE_HAVE, "have got"},
	{ROLE_CUE, 0, 0, CUE_PUT, "put list add"},
	{ROLE_CUE, 0, 0, CUE_UNDER, "registered booked listed down go"},
	{ROLE_CUE, 0, 0, CUE_AND, "and"},
	{ROLE_CUE, 0, 0, CUE_BEFORE,
	 "here calling checking who whos whom again will"},
	{ROLE_CUE, 0, 0, CUE_KIN,
	 "wife husband son daughter brother sister mother father mom mum dad "
	 "uncle aunt cousin niece nephew boyfriend girlfriend partner fiance "
	 "fiancee roommate flatmate housemate neighbor neighbour landlord "
	 "landlady colleague coworker boss manager supervisor assistant friend "
	 "buddy plumber electrician mechanic driver doctor nurse dentist "
	 "lawyer accountant agent technician teacher contractor realtor "
	 "therapist secretary tenant carer caretaker nanny solicitor"},
	{ROLE_CUE, 0, 0, CUE_FIRST, "first"},
	{ROLE_CUE, 0, 0, CUE_PAY, "send transfer wire pay"},
	{ROLE_CUE, 0, 0, CUE_OWNER, "account"},
	{ROLE_CUE, 0, 0, CUE_TOLD, "told gave said says promised"},
	{ROLE_CUE, 0, 0, CUE_REACH, "ring ask tell notify message check"},
	{ROLE_CUE, 0, 0, CUE_PARTY, "party behalf"},
	/* secrets */
	{ROLE_BANK, 0, 0, 0,
	 "security secret memorable codeword verbal maiden pet pets "
	 "childhood first favorite favourite grew grow born elementary grade "
	 "primary middle mascot honeymoon spouse husband wife sibling school "
	 "word"},
	/* streets */
	{ROLE_SUFFIX, 0, 0, 0,
	 "street st avenue ave av road rd boulevard blvd drive dr lane "
	 "ln way court ct place pl terrace ter highway hwy parkway "
	 "pkwy circle cir trail square sq plaza crescent close grove "
	 "gardens mews expressway freeway fwy alley loop row walk "
	 "bend creek hollow ridge trace cove knoll bluff glen landing manor "
	 "heights crossing turnpike pike route common commons broadway "
	 "embarcadero"},
	{ROLE_DIRECTION, 0, 0, 0,
	 "north south east west n s e w ne nw se sw northeast "
	 "northwest southeast southwest"},
	{ROLE_ONLINE, ONLINE_WWW, 0, 0, "www"},
	{ROLE_AT, 0, 0, 0, "at arroba klammeraffe còng"},
	{ROLE_ONLINE, ONLINE_HOST, 0, 0,
	 "gmail yahoo hotmail outlook icloud aol ymail protonmail gmailcom "
	 "yahoocom hotmailcom outlookcom icloudcom aolcom msn comcast"},
	{ROLE_ONLINE, ONLINE_UNDER, 0, 0, "underscore unterstrich"},
	{ROLE_SECRET | ROLE_TOPIC, 0, TOPIC_SECRET, 0,
	 "password passwort kennwort contraseña clave passwd pwd "
	 "passphrase pw pswd psw passwrd pasword passord passward passwords"},
	{ROLE_KEY, 0, 0, 0,
	 "ghp gho ghu ghs ghr github glpat xoxb xoxp xoxa xoxr xoxs xapp "
	 "sk pk rk whsec npm hf dop shpat shpss pypi key ya29 sg ac"},
	{ROLE_BEGIN, 0, 0, 0, "begin"},
	/* traits */
	{ROLE_TRAIT, TRAIT_NATION, 0, 0,
	 "nationality religion ethnicity nationalität konfession "
	 "staatsangehörigkeit staatsbürgerschaft nacionalidad religión "
	 "etnia tịch"},
	{ROLE_TRAIT, TRAIT_GENDER, 0, 0,
	 "gender sex geschlecht género sexo tính"},
	{ROLE_TRAIT | ROLE_TOPIC, TRAIT_USER, TOPIC_USER, 0,
	 "username userid uname usrname usernam usernm login handle nickname "
	 "benutzername nutzername "
	 "usuario"},
	{ROLE_TRAIT | ROLE_TOPIC, TRAIT_USER, TOPIC_USER, 0,
	 "sign signed signing log logged logging"},
	{ROLE_TRAIT | ROLE_TOPIC | ROLE_PERSON, TRAIT_USER, TOPIC_USER, 0,
	 "user"},
	{ROLE_TRAIT, TRAIT_IS, 0, 0,
	 "american british german french spanish italian mexican chinese "
	 "vietnamese japanese korean indian canadian australian irish "
	 "scottish polish russian ukrainian turkish brazilian dutch swedish "
	 "greek portuguese nigerian filipino pakistani iranian israeli "
	 "egyptian cuban colombian argentinian peruvian thai indonesian "
	 "catholic protestant christian muslim jewish hindu buddhist sikh "
	 "atheist mormon evangelical republican democrat communist "
	 "deutscher deutsche katholisch evangelisch muslimisch jüdisch "
	 "español española mexicano mexicana católico católica musulmán "
	 "judío judía"},
};

const struct word_line *recognizer_words_triggers(size_t *n)
{
	*n = ARRAY_LEN(triggers);
	return triggers;
}
