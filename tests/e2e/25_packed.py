"""Packed files: what is in .gz, .zip, .tar, .flac, .ogg, .opus and .mp3 is
shown as it would be unpacked, pictures without their metadata and only where
manifest and role say so; of hostile ones only what is bad is not taken, and
the owner is told each time.
"""
# SPDX-License-Identifier: Apache-2.0
import gzip
import json
import os
import random
import struct
import tarfile

import packed
from carrel import Room, check, seed
from ways import files_below

RATE = 8000
MANIFEST = '''carrel-dataset: 1
name: NAME
terms: { purposes: [annotation], projects: [p] }
files:
  - match: "**/t/*.json"
    group: "{stem}"
    text: "$.segments[*].text"
    segments: { items: "$.segments[*]", start: "$.start", end: "$.end" }
    words: { items: "$.segments[*].words[*]", text: "$.word",
             start: "$.start", end: "$.end" }
    audio: AUDIO
  - { match: "**/*.wav", group: "{stem}" }
  - { match: "shown/**", format: image }
  - { match: "as-is/**", passthrough: true }
'''
POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [DATASETS]
confinement: none
roles:
  r: { see: [ { files: "**", records: all } ], names: keep, ROLE
       redact: { default: tag }, audio: { default: silence } }
annotators:
  alice: { role: r }
