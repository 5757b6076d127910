/* German words that are hardly a name, and what some of them announce. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/redact/recognizer_abroad.h"

#define W ABROAD_WORD
#define T (ABROAD_WORD | ABROAD_TOPIC)

/* Small letters without accents; umlauts both ways. */
static const struct word_line lines[] = {
	/* questions and requests */
	{W | ABROAD_ASK, 0, 0, 0,
	 "wie was welche welcher welches welchen welchem wer wen wem wann "
	 "wo wohin woher bitte sagen sage sag nennen nenne nenn geben gib "
	 "verraten mitteilen durchgeben schicken schick lautet brauche "
	 "brauchen brauch brauchte braeuchte benotige benoetige haben hast "
	 "hatten haetten darf durfte duerfte kann konnen koennen konnten "
	 "koennten kannst konntest koenntest buchstabieren wiederholen "
	 "bestatigen bestaetigen heissen heisst"},
	/* what is asked for */
	{T, 0, TOPIC_NAME, 0,
	 "name namen vorname vornamen nachname nachnamen familienname "
	 "familiennamen zuname madchenname madchennamen maedchenname "
	 "geburtsname geburtsnamen vorname namens ansprechpartner "
	 "kontoinhaber karteninhaber vertragspartner"},
	{T, 0, TOPIC_PHONE, 0,
	 "telefon telefonnummer telefonnumer handy handynummer handynr "
	 "rufnummer mobilnummer mobilfunknummer festnetznummer ruckruf "
	 "rueckruf ruckrufnummer rueckrufnummer telefonisch durchwahl "
	 "faxnummer tel anrufen zuruckrufen zurueckrufen"},
	{T, 0, TOPIC_BIRTH, 0,
	 "geburtsdatum geboren geburtstag geburtsjahr gebdatum geb"},
	{T, 0, TOPIC_ADDRESS, 0,
	 "adresse anschrift strasse hausnummer wohnen wohne wohnst wohnt "
	 "lieferadresse rechnungsadresse postanschrift wohnhaft meldeadresse "
	 "wohnanschrift"},
	{T, 0, TOPIC_CITY, 0, "wohnort stadt ortschaft ort"},
	{T, 0, TOPIC_PLZ, 0, "plz postleitzahl"},
	{T, 0, TOPIC_EMAIL, 0, "mail email mailadresse emailadresse"},
	{T, 0, TOPIC_ACCOUNT, 0, "konto kontonummer kontonr bankverbindung"},
	{T, 0, TOPIC_IBAN, 0, "iban"},
	{T, 0, TOPIC_CARD, 0, "kartennummer kreditkarte kreditkartennummer"},
	{T, 0, TOPIC_PIN, 0, "pin tan geheimzahl geheimnummer"},
	{T, 0, TOPIC_LAST4, 0, "letzten endziffern"},
	{T, 0, TOPIC_ORDER, 0,
	 "bestellnummer bestellnr auftragsnummer sendungsnummer "
	 "paketnummer trackingnummer"},
	{T, 0, TOPIC_CONFIRMATION, 0,
	 "buchungscode buchungsnummer reservierungsnummer buchungsnr "
	 "reservierungscode"},
	{T, 0, TOPIC_POLICY, 0,
	 "versicherungsnummer policennummer versicherungsscheinnummer "
	 "versicherungsschein"},
	{T, 0, TOPIC_CLAIM, 0, "schadennummer schadensnummer"},
	{T, 0, TOPIC_CUSTOMER, 0,
	 "kundennummer kundennumer kundennr kdnr kundenummer mitgliedsnummer "
	 "vertragsnummer vertragsnr vertragskonto"},
	{T, 0, TOPIC_PASSPORT, 0, "passnummer reisepassnummer reisepass"},
	{T, 0, TOPIC_MEDICAL, 0, "versichertennummer patientennummer"},
	{T, 0, TOPIC_PLATE, 0, "kennzeichen nummernschild autonummer"},
	{T, 0, TOPIC_ID, 0,
	 "nummer numer nr code zahlernummer zaehlernummer aktenzeichen "
	 "vorgangsnummer ticketnummer rechnungsnummer retourennummer "
	 "personalnummer ausweisnummer personalausweisnummer steuernummer "
	 "identifikationsnummer seriennummer referenznummer geratenummer "
	 "belegnummer registriernummer matrikelnummer fallnummer "
	 "zahlernr zaehlernr"},
	{T, 0, TOPIC_SECRET, 0, "passwort kennwort"},
	{T, 0, TOPIC_ITEM, 0,
	 "zahlerstand zaehlerstand stand gasstand stromstand wasserstand "
	 "fehler fehlercode modell version artikelnummer zimmernummer "
	 "flugnummer baujahr grosse groesse menge betrag preis alter"},
	/* cues */
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_NAME,
	 "heisse spricht namens nachname vorname"},
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_AM, "bin bins"},
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_TITLE,
	 "frau herr herrn hr fr doktor dr prof professor professorin fraulein "
	 "fraeulein familie fam schwester pfleger pfarrer frauen"},
	{W | ABROAD_CUE, 0, 0, ABROAD_CUE_KIN,
	 "mann sohn tochter bruder mutter vater mama papa oma opa onkel "
	 "tante freund freundin kollege kollegen kollegin chef chefin nachbar "
	 "nachbarn nachbarin partner partnerin vermieter vermieterin "
	 "hausmeister hausverwalter kind enkel enkelin schwager schwagerin "
	 "cousin cousine neffe nichte mitbewohner mitbewohnerin mieter "
	 "mieterin betreuer betreuerin assistentin sachbearbeiter "
	 "sachbearbeiterin berater beraterin verlobter verlobte ehemann "
	 "ehefrau"},
	{ABROAD_PARTICLE, 0, 0, 0, "von van zu zum zur der den de la al el"},
	/* numbers and dates */
	{W | ABROAD_MONTH, 1, 0, 0, "januar janner jaenner"},
	{W | ABROAD_MONTH, 2, 0, 0, "februar feber"},
	{W | ABROAD_MONTH, 3, 0, 0, "marz maerz"},
	{W | ABROAD_MONTH, 4, 0, 0, "april"},
	{W | ABROAD_MONTH, 5, 0, 0, "mai"},
	{W | ABROAD_MONTH, 6, 0, 0, "juni juno"},
	{W | ABROAD_MONTH, 7, 0, 0, "juli julei"},
	{W | ABROAD_MONTH, 8, 0, 0, "august"},
	{W | ABROAD_MONTH, 9, 0, 0, "september"},
	{W | ABROAD_MONTH, 10, 0, 0, "oktober"},
	{W | ABROAD_MONTH, 11, 0, 0, "november"},
	{W | ABROAD_MONTH, 12, 0, 0, "dezember"},
	{W | ABROAD_JOINT, 0, 0, 0, "im des jahr jahre jahrgang punkt"},
	{W | ABROAD_TIMES, 0, 0, 0,
	 "doppel zweimal dreimal doppelt dreifach minus bindestrich strich "
	 "schragstrich schraegstrich"},
	{ABROAD_LETTER | W, 0, 0, 0,
	 "be ce de ef ge ha jot ka el em en pe ku er es te vau we ix "
	 "ypsilon zet zett"},
	{W | ABROAD_UNIT, 0, 0, 0,
	 "euro cent prozent grad kilo kilogramm gramm liter meter "
	 "zentimeter quadratmeter kilometer minuten minute stunden stunde "
	 "tage tagen tag wochen woche monate monaten monat jahren uhr mal "
	 "stuck stueck personen leute zimmer watt kilowattstunden tausend "
	 "werktage werktagen nachte naechte hundert milligramm"},
	/* words */
	{W, 0, 0, 0,
	 "ich du er sie es wir ihr mich dich sich uns euch mir dir ihm ihn "
	 "ihnen mein meine meinen meinem meiner meines dein deine deinen "
	 "deiner sein seine seinen seiner seinem ihre ihren ihrem ihrer "
	 "ihres unser unsere unseren unserer euer eure der die das den dem "
	 "des ein eine einen einem einer eines kein keine keinen keiner "
	 "dieser diese dieses diesen diesem jener jede jeder jedes jeden "
	 "alle alles allem allen beide beiden mehr viel viele vielen "
	 "wenig wenige weniger etwas nichts jemand niemand man einige "
	 "manche solche andere anderen anderer anderes selbst selber "
	 "und oder aber denn sondern doch wenn weil dass ob als bis "
	 "bevor nachdem wahrend waehrend obwohl damit sodass falls sobald "
	 "in im an am auf aus bei beim mit nach seit von vom zu zum zur "
	 "durch fur fuer gegen ohne um uber ueber unter vor hinter neben "
	 "zwischen trotz wegen ab nicht nie niemals immer noch schon nur "
	 "auch so sehr zu ganz gar halt eben mal ja nein doch ne nee jo "
	 "jawohl genau richtig stimmt okay ok gut gute guten guter gutes "
	 "besser bester beste gern gerne danke dank schon schoen schone "
	 "schoene schonen schoenen hallo hi hey tag morgen abend mahlzeit "
	 "gruss gruesse grusse gruss servus moin tschuss tschuess wiederhoren "
	 "wiederhoeren wiedersehen auf entschuldigung entschuldigen sorry "
	 "leider naturlich natuerlich vielleicht eigentlich wirklich bestimmt "
	 "sicher klar also dann da dort hier her hin jetzt nun gleich sofort "
	 "bald spater spaeter fruher frueher heute gestern vorgestern "
	 "ubermorgen uebermorgen montag dienstag mittwoch donnerstag samstag "
	 "sonnabend morgens mittags abends nachts vormittag nachmittag mittag "
	 "nacht halb viertel"},
	{W, 0, 0, 0,
	 "sein bin bist ist sind seid war waren warst wart ware waere waren "
	 "waeren gewesen habe hab hast hat haben habt hatte hattest gehabt "
	 "hatt hatts werde wird werden wirst wurde wurden wurde wuerde wurd "
	 "wuerd wurden wuerden worden geworden kann kannst konnen konnte "
	 "muss musst mussen muessen musste mussten soll sollen sollte "
	 "sollten will willst wollen wollte wollten mag mogen moegen mochte "
	 "moechte mochten moechten darf durfen duerfen gehe geh geht gehts "
	 "gehen ging gegangen komme komm kommt kommen kam gekommen mache "
	 "mach macht machen machte gemacht sage sagt sagen sagte gesagt "
	 "gebe gib gibt gibts geben gab gegeben nehme nehm nimmt nehmen nahm "
	 "genommen sehe seh sieht sehen sah gesehen finde find findet "
	 "finden fand gefunden bekomme bekomm bekommt bekommen bekam kriege "
	 "krieg kriegt kriegen lasse lass lasst lassen liess gelassen "
	 "bleibe bleibt bleiben stehe steht stehen stand liege liegt liegen "
	 "lag halte halt halten denke denk denkt denken dachte gedacht "
	 "glaube glaub glaubt glauben weiss weisst wissen wusste gewusst "
	 "kenne kennt kennen heisst heissen rufe ruf ruft rufen rief "
	 "angerufen spreche sprechen sprach gesprochen frage frag fragt "
	 "fragen fragte gefragt antworte antworten suche such sucht suchen "
	 "warte wart wartet warten gewartet zahle zahl zahlt zahlen gezahlt "
	 "bezahle bezahlen bezahlt kaufe kauft kaufen gekauft bestelle "
	 "bestellen bestellt schicke schickt geschickt sende senden "
	 "gesendet verschickt liefere liefern geliefert kundige kuendige "
	 "kundigen kuendigen gekundigt gekuendigt buche buchen gebucht "
	 "umbuchen storniere stornieren storniert reisen reise reist "
	 "fliege fliegt fliegen fahre fahren fahrt arbeite arbeitet arbeiten "
	 "lebe lebt leben funktioniert funktionieren passt passen passiert "
	 "kostet kosten dauert dauern lauft laeuft laufen hilft helfen hilf "
	 "geholfen stelle stellt stellen gestellt setze setzen sitzt sitzen "
	 "trage tragen tragt bringe bringt bringen gebracht hole holt holen "
	 "abholen ziehe zieht ziehen gezogen umziehen schreibe schreibt "
	 "schreiben geschrieben lese liest lesen hore hoere hort hoert "
	 "horen hoeren probiere probieren versuche versucht versuchen "
	 "andern aendern geandert geaendert prufe pruefe prufen pruefen "
	 "gepruft geprueft sperren gesperrt verloren verlieren vergessen "
	 "gebe freue freut freuen mochten tut tun tue getan schaue schau "
	 "schaut schauen guck gucken melde meldet melden notiere notiert "
	 "einloggen anmelden angemeldet verbinde verbinden erreichen "
	 "erreichbar bedanke uberweisen ueberweisen uberwiesen ueberwiesen "
	 "abgebucht abheben reklamieren umtauschen zuruckgeben zurueckgeben "
	 "einzahlen zuruck zurueck weiter wieder weg raus rein runter rauf"},
	{W, 0, 0, 0,
	 "leute mensch menschen kunde kunden kundin kundenservice service "
	 "dienst firma unternehmen bank sparkasse filiale laden geschaft "
	 "geschaeft shop markt praxis klinik krankenhaus arzt arztin aerztin "
	 "hausarzt patient patientin termin termine rezept medikament "
	 "tabletten schmerzen kopfschmerzen bauch rucken ruecken kopf hals "
	 "fieber husten blutdruck krankenkasse versicherung versichert "
	 "vertrag vertrage rechnung rechnungen abrechnung zahlung betrag "
	 "summe geld kosten preis gebuhr gebuehr rabatt gutschein angebot "
	 "karte karten ticket flug hotel zimmer doppelzimmer einzelzimmer "
	 "fruhstuck fruehstueck reservierung buchung anreise abreise bahn zug "
	 "bus auto wagen fahrrad taxi haus wohnung mietwohnung keller dach "
	 "kuche kueche bad heizung wasser strom gas internet wlan router "
	 "anschluss leitung gerat geraet drucker computer rechner laptop "
	 "bildschirm passwort konto uberweisung ueberweisung lastschrift "
	 "paket pakete sendung lieferung bestellung ware artikel grosse "
	 "groesse farbe kleid hose jacke schuhe hemd retoure umtausch "
	 "rucksendung ruecksendung erstattung garantie reparatur schaden "
	 "fehler problem probleme ursache grund losung loesung hilfe auskunft "
	 "information informationen formular antrag unterlagen dokument "
	 "brief post nachricht anruf gesprach gespraech leitung warteschleife "
	 "apparat moment sekunde augenblick minute zeit datum anfang ende "
	 "uhrzeit frist jahreszeit fruhling fruehling herbst weihnachten "
	 "ostern urlaub ferien wetter sonne regen schnee garten strasse platz "
	 "weg tur tuer fenster gang reihe sitzplatz gepack gepaeck koffer "
	 "tisch stuhl essen trinken kaffee tee brot fleisch fisch gemuse "
	 "gemuese eisen milch zucker kinder mutter eltern familie arbeit "
	 "schule buchhaltung abteilung technik techniker kollegen team "
	 "mitarbeiter mitarbeiterin personal verwaltung miete kaution "
	 "besichtigung zimmern quadratmeter stock etage stockwerk schlussel "
	 "schluessel karte ausweis fuhrerschein fuehrerschein nummernblock"},
	{W, 0, 0, 0,
	 "neue neuen neuer neues alte alten altes grosse grossen grosser "
	 "kleine kleinen kleiner kleines lange langen langer langes kurze "
	 "kurzen hoch hohe hohen hoher tief niedrig teuer teure billig "
	 "gunstig guenstig kostenlos gratis voll volle vollen vollstandigen "
	 "vollstaendigen leer kalt kalte warm heiss nass trocken sauber "
	 "kaputt defekt falsch falsche falschen richtige richtigen schnell "
	 "langsam schlecht schlechte schlechten schlimm toll super prima "
	 "perfekt wunderbar nett freundlich hoflich unfreundlich sauer mude "
	 "muede krank gesund schwanger schwierig einfach leicht schwer "
	 "wichtig moglich moeglich unmoglich notig noetig fertig bereit offen "
	 "zu geschlossen frei besetzt frisch spat spaet fruh frueh punktlich "
	 "puenktlich eilig dringend zufrieden unzufrieden enttauscht "
	 "enttaeuscht froh glucklich gluecklich traurig bose boese wutend "
	 "wuetend genervt verargert schade argerlich aergerlich seltsam "
	 "komisch normal ungefahr ungefaehr circa fast etwa mindestens "
	 "hochstens hoechstens insgesamt zusammen allein alleine einzeln "
	 "extra separat direkt indirekt online personlich persoenlich privat "
	 "nachste naechste nachsten naechsten letzte letzter letztes erst "
	 "erste ersten erster zweite zweiten dritte dritten vierte vierten "
	 "spatestens fruhestens meistens manchmal oft selten wochentlich "
	 "monatlich jahrlich taglich taeglich rot rote roten blau blaue grun "
	 "gruen gelb grau weisse schwarze schwarzes dunkelblau hellblau bunt "
	 "angenehm herzlich herzlichen liebe lieber lieben verehrte geehrte "
	 "geehrter ausgezeichnet alleinstehend verheiratet ledig geschieden "
	 "bearbeitet erledigt verstanden verstehe versteh ordnung eingang "
	 "ausgang worum warum wieso weshalb wofur wofuer womit wobei wovon "
	 "davon dafur dafuer damit daran darauf daraus darin darum daruber "
	 "darueber dazu dabei dagegen danach davor nachher vorher vorhin "
	 "ungern trotzdem deshalb deswegen deswegen ausserdem ubrigens "
	 "uebrigens ah aha ach oh hm ahm aehm ahem naja tja mensch puh "
	 "moment warten stopp halt links rechts oben unten vorne hinten "
	 "draussen drinnen uberall ueberall irgendwo nirgends irgendwie "
	 "irgendwas irgendwer irgendwann gesperrt aktuell aktuelle aktuellen "
	 "altere alterer aelterer jungerer juengerer gott vorbei baujahr "
	 "gunstiger "
	 "guenstiger "
	 "teurer finden glaub deutsch "
	 "liegt vorliegt griffbereit hand anliegen"},
	/* names too */
	{ABROAD_ALSO, 0, 0, 0,
	 "klein gross lang kurz jung alt weiss schwarz braun roth koch bauer "
	 "schneider konig koenig sommer winter sonntag freitag august fuchs "
	 "wolf vogel stein berg wald busch blume rose engel herzog kaiser "
	 "kuhn stark schon reich ernst ludwig fest sauer zimmer herz zimmer "
	 "lange grosse eisen mann kunde thor horn"},
};

const struct word_line *abroad_words_german(size_t *n)
{
	*n = ARRAY_LEN(lines);
	return lines;
}
