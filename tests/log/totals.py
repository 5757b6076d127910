#!/usr/bin/env python3
"""A SESSION_END whose totals are not those of the log is told of.

    totals.py MAKE_LOG CARREL
"""
# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys
import tempfile

TOOL, CARREL = sys.argv[1:]


def audit_log(where, key):
    p = subprocess.run([CARREL, 'audit', 'log', '--log', where,
                        '--auditor-key', key, '--op', 'OPEN'],
                       capture_output=True, text=True, check=False)
    return p.returncode, p.stderr


with tempfile.TemporaryDirectory(prefix='carrel-log-') as d:
    key = os.path.join(d, 'auditor.key')
    with open(key, 'w') as f:
        f.write('09' * 32)
    os.chmod(key, 0o600)
    for lie, words in (('none', None), ('opens', 'opens: '),
                       ('reads', 'reads: '), ('bytes', 'bytes read: '),
                       ('denials', 'denials: '), ('last', 'the entry before')):
        log = os.path.join(d, lie)
        subprocess.run([TOOL, 'session', log, lie], check=True,
                       stdout=subprocess.DEVNULL)
        code, said = audit_log(log, key)
        if words is None:
            assert code in (0, 3) and 'SESSION_END' not in said, (code, said)
        else:
            assert code == 1 and said.count('SESSION_END') == 1, (lie, said)
            assert words in said and 'says' in said, (lie, said)
