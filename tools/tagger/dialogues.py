"""Dialogues made up to train the tagger: no test uses these words."""
# SPDX-License-Identifier: Apache-2.0
import re

from sentences import Sentence

# What the tagger is told of the question before (enum tagger_asked).
NONE, NAME, PLACE, OTHER = range(4)

HEADS = ('Ab Ada Bel Bra Cal Cor Da Del Dor El Fa Fen Gar Gri Hal Hes Il Ja '
         'Kel Kor La Lor Ma Mir Na Nor Ol Pel Qui Ra Ros Sa Shi Ta Tor Ul Va '
         'Ver Wil Xa Ya Zel Thi Ngu Pha Oke Chi Ama Kwa Sri Raj').split()
MIDDLES = 'an ar bi da de do en i ia ka la le li lo ma mi na ni o ra ri sa ' \
    'ta ti va vi ya wa zo'.split()
TAILS = 'ck da den dez ek ell en er ez ford ham ic ik in ka kov la ley li ' \
    'lin man mann ner ni no ov ra rez ri ro sen ski son ta ti ton vic wa ' \
    'well ya yan za'.split()
INITIALS = 'ABCDEFGHIJKLMNOPRSTVW'
TOWNS = 'ville ton burg field ford haven dale mouth port wood stead side ' \
    'bridge brook minster holm'.split()

# Places of English words: Mountain View.
LANDS = 'Apple Bear Big Blue Cedar Cherry Clear Deer Eagle Elk Fair Fox Grand '\
    'Green High Little Long Maple Mountain Oak Palm Pine Pleasant Red Rock ' \
    'Round Salt Silver South Spring Stone Summer Union Walnut White Wild ' \
    'Willow'.split()
LIES = 'Bay Beach Bluff Center City Creek Falls Forks Gap Grove Harbor ' \
    'Heights Hill Hills Island Junction Lake Meadows Oaks Park Point Prairie ' \
    'Rapids Ridge River Shores Springs Valley View Woods'.split()

# Companies: heads and kinds that are put together, and some well known.
ORG_HEADS = 'Blue Bright Clear First Global Golden Green Iron Lake Metro ' \
    'North Ocean Pacific Pioneer Prime Red River Silver Solid Summit Sun ' \
    'Swift Trust Union United Valley Vista West White'.split()
ORG_TAILS = ['Bank', 'Credit Union', 'Insurance', 'Airlines', 'Telecom',
             'Wireless', 'Energy', 'Logistics', 'Hotels', 'Pharmacy',
             'Clinic', 'Motors', 'Foods', 'Media', 'Systems', 'Holdings',
             'University', 'College', 'Hospital', 'Inc', 'LLC', 'Group',
             'and Sons', 'Partners', 'Mutual', 'Financial', 'Capital',
             'Outfitters', 'Electronics', 'Travel', 'Realty', 'Dental']
ORGS = ['Amazon', 'PayPal', 'FedEx', 'UPS', 'Visa', 'Walmart', 'Target',
        'Google', 'Microsoft', 'Apple', 'Netflix', 'Comcast', 'Verizon',
        'T-Mobile', 'Chase', 'Wells Fargo', 'Bank of America', 'Citibank',
        'American Express', 'Best Buy', 'Costco', 'eBay', 'Uber', 'Airbnb',
        'Marriott', 'Hilton', 'Delta', 'Southwest', 'Geico', 'Aetna',
        'Blue Cross', 'IKEA', 'Samsung', 'Sony', 'Dell', 'Starbucks',
        'McDonalds', 'Spotify', 'Facebook', 'Twitter', 'Zelle', 'Venmo',
        'Expedia', 'Shell', 'Toyota', 'Ford', 'Honda', 'USPS', 'DHL', 'AT&T']
PRODUCTS = ['iPhone', 'Galaxy', 'Windows', 'Kindle', 'PlayStation', 'Camry',
            'Civic', 'Corolla', 'Chromebook', 'Alexa', 'Echo Dot', 'Xbox',
            'MacBook', 'Photoshop', 'Excel', 'Bluetooth']

