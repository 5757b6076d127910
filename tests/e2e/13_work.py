"""The work area: what programs do to it equals what they do to a plain folder;
it survives the session, is sealed, bounded, logged, listed and exported.
"""
# SPDX-License-Identifier: Apache-2.0
import errno
import fcntl
import hashlib
import json
import mmap
import os
import shutil
import sqlite3
import stat
import subprocess
import threading
import time

from carrel import CARREL, Room, check, need_fuse

POLICY = '''carrel: 1
project: p
purpose: annotation
datasets: [chat]
confinement: none
roles:
  reader:
    see: [ { files: "chat/**", records: all } ]
    redact: { default: tag }
    names: keep
    work: { keep: ["*.json"], quota: 64MiB }
annotators: { alice: { role: reader }, bob: { role: reader } }
'''
MANIFEST = '''carrel-dataset: 1
name: chat
terms: { purposes: [annotation], projects: [p, q] }
language: en
files:
  - { match: "**/*.json", records: "$[*]", text: ["$[*].text"] }
'''
CANARY = b'CANARY-5d1f0c2e-of-an-annotator'

# Run in the area and in a plain folder; what it prints and leaves must be the
# same.
SCRIPT = r'''
set -u
umask 022
echo one > a; echo two >> a; cat a
mkdir -p d/e/f; echo x > d/e/f/g; mv d/e d/h; find . | sort
ln -s nowhere dangling; readlink dangling; cat dangling 2>/dev/null || echo no
ln -s a link; cat link; rm link
set -o noclobber; (echo y > a) 2>/dev/null || echo exists; set +o noclobber
cp a b; chmod 640 b; touch -d 2020-01-02T03:04:05Z b
stat -c '%n %a %s %Y %F' a b d d/h | sed 's/^a \(.*\) [0-9]* /a \1 T /;s/^d\(.*\) [0-9]* dir/d\1 T dir/'
seq 1 20000 > s; sed -i 's/^1/X/' s; md5sum < s
head -c 300000 /dev/zero | tr '\0' q > t; truncate -s 100 t; wc -c < t
truncate -s 5000 t; md5sum < t
dd if=s of=t bs=1000 seek=300 conv=notrunc 2>/dev/null; md5sum < t
dd if=/dev/zero of=sparse bs=1 count=1 seek=10M 2>/dev/null; md5sum < sparse
rmdir d 2>/dev/null || echo not empty
mv -T d/h d2; rmdir d; ls d2
rm -rf d2; ls d2 2>/dev/null || echo gone
tar cf - a b s | tar xf - -C "$(mkdir u && echo u)"; md5sum u/s
cp -a u v; diff -r u v && echo same
rsync -a u/ w/ 2>/dev/null || cp -a u w; diff -r u w && echo same
rm -r u v w
mv a b; cat b; [ -e a ] || echo no a
touch .hidden "sp ace" $'new\nline' "$(printf 'n%.0s' $(seq 255))"
ls -A | wc -l
touch "$(printf 'n%.0s' $(seq 256))" 2>/dev/null || echo too long
find . -type f -printf '%P\n' | sort | head -c 5000 | md5sum
'''


def tree(top):
    """What is there, with contents."""
    out = {}
    for base, dirs, files in os.walk(top):
        for n in dirs + files:
            p = os.path.join(base, n)
            st = os.lstat(p)
            if stat.S_ISLNK(st.st_mode):
                what = os.readlink(p)
            elif stat.S_ISREG(st.st_mode):
                with open(p, 'rb') as f:
                    what = hashlib.sha256(f.read()).hexdigest()
            else:
                what = 'folder'
            out[os.path.relpath(p, top)] = (oct(st.st_mode), what)
    return out


def fails(code, fn, *args, **kw):
    try:
        fn(*args, **kw)
    except OSError as e:
        check(e.errno == code, f'{fn.__name__}{args}: {e}')
    else:
        raise AssertionError(f'{fn.__name__}{args} succeeded')


