"""What is said in the dialogues made for tests. [a|b] is one of these, <rule>
a line of that rule, {slot} a value (dialogue_values.py) or a decoy. Shares no
line with tools/tagger/dialogues.py, which the name tagger learns from."""
# SPDX-License-Identifier: Apache-2.0


def lines(text):
    return [x for x in text.strip().split('\n') if x]


def rules(text):
    """'name: line' starts a rule, lines after it belong to it."""
    out, name = {}, None
    for line in lines(text):
        if line.startswith('= '):
            name = line[2:]
            out[name] = []
        else:
            out[name].append(line)
    return out


ENGLISH = rules('''
= hi
[Hi there|Hello there|Hey|Yes, hello|Good evening|Oh hi]
[Hi|Morning|Afternoon][!|,] [hope you are well|quick one for you|got a sec?|]
= self
[My name's|The name is|I go by] {full}[.|, by the way.| and I am a bit annoyed.]
[This would be|You have] {full} [on the line|on the other end].
{full} [calling back|again|checking in] [about yesterday|as promised|].
I'm {first}, {first} {last}.
It's {first} [here|from before|again][, we spoke earlier|].
[Speaking for|Here for] [the {last} family|the {last} household].
= greet
[{org}|Service desk at {org}], {agent} [here|with you], what is going on?
[You've reached|You are through to] {org}. {agent} [is my name|speaking]. [Go ahead|How can we help]?
[Thanks for holding|Sorry for the wait][,|.] [this is {agent}|{agent} here]. What can I sort out for you?
[Hello and welcome|Good day] [to|from] {org}[.|!] [Tell me what is wrong.|What brings you in today?]
= thanks
[Got it|Noted|Perfect|Lovely|Thanks|Much obliged][.|, {first}.|, {title} {last}.|, one tick.|, that helps.]
[Okay so|Right,|Alright then] [let me bring that up|I see the file now|bear with me while it loads][.|, {first}.]
[Brilliant|Super], {first}[.|!] [Just a tick.|Nearly done.]
= bc
[mm-hm|uh huh|okay|go on|yep|right|got that|mhm, and then|and the rest?]
= fill
[um|uh|so|well|let me see|hang on|er|okay so|one sec]
= bye
[Cheers|Ta|Many thanks|Appreciate it], {agent}[.|!] [Bye now.|Take care.]
[That is all|All good then|We are done here]. [Take care|Bye][, {first}|, {title} {last}][.|!]
[Glad we fixed it|Happy to help][, {first}|][.|!] [Enjoy the rest of the day.|Mind how you go.]
= third
[My neighbor|My other half|My landlord|My mother-in-law|My colleague|The nurse|The plumber], {ofull}, [can vouch for that|was there when it happened|has the other key|set it up].
[You could|Somebody should] [also ring|check with] {ofull} [about it|since the account is shared|if I am out].
[It was|I think it was] {ofirst} who [signed for it|took the call|opened the ticket].
[Put|List] {ofull} down as [my emergency contact|next of kin|the second tenant].
{ofirst} and I [split the bill|share the line|live together][.|, so either of us can sign.]
[last time|on Friday] {ofirst} [told me otherwise|said it was sorted|gave me a different answer].
= decoy
<word>
<number>
<number>
<topic>
= word
{words}[.|, honestly.|, that's all.| you know.]
[look|listen|see], {words}
[and|but|so] {words}[.|, right?]
= number
[It|The whole thing|The last one] [came to|was billed at|cost] {money} [{time}|for {count}|].
[We|I] [took|ordered|were sent|counted] {count}[.| instead of {count}.| {time}.]
[The box says|It shows|The label reads] {goods}[, {version}|].
[After|Since] {version} [it|the thing] [restarts|hangs|beeps] [{time}|{count} in a row].
[They quoted|You promised] {money} and [it became|now I see] {money}[.|?]
[Be there|The slot is|Somebody comes] {time}[, not later|, it takes {n} hours][.|]
[Warranty runs|Delivery takes|It lasts] {n} [years|days|months|weeks][.| from {day}.]
[I pressed|It is] {count}, {count} and [then {count}|nothing].
[is it|was that] {n} or {n} [then|per month][?|, I forgot]
= topic
[The branch|Your shop|The pickup point] on {topicstreet} [was closed|has moved|is too far].
[They dug up|The bus stops at|Traffic on] {topicstreet} [again|as usual|these days].
[Does it|Will that] [come in blue|work abroad|cost extra|need a signature]?
[Everything else|The rest] [is fine|works|arrived] [I guess|more or less|].
[The app|The website|Your machine] [logs me out|shows a blank page|wants an update].
= askname
[Whom do I have|Who do I have] on the [line|phone]?
[Under what name|In whose name] [did you book|is it registered|is that]?
[Let me start with|First things first,] your name[?|.]
[And you are|So who is this]?
[Would you give me|Mind sharing] [the account holder|the patient's full name|the name as it stands on the card]?
[Name on file|Name for the booking|Policy holder][, please|][?|:]
= sayname
{full}[.||!]
<fill> {full}
[That'd be|You'll find me under|I'm down as] {full}[.|]
{last}, {first}[.|]
[{first}. Last name {last}.|first is {first} and the surname is {last}]
[registered to|booked as] {first} {last}
{full}, [the usual|same as always|new patient]
= spellname
[Letter by letter, what is|How do you spell|Spelling of] [the surname|that last name][?|, please?]
= sayspell
{spelled}[.|]
[sure,|it goes|that is] {spelled}
[<fill>] {spelled}[, like it sounds|]
= askphone
[Best|What is the best|A] [number|phone] [to reach you|in case we get cut off|for a callback]?
[And a|Which] [mobile|contact number|number on file] [do you have|should I note down][?|]
[Where can we|How can the driver] [call|ring] you?
= sayphone
{phone}[.|]
[<fill>] [it's|my cell is|try] {phone}
[you can reach me on|use|text me at] {phone}[ after six| anytime|]
[same as before,|landline:] {phone}
= askmail
[And an|Which|What] e-mail [address |][should the receipt go to|do we have for you|can I use][?|]
[Where should I send the|Can I email the] [form|label|invoice|link][?|, which address?]
= saymail
{mail}
[it's|send it to|all small letters,] {mail}[.|, thanks|]
[<fill>] {mail} [I think|]
= askaddr
[Where is this going|Where is home|Which house is it][, with street and town|][?|]
[Shipping|Home|Service|Current] address[, please|][?|:]
[And|So] the [delivery|property|billing] address is[?|...]
= sayaddr
{addr}
[we are at|I live at|deliver to|it's] {addr}[.|, second floor|, ring twice|]
[<fill>] {addr}
= askzip
[ZIP|Zip code|Postal code][, please|][?| on the account?]
[Which zip|What zip code] is [that|the card registered to]?
= sayzip
{zip}[.|]
[<fill>|zip is|that's] {zip}
= askdob
[Birthday|Date of birth|When were you born|Your birth date][, for security|, please|][?|]
[And you were|The patient was] born on?
= saydob
{dob}[.|]
[<fill>|I was born on|born|it's] {dob}
= asklast4
[Last four|The final four digits|Just the last four] of [your social|the SSN|the card on file][?|, please.]
= saylast4
{last4}[.|]
[<fill>|ending in|those are|it ends with] {last4}
= askssn
[I need the|What is your] [full social|social security number|social][?|, all nine digits.]
= sayssn
{ssn}[.|]
[<fill>|that is|okay:] {ssn}
= askcard
[And the|Read me the|Which] card [number|digits][, the long one|][?|]
= saycard
{card}[.|]
[<fill>|it's the visa,|the long number is] {card}
= askacct
[Account number|Customer number|Member ID|What does it say after account no][?|, if you have it handy.]
[Which account|What is the account] [is it|number], [roughly|exactly][?|]
= sayacct
{acct}[.|]
[<fill>|the paper says|account|I have] {acct}
= askorder
[Order number|Reference|Tracking number|What number is on the confirmation][?|, please.]
[Do you have|Got] the [order|booking|ticket|case] [reference|number] [there|with you]?
= sayorder
{order}[.|]
[<fill>|it reads|the mail says|here:] {order}
= askpolicy
[Policy number|Claim reference|What is the policy][?| printed on the letter?]
= saypolicy
{policy}[.|]
[<fill>|policy|it is] {policy}
= askpnr
[Record locator|Booking code|The six characters on the ticket][?|, please.]
= saypnr
{pnr}[.|]
[<fill>|code|that's] {pnr}
= askmrn
[Chart number|Your MRN|Patient ID|Prescription number][?|, it is on the label.]
= saymrn
{mrn}[.|]
[<fill>|chart|the label says] {mrn}
= askplate
[Plate|Which plate|License plate of the car|Registration][?|, please.]
= sayplate
{plate}[.|]
[<fill>|plate is|the gray one,] {plate}
= askuser
[Login|Which user name|Your user ID|What do you sign in with][?|]
= sayuser
{user}[.|]
[<fill>|I log in as|it is] {user}
= askpass
[What temporary password did you get|Which PIN do you use for the voicemail|The passphrase on file][?|]
= saypass
{password}[.|]
[<fill>|password is|it says] {password}
= selfcontact
[If it drops|In case,] [my number is|call me back on] {phone}[.|, thanks]
[You can|Please] [write|mail] me at {mail}[.| instead.]
[I moved|We moved] to {addr} {time}[.|]
[Reference is|This concerns|It is about] [order|ticket|case] {order}[.|]
[We're|I'm] [over in|based in|writing from] {city}[.|, so one hour ahead.]
= repeatback
[So that was|Reading back|I have] {phone}[, correct|, yes][?|]
[I'll send it to|The label goes to] {mail}[.|, okay?]
[Going to|Shipping to] {addr}[, right|][?|.]
[Booked for|Under] {full}[, correct|][?|.]
= yes
[Yep|That's it|Correct|Spot on|Yes indeed|Exactly right][.|, thanks.]
''')

