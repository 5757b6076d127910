"""Every transform, condition and exchange of fields that a policy can name,
from ingest to replay: what is shown is what the policy says, the same through
preview and mount, made again from the log; and two policies are told apart.
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import datetime
import io
import json
import os
import random
import re
import sqlite3

from carrel import Room, check, need_fuse, seed
from ways import files_below

MANIFEST = '''carrel-dataset: 1
name: d
terms: { purposes: [annotation], projects: [p, q] }
language: en
files:
  - match: "calls/**"
    records: "$[*]"
    id: "$[*].n"
    text: "$[*].turns[*].text"
    speaker: "$[*].turns[*].who"
    entities:
      DATE_TIME: ["$[*].day"]
      AGE: ["$[*].age"]
      MONEY: ["$[*].paid"]
      ZIP_CODE: ["$[*].zip"]
  - { match: "pref/**", records: "$[*]", id: "$[*].n" }
'''
POLICY = '''carrel: 1
project: PROJECT
purpose: annotation
datasets: [d]
confinement: none
roles:
  coarse:
    see: [ { files: "d/calls/**", records: all } ]
    names: keep
    redact:
      default: tag
      PERSON: { keep: {}, speaker: [agent] }
      EMAIL_ADDRESS: { hash: { length: 24, scope: project } }
      DATE_TIME: { shift: { scope: record, order: mdy } }
      AGE: { generalize: { to: band, width: 5 } }
      MONEY: { generalize: { to: band, width: 100 } }
      ZIP_CODE: { generalize: zip3 }
  month:
    extends: coarse
    redact:
      DATE_TIME: { generalize: { to: month, order: mdy } }
      EMAIL_ADDRESS: { keep: {}, task: other }
      PERSON: pseudonym
  weeks: { extends: coarse, redact: { DATE_TIME: { shift: { weekdays: true, order: mdy } } } }
  plain:
    see: [ { files: "d/pref/**", records: all } ]
    names: keep
    redact: { default: tag, PERSON: pseudonym }
    fields: [ { files: "d/pref/**", drop: ["$[*].meta.who"] } ]
  blind:
    extends: plain
    fields:
      - { files: "d/pref/**", drop: ["$[*].meta.who"], swap: [["$[*].a", "$[*].b"], ["$[*].sa", "$[*].sb"]] }
  alone:
    extends: plain
    fields:
      - { files: "d/pref/**", drop: ["$[*].meta.who"], swap: [["$[*].a", "$[*].b"], ["$[*].sa", "$[*].sb"]], scope: annotator }
tasks:
  work: { files: "d/**" }
  other: { files: "d/**" }
annotators:
  carla: { role: coarse, tasks: [work, other] }
  mona: { role: month, tasks: [work, other] }
  wendy: { role: weeks, tasks: [work, other] }
  paul: { role: plain }
  bea: { role: blind }
  bill: { role: blind }
  anna: { role: alone }
  axel: { role: alone }
'''
WAYS = ['%Y-%m-%d', '%m/%d/%Y', '%d.%m.%Y', '%B %d, %Y', '%Y/%m/%d']
DAY = datetime.date(2026, 7, 14)
NAMES = ['Maria Lopez', 'John Garcia', 'Ayodele Okafor', 'Zoe Brandt']


def calls():
    """One record per way of writing a date, each with two dates."""
    out = []
    for i, way in enumerate(WAYS):
        later = DAY + datetime.timedelta(days=40 + i)
        out.append({
            'n': f'c{i}', 'day': DAY.strftime(way), 'age': str(30 + 17 * i),
            'paid': f'${123 * i + 45}.50', 'zip': ['94110', '03601', '10001',
                                                   '89310', '60601'][i],
            'turns': [
                {'who': 'agent', 'text': 'my name is Zoe Brandt'},
                {'who': 'caller', 'text': f'my name is {NAMES[i % 3]}, mail '
                 f'me at ann@mail.example since {DAY.strftime(way)} or '
                 f'{later.strftime(way)}'}]})
    return out


def pairs(rnd):
    """Small and large, so that records and values lie over edges of blocks."""
    out = []
    for i in range(300):
        size = rnd.choice([10, 60, 2000])
        if i % 60 == 7:
            size = rnd.choice([700_000, 1_200_000, 2_500_000])
        words = 'lorem ' * (size // 6)
        who = rnd.sample(NAMES, 2)
        out.append({'n': i, 'meta': {'who': 'model-' + str(i % 3)},
                    'a': f'first, my name is {who[0]}, {words}{i}',
                    'between': 'my name is ' + rnd.choice(who),
                    'b': {'text': f'second, my name is {who[1]}', 'k': [i]},
                    'sa': i / 2, 'sb': 'score'})
    out.append({'n': 300, 'a': 'no partner', 'sa': 1, 'sb': 2})
    out.append({'n': 301, 'meta': 1, 'b': 'neither', 'sa': 1})
    return out


def table():
    """Cells with quotes and without, and pairs that lack one."""
    out = io.StringIO()
    w = csv.writer(out, lineterminator='\n')
    w.writerow(['n', 'a', 'note', 'b', 'sa', 'sb'])
    for i in range(200):
        a = f'first, my name is {NAMES[i % 4]}'
        b = f'second "{i}" my name is {NAMES[(i + 1) % 4]}'
        w.writerow([i, '' if i == 3 else a, 'so', '' if i == 4 else
                    b if i % 2 else 'second', i, 'x'])
    return out.getvalue()


def policies(room):
    for p in 'pq':
        room.write(p + '.yaml', POLICY.replace('PROJECT', p))
    return room.path('p.yaml')


def parse(text):
    for way in WAYS:
        try:
            d = datetime.datetime.strptime(text, way).date()
        except ValueError:
            continue
        check(d.strftime(way).replace(' 0', ' ') == text,
              f'{text} is not written as {way}')
        return d, way
    raise AssertionError(f'{text} is no date')


def view(room, pol, who, task=None):
    return files_below(room.preview(pol, who, task=task))


def one(seen, name):
    return next(v for p, v in seen.items() if p.endswith(name))


def coarse(room, pol):
    rows = json.loads(one(view(room, pol, 'carla', 'work'), 'c.json'))
    hashes = set()
    for i, (r, was) in enumerate(zip(rows, calls())):
        shown, way = parse(r['day'])
        check(way == WAYS[i] and shown != DAY, f'{r["day"]}, {way}')
        said = r['turns'][1]['text']
        both = re.search(r'since (.*) or (.*)$', said)
        first, later = (parse(x)[0] for x in both.groups())
        check(first == shown and (later - first).days == 40 + i,
              f'no interval: {said}')
        check(abs((shown - DAY).days) <= 180, str(shown))
        check(r['age'] == ['30-34', '45-49', '60-64', '80-84', '90+'][i] and
              r['paid'] == f'${(123 * i + 45) // 100 * 100}-'
              f'{(123 * i + 45) // 100 * 100 + 99}', str(r))
        check(r['zip'] == ['941**', '000**', '100**', '000**', '606**'][i],
              r['zip'])
        check(r['turns'][0]['text'] == was['turns'][0]['text'],
              f'what the agent says is kept: {r}')
        check(not any(n in said for n in NAMES) and '[PERSON_' in said, said)
        hashes |= set(re.findall(r'mail me at ([0-9a-f]{24}) since', said))
    check(len(hashes) == 1, f'one hash in the project: {hashes}')
    q = one(view(room, room.path('q.yaml'), 'carla', 'work'), 'c.json')
    check(hashes.pop() not in q.decode(), 'a hash in two projects')
    days = {(parse(r['day'])[0] - DAY).days for r in rows}
    check(len(days) > 1, f'each record has its own shift: {days}')


def months(room, pol):
    rows = json.loads(one(view(room, pol, 'mona', 'work'), 'c.json'))
    check([r['day'] for r in rows] ==
          ['2026-07', '07/2026', '07.2026', 'July 2026', '2026/07'],
          str([r['day'] for r in rows]))
    text = json.dumps(rows)
    check('ann@' not in text and '[EMAIL_ADDRESS_1]' in text, text)
    other = one(view(room, pol, 'mona', 'other'), 'c.json').decode()
    check('ann@mail.example' in other, 'kept for the other task')
    rows = json.loads(one(view(room, pol, 'wendy', 'work'), 'c.json'))
    days = {(parse(r['day'])[0] - DAY).days for r in rows}
    check(len(days) == 1 and days.pop() % 7 == 0, str(days))


def strip(row):
    """What is left when nobody asks what stood where."""
    return sorted((json.dumps(row.get('a')), json.dumps(row.get('b'))))


def swaps(room, pol):
    """Records that are exchanged for each, by the command for the owner."""
    out = {}
    for who in ('bea', 'bill', 'anna', 'axel', 'paul'):
        lines = room.run('policy', 'explain', '--policy', pol, '--as', who,
                         '--swaps').stdout.splitlines()
        out[who] = {}
        for x in map(json.loads, lines):
            check(x['swapped'] == [['$[*].a', '$[*].b'],
                                   ['$[*].sa', '$[*].sb']], str(x))
            out[who].setdefault(x['stored'], set()).add(int(x['record']))
    return out


def blind(room, pol):
    told = swaps(room, pol)
    check(told['bea'] == told['bill'] and told['paul'] == {}, 'project')
    check(told['anna'] != told['axel'] and told['anna'] != told['bea'],
          'scope: annotator')
    plain = view(room, pol, 'paul')
    for who in ('bea', 'anna'):
        seen = view(room, pol, who)
        for name in ('x.json', 'y.jsonl'):
            load = (json.loads if name == 'x.json' else
                    lambda t: [json.loads(x) for x in t.splitlines()])
            old, new = load(one(plain, name)), load(one(seen, name))
            check(len(old) == len(new) == 302, f'{len(old)} {len(new)}')
            check(len(one(seen, name)) == len(one(plain, name)),
                  'a swap moves bytes and makes none')
            moved = {r['n'] for r in new
                     if r['n'] in told[who]['d/pref/' + name]}
            check(100 < len(moved) < 200, str(len(moved)))
            for o, n in zip(old, new):
                want = dict(o)
                if n['n'] in moved:
                    want.update(a=o['b'], b=o['a'], sa=o['sb'], sb=o['sa'])
                check(n == want, f'{who} {name} {n["n"]}')
                check(list(n) == list(o), 'members keep their order')
            check(not {300, 301} & moved, 'one without a partner moved')
    text = b''.join(plain.values()).decode()
    check(not any(n in text for n in NAMES) and 'model-' not in text, 'values')


def columns(room, pol):
    """In a table cells change places, with their quotes; lines stay lines."""
    def rows(seen):
        text = one(seen, 't.csv').decode()
        return text, list(csv.DictReader(io.StringIO(text)))

    told = swaps(room, pol)
    text, plain = rows(view(room, pol, 'paul'))
    for who in ('bea', 'anna'):
        new, got = rows(view(room, pol, who))
        check(sorted(new) == sorted(text) and len(got) == len(plain) == 200,
              f'{who}: bytes were made')
        moved = told[who]['d/pref/t.csv']
        check(60 < len(moved) < 140, str(len(moved)))
        for i, (o, n) in enumerate(zip(plain, got)):
            want = dict(o)
            if i in moved:
                want.update(a=o['b'], b=o['a'], sa=o['sb'], sb=o['sa'])
            check(n == want, f'{who} row {i}: {n}, wanted {want}')
        check(not {3, 4} & moved, 'an empty cell has moved')


def numbers(room, pol):
    """Tags count in the order of the view, whoever stood first."""
    tags = room.write('tags.yaml', POLICY.replace('PROJECT', 'p').replace(
        'PERSON: pseudonym }', 'PERSON: tag }'))
    seen = 0
    for r in json.loads(one(view(room, tags, 'bea'), 'x.json'))[:300]:
        order = [int(x) for x in re.findall(r'\[PERSON_(\d+)\]',
                                            json.dumps(r))]
        first = list(dict.fromkeys(order))
        check(first == sorted(first) and first[0] == 1, f'{r["n"]}: {order}')
        seen += len(first) > 1
    check(seen > 200, str(seen))


def explained(room, pol):
    told = swaps(room, pol)['bea']['d/pref/x.json']
    e = room.json('policy', 'explain', '--policy', pol, '--as', 'bea',
                  'd/pref/x.json')
    check(len(e['records']) == 302, str(len(e['records'])))
    for r in e['records']:
        check(bool(r['swapped']) == (int(r['record']) in told), str(r)[:200])
    spans = room.json('policy', 'explain', '--policy', pol, '--as', 'carla',
                      '--task', 'work', 'd/calls/c.json')['records'][0]['spans']
    people = {s.get('speaker'): s['action'] for s in spans
              if s['type'] == 'PERSON'}
    check(people == {'agent': 'keep', 'caller': 'tag'}, str(people))


def mounted(room, pol, who, task=None):
    """Preview, mount and replay are the same bytes."""
    m = room.mount(pol, who, task=task)
    seen = files_below(m.dir + '/data')
    m.stop()
    check(seen == view(room, pol, who, task), f'{who}: preview is not mount')
    start = room.log('--op', 'SESSION_START')[-1]['seq']
    out = room.jsonl('audit', 'replay', '--session', str(start))[-1]
    check(out['match'] == out['reads'] > 0, str(out))


def told_apart(room, pol):
    r = room.run('policy', 'diff', pol, pol)
    check(r.stdout == '', r.stdout)
    new = room.write('new.yaml', POLICY.replace('PROJECT', 'p')
                     .replace('PERSON: { keep: {}, speaker: [agent] }',
                              'PERSON: drop')
                     .replace('records: all } ]\n    names: keep\n    redact: '
                              '{ default: tag', 'records: task } ]\n    '
                              'names: number\n    redact: { default: mask')
                     .replace('  axel: { role: alone }\n',
                              '  zack: { role: plain, tasks: [work] }\n'))
    d = room.json('policy', 'diff', pol, new, code=1)
    check(not d['same'], str(d))
    got = {(c['annotator'], c['task'], c['change'], c['what'])
           for c in d['changes']}
    for want in (('carla', 'work', 'loses', 'PERSON'),
                 ('carla', 'other', 'loses', 'PERSON'),
                 ('paul', None, 'changes', 'see'),
                 ('paul', None, 'gains', 'default'),
                 ('paul', None, 'changes', 'names'),
                 ('paul', None, 'data', 'd'),
                 ('axel', None, 'loses', 'seat'),
                 ('axel', None, 'data', 'd'),
                 ('zack', 'work', 'gains', 'seat'),
                 ('zack', 'work', 'data', 'd')):
        check(want in got, f'{want} not in {sorted(map(str, got))}')
    data = {c['annotator']: c for c in d['changes'] if c['change'] == 'data'}
    check(data['axel']['records_lost'] == 804 and
          data['axel']['objects_lost'] == 3 and
          data['zack']['records_gained'] == 804, str(data))
    only = room.json('policy', 'diff', '--as', 'carla', pol, new, code=1)
    check({c['annotator'] for c in only['changes']} == {'carla'}, str(only))
    # Without a store: the rules alone.
    bare = {k: v for k, v in room.env.items() if k != 'CARREL_STORE'}
    alone = room.json('policy', 'diff', pol, new, code=1, env=bare)
    check(not any(c['change'] == 'data' for c in alone['changes']) and
          len(alone['changes']) > 8, str(alone))
    room.run('policy', 'diff', pol, room.path('q.yaml'), code=2)
    room.run('policy', 'diff', '--as', 'nobody', pol, new, code=4)


def pinned(room, pol):
    """A later version's set is not an earlier session's."""
    m = room.mount(pol, 'paul')
    old = files_below(m.dir + '/data')
    # Everybody whose stand-in was seen is a real person now.
    fakes = sorted(set(re.findall(r'my name is ([A-Z]\w+ [A-Z]\. [A-Z]\w+)',
                                  one(old, 'x.json').decode())))
    check(len(fakes) == 4, str(fakes))
    plain = [' '.join(n.split()[::2]) for n in fakes]
    room.write('d/pref/z.json', json.dumps(
        [{'n': i, 'a': f'my name is {n}'} for i, n in enumerate(plain)]))
    # Beside a mount nothing is ingested; its bytes stand.
    check(files_below(m.dir + '/data') == old, 'the session changed')
    m.stop()
    start = room.log('--op', 'SESSION_START')[-1]['seq']
    room.json('ingest', '--dataset', 'd', '--manifest', room.path('m.yaml'),
              room.path('d'))
    new = view(room, pol, 'paul')
    text = b''.join(new.values()).decode()
    for n in fakes:
        first, last = n.split()[::2]
        check(not re.search(rf'{first} [A-Z]\. {last}', text),
              f'{n} is a real name, and a stand-in')
    out = room.jsonl('audit', 'replay', '--session', str(start))[-1]
    check(out['match'] == out['reads'] > 0, f'replay: {out}')


def forgotten(room, pol):
    """What a stand-in had to avoid in a session, it avoids in its replay, also
    where the person is erased since: other reads are not told as forged."""
    m = room.mount(pol, 'paul')
    seen = files_below(m.dir + '/data')
    m.stop()
    start = room.log('--op', 'SESSION_START')[-1]['seq']
    z = next(e for e in room.log('--op', 'OPEN')
             if e['session'] == start and e['path'].endswith('z.json'))
    db = sqlite3.connect(room.path('store', 'catalog.db'))
    n = db.execute("UPDATE content SET key = x'' WHERE id = ?",
                   (bytes.fromhex(z['object']),)).rowcount
    db.commit()
    db.close()
    check(n == 1, f'{n} rows of {z}')
    out = room.jsonl('audit', 'replay', '--session', str(start), code=3)
    reads = {}
    for e in out[:-1]:
        reads.setdefault(e['path'], set()).add(e['verdict'])
    check(len(seen) == 4 and len(reads) == 4, str(reads))
    for path, verdicts in reads.items():
        check(verdicts == ({'erased'} if path.endswith('z.json')
                           else {'match'}), f'{path}: {verdicts}')


def main():
    need_fuse()
    rnd = random.Random(seed())
    with Room() as room:
        pol = policies(room)
        room.write('m.yaml', MANIFEST)
        room.write('d/calls/c.json', json.dumps(calls(), indent=1))
        both = pairs(rnd)
        room.write('d/pref/x.json', json.dumps(both, indent=1))
        room.write('d/pref/t.csv', table())
        room.write('d/pref/y.jsonl', ''.join(json.dumps(r) + '\n'
                                             for r in both))
        r = room.json('ingest', '--dataset', 'd', '--manifest',
                      room.path('m.yaml'), room.path('d'))
        check(r['denied'] == 0 and not r['complaints'], str(r))
        coarse(room, pol)
        months(room, pol)
        blind(room, pol)
        columns(room, pol)
        numbers(room, pol)
        explained(room, pol)
        for who, task in (('carla', 'work'), ('mona', 'other'), ('bea', None),
                          ('anna', None)):
            mounted(room, pol, who, task)
        told_apart(room, pol)
        pinned(room, pol)
        check(room.json('fsck')['bad'] == 0, 'fsck')
        forgotten(room, pol)


main()
