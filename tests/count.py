"""Counts a meson testlog.json and shows what failed or was skipped.

usage: count.py LABEL testlog.json; the last line is "= PASSED FAILED SKIPPED".
"""
# SPDX-License-Identifier: Apache-2.0
import json
import sys


def main():
    label, path = sys.argv[1:3]
    passed = failed = skipped = 0
    with open(path, encoding='utf-8') as f:
        for line in f:
            t = json.loads(line)
            name = label + t['name'].split(' / ')[-1]
            took = f"{t['duration']:.0f}s"
            out = (t.get('stdout') or '') + (t.get('stderr') or '')
            if t['result'] in ('OK', 'EXPECTEDFAIL'):
                passed += 1
                print(f'ok      {name} ({took})')
            elif t['result'] == 'SKIP':
                skipped += 1
                why = out.strip().splitlines() or ['no reason given']
                print(f'skipped {name}: {why[-1]}')
            else:
                failed += 1
                print(f"FAILED  {name} ({t['result']}, {took})")
                for o in out.splitlines()[-40:]:
                    print('    ' + o)
    print(f'= {passed} {failed} {skipped}')


main()