def check_script(work, plain):
    got, want = (subprocess.run(['bash', '-c', SCRIPT], cwd=d,
                                capture_output=True, text=True)
                 for d in (work, plain))
    check(got.stdout == want.stdout,
          f'the script printed\n{got.stdout}\nwanted\n{want.stdout}')
    check(tree(work) == tree(plain), 'the script left other files')


def check_calls(top):
    """System calls one by one, where their meaning is subtle."""
    p = os.path.join(top, 'calls')
    os.mkdir(p)
    # Any path, and two of them, must fit into an entry of the log.
    deep, names = os.open(p, os.O_PATH), 'n' * 255
    try:
        for i in range(100):
            os.mkdir(names, dir_fd=deep)
            below = os.open(names, os.O_PATH, dir_fd=deep)
            os.close(deep)
            deep = below
    except OSError as e:
        check(e.errno == errno.ENAMETOOLONG and i >= 60, f'{i} deep: {e}')
    else:
        raise AssertionError('there is no bottom')
    os.close(os.open(names, os.O_CREAT | os.O_RDWR, 0o600, dir_fd=deep))
    os.rename(names, 'm' * 255, src_dir_fd=deep, dst_dir_fd=deep)
    os.close(deep)
    a, b = os.path.join(p, 'a'), os.path.join(p, 'b')
    fd = os.open(a, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    fails(errno.EEXIST, os.open, a, os.O_CREAT | os.O_EXCL | os.O_RDWR)
    check(os.pwrite(fd, b'hello', 10000) == 5, 'write behind the end')
    check(os.pread(fd, 20, 9995) == b'\0' * 5 + b'hello', 'hole reads zero')
    os.ftruncate(fd, 3)
    os.ftruncate(fd, 20000)
    check(os.pread(fd, 30000, 0) == b'\0' * 20000, 'zeros after truncating')
    check(os.lseek(fd, 0, os.SEEK_HOLE) in (0, 20000), 'SEEK_HOLE')
    os.posix_fallocate(fd, 0, 30000)
    check(os.fstat(fd).st_size == 30000, 'fallocate')
    os.fsync(fd)
    # unlink while open, over an fsync
    os.pwrite(fd, b'alive', 0)
    os.unlink(a)
    os.fsync(fd)
    check(os.fstat(fd).st_nlink == 0, 'links of an unlinked file')
    check(os.pread(fd, 5, 0) == b'alive', 'an unlinked file lives')
    check(not os.path.exists(a), 'its name is gone')
    os.close(fd)
    # rename over an open file, in both directions
    for name, text in ((a, b'A'), (b, b'B')):
        with open(name, 'wb') as f:
            f.write(text)
    fd = os.open(b, os.O_RDONLY)
    os.rename(a, b)
    check(os.read(fd, 9) == b'B', 'the old file is still read')
    os.close(fd)
    with open(b, 'rb') as f:
        check(f.read() == b'A', 'the new one has the name')
    d = os.open(p, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(d)
    os.close(d)
    fails(errno.EINVAL, os.rename, p, os.path.join(p, 'inside'))
    fails(errno.EPERM, os.link, b, a)
    fails(errno.EPERM, os.mkfifo, a)
    fails(errno.EPERM, os.chmod, b, 0o4755)
    os.chown(b, os.getuid(), os.getgid())
    fails(errno.EPERM, os.chown, b, 12345, -1)
    st = os.stat(b)
    check((st.st_uid, st.st_gid) == (os.getuid(), os.getgid()), 'owner')
    os.utime(b, ns=(1, 2 * 10**9 + 3))
    check(os.stat(b).st_mtime_ns == 2 * 10**9 + 3, 'mtime to the ns')
    fails(errno.ENOTDIR, os.listdir, b)
    fails(errno.ENAMETOOLONG, open, os.path.join(p, 'n' * 256), 'w')
    check_xattrs(b)
    check_listing(p)
    shutil.rmtree(p)


def check_xattrs(path):
    os.setxattr(path, 'user.note', b'one')
    os.setxattr(path, 'user.empty', b'')
    check(os.getxattr(path, 'user.note') == b'one', 'getxattr')
    check(sorted(os.listxattr(path)) == ['user.empty', 'user.note'], 'list')
    fails(errno.EEXIST, os.setxattr, path, 'user.note', b'x',
          os.XATTR_CREATE)
    fails(errno.ENODATA, os.setxattr, path, 'user.no', b'x',
          os.XATTR_REPLACE)
    os.removexattr(path, 'user.empty')
    fails(errno.ENODATA, os.getxattr, path, 'user.empty')
    # Of these the kernel asks nobody but root's programs.
    fails(errno.ENOTSUP if os.getuid() == 0 else errno.EPERM,
          os.setxattr, path, 'trusted.x', b'1')


def check_listing(p):
    """Names that stay are seen once, whatever comes and goes meanwhile."""
    d = os.path.join(p, 'many')
    os.mkdir(d)
    for i in range(3000):
        os.close(os.open(os.path.join(d, f'stay-{i}'), os.O_CREAT))
    seen = []
    with os.scandir(d) as it:
        for i, e in enumerate(it):
            seen.append(e.name)
            if i % 10 == 0:
                open(os.path.join(d, f'new-{i}'), 'w').close()
            if i % 20 == 0 and i > 0:
                os.unlink(os.path.join(d, f'new-{i - 10}'))
    stay = [n for n in seen if n.startswith('stay-')]
    check(len(stay) == len(set(stay)) == 3000, 'a name was missed or doubled')
    shutil.rmtree(d)


def check_appenders(top):
    path = os.path.join(top, 'append.log')

    def add(who):
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        for i in range(500):
            os.write(fd, b'%s %04d\n' % (who, i))
        os.close(fd)

    threads = [threading.Thread(target=add, args=(w,)) for w in (b'x', b'y')]
    pid = os.fork()
    if pid == 0:
        add(b'z')
        os._exit(0)
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    os.waitpid(pid, 0)
    with open(path, 'rb') as f:
        lines = f.read().splitlines()
    check(len(lines) == 1500 and len(set(lines)) == 1500, 'lines were lost')
    for who in (b'x', b'y', b'z'):
        mine = [n for n in lines if n.startswith(who)]
        check(mine == sorted(mine) and len(mine) == 500, 'order of a writer')
    os.unlink(path)


def check_mmap(top):
    path = os.path.join(top, 'mapped')
    with open(path, 'w+b') as f:
        f.truncate(100000)
        try:
            m = mmap.mmap(f.fileno(), 0, mmap.MAP_SHARED)
        except OSError as e:
            check(e.errno == errno.ENODEV, f'mmap: {e}')
            print('no shared mapping on this kernel')
            return
        m[5000:5005] = b'there'
        m.flush()
        check(os.pread(f.fileno(), 5, 5000) == b'there', 'a mapped write')
        os.pwrite(f.fileno(), b'again', 5000)
        check(m[5000:5005] == b'again', 'a write is seen in the mapping')
        m[99999:] = b'!'
        m.close()
    with open(path, 'rb') as f:
        check(f.read()[99999:] == b'!', 'a mapping that was closed')


def check_sqlite(top):
    path = os.path.join(top, 'x.db')
    for mode in ('delete', 'wal'):
        c = sqlite3.connect(path)
        got = c.execute(f'pragma journal_mode={mode}').fetchone()[0]
        check(got == mode, f'journal mode {got}')
        c.execute('create table if not exists t(a, b)')
        for i in range(50):
            with c:
                c.execute('insert into t values(?, ?)', (i, 'v' * 500))
        other = sqlite3.connect(path)
        n = other.execute('select count(*) from t').fetchone()[0]
        check(n in (50, 100), f'{n} rows')
        check(c.execute('pragma integrity_check').fetchone()[0] == 'ok',
              'integrity')
        other.close()
        c.close()


def check_locks(top):
    path = os.path.join(top, 'locked')
    with open(path, 'w') as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        fcntl.lockf(f, fcntl.LOCK_EX)
        r = subprocess.run(
            ['python3', '-c', 'import fcntl,sys\nf=open(sys.argv[1],"r+")\n'
             'for how in (fcntl.flock, fcntl.lockf):\n'
             '  try: how(f, fcntl.LOCK_EX|fcntl.LOCK_NB)\n'
             '  except OSError: print("held")', path],
            capture_output=True, text=True)
        check(r.stdout == 'held\nheld\n', f'locks: {r.stdout}{r.stderr}')


def check_git(top):
    if shutil.which('git') is None:
        print('no git here')
        return
    d = os.path.join(top, 'repo')
    r = subprocess.run(
        ['bash', '-ec', f'git init -q {d}; cd {d}; '
         'git config user.name a; git config user.email a@b; '
         'for i in $(seq 30); do echo $i > f$i; done; git add .; '
         'git commit -qm one; git mv f1 g1; git commit -qm two; '
         'git gc -q; git fsck --strict; git status --porcelain'],
        capture_output=True, text=True)
    check(r.returncode == 0 and r.stdout == '', f'git: {r.stdout}{r.stderr}')


def check_refused(mnt):
    work, data = mnt + '/work', mnt + '/data'
    f = os.path.join(work, 'moved')
    open(f, 'w').close()
    fails(errno.EROFS, os.rename, f, data + '/x')
    fails(errno.EROFS, os.rename, data + '/chat', work + '/chat')
    fails(errno.EROFS, os.rmdir, work)
    fails(errno.EROFS, open, mnt + '/new', 'w')
    fails(errno.EROFS, open, data + '/chat/a.json', 'a')
    os.unlink(f)
    # copying out of the view into the area is what it is for
    shutil.copyfile(data + '/chat/a.json', work + '/copy.json')
    with open(work + '/copy.json', 'rb') as a, \
            open(data + '/chat/a.json', 'rb') as b:
        check(a.read() == b.read(), 'a copy of the view')


def check_quota(top):
    v = os.statvfs(top)
    check(v.f_blocks * v.f_frsize == 64 << 20, 'statfs: the quota')
    before = tree(top)
    fd = os.open(top + '/fill', os.O_CREAT | os.O_WRONLY)
    n = 0
    try:
        while True:
            n += os.write(fd, b'x' * 1000000)
    except OSError as e:
        check(e.errno in (errno.EDQUOT, errno.ENOSPC), f'quota: {e}')
    check(n > 40 << 20, f'only {n} bytes')
    check(os.fstat(fd).st_size == n, 'what was taken is there')
    os.fsync(fd)
    os.close(fd)
    os.unlink(top + '/fill')
    check(tree(top) == before, 'other files')
    with open(top + '/after', 'w') as f:
        f.write('room again')
    os.unlink(top + '/after')


def nothing_readable(room):
    """Neither contents nor names nor attributes."""
    for base, dirs, files in os.walk(room.store):
        for n in files:
            with open(os.path.join(base, n), 'rb') as f:
                text = f.read()
            check(CANARY not in text, f'a canary in {n}')
            check(b'user.note' not in text, f'an attribute in {n}')


def check_events(room, session):
    log = [e for e in room.log() if e.get('session') == session]
    kinds = {k: [e for e in log if e['kind'] == k] for k in
             ('CREATE', 'WRITE', 'RENAME', 'UNLINK', 'TRUNCATE')}
    ops = {e.get('op') for e in kinds['WRITE']}
    check({'setxattr', 'removexattr'} <= ops, f'attributes are not logged: {ops}')
    for k, v in kinds.items():
        check(v, f'no {k} in the log')
        check(all(e.get('who') == 'alice' for e in v), f'{k}: who')
    check(any(e['path'] == 'work/kept.json' for e in kinds['CREATE']),
          'CREATE of kept.json')
    first = [e for e in kinds['WRITE'] if e['path'] == 'work/kept.json'
             and 'op' not in e]
    check(len(first) == 2 and first[1]['ref'] == first[0]['seq'],
          f'two WRITEs: {first}')
    check((first[1]['bytes'], first[1]['size']) == (len(CANARY) + 2,) * 2,
          'bytes and size')
    files = room.json('work', 'list', '--as', 'alice')['files']
    mine = [f for f in files if f['path'] == 'kept.json']
    check(len(mine) == 1 and mine[0]['digest'] == first[1]['digest'] and
          mine[0]['versions'] == 1, f'work list: {mine}')
    check(not any(e['path'].startswith('work') for e in log
                  if e['kind'] in ('OPEN', 'READ', 'READDIR')),
          'reading the own area is logged')


def check_owner(room, want):
    out = room.path('saved')
    room.run('work', 'export', '--out', out)
    got = tree(out + '/alice')
    plain = {k: v for k, v in want.items() if 'LNK' not in v[0] and
             not v[0].startswith('0o12')}
    check(set(got) == set(plain), 'exported names')
    for k, (mode, what) in got.items():
        check(what == plain[k][1], f'exported content of {k}')
        check(int(mode, 8) & 0o111 == 0 or what == 'folder', f'{k}: exec bit')
    r = room.run('work', 'export', '--out', out, code=None)
    check(r.returncode != 0, 'exported over what stands')
    one = room.path('one')
    room.run('work', 'export', '--as', 'alice', '--out', one, 'kept.json')
    check(list(tree(one)) == ['kept.json'], 'one path')
    room.run('work', 'export', '--as', 'nobody', '--out', one, code=4)
    room.run('work', 'export', '--as', 'alice', '--out', one, 'no', code=4)
    check([e for e in room.log('--op', 'EXPORT')
           if e.get('annotator') == 'alice' and e['op'] == 'work'],
          'EXPORT in the log')
    # a symlink that waits in the folder is not followed
    trap = room.path('trap')
    os.mkdir(trap)
    os.symlink(room.path('elsewhere'), trap + '/kept.json')
    room.run('work', 'export', '--as', 'alice', '--out', trap, 'kept.json',
             code=None)
    check(not os.path.exists(room.path('elsewhere')), 'followed a symlink')


def check_busy(room, policy):
    """A second session of the same area."""
    d = room.path('second')
    os.mkdir(d)
    r = subprocess.run([CARREL, 'mount', '--policy', policy, '--as', 'alice',
                        d], env=room.env, capture_output=True, text=True,
                       stdin=subprocess.DEVNULL, timeout=60)
    check(r.returncode == 8, f'second mount: {r.returncode} {r.stderr}')


def main():
    need_fuse()
    with Room() as room:
        room.write('chat/a.json', json.dumps(
            [{'n': i, 'text': 'hello ' * 50} for i in range(50)]))
        policy = room.write('p.yaml', POLICY)
        room.run('ingest', '--dataset', 'chat', '--manifest',
                 room.write('m.yaml', MANIFEST), room.path('chat'))
        r = room.run('policy', 'check', policy)
        check('work' not in r.stderr, r.stderr)
        m = room.mount(policy, 'alice')
        work, plain = m.dir + '/work', room.path('plain')
        os.mkdir(plain)
        check(sorted(os.listdir(m.dir)) == ['TASK.md', 'data', 'work'],
              'the root')
        check(os.listdir(work) == [], 'a new area is empty')
        check_script(work, plain)
        check_calls(work)
        check_appenders(work)
        check_mmap(work)
        check_sqlite(work)
        check_locks(work)
        check_git(work)
        check_refused(m.dir)
        check_quota(work)
        check_busy(room, policy)
        with open(work + '/kept.json', 'wb') as f:
            f.write(b'"' + CANARY + b'"')
        os.setxattr(work + '/kept.json', 'user.note', CANARY)
        os.symlink(CANARY, work + '/l-' + CANARY.decode())
        with open(work + '/big-' + CANARY.decode(), 'wb') as f:
            f.write(CANARY * 10000)
        want = tree(work)
        check(m.stop() == 0, 'the mount ended badly')
        nothing_readable(room)
        m = room.mount(policy, 'alice')
        check(tree(m.dir + '/work') == want, 'the next session sees the same')
        kept = os.path.join(m.dir, 'work', 'kept.json')
        check(os.getxattr(kept, 'user.note') == CANARY, 'attributes too')
        m.stop()
        m = room.mount(policy, 'bob')
        check(os.listdir(m.dir + '/work') == [], 'bob sees his own area')
        m.stop()
        start = [e for e in room.log() if e['kind'] == 'SESSION_START']
        check_events(room, start[0]['seq'])
        check_owner(room, want)
        room.run('audit', 'verify', '--key', room.vkey)
        room.run('audit', 'replay', '--session', str(start[0]['seq']))
        f = room.json('fsck')
        check(f['work_areas'] == 2 and f['bad'] == 0, f'fsck: {f}')
        lost(room)
        projects(room)
        damage(room, policy)
    print('the work area is as it should be')


def projects(room):
    """One annotator in two projects: which is asked, nothing is mixed."""
    other = room.write('other.yaml', POLICY.replace('project: p',
                                                    'project: q'))
    m = room.mount(other, 'alice')
    with open(os.path.join(m.dir, 'work', 'of-q.json'), 'w') as f:
        f.write('[]')
    check(m.stop() == 0, 'the mount ended badly')
    out = room.path('two')
    for args in (('--as', 'alice'), ('--as', 'alice', 'of-q.json'), ()):
        r = room.run('work', 'export', '--out', out, *args, code=2)
        check('--project' in r.stderr and 'alice' in r.stderr and
              ('p, q' in r.stderr or 'q, p' in r.stderr), r.stderr)
        check(not os.path.exists(out), f'{args}: wrote all the same')
    room.run('work', 'export', '--out', out, '--as', 'alice', '--project',
             'q', 'of-q.json')
    check(list(tree(out)) == ['of-q.json'], 'of one project')
    room.run('work', 'export', '--out', room.path('all-p'), '--project', 'p')
    check(sorted(os.listdir(room.path('all-p'))) == ['alice', 'bob'],
          'all of one project')
    room.run('work', 'export', '--out', room.path('bob'), '--as', 'bob')


def lost(room):
    """An area that is named and not there: nobody calls it empty."""
    top = room.store + '/work'
    for area in os.listdir(top):
        for part in ('tree.db', 'blocks', ''):
            path = os.path.join(top, area, part).rstrip('/')
            os.rename(path, room.path('aside'))
            for args in (('work', 'list'), ('work', 'list', '--json'),
                         ('work', 'export', '--out', room.path('lost')),
                         ('fsck', '--quick')):
                r = room.run(*args, code=7)
                check('lost' in r.stderr + r.stdout, f'{args}: {r.stderr}')
                shutil.rmtree(room.path('lost'), ignore_errors=True)
            os.rename(room.path('aside'), path)
    room.run('work', 'list')


def damage(room, policy):
    """One flipped bit: told, and nothing else is touched."""
    area = max((os.path.join(room.store, 'work', d)
                for d in os.listdir(room.store + '/work')),
               key=lambda d: os.stat(d + '/blocks').st_size)
    with open(area + '/blocks', 'r+b') as f:
        f.seek(4096 + 100)
        c = f.read(1)
        f.seek(4096 + 100)
        f.write(bytes([c[0] ^ 1]))
    r = room.run('fsck', '--json', code=7)
    check(any('work/' in x for x in json.loads(r.stdout)['problems']),
          r.stdout)
    with open(area + '/tree.db', 'r+b') as f:
        for page in range(1, os.stat(area + '/tree.db').st_size // 4096):
            f.seek(page * 4096 + 4000)
            c = f.read(1)
            f.seek(page * 4096 + 4000)
            f.write(bytes([c[0] ^ 1]))
    r = room.run('mount', '--policy', policy, '--as', 'alice',
                 room.path('second'), code=7, timeout=60)
    check('work area' in r.stderr, r.stderr)
    room.mount(policy, 'bob').stop()
    room.run('ls')


if __name__ == '__main__':
    began = time.time()
    main()
    print(f'{time.time() - began:.1f} s')