# Domain: what it is about, then what is asked there.
DOMAINS = {
    'shop': (lines('''
[The|My] {goods} [arrived|showed up] [smashed|with {count} missing|in the wrong color][.|!]
I [paid|was charged] {money} twice for {goods}[.|, {time}.]
[Where is|Any news on] my parcel? [It left the depot {time}.|]'''),
             'name order mail addr phone zip card'),
    'clinic': (lines('''
I [need|would like] [a check-up|blood work|a flu shot] {time}[, if possible|][.|]
The [doctor|specialist] [wanted me|told me] to [come back|call] in {n} [weeks|days][.|]
[My knee|My back|The rash] [got worse|hurts] since {day}[.|, I take {n} milligrams.]'''),
               'name dob phone mrn addr mail'),
    'landlord': (lines('''
The [boiler|sink|heating] in [unit {n}B|my flat] [leaks|is dead] [{time}|again][.|]
[Rent is|The deposit was] {money}[, right|] [and|but] nobody [answers|fixed the door][.|]'''),
                 'name addr phone mail acct'),
    'bank': (lines('''
[There is|I see] a [charge|payment] of {money} [I never made|from {day}][.|!]
[My card|The debit card] [is blocked|was swallowed] [at the machine|abroad|][.|]
I want to [raise my limit|close the savings account|wire {money}][.|, {time}.]'''),
             'name acct last4 dob zip ssn card phone'),
    'airline': (lines('''
[I missed|We missed] flight {flight} [{time}|because of fog][.|]
[Can you|Could somebody] [move|rebook] us [to|onto] flight {flight}[, row {n}|][?|]
[My bag|The stroller] never came out [at belt {n}|][.|]'''),
                'name pnr phone mail dob addr'),
    'insurance': (lines('''
[Somebody|A truck] [hit|scratched] my [car|bumper] {time}[.|, damage about {money}.]
[What|How much] would [a new plan|full cover] be, [{money}|under {money}][?|]'''),
                  'name policy dob addr phone plate mail'),
    'it': (lines('''
[I can't|Nobody can] [log in|open the drive] since {version}[.|!]
[My laptop|The printer], {goods}, [shows|prints] {version}[.|]
[VPN|Outlook] [drops|freezes] every {n} minutes[.| after {version}.]'''),
           'name user mail pass order phone'),
    'pharmacy': (lines('''
[Is|Would] my [refill|prescription] [ready|be done] {time}[?|, {n} milligrams]
[The tablets|Those pills] [look different|ran out], [{count}|{n} left][.|]'''),
                 'name dob mrn phone addr zip'),
    'tax': (lines('''
[I got|We received] [a letter|a notice] over {money} for [2021|2022][.|, form 10{n}.]
[Can I|May we] [deduct|write off] {money} [for the desk|of rent][?|]'''),
            'name ssn last4 dob addr phone mail'),
    'telecom': (lines('''
[Internet|The line] [dies|goes down] {time}[, {n} megabits at best|][.|]
[I was promised|The flyer said] {money} [a month|for {n} months][.|!]'''),
                'name acct phone last4 addr pass mail'),
}