'''
WORDS = [('my', 0.0), ('name', 0.3), ('is', 0.6), ('Maria', 1.0),
         ('Garcia', 1.4), ('thank', 2.2), ('you', 2.5)]


def transcript():
    return json.dumps({'segments': [{
        'text': ' '.join(w for w, _ in WORDS), 'start': 0, 'end': 2.9,
        'words': [{'word': w, 'start': a, 'end': a + 0.25}
                  for w, a in WORDS]}]}).encode()


def loud(rnd, channels, rate=RATE):
    """Three seconds of noise, in 32 bits."""
    return [rnd.randrange(-1 << 30, 1 << 30) for _ in
            range(3 * rate * channels)]


def policy(room, *datasets, role=''):
    return room.write('p.yaml', POLICY.replace('ROLE', role).replace(
        'DATASETS', ', '.join(datasets)))


def widths(samples, width):
    """What is left of them in so many bytes."""
    return [s >> (32 - 8 * width) << (32 - 8 * width) for s in samples]


def put(room, top, files):
    for name, data in files.items():
        room.write(os.path.join(top, name), data)


def manifest(room, name, audio='"a/{stem}.wav"'):
    return room.write(name + '.yaml', MANIFEST.replace('NAME', name)
                      .replace('AUDIO', audio))


def same_files(rnd):
    """The same data twice: as they are unpacked, and packed."""
    plain, pack = {}, {}
    text = b'mail maria.garcia@example.org\r\n' * 50
    rows = b'name,mail\nMaria Garcia,maria.garcia@example.org\n'
    lines = b'{"t":"call 415-555-0132"}\n' * 30
    for i, (width, kind, channels) in enumerate(
            [(2, packed.S16, 1), (3, packed.S24, 2), (1, packed.S8, 1)]):
        s = widths(loud(rnd, channels), width)
        plain[f't/c{i}.json'] = transcript()
        pack[f't/c{i}.json.gz'] = gzip.compress(transcript())
        plain[f'a/c{i}.wav'] = packed.wav(RATE, channels, width, s)
        pack[f'a/c{i}.flac'] = packed.encode(
            packed.FLAC | kind, RATE, channels, s, b'call of Maria Garcia')
    plain['t/c0.json'] = pack['t/c0.json'] = transcript()
    del pack['t/c0.json.gz']
    for name, data in (('rows.csv', rows), ('l/x.JSONL', lines),
                       ('n.txt', text), ('empty.txt', b'')):
        plain[name] = data
        pack[name + '.gz'] = gzip.compress(data)
    # Streams one behind the other are one.
    pack['n.txt.gz'] = gzip.compress(text[:99]) + gzip.compress(text[99:])
    for folder, ext, make in (
            ('zip', '.zip', packed.zipped),
            ('tar', '.tar', packed.tarred),
            ('t.g', '.TAR.GZ', lambda m: gzip.compress(packed.tarred(m))),
            ('old', '.tgz', lambda m: gzip.compress(packed.tarred(
                m, tarfile.GNU_FORMAT)))):
        inside = {'a.json': b'[{"m":"ann@example.org"}]', 'e/0.txt': b'',
                  'é 東/' + 'n' * 120 + '.txt': text, 'b.csv': rows}
        plain.update({f'in/{folder}/{k}': v for k, v in inside.items()})
        packs = [('./' + k if folder == 'tar' else k, v)
                 for k, v in inside.items() if k != 'b.csv']
        pack['in/' + folder + ext] = make(
            packs + [('b.csv.gz', gzip.compress(rows))])
    return plain, pack


def same_views(room, rnd):
    plain, pack = same_files(rnd)
    put(room, 'plain', plain)
    put(room, 'packed', pack)
    sums = [room.json('ingest', '--manifest', manifest(room, d), room.path(d))
            for d in ('plain', 'packed')]
    check(sums[0]['files'] == sums[1]['files'] == len(plain), str(sums))
    check(sums[0]['bytes'] >= sum(map(len, plain.values())), str(sums[0]))
    check(sums[0]['types'] == sums[1]['types'], str(sums))
    view = room.preview(policy(room, 'plain', 'packed'), 'alice')
    rel = [files_below(os.path.join(view, d)) for d in ('plain', 'packed')]
    check(set(rel[0]) == set(plain), str(set(rel[0]) ^ set(plain)))
    for name in plain:
        check(rel[1].get(name) == rel[0][name], 'another view of ' + name)
        check(b'Maria' not in rel[1][name], name)
    check(rel[1]['a/c1.wav'] != plain['a/c1.wav'], 'nothing was bleeped')
    again = room.json('ingest', '--manifest', manifest(room, 'packed'),
                      room.path('packed'))
    check(again['skipped'] == again['files'] == len(plain), str(again))


def lossy(room, rnd):
    """What these decode to is known from libsndfile alone."""
    files, want = {}, {}
    rate = 48000        # Opus has no others
    for name, kind in (('v.ogg', packed.OGG | packed.VORBIS),
                       ('o.opus', packed.OGG | packed.OPUS),
                       ('m.mp3', packed.MPEG | packed.LAYER3)):
        data = packed.encode(kind, rate, 2, loud(rnd, 2, rate))
        if data is None:
            print('not written by this libsndfile:', name)
            continue
        stem = name[0]
        files[f't/{stem}.json'] = transcript()
        want[f'a/{stem}.wav'] = packed.decode(data)
        if name == 'm.mp3':     # tags in front of it, with a picture's size
            data = (b'ID3\4\0\0\0\0\2\0' + bytes(256) +
                    b'ID3\3\0\0\0\0\0\5' + b'Maria' + bytes(9) + data)
        files['a/' + name] = data
    put(room, 'lossy', files)
    room.run('ingest', '--manifest', manifest(room, 'packed'),
             room.path('lossy'), '--replace')
    view = room.preview(room.path('p.yaml'), 'alice')
    for name, (hz, channels, samples) in want.items():
        with open(os.path.join(view, 'packed', name), 'rb') as f:
            got = f.read()
        check(got[20:36] == struct.pack('<HHIIHH', 1, channels, hz,
                                        hz * channels * 2, channels * 2, 16),
              f'{name}: {got[:44].hex()}')
        got = struct.unpack(f'<{len(samples)}h', got[44:])
        for word, at in WORDS:
            a, b = (int((at + x) * hz) * channels for x in (0.02, 0.23))
            hidden = word in ('Maria', 'Garcia')
            check(any(got[a:b]) != hidden, f'{name}: {word}')
        a, b = int(0.8 * hz) * channels, int(1.9 * hz) * channels
        check(list(got[:a]) == samples[:a] and list(got[b:]) == samples[b:],
              name + ': samples beside the bleep')


# ---- what is hostile

def hostile(room, rnd):
    """name -> (bytes, what is said of which path); empty: nothing is."""
    text = b'mail ann@example.org\n' * 40
    good = gzip.compress(text)
    zips = packed.zipped([('a.txt', text), ('b.txt', b'b' * 99)])
    deep = packed.zipped([('x/' * 40 + 'd.txt', text)])
    flac = packed.encode(packed.FLAC | packed.S16, RATE, 1,
                         widths(loud(rnd, 1), 2))
    ogg = packed.encode(packed.OGG | packed.VORBIS, RATE, 1, loud(rnd, 1))
    stored = bytearray(packed.zipped([('ok.txt', text), ('no.txt', b'x')]))
    for mark, off in ((b'PK\x03\x04', 14), (b'PK\x01\x02', 16)):
        stored[stored.rindex(mark) + off] ^= 1  # the second one's checksum
    tar = packed.tarred([('a.txt', text), ('b.txt', text)])
    bad = 'cut off or damaged'
    one = {
        'crc.txt.gz': good[:-5] + bytes([good[-5] ^ 1]) + good[-4:],
        'cut.txt.gz': good[:-9], 'size.txt.gz': good[:-1] + b'\1',
        'behind.txt.gz': good + b'more of it', 'none.txt.gz': text,
        'zero.txt.gz': b'', 'twice.txt.gz': gzip.compress(good),
        'half.zip': zips[:-40], 'none.zip': text, 'zero.zip': b'',
        'half.tgz': gzip.compress(tar)[:-30],
        'crc.tgz': (lambda b: b[:-7] + bytes([b[-7] ^ 1]) + b[-6:])(
            gzip.compress(tar)),
        'cut.tar': tar[:700], 'none.tar': text * 99,
    }
    out = {k: (v, [(k, bad)]) for k, v in one.items()}
    out['cut.tar'][1].append(('cut/a.txt', 'damaged'))
    for k, v in {'s1.flac': flac[:-400], 's2.mp3': b'', 's3.opus': text,
                 's4.flac': packed.wav(RATE, 1, 2, [0] * 99),
                 's5.ogg': ogg[:60], 's6.mp3': b'ID3' + text,
                 's7.mp3': b'\xff\xfb' + text,
                 's8.mp3': b'\xff\xfb\x94\x44' + text}.items():
        out[k] = (v, [(k, 'damaged')])
    out['bomb.txt.gz'] = (packed.bomb(66), [('bomb.txt.gz', '200 times')])
    out['bomb.zip'] = (packed.zipped([(f'{i}.txt', bytes(17 << 20))
                                      for i in range(4)]),
                       [('bomb.zip', '200 times')])
    out['bomb.tgz'] = (gzip.compress(packed.tarred(
        [('z.txt', bytes(66 << 20))])), [('bomb.tgz', '200 times')])
    out['names.zip'] = (packed.zipped([
        ('../up.txt', text), ('/etc/abs.txt', text), ('a/../../b.txt', text),
        ('n' * 300 + '.txt', text), ('ok.txt', text), ('d/', b''),
        ('.', text), packed.zip_link('link.txt', '/etc/passwd')]), [
            ('names/../up.txt', 'out of the archive'),
            ('names//etc/abs.txt', 'absolute'),
            ('names/a/../../b.txt', 'out of the archive'),
            ('names/' + 'n' * 300 + '.txt', 'too long'),
            ('names/.', 'empty'), ('names/link.txt', 'link')])
    out['kinds.tar'] = (packed.tarred([
        ('ok.txt', text), ('s', tarfile.SYMTYPE, '/etc/passwd'),
        ('h', tarfile.LNKTYPE, 'ok.txt'), ('c', tarfile.CHRTYPE, ''),
        ('b', tarfile.BLKTYPE, ''), ('f', tarfile.FIFOTYPE, ''),
        ('d', tarfile.DIRTYPE, '')]), [
            ('kinds/s', 'link'), ('kinds/h', 'link'),
            ('kinds/c', 'no regular'), ('kinds/b', 'no regular'),
            ('kinds/f', 'no regular')])
    out['locked.zip'] = (packed.encrypted(packed.zipped(
        [('secret.txt', text), ('ok.txt', text)])),
        [('locked/secret.txt', 'encrypted')])
    out['crc.zip'] = (bytes(stored), [('crc/no.txt', 'damaged')])
    out['dup.zip'] = (packed.zipped([('a.txt', b'one'), ('ok.txt', text),
                                     ('./a.txt', b'two'), ('f', b'x'),
                                     ('f/g.txt', b'y')]), [
        ('dup/a.txt', 'another file'), ('dup/f', 'another file'),
        ('dup/f/g.txt', 'another file')])
    out['nest.zip'] = (packed.zipped([('in.zip', zips), ('ok.txt', text),
                                      ('in.tar.gz', gzip.compress(tar))]), [
        ('nest/in.zip', 'not read'), ('nest/in.tar.gz', 'not read')])
    out['deep.zip'] = (deep, [])
    for k in ('nil.zip', 'nil.tar', 'nil.tgz'):
        out[k] = ({'zip': packed.zipped([]), 'tar': packed.tarred([]),
                   'tgz': gzip.compress(packed.tarred([]))}[k[4:]], [])
    out['both.txt'] = (b'plain\n', [])
    out['both.txt.gz'] = (gzip.compress(b'packed\n'),
                          [('both.txt.gz', 'another file')])
    out['two.gz'] = out['two.zip'] = None
    out['two.gz'] = (good, [('two.gz', 'another file')])
    out['two.zip'] = (packed.zipped([('a.txt', text)]),
                      [('two/a.txt', 'another file')])
    out['many.zip'] = (packed.zipped([(f'{i:03}.txt', b'line\n')
                                      for i in range(300)]), [])
    return out


SHOWN = ['both.txt', 'names/ok.txt', 'kinds/ok.txt', 'locked/ok.txt',
         'crc/ok.txt', 'dup/ok.txt', 'nest/ok.txt',
         'deep/' + 'x/' * 40 + 'd.txt'] + [f'many/{i:03}.txt'
                                           for i in range(300)]


def refused(room, rnd):
    files = hostile(room, rnd)
    put(room, 'hostile', {k: v[0] for k, v in files.items()})
    args = ('ingest', '--manifest', manifest(room, 'hostile'),
            room.path('hostile'))
    for _ in range(2):
        r = room.json(*args, code=3)
        said = [(c['path'], c['why']) for c in r['complaints']]
        want = [x for _, says in files.values() for x in says]
        for path, why in want:
            check(any(p == path and why in w for p, w in said),
                  f'{path}: no "{why}" in {[s for s in said if s[0] == path]}')
        check({p for p, _ in said} == {p for p, _ in want},
              f'{sorted(said)}, wanted {sorted(want)}')
        check(r['left'] + r['denied'] == len(said), str(r))
    view = room.preview(policy(room, 'hostile'), 'alice') + '/hostile'
    got = set(files_below(view))
    check(got == set(SHOWN), str(got ^ set(SHOWN)))
    with open(view + '/both.txt') as f:
        check(f.read() == 'plain\n', 'the one that is not packed stays')


def mutated(room, rnd):
    """A few hundred damaged ones: each is taken or complained of."""
    seeds = {'g.txt.gz': gzip.compress(b'mail ann@example.org\n' * 99),
             'z.zip': packed.zipped([('a.txt', b'a' * 999),
                                     ('b/c.txt', b'ccc')]),
             't.tar': packed.tarred([('a.txt', b'a'), ('é.txt', b'b')]),
             'f.flac': packed.encode(packed.FLAC | packed.S16, RATE, 1,
                                     widths(loud(rnd, 1), 2)[:4000]),
             'o.ogg': packed.encode(packed.OGG | packed.VORBIS, RATE, 1,
                                    loud(rnd, 1)[:4000]),
             'p.png': packed.png(b'secret')[0],
             'j.jpg': packed.jpeg(b'secret')[0]}
    for name, data in seeds.items():
        for i in range(25):
            b = bytearray(data)
            for _ in range(rnd.randrange(1, 6)):
                b[rnd.randrange(len(b))] = rnd.randrange(256)
            if i % 5 == 0:
                del b[rnd.randrange(len(b)):]
            stem, ext = name.split('.', 1)
            room.write(f'mutated/{stem}{i}.{ext}', bytes(b))
    r = room.json('ingest', '--dataset', 'mutated', room.path('mutated'),
                  code=None)
    check(r.get('files', 0) + r.get('left', 0) >= 100, str(r)[:2000])
    for c in r['complaints']:
        check('failed' not in c['why'], f'a child died: {c}')


# ---- pictures

def mounted(room, pol, want):
    """A picture through a mount, and its reading made again."""
    if not os.access('/dev/fuse', os.R_OK | os.W_OK):
        return
    m = room.mount(pol, 'alice')
    with open(m.dir + '/data/hostile/shown/x.png', 'rb') as f:
        check(f.read() == want, 'as mounted')
    m.stop()
    e = [e for e in room.log('--op', 'READ')
         if e['path'].endswith('shown/x.png')][0]
    r = room.run('audit', 'replay', str(e['seq']), text=False)
    check(r.stdout == want, 'as replayed')


def pictures(room):
    secret = b'Maria Garcia, 48.8584 N 2.2945 E '
    made = {'x.png': packed.png(secret), 'y.JPG': packed.jpeg(secret)}
    files = {f'{d}/{k}': v[0] for k, v in made.items()
             for d in ('shown', 'other', 'as-is')}
    raw = made['x.png'][0]
    files['shown/crc.png'] = raw[:50] + bytes([raw[50] ^ 1]) + raw[51:]
    files['shown/cut.png'] = raw[:-300 - len(secret) * 9]
    files['shown/no.jpeg'] = b'not a picture'
    files['zip.zip'] = packed.zipped([('z.png', raw)])
    put(room, 'pictures', files)
    r = room.json('ingest', '--manifest', manifest(room, 'hostile'),
                  room.path('pictures'), '--replace', code=3)
    said = {c['path']: c['why'] for c in r['complaints']}
    check(set(said) == {'other/x.png', 'other/y.JPG', 'shown/crc.png',
                        'shown/cut.png', 'shown/no.jpeg', 'zip/z.png'},
          str(said))
    check('format: image' in said['other/x.png'], str(said))
    for role, names in (('', []), ('undetected: hide,', []),
                        ('undetected: images,', ['shown/x.png',
                                                 'shown/y.JPG'])):
        pol = policy(room, 'hostile', role=role)
        if not names:
            old = room.write('old.yaml', open(pol).read())
        got = files_below(room.preview(pol, 'alice') + '/hostile')
        as_is = ['as-is/x.png', 'as-is/y.JPG']
        check(sorted(got) == sorted(names + as_is), f'{role}: {sorted(got)}')
        for n in names:
            check(got[n] == made[n[6:]][1], n + ': what is left')
        check(got['as-is/x.png'] == raw, 'as it is')
    mounted(room, pol, made['x.png'][1])
    r = room.json('policy', 'explain', '--policy', old,
                  '--as', 'alice', 'hostile/shown/x.png', code=None)
    check('undetected: images' in json.dumps(r), str(r))
    r = room.jsonl('policy', 'diff', old, pol, code=None)
    check('undetected' in json.dumps(r), str(r))


def manifests(room):
    for old, new in (('"**/*.wav"', '"**/*.flac"'),
                     ('"**/t/*.json"', '"**/t/*.json.gz"')):
        bad = room.write('bad.yaml', MANIFEST.replace(old, new).replace(
            'AUDIO', '"x.wav"'))
        r = room.run('ingest', '--manifest', bad, room.path('plain'), code=2)
        check('stored as ' + old in r.stderr, r.stderr)
    bad = manifest(room, 'bad', '"a/{stem}.mp3"')
    r = room.run('ingest', '--manifest', bad, room.path('plain'), code=2)
    check('stored as "a/{stem}.wav"' in r.stderr, r.stderr)


def main():
    rnd = random.Random(seed())
    with Room() as room:
        same_views(room, rnd)
        lossy(room, rnd)
        refused(room, rnd)
        mutated(room, rnd)
        pictures(room)
        manifests(room)
        room.run('fsck')


if __name__ == '__main__':
    main()
