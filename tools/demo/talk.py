"""What is said and written: calls, chats, mails, answers, dictations."""
# SPDX-License-Identifier: Apache-2.0
from people import AGENTS


def call(rnd, c):
    """(speaker, words) of one call, in the caller's language."""
    return german_call(rnd, c) if c.language == 'de' else english_call(rnd, c)


def english_call(rnd, c):
    yield 'agent', 'Harbor Bank, good morning. How can I help?'
    yield 'caller', rnd.choice([
        f'Hi, my name is {c.name}. I did not make a charge of ${c.amount}.',
        f'Hello, this is {c.name} calling about my refund from {c.date}.',
        f'Good morning, my name is {c.name} and my card was declined.'])
    yield 'agent', f'Thank you, {c.first}. What is the card number?'
    yield 'caller', f'It is {c.card}, please hurry.'
    if rnd.random() < 0.3:
        yield 'agent', 'Your policy number, please?'
        yield 'caller', f'{c.policy}. I live at {c.street}.'
    yield 'agent', rnd.choice([f'Your money will be back soon, {c.first}.',
                               'I have blocked it and ordered a new one.'])


def german_call(rnd, c):
    yield 'agent', 'Harbor Bank, guten Morgen. Wie kann ich helfen?'
    yield 'caller', rnd.choice([
        f'Guten Tag, mein Name ist {c.name}. Meine Karte ist gesperrt.',
        f'Hallo, hier ist {c.name}, es geht um die Zahlung vom {c.datum}.'])
    yield 'agent', 'Danke. Wie ist die Nummer der Karte?'
    yield 'caller', f'Das ist die {c.card}, bitte schnell.'
    yield 'agent', f'Vielen Dank, {c.first}. Die neue Karte ist unterwegs.'


def chat(rnd, c):
    """(speaker, text) of what was written after the call."""
    if c.language == 'de':
        yield 'customer', f'Hier noch einmal {c.name}, wo bleibt die Karte?'
        yield 'agent', 'Wohin sollen wir schreiben?'
        yield 'customer', f'An {c.mail} bitte, Konto {c.iban}.'
        return
    yield 'customer', f'This is {c.name}, I called before about {c.card}.'
    yield 'agent', f'Welcome back, {c.first}. Where can we write to you?'
    yield 'customer', f'{c.mail}, or call {c.phone}.'
    if rnd.random() < 0.5:
        yield 'agent', 'And your policy number?'
        yield 'customer', f'{c.policy}. I live at {c.street}.'
    yield 'agent', f'The refund of ${c.amount} is on its way.'


def mail(rnd, c):
    """(subject, body) of a mail to the support desk."""
    if c.language == 'de':
        return (f'Karte von {c.name}',
                f'Guten Tag,\n\nmeine Karte {c.card} wurde am {c.datum} '
                f'abgelehnt. Bitte überweisen Sie die {c.amount} EUR auf '
                f'{c.iban}.\nTelefon: {c.phone}\n\nMit freundlichen Grüßen\n'
                f'{c.name}')
    if c.language == 'es':
        return ('Mi tarjeta',
                f'Buenos días:\n\nme llamo {c.name} y mi tarjeta {c.card} no '
                f'funciona. Escríbanme a {c.mail} o llamen al {c.phone}.\n\n'
                f'Un saludo,\n{c.first}')
    return (rnd.choice(['Card declined', f'Refund for {c.name}']),
            f'Hello,\n\nmy card {c.card} was declined on {c.date}. Please '
            f'send the ${c.amount} to {c.street}, {c.zip}, or call '
            f'{c.phone}.\n\nRegards\n{c.name}')


def pair(rnd, c):
    """Two answers of models to one wish."""
    ask = rnd.choice([f'{c.name} asks why the card {c.card} was declined.',
                      f'Write to {c.mail} that the refund of ${c.amount} is '
                      'on its way.'])
    good = f'Dear {c.first}, we are sorry. Your refund of ${c.amount} is sent.'
    bad = f'{c.name}: denied. Call {c.phone}.'
    return {'customer': c.name, 'prompt': ask,
            'chosen': f'<think>The customer {c.first} is upset.</think>{good}',
            'rejected': f'<think>Short answer will do.</think>{bad}',
            'model': rnd.choice(['quaymaster-7b', 'lantern-70b']),
            'reward': round(rnd.uniform(-2, 2), 3)}


def dictation(rnd, c, seen, mrn):
    """What a doctor speaks after a visit; sentence by sentence."""
    yield f'Dictation on {c.name}, born {c.born_text}.'
    yield f'Record number {mrn}.'
    yield f'Seen on {seen}, a patient {c.age} years old.'
    yield rnd.choice(['The cough is better, the lungs are clear.',
                      'The knee is swollen after a fall, no fracture.',
                      'Blood pressure is well controlled.'])
    yield f'I will see {c.first} again in two weeks.'


def agent(c):
    return AGENTS[c.language]
