#!/usr/bin/env python3
"""Recall and precision of the structured recognizers, by type: values and
decoys that ids.py and contact.py make, in sentences of four languages, through
`carrel detect`.

structured.py [--seed N] [--number N] [--show TYPE]; ends with 1 where a type
misses what is asked of it. Environment: CARREL (default build/carrel).
"""
# SPDX-License-Identifier: Apache-2.0
import argparse
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from contact import PHONES, Contact  # noqa: E402

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), '../../..'))
CARREL = os.environ.get('CARREL', os.path.join(TOP, 'build', 'carrel'))

PLAIN = ['{}', 'it is {}.', 'That would be {}, thanks', 'sure: {}', '({})',
         'I wrote down {} yesterday', 'es ist {}', 'es {}, gracias',
         'của tôi là {}', '"{}"']
NATIONAL = ['my national ID number is {}', '{} is my identity number',
            'citizen ID: {}', 'What is your personal number? {}']
TAX = ['my tax number is {}', 'tax ID {}', '{} is my tax file number',
       'taxpayer number: {}']
HEALTH = ['my NHS number is {}', 'Medicare card {}', 'health insurance {}',
          '{} is my health insurance number', 'patient number: {}']
SOCIAL = ['my insurance number is {}', 'insurance no. {}',
          '{} is my insurance number']