# Makes whose names sound like people's: what carries them is a product.
MAKES = ['Calvin Klein', 'Ralph Lauren', 'Hugo Boss', 'Kate Spade',
         'Tory Burch', 'Levi', 'Lee', 'Wrangler', 'Vera Bradley', 'Clarks',
         'Jack Wolfskin', 'Paul Smith', 'Giorgio Armani', 'Christian Dior',
         'Louis Vuitton', 'Abercrombie', 'Dickies', 'Carhartt', 'Cartier',
         'Harley', 'Ben and Jerry', 'Johnny Walker', 'Sara Lee', 'Wendy',
         'John Deere', 'Estee Lauder', 'Dr. Pepper', 'Sam Adams']

THINGS = 'backpack bag beer belt bike blanket blouse boots bracelet cap ' \
    'camera coat cologne dress earrings glasses gloves grill guitar hat ' \
    'headphones hoodie jacket jeans knife lamp laptop lotion lipstick ' \
    'mattress mower necklace pants perfume phone polo purse ring sandals ' \
    'scarf sheets shirt shirts shoes shorts skirt sneakers socks sofa ' \
    'speaker suit sunglasses sweater tent tie towels tractor trousers tv ' \
    'umbrella wallet watch whiskey wine'.split()

# {P} a whole name, {F} first, {G} last, {A} an agent's first, {L} a place,
# {C} a city, {O} a company, {M} a make, {X} a product, {K} a thing, {T} a
# title, {W} a word, {N} a number, {E} {S} what other recognizers find; (a|b) one of these.
OPENINGS = '''
(Hi|Hello|Hey)(,| there,|) (this is {P}|my name is {P}|I am {P}|{P} here|it's {F}).
(Hi|Hello), (I'm|my name's|this is) {F} (calling|writing) (about|regarding) my (order|bill|account|booking|claim).
(Hello|Hi), (I have|I've got) a (problem|question|issue) with my (router|invoice|policy|delivery|password|card).
(Good morning|Good afternoon), {F} {G} speaking, I (need|want) to (cancel|change|check) (a reservation|an order|my plan).
I (want|would like|need) to (return|exchange) the {X} I bought (from {O}|last week|in {C}).
(Yeah|Yes) hi I was (wondering|hoping) if you could help me with (a refund|my login|a late fee).
(Um|Uh) yeah so I (moved|am moving) (from {C} to {C}|to {L}) and (need|have) to update my address.
I am calling on behalf of my (wife|husband|mother|father|boss|son|daughter) {P}.
I (had|have) an appointment with (Dr. {G}|{P}|{F}) (on Monday|tomorrow|at noon).
(I'd|I would) like to (see|book|visit) {P}(, please|, the therapist|).
My (wife|husband|friend|sister|brother|roommate) {F} (told me|said) to (call|contact) {O}.
(Could|Can) I (speak|talk) to {P}(, please|)?
is (this|that) {O}
I ordered (a|two) {X} on (Monday|Friday|the 3rd) and it (has not|hasn't) arrived.
This is (Dr.|Mr.|Mrs.|Ms.) {G}, (returning|following up on) your call.
'''
GREETINGS = '''
(Hi|Hello|Good morning|Good afternoon)(, thank you|, thanks|) for (calling|contacting) {O}(, this is {A}|, my name is {A}|. {A} speaking)(.|, how can I help you?|. How may I help you today?)
(Welcome to|Thank you for choosing) {O}, (you're speaking with|I'm) {A}. What can I do for you?
Hi, I'm {A} from {O} (support|billing|customer care), what seems to be the problem?
(Hello|Hi) {F}, (thanks for waiting|thank you for holding|how are you today).
Hello, how can I help you?
Thank you for calling, may I ask what this is about?
good afternoon my name is {A} how may i assist you
'''
ASK_NAME = '''
(May|Can|Could) I (have|get|take) your (name|full name|first and last name)(, please|)?
(What is|What's) (your name|the name on the account|your full name)?
(Who|And who) am I (speaking|talking) (with|to)?
(Could|Can) you (tell|give) me your (full |)name(, please|)?
And your name please?
(Sure|Of course|Okay), (what name|which name) is (the booking|the reservation|the account|the order) under?
Can you (verify|confirm|spell) (your|the) (last|first) name for me?
what name should i put it under
Who should I (address|send) (this|it) to?
Please (state|provide) your first and last name.
'''
SAY_NAME = '''
{P}
{P}.
{F}
{F}.
{F} {G}
{G}, {F}
It's {P}(.|)
It is {P}(.|, thanks.)
(Sure|Yes|Yeah|Okay|Of course)(,|) (it's|it is|my name is|that's|this is|) {P}(.|)
(My name is|I'm|I am|This is|the name is|name's) {P}(.|)
(First name|My first name is|first) {F}(,|) (last name|and last name is|last) {G}(.|)
(um|uh|er)(,|) {P}
{G}
{F}. {F} {G}.
that would be {P}
you can call me {F}
It's under (my wife's name|my husband's name|), {P}.
should be under {G}
(Mr.|Mrs.|Ms.|Dr.) {G}
{F} with a (K|C|Y|J)
{F}, it's {E}
'''
ASK_PLACE = '''
(What|Which) city (are you|do you live) in?
Where (are you|do you live|were you born|should we send it)?
(And the|What is the|What's your) (city|address|state|billing address|mailing address)(, please|)?
(Where|Which city) are you (flying|traveling|moving) (to|from)?
(Could|Can) you (confirm|verify) (the|your) address(, please|)?
what city and state
In (which|what) (area|city) (would you like|do you want) (it|to search)?
'''
SAY_PLACE = '''
{C}
{C}.
{C}, {L}(.|)
(I'm|I am|We are|We're) (in|from) {C}(.|, {L}.)
(In|From|To) {C}(.|, please.)
(it's|It is|) {S}, {C}(.|)
{S} {C} {L} {N}
(I live|I was born|we live) in {C}
somewhere in {C} (works|is fine|would be great)
'''
ASK_OTHER = '''
(What is|What's|Can I have) your (account|order|phone|policy|confirmation|claim) number(, please|)?
(And|) (the|your) date of birth(, please|)?
(What is|What's|Can you give me) the last four digits of (your|the) (card|social)?
(Do|Did) you (have|want|try|get) (an email|a receipt|the code|to restart it)(, sir|, ma'am|)?
(Is|Was) there anything else I can help you with(, {F}|, Mr. {G}|, Ms. {G}|) today?
(When|What time|What day) would (you like|work best|suit you)(, {F}|)?
(How|What) would you like to (pay|do|proceed)?
(Have you|Did you) (restarted|checked|received|opened) it(, {F}|)?
(Would you like|Do you want) me to (cancel it|send a link|book it)(, {F}|)?
'''
SAY_OTHER = '''
{N}
(It's|It is|) {N}(.|)
(Yes|Yeah|No|Nope|Sure|Okay|Right)(.|, please.|, thanks.|)
no that's all thank you
I (don't|do not) (have|know|remember) (it|that)(.| right now.)
(Tuesday|Thursday|next week|tomorrow) (morning|afternoon|evening)
by card please
my email is {E}
let me (check|see|look), one moment
The (first|second|last) one.
i think so yes
'''
TALK = '''
(Thanks|Thank you)( so much|), {F}(.|!| for your help.)
(Okay|Alright|Great|Perfect), {F}(,|.) (let me|I will|I'll) (check|look at|pull up) (that|your account|the details).
(Thank you|Thanks), (Mr.|Mrs.|Ms.|Miss) {G}(.|, one moment please.)
I (talked|spoke) (to|with) {F} (yesterday|last week|on Monday) and (she|he) (said|promised) (it would be|I'd get) (refunded|a credit).
(She|He|They) (told|promised) me that {F} (from|at) {O} would call (me|) back.
My (son|daughter|neighbor|doctor|lawyer|manager) {P} (has|is|was) also on the account.
I work (for|at) {O} in {C}(.|, so I travel a lot.)
The (package|parcel|order) was (sent|shipped|delivered) to {C} (instead of|and not) {C}(.|!)
We are (flying|driving|going) (from {C}|) to {C} (next week|on Friday|in June).
I (bought|ordered|got) it (from|at|through) {O}.
(It was|The payment was) (charged|made) (through|via|by) {O}.
the technician's name was {F}
please (ask for|contact|cc) {P}
can you transfer it to {P} at {O}
Please add {P} as (an authorized user|a second driver|a guest|a beneficiary).
(Passengers|Travelers|Guests) are {P}, {P} and {P}.
I need to send {N} dollars to {F}.
my (manager|boss|landlord) {F} and I live in {C}
(Best|Kind|Warm) regards, {P}
(Regards|Cheers|Sincerely|Thanks), {F}
Dear (Mr.|Mrs.|Ms.|Dr.) {G},
Hi {F},
hey {F} (did|can|are) you (get|see|coming) (it|this|tonight)
(ask|tell|call|email|text|remind|invite|meet|see|visit|message|thank|help|phone) {P} (now|today|tomorrow|please|about it|for me|again|first)(.|)
(to|from|for|cc|by|with|re|attn|via|and|or|not) {P}(.|)
(From|To|Cc|Attn|Contact|Agent|Customer|Caller|Client|Patient|Signed): {P}
(- |){P}(.|,|)
{F} and {F}(.|)
{P} (called|phoned|wrote|answered|paid|left|signed)(.|)
the (caller|customer|owner|sender|driver|patient|agent|name) (was|is|were) {P}(.|)
{P} (said|says|called|wrote|wants|needs|thinks|asked|has|was|will|can) (it|me|that|to|so|there) (again|too|now|yesterday|again today)(.|)
(did|does|will|can|is|has) {F} (know|call|come|there|paid|done)(?|)
The doctor (was|is) Dr. {G} (at|from) {O}.
{F}'s (card|phone|account|ticket) (was|is) (stolen|blocked|lost).
{F} {G}'s (order|claim|policy) (number|) is {N}.
(So|And) {F} and {F} (are|were) (both|) (going|coming|here).
(ok|okay|sure|great) {F} (thanks|one sec|let me look)
have a (nice|great|good) day {F}
You too, {F}(.|!)
the flight from {C} to {C} (is delayed|was cancelled)
The weather in {C} will be (nice|cold|rainy) (today|tomorrow).
I found a (hotel|restaurant|place) (in|near) {C} called the {O}.
(Is|Was) that {F} with an (E|I|Y)?
'''
PLAIN = '''
I (will|may|can|might) (mark|note|rush) it (as|for) (urgent|you|tomorrow).
(Will|May|Can|Could) (you|I|we) (wait|hold|come) (until|in) (may|March|June|April)?
The (bill|rose|grant|chase|hope|faith|grace period|mark|art|dawn|summer|jack|frank|drew|pat) (is|was) (too high|gone|nice|over).
I (hope|guess|think|know|feel) (so|it works|that is right|not).
(Prices|It|The rate) rose by {N} percent (in may|last april|in august).
(To be|Let me be) (frank|clear|honest), (this|it) is (not|) (great|fair|good).
I'm (happy|sorry|glad|going|waiting|calling|looking|sure|afraid|trying|interested|ready|fine|sick) (to|about|for|with) (hear|that|it|a refund|this).
This is (great|terrible|ridiculous|the|about|not|regarding|a joke|unacceptable|urgent) (.|news|last time|my bill|service).
(It's|That's) (okay|fine|correct|right|perfect|wrong|the same|all|great)(.|, thanks.)
I am (a customer|the owner|on hold|at work|not sure|very upset|allergic to nuts) (since {N}|now|again|and tired).
(Please|Kindly) (drew|sue|pat|chuck|bob|carol|holly|ivy|jasmine|olive|ginger|pepper|basil|daisy) (the|it|rice|tea|leaves|bread).
The (page|code|reed|stone|miles|rich text|price|penny|ray|cliff|dale|glen|lane|forest|brook|heath|lee side) (is|was|looks) (broken|fine|wet).
(Turn|Press|Push) the (power|reset) button (for|about) {N} seconds(.|, then wait.)
Your (order|refund|claim|ticket) (has been|was|is) (approved|shipped|processed|opened)(.|!)
(One|Just a) moment(, please|)(.|, I am checking.)
(Do|Did) (you|they) (ship|deliver|charge|call) (on|by|before) (Monday|Sunday|Easter|Christmas)?
(I've|We've|I have) been (waiting|a member|on hold) (for|since) {N} (minutes|years|days).
(I|We) (bought|ordered|returned|want|need|tried|am looking for) (the|a|some|two|your|this|my) {M} {K}( again| today| online|.|)
(Is|Are) the {M} {K} (in stock|on sale|waterproof|available in medium)?
(that|this|the|my|a|new) {M} {K} (is|was|are|were|came|has) (torn|broken|the wrong size|too small|stained|late|fine)
(how much|what) (is|are|does) (the|a|that) {M} {K}( cost|)
(do|can) (you|I) (have|get|sell|exchange|return) (any|the|a|these) {M} {K}(?|)
(return|refund|exchange|buy|find|wash|clean) (a|the|my|this) {M} {K}
(My|Your) (status|level|tier|membership) is (basic|plus|premium|standard|platinum|gold|silver|bronze)(.|, since {N}.)
(what is|what's) the (material|length|size|style|color|weight) of (this|that|the) (coat|rug|lamp|table)
(it|that) (comes|came) in (navy|teal|olive|rose|violet|amber|ruby|jade|sienna|coral)
(I|We) (forgot|lost) (my|the|our) (username|password|pin|two factor code|security answer)
(ok|okay|sure|thanks|great|perfect)
(the|my) (promo|discount|gift|coupon) code (is|was) (invalid|expired|not accepted|rejected)
(click|go|scroll) (on|to) (settings|my account|the menu), then (billing|profile|orders)
(standard|express|overnight) (shipping|delivery) (is|takes|costs) {N} (days|dollars)
The {X} (does not|doesn't) (work|turn on|charge|connect)(.|!| anymore.)
(How much|How long|What) (is|does|will) (the fee|it take|that cost|the delivery)?
(You can|I can|We can) (offer|give|send) (you|) (a discount|a voucher|a new one)(.|!)
(Okay|OK|Sure|Alright|Great|Perfect|Thanks|Wonderful|Awesome|Absolutely)(.|!|, got it.|, no problem.)
(Yes|No|Yeah|Nope|Correct|Exactly|Right|Sorry)(.|, I did.|, not yet.|, that's it.)
(The|My|Your) (internet|phone|card|app|screen|battery|plan) (keeps|is|stopped|was) (dropping|slow|working|declined).
(I'd|I would) like (a table|a room|two tickets|a cab|an appointment) for (two|four|{N}) (people|on Friday|at noon).
(there|that|this) is (nothing|something|someone) (wrong|here|at the door)
(Please|Could you) (hold|wait|confirm|repeat|spell|verify) (that|it|for me|again)(.|?)
(And|So|But|Because) (then|now|after that) (it|they|nobody) (stopped|called|answered)(.|)
my (mom|dad|wife|husband|doctor|boss|kid|dog) (is|was) (sick|waiting|with me|on the line)
(thank you|thanks) (very much|a lot|again|for everything|for calling)
(have|enjoy) (a good one|your day|the weekend|your stay)
(What|Which) (size|color|model|plan|genre|cuisine|type) (do|would) you (like|want|prefer)?
I (want|prefer|like) (something|anything) (cheap|vegetarian|quiet|by the sea|Italian|Mexican|American).
your (payment|appointment) is (due|confirmed) on (March|May|June) {N}
Customer (service|care) (is|was) (great|awful|rude).
I can speak (English|Spanish|French) (and|or) (German|Chinese|Hindi).
The movie starts at {N} and (costs|is) {N} dollars(.|)
The (restaurant|movie|hotel|album|alarm|folder|ship|song|bar|game) name is {T}(.|)
(The name|What is the name) of the (film|place|book|band|event|shop|park) (is|was) {T}(.|)
(I|We) (watched|liked|read|played|booked|found) {T} (last night|yesterday|on the weekend|near here)(.|)
(a|the|an) (film|song|show|novel|series|album) (called|named|titled) {T}(.|)
{T} is (showing|playing|open|rated {N}|a nice place)( today| now| there|)(.|)
how about {T}
{T} please
{W}
{W}
{W} {W}
{W} {W} {W}
{W}, {W} and {W}
(- |)(Hm|Hmm|Mm-hmm|Uh-huh|Huh|Ah|Oh|Wow|Oops|Ugh|Haha|Lol|Yay|Phew|Aha|Um|Uh|Er|Eh)(.|!|...||, {W}.)
- (Yes|No|What|Really|Okay|Hello|Sure)(.|?|!|)
(agent|bot|system|user|guest|admin|caller|customer|assistant|operator|host|member)
(high|low|medium|urgent|open|closed|pending|new|true|false|positive|negative|neutral|none|null|unknown|other|misc|lex|tbd|n/a|todo|test|demo|draft|final|pass|fail)
(spk|rec|utt|doc|conv|turn|id|task|seg|ch|tmp)(-|_|){N}
(Status|Type|Level|Label|Category|Priority|Topic|Reason|Result|Source): {W}
'''


