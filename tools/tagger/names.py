"""The table of names: lists of Debian's ruby-faker, python3-fake-factory and
scowl, hashed."""
# SPDX-License-Identifier: Apache-2.0
import glob
import os
import re
import struct
import unicodedata

GIVEN, FAMILY, PLACE, PROPER = 1, 2, 4, 8
COMMON_SHIFT = 4
MASK = (1 << 64) - 1

GIVEN_KEYS = re.compile(r'(?:.*_)?(?:first|middle)_name$|^first_name_.*')
FAMILY_KEYS = re.compile(r'(?:.*_)?last_name$|^surname$')
PLACE_KEYS = {'city_name', 'city', 'cities', 'country', 'state', 'province',
              'region', 'capital_city', 'default_country', 'uk_country'}

LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff' .-]+$")

# of Python: NAME = ( ... ), and the strings in it
PERSON_LISTS = re.compile(r'^\s+(\w+)\s*=\s*[({\[](.*?)^\s*[)}\]]', re.S | re.M)
QUOTED = re.compile(r'"([^"\n]+)"|\'([^\'\n]+)\'')


def locale_lists(path):
    """Yield (key, [values]) of a locale's YAML: the parts that are lists."""
    key, block, wanted = None, None, None
    with open(path, encoding='utf-8') as f:
        for line in f:
            m = re.match(r'^\s+([a-z_]+):\s*(.*)$', line)
            if m:
                if key and block:
                    yield key, block
                key, block, wanted = m.group(1), [], m.group(2)
                if wanted.startswith('['):
                    block = split(wanted)
            elif key and wanted == '' and re.match(r'^\s+- ', line):
                block += split(line.split('- ', 1)[1])
            elif key and wanted.startswith('['):
                block += split(line)  # goes on
    if key and block:
        yield key, block


def split(text):
    values = re.findall(r'"([^"]*)"|\'((?:[^\']|\'\')*)\'|([^,\[\]"]+)', text)
    out = [(a or b or c).strip() for a, b, c in values]
    return [v for v in out if v and LATIN.match(v)]


def plain(word):
    return ''.join(c for c in unicodedata.normalize('NFD', word)
                   if not unicodedata.combining(c))


def lists(root):
    """Lists by what they are: given, family, place: sorted lists of str."""
    found = {'given': set(), 'family': set(), 'place': set()}
    base = os.path.join(root, 'usr/share/rubygems-integration/all/gems')
    paths = sorted(glob.glob(base + '/faker-*/lib/locales/*.yml') +
                   glob.glob(base + '/faker-*/lib/locales/*/name.yml') +
                   glob.glob(base + '/faker-*/lib/locales/*/address.yml'))
    if not paths:
        raise SystemExit('no ruby-faker below ' + root)
    for path in paths:
        for key, values in locale_lists(path):
            if GIVEN_KEYS.match(key):
                found['given'].update(values)
            elif FAMILY_KEYS.match(key):
                found['family'].update(values)
            elif key in PLACE_KEYS:
                found['place'].update(values)
    return {k: sorted(v) for k, v in found.items()}


def more(root):
    """(given, family): the names of people in python3-fake-factory."""
    given, family = set(), set()
    base = os.path.join(root, 'usr/lib/python3/dist-packages/faker')
    paths = sorted(glob.glob(base + '/providers/person/*/__init__.py'))
    if not paths:
        raise SystemExit('no python3-fake-factory below ' + root)
    for path in paths:
        with open(path, encoding='utf-8') as f:
            text = f.read()
        for key, block in PERSON_LISTS.findall(text):
            kind = given if 'first' in key else \
                family if 'last' in key else set()
            kind.update(v for pair in QUOTED.findall(block) for v in pair
                        if LATIN.match(v))
    return given, family


def scowl(root, name, sizes):
    words = []
    for spelling in ('english', 'american'):
        for size in sizes:
            path = os.path.join(root, 'usr/share/dict/scowl',
                                f'{spelling}-{name}.{size}')
            if os.path.exists(path):
                with open(path, encoding='latin-1') as f:
                    words += [w.strip() for w in f]
    return words


def flags(root, wide=False):
    """word in lower case -> its bits; wide: with the names of more()."""
    bits = {}
    common = {}
    for size in (50, 40, 35, 20, 10):
        rank = {10: 1, 20: 2, 35: 3}.get(size, 4)
        for word in scowl(root, 'words', [size]):
            common[word.lower()] = rank
    found = lists(root)

    def add(word, bit):
        for w in {word, plain(word)}:
            w = w.lower()
            if len(w) > 1:
                bits[w] = bits.get(w, 0) | bit

    for kind, bit in (('given', GIVEN), ('family', FAMILY),
                      ('place', PLACE)):
        for value in found[kind]:
            words = re.findall(r"[^ .'-]+", value)
            for w in words:
                if len(words) > 1 and common.get(w.lower(), 9) <= 2:
                    continue  # "of" in "City of ..."
                if len(words) > 1 and not w[0].isupper():
                    continue
                add(w, bit)
    # many parents take a word, too ("early"): those stay what they are
    for values, bit in zip(more(root) if wide else (), (GIVEN, FAMILY)):
        for w in sorted(values):
            if w.isalpha() and w[0].isupper() and len(w) > 2 and \
                    w.lower() not in common:
                add(w, bit)
    for w in scowl(root, 'upper', [10, 35, 40, 50, 60, 70]) + \
            scowl(root, 'proper-names', [35, 40, 50, 60, 70, 80]):
        if not w.endswith("'s") and w[:1].isupper() and LATIN.match(w):
            add(w, PROPER)
    for w, rank in common.items():
        if not w.endswith("'s"):
            bits[w] = bits.get(w, 0) | rank << COMMON_SHIFT
    return bits


def mixed(x):
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93 & MASK
    x = (x ^ x >> 32) * 0xd6e8feb86659fd93 & MASK
    return x ^ x >> 32


def hash_of(word):
    """As hash_of() in policy/redact/tagger_word.c."""
    h = 0xcbf29ce484222325
    for c in word.encode():
        h = (h ^ c) * 0x100000001b3 & MASK
    return mixed(h)


def table(bits):
    """The words hashed into a table at most 5/8 full, as bytes."""
    size = 1 << 10
    while size * 5 < len(bits) * 8:
        size *= 2
    slots = [0] * size
    for word in sorted(bits):
        h = hash_of(word)
        i = h & size - 1
        while slots[i] != 0:
            i = i + 1 & size - 1
        slots[i] = (h >> 40) << 8 | bits[word]
    return struct.pack(f'<{size}I', *slots)