GERMAN = rules('''
= greet
[{org}, guten Tag|Kundenservice {org}], [mein Name ist {agent}|{agent} am Apparat]. [Worum geht es?|Was kann ich für Sie tun?]
= open
[Guten Tag|Hallo|Grüß Gott], [hier spricht|mein Name ist|ich bin] {full}. [Die Rechnung über {money} stimmt nicht.|Das Paket mit {n} Teilen fehlt noch.]
= decoy
[Das kostet|Ich zahlte] {money}[ für {n} Stück|][.|, nicht wahr?]
[Der Techniker kommt|Wir sind erreichbar] [um {h}:{m} Uhr|am Dienstag|in {n} Tagen].
[Seit Version {n}.{n}|Nach dem Update] [geht nichts mehr|piept das Gerät {n} Mal].
Im Winter [war es teurer|dauert es {n} Wochen].
= askname
[Wie heißen Sie|Auf welchen Namen läuft der Vertrag|Ihr Name, bitte]?
= sayname
{full}[.|]
[Ich heiße|Das ist] {full}[.|]
= askphone
[Unter welcher Nummer erreichen wir Sie|Ihre Telefonnummer|Haben Sie eine Handynummer]?
= sayphone
{phone}[.|]
[Das ist die|Meine Nummer ist] {phone}[.|]
= askmail
[Wohin darf ich die Bestätigung schicken|Ihre E-Mail-Adresse, bitte]?
= saymail
{mail}[.|]
= askaddr
[Wo wohnen Sie|Ihre Anschrift, bitte|Wohin sollen wir liefern]?
= sayaddr
{addr}[.|]
[Ich wohne|Wir wohnen] in der {addr}[.|]
= askdob
[Wann sind Sie geboren|Ihr Geburtsdatum bitte]?
= saydob
{dob}[.|]
= askacct
[Ihre Kundennummer|Welche Vertragsnummer haben Sie|Die IBAN bitte]?
= sayacct
{acct}[.|]
= yes
[Genau|Stimmt|Ja, richtig][.|, danke.]
= bc
[Ja|Mhm|Moment|Und weiter]
= bye
[Vielen Dank|Danke schön], [Frau|Herr] {last}. [Auf Wiederhören.|Schönen Tag noch.]
''')
SPANISH = rules('''
= greet
[{org}, buenas tardes|Atención al cliente de {org}], [le atiende {agent}|soy {agent}]. [¿En qué le ayudo?|Dígame.]
= open
[Buenos días|Hola|Buenas], [soy|me llamo|le habla] {full}. [Me han cobrado {money} de más.|No funciona la línea desde hace {n} días.]
= decoy
[Pagué|Me cuesta] {money}[ por {n} unidades|][.|, ¿verdad?]
[El técnico viene|Abren] [a las {h}:{m}|el martes|en {n} días].
[Con la versión {n}.{n}|Después de actualizar] [no arranca|pita {n} veces].
[La nieve|El invierno] lo [retrasa todo|complica].
= askname
[¿A nombre de quién está|¿Con quién hablo|¿Me dice su nombre]?
= sayname
{full}[.|]
[Está a nombre de|A nombre de] {full}[.|]
= askphone
[¿Un teléfono de contacto|¿A qué número le llamamos|¿Su móvil]?
= sayphone
{phone}[.|]
[Es el|Apunte:] {phone}[.|]
= askmail
[¿A qué correo se lo envío|¿Su correo electrónico]?
= saymail
{mail}[.|]
= askaddr
[¿Dónde vive usted|¿Cuál es la dirección|¿Adónde lo mandamos]?
= sayaddr
{addr}[.|]
[Vivo en|Es la] {addr}[.|]
= askdob
[¿Su fecha de nacimiento|¿Cuándo nació]?
= saydob
{dob}[.|]
= askacct
[¿Número de cliente|¿Me da su DNI|¿Qué número de contrato tiene]?
= sayacct
{acct}[.|]
= yes
[Eso es|Correcto|Así es][.|, gracias.]
= bc
[Sí|Ajá|Vale|Siga]
= bye
[Muchas gracias|Gracias], [señora|señor] {last}. [Que pase buen día.|Hasta luego.]
''')
VIETNAMESE = rules('''
= greet
[{org} xin nghe|Tổng đài {org}], [em là {agent}|{agent} nghe ạ]. [Anh chị cần gì ạ?|Em giúp gì được ạ?]
= open
[Chào em|Xin chào], [tôi là|tôi tên là|tên tôi là] {full}. [Hóa đơn {money} bị sai.|Đơn hàng {n} món chưa tới.]
= decoy
[Giá là|Tôi trả] {money}[ cho {n} cái|][.|, đúng không?]
[Kỹ thuật viên tới|Bên em mở cửa] [lúc {h}:{m}|thứ ba|sau {n} ngày].
[Từ bản {n}.{n}|Sau khi cập nhật] [máy bị treo|kêu {n} lần].
= askname
[Anh chị tên gì ạ|Cho em xin họ tên ạ|Đứng tên ai ạ]?
= sayname
{full}[.|]
[Tên là|Tôi là] {full}[.|]
= askphone
[Số điện thoại của anh chị là gì ạ|Em gọi lại số nào ạ]?
= sayphone
{phone}[.|]
[Số tôi là|Gọi số] {phone}[.|]
= askmail
[Email của anh chị là gì ạ|Em gửi vào email nào ạ]?
= saymail
{mail}[.|]
= askaddr
[Địa chỉ nhận hàng ở đâu ạ|Anh chị ở đâu ạ]?
= sayaddr
{addr}[.|]
[Tôi ở|Giao tới] {addr}[.|]
= askdob
[Ngày sinh của anh chị ạ|Anh chị sinh ngày nào ạ]?
= saydob
{dob}[.|]
= askacct
[Mã khách hàng ạ|Số căn cước của anh chị ạ]?
= sayacct
{acct}[.|]
= yes
[Đúng rồi|Phải][.|, cảm ơn.]
= bc
[Dạ|Vâng|Rồi ạ]
= bye
[Cảm ơn|Cám ơn] {title} {last}. [Chào ạ.|Hẹn gặp lại.]
''')
LOCALS = {'de': GERMAN, 'es': SPANISH, 'vi': VIETNAMESE}