class Maker:
    """Values and turns, drawn by a given random."""

    def __init__(self, lists, common, random):
        self.random = random
        word = re.compile(r"^[^\W\d_][\w'-]+$")
        self.given = [v for v in lists['given'] if word.match(v)]
        self.family = [v for v in lists['family'] if word.match(v)]
        self.places = [v for v in lists['place'] if len(v) < 24]
        self.usual = [v for v in self.given if common.get(v.lower(), 0) & 8]
        self.usual_last = [v for v in self.family
                           if common.get(v.lower(), 0) & 8]
        self.words_too = [v for v in self.given
                          if common.get(v.lower(), 0) >> 4 > 0] or self.given
        self.words = sorted(w for w, bits in common.items()
                            if 0 < bits >> 4 < 4 and bits & 15 == 0)

    def pick(self, values):
        return values[int(self.random.random() * len(values))]

    def strange(self):
        n = self.pick([0, 1, 1, 2])
        return self.pick(HEADS) + ''.join(self.pick(MIDDLES)
                                          for _ in range(n)) + self.pick(TAILS)

    def first(self):
        x = self.random.random()
        return self.pick(self.usual) if x < .47 else \
            self.pick(self.words_too) if x < .54 else \
            self.pick(self.given) if x < .84 else self.strange()

    def last(self):
        x = self.random.random()
        if x < .06:
            return self.last() + '-' + self.last()
        if x < .1:
            return self.pick(['van ', 'de ', 'Van der ', 'de la ', 'Mc', "O'",
                              'St. ']) + self.last()
        return self.pick(self.usual_last) if x < .42 else \
            self.pick(self.words).capitalize() if x < .5 else \
            self.pick(self.family) if x < .8 else self.strange()

    def city(self):
        x = self.random.random()
        if x < .25:
            return self.strange() + self.pick(TOWNS)
        if x < .37:
            return self.pick(LANDS) + ' ' + self.pick(LIES)
        if x < .45:
            return self.pick(['North ', 'New ', 'Lake ', 'Port ', 'San ',
                              'West ', 'Fort ', 'St. ']) + self.strange()
        return self.pick(self.places)

    def company(self):
        x = self.random.random()
        if x < .4:
            return self.pick(ORGS)
        head = self.pick(ORG_HEADS) if x < .75 else \
            self.last() if x < .9 else self.strange()
        return head + ' ' + self.pick(ORG_TAILS)

    def title(self):
        """Of a film, a song, a place: words, or one that is none."""
        x = self.random.random()
        if x < .45:
            return self.strange() if x < .2 else \
                self.first() if x < .32 else self.last()
        words = [self.pick(self.words).capitalize()
                 for _ in range(self.pick([1, 2, 2, 3]))]
        return self.pick(['', '', 'The ', 'A ', 'My ']) + ' '.join(words)

    def number(self):
        return str(int(10 ** (1 + self.random.random() * 8)))

    def value(self, slot):
        """The words of a slot and their type."""
        if slot in 'FGA':
            return (self.last() if slot == 'G' else self.first()), 'PERSON'
        if slot == 'P':
            x = self.random.random()
            name = self.first()
            if x > .95:  # as lists have it
                return self.last() + self.pick([' ', ', ']) + name + \
                    self.pick(['', ' ' + self.pick(INITIALS)]), 'PERSON'
            if x > .15:
                name += (f' {self.pick(INITIALS)}. ' if x > .91 else
                         ' ' + self.first() + ' ' if x > .87 else ' ') + \
                    self.last()
            return name, 'PERSON'
        if slot in 'CL':
            return (self.city() if slot == 'C' else self.pick(self.places)), \
                'LOCATION'
        if slot == 'O':
            return self.company(), 'ORGANIZATION'
        if slot == 'X':
            return self.pick(PRODUCTS), 'OTHER'
        if slot == 'K':
            return self.pick(THINGS), None
        if slot == 'M':
            return (self.pick(MAKES) if self.random.random() < .4 else
                    self.pick(['', self.first() + ' ']) + self.last()), 'OTHER'
        if slot == 'T':
            return self.title(), 'OTHER'
        if slot == 'W':
            w = self.pick(self.words)
            return (w.capitalize() if self.random.random() < .2 else w), None
        if slot == 'N':
            return self.number(), None
        if slot == 'S':
            return f'{self.number()[:4]} {self.last()} ' + \
                self.pick(['Street', 'Ave', 'Road', 'Lane', 'St', 'Drive']), \
                'ANY'
        return self.first().lower() + self.pick(['', '.', '_']) + \
            self.last().lower().replace(' ', '') + '@example.org', 'ANY'

    def turn(self, template, asked):
        while True:
            m = re.search(r'\(([^()]*)\)', template)
            if m is None:
                break
            template = template[:m.start()] + \
                self.pick(m.group(1).split('|')) + template[m.end():]
        text, spans = '', []
        for part in re.split(r'(\{\w\})', template):
            if part.startswith('{'):
                words, kind = self.value(part[1])
                if kind:
                    spans.append((len(text), len(text) + len(words), kind))
                text += words
            else:
                text += part
        return Sentence(text, spans, asked)


def turns(text):
    return [line for line in text.strip().split('\n') if line]


def dialogues(maker, count):
    """Sentences of count dialogues, in order."""
    questions = [(turns(ASK_NAME), turns(SAY_NAME), NAME, 3),
                 (turns(ASK_PLACE), turns(SAY_PLACE), PLACE, 2),
                 (turns(ASK_OTHER), turns(SAY_OTHER), OTHER, 2)]
    opening, greeting = turns(OPENINGS), turns(GREETINGS)
    talk, plain = turns(TALK), turns(PLAIN)
    weighted = [q for q in questions for _ in range(q[3])]
    out = []
    for _ in range(count):
        out.append(maker.turn(maker.pick(greeting), NONE))
        out.append(maker.turn(maker.pick(opening), NONE))
        for _ in range(3):
            ask, say, asked, _ = maker.pick(weighted)
            out.append(maker.turn(maker.pick(ask), NONE))
            if maker.random.random() < .12:  # no answer to the question
                out.append(maker.turn(maker.pick(plain), asked))
            else:
                out.append(maker.turn(maker.pick(say), asked))
            for _ in range(2):
                out.append(maker.turn(maker.pick(plain), NONE))
            out.append(maker.turn(maker.pick(talk), NONE))
    return out
