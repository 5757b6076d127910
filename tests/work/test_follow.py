"""The kill test's judge: what it must accept and what it must refuse, on
journals written by hand and trees made to fit them or not.
"""
# SPDX-License-Identifier: Apache-2.0
import os
import tempfile

from follow import Follower, pattern

T1, T2, T3 = 0x80000001, 0x80000002, 0x80000003


def hexed(name):
    return name.encode().hex()


def journal(*lines):
    return ''.join(x + '\n' for x in ('I 1 d 755',) + lines)


def made(nr, name, mode='600'):
    return (f'I {nr} f {mode}', f'N 1 {hexed(name)} {nr}')


def judge(lines, tree, exact=False):
    """None, or the complaint about a tree: {name: bytes, link or None}."""
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, 'journal')
        top = os.path.join(d, 'top')
        os.mkdir(top)
        with open(path, 'w') as f:
            f.write(journal(*lines))
        for name, what in tree.items():
            p = os.path.join(top, name)
            if what is None:
                os.mkdir(p, 0o755)
            elif isinstance(what, str):
                os.symlink(what, p)
            else:
                with open(p, 'wb') as f:
                    f.write(what)
                os.chmod(p, 0o600)
        try:
            Follower(path, exact).check(top)
        except AssertionError as e:
            return str(e)
    return None


def accepts(what, lines, tree, **kw):
    why = judge(lines, tree, **kw)
    if why is not None:
        raise AssertionError(f'refused: {what}: {why}')


def refuses(what, words, lines, tree, **kw):
    why = judge(lines, tree, **kw)
    if why is None or words not in why:
        raise AssertionError(f'{what}: said {why!r}, wanted {words!r}')


# Two versions of one file: the first 10,000 bytes are fsynced.
FILE = (*made(2, 'f'), f'W 2 0 10000 {T1}', 'F 2')
ONE = pattern(0, 10000, T1)
AGAIN = FILE + (f'W 2 0 9000 {T2}',)
TWO = pattern(0, 9000, T2) + ONE[9000:]


def contents():
    accepts('what was fsynced', FILE, {'f': ONE})
    accepts('a later version', AGAIN, {'f': TWO})
    accepts('the one before, never synced', AGAIN, {'f': ONE})
    refuses('a mixture of two', 'those before of', AGAIN,
            {'f': TWO[:4096] + ONE[4096:]})
    refuses('older than the fsync', 'bytes',
            AGAIN + ('F 2',), {'f': ONE})
    refuses('a flipped bit', 'foreign or torn', AGAIN,
            {'f': b'\1' + TWO[1:]})
    refuses('zeros where data was', 'foreign or torn', FILE,
            {'f': bytes(10000)})
    refuses('a byte too few', 'size 9999', FILE, {'f': ONE[:-1]})
    refuses('the same, a version lost', 'bytes', AGAIN, {'f': ONE},
            exact=True)
    accepts('the last', AGAIN, {'f': TWO}, exact=True)


def sizes():
    longer = FILE + (f'W 2 10000 5000 {T2}', 'S 2 3')
    three = ONE + pattern(10000, 5000, T2)
    accepts('appended', longer, {'f': three})
    accepts('cut', longer, {'f': ONE[:3]})
    refuses('half an append', 'size 12000', longer, {'f': three[:12000]})
    refuses('the size without the bytes', 'those before of', longer,
            {'f': ONE + bytes(5000)})
    grown = FILE + ('S 2 3', 'S 2 9000')
    accepts('cut and grown', grown, {'f': ONE[:3] + bytes(8997)})
    refuses('grown with what was cut', 'bytes', grown, {'f': ONE[:9000]})
    accepts('zeros', FILE + ('Z 2 0 5000',), {'f': bytes(5000) + ONE[5000:]})