# Type: sentences that say what it is; whether it is also found without them;
# decoys where a wrong digit makes none.
CASES = {
    'US_ITIN': (['my ITIN is {}', 'ITIN: {}', 'tax id {}'], True),
    'US_EIN': (['our EIN is {}', 'employer identification number {}'], False),
    'US_NPI': (['NPI {}', 'the provider number is {}',
                '{} is the NPI of Dr. Ames'], False),
    'US_MBI': (HEALTH[1:4] + ['my MBI is {}'], True),
    'ABA_ROUTING_NUMBER': (['routing number {}', 'the ABA number is {}',
                            'routing: {}'], False),
    'MEDICAL_LICENSE': (['DEA number {}', 'the prescriber has DEA {}'], True),
    'US_PASSPORT': (['my passport number is {}', 'passport no. {}',
                     '{} is my passport number'], False),
    'CA_SIN': (SOCIAL + ['SIN {}', 'social insurance number {}'], False),
    'UK_NHS': (HEALTH[:1] + HEALTH[2:], False),
    'UK_NINO': (SOCIAL + ['NINO: {}', 'NI number {}'], True),
    'UK_DRIVING_LICENCE': (['my driving licence is {}',
                            'licence number {}'], True),
    'UK_POSTCODE': (['my postcode is {}', 'postcode: {}'], True),
    'AU_TFN': (TAX + ['TFN {}'], False),
    'AU_ABN': (['our ABN is {}', 'ABN {}'], True),
    'AU_MEDICARE': (['Medicare number {}', 'my Medicare card is {}'], False),
    'IN_AADHAAR': (['Aadhaar {}', 'my aadhaar number is {}'], True),
    'IN_PAN': (['PAN {}', 'my PAN card is {}', 'income tax PAN: {}'], True),
    'ZA_ID_NUMBER': (NATIONAL, True),
    'DE_TAX_ID': (['meine Steuer-ID ist {}', 'Steueridentifikationsnummer {}',
                   'IdNr. {}', '{} ist meine Steuer-ID'] + TAX, True),
    'DE_ID_CARD': (['Personalausweis {}', 'meine Ausweisnummer ist {}',
                    '{} steht auf dem Personalausweis'], True),
    'DE_SOCIAL_SECURITY': (['Rentenversicherungsnummer {}',
                            'meine Sozialversicherungsnummer ist {}'], True),
    'DE_HEALTH_INSURANCE': (['Versichertennummer {}',
                             'bei der Krankenkasse habe ich {}'], True),
    'AT_SOCIAL_SECURITY': (['Sozialversicherungsnummer {}', 'SVNR {}'],
                           False),
    'CH_AHV': (['AHV {}', 'meine AHV-Nummer ist {}'], True),
    'ES_NIF': (['mi DNI es {}', 'DNI: {}', 'NIF {}',
                '{} es mi documento de identidad'], True),
    'ES_NIE': (['mi NIE es {}', 'NIE: {}'], True),
    'ES_CIF': (['el CIF es {}', 'CIF {}', 'NIF de la empresa: {}'], False),
    'MX_CURP': (['mi CURP es {}', 'CURP: {}'], True),
    'MX_RFC': (['mi RFC es {}', 'RFC {}'], True),
    'CL_RUT': (['mi RUT es {}', 'RUT {}'], True),
    'AR_CUIL': (['mi CUIL es {}', 'CUIT {}'], False),
    'BR_CPF': (['CPF {}', 'meu CPF: {}'], False),
    'IT_FISCAL_CODE': (['codice fiscale {}', 'il mio codice fiscale: {}'],
                       True),
    'FR_NIR': (['NIR {}', 'mon numéro de sécurité sociale est le {}'], True),
    'NL_BSN': (['mijn BSN is {}', 'BSN: {}'], False),
    'PL_PESEL': (['PESEL {}', 'mój PESEL to {}'], True),
    'FI_PERSONAL_IDENTITY_CODE': (['hetu {}', 'henkilötunnus: {}'], True),
    'SE_PERSONNUMMER': (['personnummer {}', 'mitt personnummer är {}'],
                        False),
    'TR_NATIONAL_ID': (['TC kimlik no {}', 'kimlik numaram {}'], True),
    'VN_CCCD': (['CCCD {}', 'số căn cước của tôi là {}', 'số CCCD: {}',
                 'căn cước công dân số {}'], True),
    'CN_RESIDENT_ID': (NATIONAL, True),
    'KR_RRN': (['RRN {}', 'resident registration number {}'], True),
    'SG_NRIC_FIN': (['NRIC {}', 'my NRIC is {}', 'FIN {}'], True),
    'TH_TNIN': (NATIONAL, False),
    'VIN': (['VIN {}', 'the chassis number is {}',
             'Fahrgestellnummer: {}'], True),
    'VEHICLE_REGISTRATION': (['license plate {}', 'Kennzeichen {}',
                              'mi matrícula es {}', 'biển số xe {}',
                              'registration number {}'], False),
    'IMEI': (['IMEI {}', 'the IMEI of my device is {}'], True),
    'SWIFT_CODE': (['SWIFT {}', 'the BIC is {}', 'BIC: {}',
                    '{} is our SWIFT code'], False),
    'MAC_ADDRESS': (['MAC {}', 'interface {} is down'], True),
    'CREDIT_CARD': (['my card is {}', 'Kreditkarte {}', 'tarjeta {}',
                     'số thẻ {}'], True),
    'IBAN_CODE': (['IBAN {}', 'transfer to {}', 'meine IBAN ist {}'], True),
    'US_SSN': (['my SSN is {}', 'social security number {}'], True),
    'IP_ADDRESS': (['from {}', 'the server {} does not answer',
                    'ping {} now'], True),
    'EMAIL_ADDRESS': (['my email is {}', 'write to {} please',
                       'correo: {}', 'E-Mail {}'], False),
    'URL': (['see {}', 'go to {} and log in', 'la página {}'], True),
    'PHONE_NUMBER': (['my number is {}', 'call me at {}', 'mi móvil es {}',
                      'Handy: {}', 'số điện thoại của tôi là {}'], True),
}
# What a digit more or less does not tell: other text of their shape.
SHAPED = {
    'US_PASSPORT': ['code {}', '{} items', 'part {}'],
    'IN_PAN': None, 'VN_CCCD': None, 'UK_POSTCODE': None, 'SWIFT_CODE': None,
    'MAC_ADDRESS': None, 'MX_RFC': None, 'US_ITIN': None, 'US_EIN': None,
    'UK_NINO': None, 'US_MBI': None, 'UK_DRIVING_LICENCE': None,
    'VEHICLE_REGISTRATION': None,
}
STRICT = ('CREDIT_CARD', 'IBAN_CODE', 'EMAIL_ADDRESS', 'PHONE_NUMBER',
          'IP_ADDRESS', 'URL', 'US_SSN')


