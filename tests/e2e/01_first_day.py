"""The demonstration, and the commands around it that it does not show."""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import subprocess
import sys

from carrel import CARREL, TOP, Room, check, need_fuse, need_voice


def commands(room):
    """--help of each, --json of many, the option table's man page."""
    top = subprocess.run([CARREL, '--help'], capture_output=True, text=True)
    check(top.returncode == 0 and len(top.stdout.splitlines()) <= 40,
          'help does not fit a screen')
    man = room.run('_man').stdout
    for line in top.stdout.splitlines():
        words = line.split()
        if len(words) < 3 or words[0] not in ('owner', 'annotator', 'auditor',
                                              'operator'):
            continue
        two = words[1] in ('policy', 'audit', 'key', 'session', 'work',
                           'project')
        cmd = words[1:3] if two else words[1:2]
        h = room.run(*cmd, '--help').stdout
        check('examples:' in h and len(h.splitlines()) <= 24, f'{cmd}: help')
        check('carrel ' + ' '.join(cmd) in man, f'{cmd} is not in the man')
    check('complete -o' in room.run('_completion', 'bash').stdout, 'bash')
    v = room.json('version')
    check(v['schema'] == 1 and v['version'], str(v))
    d = json.loads(room.run('doctor', '--json', code=None).stdout)
    check(len(d['facts']) >= 7, 'doctor')


def secrets(room):
    """Passphrase store, imported log keys, an auditor's key."""
    env = dict(room.env)
    del env['CARREL_KEY_FILE']
    pw = room.write('pw', 'correct horse\n')
    st = room.path('s2')
    room.run('init', '--store', st, '--passphrase-file', pw, env=env)
    room.run('ls', '--store', st, '--passphrase-file', pw, env=env)
    bad = room.write('bad', 'wrong\n')
    room.run('ls', '--store', st, '--passphrase-file', bad, env=env, code=6)
    room.run('ls', '--store', st, env=env, code=6)
    key = room.run('key', 'new', room.path('aud.key')).stdout.strip()
    check(len(key) == 64, key)
    st3 = room.path('s3')
    lk = room.write('lk', '11' * 32 + '\n')
    a = room.json('init', '--store', st3, '--auditor', key, '--log-key', lk)
    check(a['vkey'].startswith(a['store']), str(a))
    room.run('audit', 'log', '--store', st3, code=6)
    room.run('audit', 'log', '--store', st3, '--auditor-key',
             room.path('aud.key'))
    room.run('audit', 'verify', '--store', st3, '--key', a['vkey'])
    room.run('audit', 'verify', '--store', st3, code=3)
    # A key as Go's note package writes it; its name becomes the origin.
    go = room.write('go', 'PRIVATE+KEY+PeterNeumann+c74f20a3+'
                    'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz')
    st4 = room.path('s4')
    a = room.json('init', '--store', st4, '--log-key', go)
    check(a['vkey'] == 'PeterNeumann+c74f20a3+'
          'ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', str(a))
    room.run('init', '--store', st4, code=None)


def checkpoints(room):
    """--save and --prev: an older log is found out."""
    keep = room.path('kept')
    room.run('audit', 'verify', '--key', room.vkey, '--prev', keep, '--save',
             keep)
    vk = room.write('vkey', room.vkey + '\n')
    room.run('audit', 'verify', '--key', vk, '--prev', keep)
    other = Room()
    with other:
        room.run('audit', 'verify', '--log', other.store + '/log', '--key',
                 room.vkey, code=1)


def main():
    need_fuse()
    with Room() as room:
        commands(room)
        secrets(room)
        checkpoints(room)
    need_voice()
    r = subprocess.run([sys.executable, os.path.join(TOP, 'tools/demo.py'),
                        CARREL], capture_output=True, text=True)
    print(r.stdout, r.stderr)
    check(r.returncode == 0, 'the demonstration failed')
    lines = r.stdout.splitlines()
    check(len(lines) <= 100 and max(map(len, lines)) <= 100, 'its size')


main()