def in_flight():
    asked = AGAIN + ('?', f'W 2 0 10000 {T3}')
    three = pattern(0, 10000, T3)
    accepts('not done', asked, {'f': TWO})
    accepts('done', asked, {'f': three})
    accepts('done in part', asked, {'f': three[:8192] + TWO[8192:]})
    accepts('an earlier one', asked, {'f': ONE})
    refuses('torn within a block', 'foreign or torn', asked,
            {'f': three[:5000] + TWO[5000:]})
    refuses('in part over an earlier one', 'those before of', asked,
            {'f': three[:4096] + ONE[4096:]})
    # many units that were it before and after: in time, not in 2 ** 98 steps
    same = f'W 2 0 400000 {T2}'
    accepts('the same again', FILE + (same, '?', same),
            {'f': pattern(0, 400000, T2)})
    more = AGAIN + ('?', f'W 2 10000 9000 {T3}')
    accepts('grown in part', more,
            {'f': TWO + pattern(10000, 2288, T3)})
    refuses('grown too far', 'size', more, {'f': TWO + bytes(9001)})
    stored = FILE + (f'M 2 0 10000 {T2}',)
    accepts('a mapping, in part',
            stored, {'f': pattern(0, 77, T2) + ONE[77:]})
    refuses('a mapping, foreign', 'foreign or torn',
            stored, {'f': pattern(0, 77, T3) + ONE[77:]})


def names():
    step = FILE + (f'N 1 {hexed("f")} 0 1 {hexed("g")} 2',
                   'I 3 d 755', f'N 1 {hexed("d")} 3',
                   f'I 4 l 777 {hexed("to")}', f'N 1 {hexed("l")} 4')
    accepts('none of them', step, {'f': ONE})
    accepts('one', step, {'g': ONE})
    accepts('all', step, {'g': ONE, 'd': None, 'l': 'to'})
    refuses('out of order', 'names after none', step, {'f': ONE, 'd': None})
    refuses('both names', 'names after none', step, {'f': ONE, 'g': ONE})
    refuses('neither name', 'names after none', step, {})
    refuses('another target', 'names after none', step,
            {'g': ONE, 'd': None, 'l': 'from'})
    refuses('a foreign name', 'names after none', step,
            {'g': ONE, 'x': ONE})
    refuses('synced away', 'names after none', step + ('F 1',), {'f': ONE})
    asked = step + ('F 1', '?', f'N 1 {hexed("l")} 0')
    accepts('unlinked, or', asked, {'g': ONE, 'd': None})
    accepts('not unlinked', asked, {'g': ONE, 'd': None, 'l': 'to'})
    saved = FILE + (*made(5, 'tmp'), f'W 5 0 20 {T3}', 'F 5',
                    f'N 1 {hexed("tmp")} 0 1 {hexed("f")} 5')
    accepts('the old file and a new one', saved,
            {'f': ONE, 'tmp': pattern(0, 20, T3)})
    accepts('the new one', saved, {'f': pattern(0, 20, T3)})
    refuses('an empty one', 'size 0', saved, {'f': b''})
    mode = FILE + ('A 2 644', 'F 2')
    refuses('a mode that was', 'mode 600', mode, {'f': ONE})


def moments():
    two = FILE + (*made(3, 'g'), f'W 3 0 10 {T2}', f'W 2 0 9000 {T2}',
                  f'W 3 0 10 {T3}')
    g2, g3 = pattern(0, 10, T2), pattern(0, 10, T3)
    accepts('both old', two, {'f': ONE, 'g': g2})
    accepts('in between', two, {'f': TWO, 'g': g2})
    accepts('both new', two, {'f': TWO, 'g': g3})
    refuses('the later without the earlier', 'the others of', two,
            {'f': ONE, 'g': g3})
    refuses('a name without what was written before it', 'the others of',
            FILE + (f'W 2 0 9000 {T2}', *made(3, 'g')), {'f': ONE, 'g': b''})


def main():
    moments()
    contents()
    sizes()
    in_flight()
    names()
    for off, n in ((0, 9), (3, 1), (7, 2), (8, 8), (4095, 4098)):
        want = bytes((T1 << 32 | x >> 3) >> (x & 7) * 8 & 255
                     for x in range(off, off + n))
        assert pattern(off, n, T1) == want, (off, n)


main()