def shaped(m, name):
    """A decoy of a type that has no check digits."""
    r = m.r
    return {
        'US_PASSPORT': lambda: 'serial ' + m.US_PASSPORT(),
        'IN_PAN': lambda: m.a(3) + m.a(1, 'DEIMNOQRSUVWXYZ') + m.a(1) +
        m.d(4) + m.a(1),
        'VN_CCCD': lambda: m.a(1, '23456789') + m.d(11),
        'UK_POSTCODE': lambda: r.choice([
            f'{m.a(1, "QVXZ")}{m.d(1)} {m.d(1)}{m.a(2)}',
            f'M{m.d(1)} {m.d(1)}{m.a(2, "CIKMOV")}',
            f'room {m.a(1)}{m.d(1)} {m.d(2)}', f'{m.d(2)}{m.a(3)}']),
        'SWIFT_CODE': lambda: r.choice([
            m.a(4) + r.choice(['QQ', 'XX', 'UK', 'ZZ']) + m.a(2),
            'BUSINESS', 'CONTRACTORS', 'DOWNLOAD', 'ABSOLUTELY',
            'DISCOUNT']),
        'MAC_ADDRESS': lambda: r.choice([
            '-'.join(m.d(2) for _ in range(3)),
            ':'.join(m.d(2) for _ in range(3)),
            'XY-' + '-'.join(m.d(2) for _ in range(5)),
            '-'.join(m.d(2) for _ in range(8))]),
        'MX_RFC': lambda: m.a(4) + m.d(2) + r.choice(['13', '77', '00']) +
        m.d(2) + m.a(3),
        'US_ITIN': lambda: f'9{m.d(2)}-{r.choice([10, 40, 66, 69, 89, 93])}'
        f'-{m.d(4)}',
        'US_EIN': lambda: f'{r.choice(["07", "17", "28", "49", "69", "79"])}-'
        f'{m.d(7)}',
        'UK_NINO': lambda: r.choice(['D', 'F', 'Q', 'U']) + m.a(1) + m.d(6) +
        m.a(1, 'ABCD'),
        'US_MBI': lambda: m.a(1, 'SLOIBZ') + m.US_MBI()[1:],
        'UK_DRIVING_LICENCE': lambda: m.a(5) + m.d(1) + r.choice(
            ['13', '45', '77']) + m.d(3) + m.a(2) + '9' + m.a(2),
        'VEHICLE_REGISTRATION': lambda: r.choice([
            f'{r.randint(2000, 2030)} {r.choice(["BMW", "KPMG", "USD"])}',
            f'{m.a(3)}', f'room {m.a(1)}{m.d(3)}', f'{m.d(4)} people',
            f'{m.a(2)}-{m.d(2)}', f'COVID-{m.d(2)}', f'{m.d(2)} km']),
    }[name]()


def cases(m, number):
    """(type, text, value) of positives and (type, text, None) of decoys."""
    for name, (said, alone) in CASES.items():
        for i in range(number):
            v = getattr(m, name)() if name != 'PHONE_NUMBER' else \
                m.PHONE_NUMBER(sorted(PHONES)[i % len(PHONES)])
            form = m.r.choice(said if not alone or i % 2 else PLAIN)
            yield name, form.replace('{}', v), v
        for i in range(number):
            if name in STRICT:
                v = m.decoy(name)
            elif name in SHAPED:
                v = shaped(m, name)
            else:
                v = m.wrong(name)
            form = PLAIN[0] if i % 2 and name not in STRICT else \
                m.r.choice(PLAIN)
            yield name, form.replace('{}', v), None


def detect(texts):
    """The spans of each text: (text of the span, type, rule)."""
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, 'cases.jsonl')
        at, lines = 0, []
        with open(path, 'wb') as f:
            for t in texts:
                line = json.dumps({'text': t}, ensure_ascii=False).encode()
                lines.append((at, line))
                f.write(line + b'\n')
                at += len(line) + 1
        out = subprocess.run([CARREL, 'detect', '--json', path], check=True,
                             stdout=subprocess.PIPE).stdout
    found = [[] for _ in lines]
    k = 0
    for s in json.loads(out)['spans']:
        while k + 1 < len(lines) and lines[k + 1][0] <= s['start']:
            k += 1
        at, line = lines[k]
        part = line[s['start'] - at:s['end'] - at].decode()
        if '\\' in part:
            part = json.loads('"' + part + '"')
        found[k].append((part, s['type'], s['rule']))
    return found


def score(seed, number, show):
    """Per type: right, missed, wrong; and examples of what went wrong."""
    all_cases = list(cases(Contact(seed), number))
    found = detect([t for _, t, _ in all_cases])
    table = {}
    for (name, text, value), spans in zip(all_cases, found):
        row = table.setdefault(name, [0, 0, 0])
        if value is not None:
            hit = any(v == value and t == name for v, t, _ in spans)
            row[0 if hit else 1] += 1
            bad = not hit
        else:
            bad = any(t == name for _, t, _ in spans)
            row[2] += bad
        if bad and show in (name, 'all'):
            print('missed' if value else 'decoy ', name, repr(text), spans)
    return table


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--number', type=int, default=200)
    p.add_argument('--show', default='')
    a = p.parse_args()
    table = score(a.seed, a.number, a.show)
    failed = 0
    for name, (right, missed, wrong) in table.items():
        recall = right / (right + missed)
        precision = right / max(1, right + wrong)
        least = (1.0, 0.98) if name in STRICT else (0.95, 0.95)
        ok = recall >= least[0] and precision >= least[1]
        failed += not ok
        print(f'{name:28} recall {recall:.3f}  precision {precision:.3f}'
              f'{"" if ok else "  <- too low"}')
    print(f'{len(table)} types, {a.number} values and {a.number} decoys each, '
          f'{failed} below what is asked')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
