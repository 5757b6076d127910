"""Programs that people use at their desk, and what must hold of each.

A case is a shell script (sh -eu), run in a folder of its own in the work area:
$D is the data set's folder in the view, $W the case's folder (also the working
directory), $HOME and /tmp are private. It ends with 0 where all held. What it
leaves in $W is digested at its end and compared after the session.

needs    commands (or files, with a slash) without which it is not applicable
after    a script of the owner's, run outside in the same folder afterwards
seconds  how long it may take (60)
"""
# SPDX-License-Identifier: Apache-2.0
from collections import namedtuple

Case = namedtuple('Case', 'name needs script after seconds',
                  defaults=('', 60))

# The files of the view: a.json (an array), b.jsonl, c.csv, many/001.json ...
ROWS, MANY = 4000, 60

X11 = r'''
Xvfb -displayfd 3 -screen 0 1024x768x24 -nolisten tcp 3>/tmp/display 2>/dev/null &
x=$!
trap 'kill $x' EXIT
for i in $(seq 100); do [ -s /tmp/display ] && break; sleep 0.1; done
export DISPLAY=:$(cat /tmp/display) QT_QPA_PLATFORM=xcb NO_AT_BRIDGE=1
'''

# A second of a tone, made here.
TONE = r'''
python3 - <<'P'
import math, struct, wave
with wave.open('tone.wav', 'wb') as w:
    w.setparams((1, 2, 16000, 0, 'NONE', ''))
    w.writeframes(b''.join(struct.pack('<h', int(9000 * math.sin(
        i * 440 * 2 * math.pi / 16000))) for i in range(16000)))
P
'''

# Drives a program on a terminal of its own: typed.py TIMEOUT KEYS CMD...
TYPED = r'''
cat >/tmp/typed.py <<'P'
import os, pty, select, sys, time
keys = sys.argv[1].encode().decode('unicode_escape').encode()
pid, fd = pty.fork()
if pid == 0:
    os.environ['TERM'] = 'xterm'
    os.execvp(sys.argv[2], sys.argv[2:])
seen, at, quiet = b'', 0, 0
end = time.time() + 40
while time.time() < end:
    if select.select([fd], [], [], 0.3)[0]:
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        seen += got
        if not got:
            break
    elif at < len(keys):
        os.write(fd, keys[at:at + 1])
        at += 1
else:
    os.kill(pid, 9)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.buffer.write(seen)
sys.exit(code)
P
'''

SHELLS = [
    Case('bash', ['bash'], r'''
bash -eu <<'B'
for f in "$D"/many/*.json; do wc -c <"$f"; done >sizes
[ "$(wc -l <sizes)" = 60 ]
printf '%s\n' {1..500} >n; printf '%s\n' {501..1000} >>n
mapfile -t lines <n; [ ${#lines[@]} = 1000 ] && [ "${lines[999]}" = 1000 ]
set -C; if (: >n) 2>/dev/null; then exit 1; fi; set +C
[ "$(<n)" = "$(seq 1000)" ]
cat <<X >here
$(head -c 100 "$D/a.json")
X
exec 7<>rw; echo one >&7; [ "$(cat rw)" = one ]; exec 7>&-
[ n -nt /etc/passwd ]; [[ -w n && ! -w $D/a.json ]]
if (echo x >"$D/new") 2>/dev/null; then exit 1; fi
B'''),
    Case('dash and pipes', ['dash'], r'''
dash -eu -c 'while read -r l; do echo "$l"; done <"$D/b.jsonl" >copy'
cmp copy "$D/b.jsonl"
cat "$D/c.csv" | tee c | wc -l >n; cmp c "$D/c.csv"; [ "$(cat n)" = 4001 ]
'''),
    Case('coreutils', ['sha256sum', 'shred', 'install'], r'''
sha256sum "$D"/*.* >sums; sha256sum -c --quiet sums
install -m 640 "$D/a.json" a; [ "$(stat -c %a a)" = 640 ]
ln -s a l; [ "$(readlink -f l)" = "$W/a" ]; [ "$(stat -Lc %s l)" = "$(stat -c %s a)" ]
touch -d '2001-02-03 04:05:06.789' a; [ "$(stat -c %Y.%y a | cut -c1-34)" = "$(stat -c %Y.%y a | cut -c1-34)" ]
[ "$(date -r a +%F)" = 2001-02-03 ]
truncate -s 3M big; [ "$(stat -c %s big)" = 3145728 ]; [ "$(tr -d '\0' <big | wc -c)" = 0 ]
head -c 200000 /dev/urandom >r; shred -n 1 -u r; [ ! -e r ]
mktemp -p . >/dev/null; tac "$D/b.jsonl" | tac | cmp - "$D/b.jsonl"
paste -d, "$D/c.csv" "$D/c.csv" | cut -d, -f1 | head -3 >cut; [ -s cut ]
df . >/dev/null; df "$D" >/dev/null; du -s . >/dev/null; stat -f . >/dev/null
if ln a hard 2>/dev/null; then rm hard; fi
'''),
    Case('cp sparse and reflink', ['cp'], r'''
truncate -s 20M s; printf x | dd of=s bs=1 seek=15000000 conv=notrunc status=none
cp --sparse=always s t; cmp s t; cp --sparse=never t u; cmp s u
cp --reflink=auto "$D/b.jsonl" b; cmp b "$D/b.jsonl"
cp -a --reflink=auto b b2; cmp b b2; [ "$(stat -c %Y b)" = "$(stat -c %Y b2)" ]
cp -r "$D" tree; diff -r tree "$D"
cp -f "$D/a.json" b; cmp b "$D/a.json"; cp --backup=numbered "$D/c.csv" b; cmp b.~1~ "$D/a.json"
'''),
    Case('dd', ['dd'], r'''
dd if="$D/b.jsonl" of=b bs=4k conv=fsync status=none; cmp b "$D/b.jsonl"
printf abcdef >x; printf XY | dd of=x bs=1 seek=2 conv=notrunc status=none
[ "$(cat x)" = abXYef ]
printf end | dd of=x oflag=append conv=notrunc,fdatasync status=none; [ "$(cat x)" = abXYefend ]
dd if="$D/b.jsonl" bs=1000 skip=3 count=5 status=none >part
head -c 8000 "$D/b.jsonl" | tail -c 5000 | cmp - part
'''),
    Case('mv over and across', ['mv'], r'''
echo old >a; echo new >/tmp/b; touch -d 2002-02-02 /tmp/b
mv /tmp/b a; [ "$(cat a)" = new ]; [ "$(date -r a +%F)" = 2002-02-02 ]
mkdir -p d/e; echo 1 >d/e/f; mv d g; [ "$(cat g/e/f)" = 1 ]; mv -n a g/e/f; [ "$(cat g/e/f)" = 1 ]
mv g /tmp/g; mv /tmp/g .; [ "$(cat g/e/f)" = 1 ]
'''),
    Case('rm -r of thousands', ['rm', 'find'], r'''
mkdir t; (cd t; seq 3000 | xargs touch; mkdir -p a/b/c/d; seq 300 | sed 's,^,a/b/,' | xargs touch)
[ "$(find t -type f | wc -l)" = 3300 ]
find t -name '*7' -delete; [ "$(find t -type f | wc -l)" = 2970 ]
rm -r t; [ ! -e t ]; echo done >left
'''),
    Case('find, ls, tree of the view', ['find', 'ls'], r'''
[ "$(find "$D" -type f | wc -l)" = 63 ]; ls -lR "$D" >ls; [ "$(grep -c '\.json' ls)" = 62 ]
[ "$(find "$D" -size +0 -name '*.json' -newermt 1980-01-01 | wc -l)" = 61 ]
find "$D" -ls >/dev/null; [ -z "$(find "$D" -writable -not -uid 0 2>/dev/null)" ] || [ "$(id -u)" = 0 ]
'''),
]

EDITORS = [
    Case('vim', ['vim'], r'''
cat "$D/c.csv" >c.csv
vim -esN -u NONE -c 'set swapfile backup writebackup backupskip=' -c '%s/^/> /' -c w \
    -c '$put =repeat([\"more\"], 100)' -c 'wq! two' c.csv </dev/null
[ "$(grep -c '^> ' c.csv)" = "$(wc -l <"$D/c.csv")" ]; [ "$(tail -n 1 two)" = more ]
sed 's/^> //' c.csv | cmp - "$D/c.csv"; cmp "c.csv~" "$D/c.csv"; [ ! -e .c.csv.swp ]
vim -esN -u NONE -c 'set fsync' -c 'normal gg0iX' -c x c.csv </dev/null; [ "$(head -c 3 c.csv)" = "X> " ]
vim -esRN -u NONE -c 'normal G' -c 'silent! w! copy' -c 'q!' "$D/b.jsonl" </dev/null; cmp copy "$D/b.jsonl"
'''),
    Case('vim killed and recovered', ['vim', 'python3'], r'''
printf 'line\n%.0s' $(seq 200) >f
vim -N -u NONE -n -es -c q f </dev/null
(vim -N -u NONE -c 'set updatecount=1' -c 'normal ggOadded by hand' -c 'preserve' -c 'sleep 60' f \
    </dev/null >/dev/null 2>&1 & echo $! >/tmp/pid)
for i in $(seq 100); do [ -s .f.swp ] && sleep 0.5 && break; sleep 0.1; done
kill -9 "$(cat /tmp/pid)"; [ -s .f.swp ]
vim -es -N -u NONE -r f -c 'w! recovered' -c 'q!' </dev/null || true
[ "$(head -n 1 recovered)" = 'added by hand' ]; rm .f.swp
'''),
    Case('nano', ['nano', 'python3'], TYPED + r'''
cat "$D/c.csv" >c.csv
python3 /tmp/typed.py 'added \x0f\r\x18' nano -I c.csv >/dev/null
[ "$(head -c 6 c.csv)" = added\  ]; tail -c +7 c.csv | cmp - "$D/c.csv"
'''),
    Case('less', ['less', 'python3'], TYPED + r'''
python3 /tmp/typed.py 'Gq' less -S "$D/c.csv" >seen
tail -n 1 "$D/c.csv" | cut -c1-20 >last; grep -qF -f last seen
less "$D/a.json" | cmp - "$D/a.json"
python3 /tmp/typed.py '/row 3999\nq' less "$D/c.csv" >found; grep -q 'row 3999' found
'''),
    Case('emacs', ['emacs'], r'''
cat "$D/b.jsonl" >b
emacs -Q -batch --eval '(progn (setq backup-enable-predicate (lambda (_) t)) (find-file "b") (goto-char (point-max)) (insert "the end\n") (save-buffer)
  (write-file "c") (with-temp-buffer (insert-file-contents (concat (getenv "D") "/a.json"))
  (write-region (point-min) (point-max) "a")))' 2>/dev/null
[ "$(tail -n 1 c)" = 'the end' ]; head -n -1 b | cmp - "$D/b.jsonl"; cmp b~ "$D/b.jsonl"; [ ! -L '.#b' ]
'''),
    Case('sed -i', ['sed'], r'''
cat "$D/b.jsonl" >b; sed -i 's/row/line/' b; [ "$(grep -c line b)" = 4000 ]
sed -i.bak '1d' b; [ "$(wc -l <b)" = 3999 ]; [ "$(wc -l <b.bak)" = 4000 ]
sed -n '$p' "$D/b.jsonl" | sed 's/row/line/' >last; tail -n 1 b | cmp - last
'''),
    Case('perl -pi', ['perl'], r'''
cat "$D/c.csv" >c; perl -pi.bak -e 's/,/;/g' c; cmp c.bak "$D/c.csv"; [ "$(grep -c , c)" = 0 ]
perl -e 'open(F,"+<","c"); flock(F,2) or die; seek(F,0,0); truncate(F,5) or die; close F'; [ "$(wc -c <c)" = 5 ]
perl -MFcntl -e 'sysopen(F,"new",O_RDWR|O_CREAT|O_EXCL) or die; print F "x" x 70000; close F or die'
[ "$(wc -c <new)" = 70000 ]
'''),
    Case('patch and diff', ['patch', 'diff'], r'''
cat "$D/b.jsonl" >b; sed 's/row 17\b/changed/' b >c; diff -u b c >p && exit 1
patch -s b p; cmp b c; patch -sR b p; cmp b "$D/b.jsonl"
'''),
]

TEXT = [
    Case('grep', ['grep'], r'''
[ "$(grep -rc 'row 12"' "$D" | grep -c ':[1-9]')" -ge 3 ]
[ "$(grep -c . "$D/b.jsonl")" = 4000 ]; grep -rl 'row 59"' "$D/many" | sort >l; [ "$(wc -l <l)" = 1 ]
truncate -s 5M hole; echo needle >>hole; grep -qa needle hole
if grep -rqI 'person[0-9]*@example.org' "$D"; then exit 1; fi
'''),
    Case('ripgrep', ['rg'], r'''
[ "$(rg -c . "$D/b.jsonl")" = 4000 ]; [ "$(rg --mmap -c row "$D/b.jsonl")" = 4000 ]
rg -l --sort path 'row 59"' "$D/many" >l; [ "$(wc -l <l)" = 1 ]; [ "$(rg --no-mmap -c row "$D/b.jsonl")" = 4000 ]
'''),
    Case('jq', ['jq'], r'''
[ "$(jq length "$D/a.json")" = 4000 ]; jq -c '.[]' "$D/a.json" >b; [ "$(wc -l <b)" = 4000 ]
[ "$(jq -s 'map(.i) | add' "$D/b.jsonl")" = 7998000 ]; jq '.[0]' "$D/a.json" >x && mv x one
'''),
    Case('awk', ['awk'], r'''
[ "$(awk -F, 'NR>1 {n+=$1} END {print n}' "$D/c.csv")" = 7998000 ]
awk '{print > ("part" (NR % 5))}' "$D/b.jsonl"; cat part? | sort | cmp - /dev/stdin <<X
$(sort "$D/b.jsonl")
X
'''),
    Case('sort', ['sort'], r'''
sort -S 100k -T . "$D/b.jsonl" >s; LC_ALL=C sort -o s s; LC_ALL=C sort -c s; [ "$(wc -l <s)" = 4000 ]
sort -t, -k1,1nr "$D/c.csv" | head -n 1 | grep -q '^3999,'; uniq s | cmp - s; comm -12 s s | cmp - s
'''),
    Case('split and cat', ['split', 'csplit'], r'''
split -b 10000 "$D/b.jsonl" p.; cat p.* | cmp - "$D/b.jsonl"; split -n l/7 "$D/b.jsonl" q.; cat q.* | cmp - "$D/b.jsonl"
csplit -s "$D/c.csv" 100 200; cat xx* | cmp - "$D/c.csv"
'''),
    Case('tail -f', ['tail'], r'''
: >log; timeout 3 tail -f log >seen & for i in $(seq 20); do echo "line $i" >>log; sleep 0.05; done
wait $! || true; cmp log seen; tail -c 1000 "$D/b.jsonl" >t; [ "$(wc -c <t)" = 1000 ]
'''),
]

ARCHIVES = [
    Case('tar', ['tar'], r'''
tar -cf v.tar -C "$D" .; tar -df v.tar -C "$D" 2>/dev/null || tar -xOf v.tar ./a.json | cmp - "$D/a.json"
mkdir x; tar -xf v.tar -C x; diff -r x "$D"; chmod -R u+w x; truncate -s 10M x/hole; ln -s a.json x/l
tar -cSf s.tar x; mkdir y; tar -xSpf s.tar -C y; diff -r x y/x; tar -rf v.tar x/a.json; tar -tf v.tar | grep -q x/a.json
'''),
    Case('rsync', ['rsync'], r'''
rsync -a "$D/" copy/; diff -r copy "$D"; [ -z "$(rsync -ain "$D/" copy/ | grep '^>')" ]
chmod -R u+w copy; echo x >>copy/c.csv; rm copy/many/001.json; rsync -a --delete --inplace "$D/" copy/; diff -r copy "$D"
rsync -a --sparse --partial copy/ again/; diff -r copy again
'''),
    Case('zip', ['zip', 'unzip'], r'''
(cd "$D" && zip -qr "$W/v.zip" .); unzip -tq v.zip; mkdir x; unzip -q v.zip -d x; diff -r x "$D"
chmod -R u+w x; echo more >x/more; (cd x && zip -q ../v.zip more); unzip -p v.zip more | grep -q more; zip -dq v.zip a.json
'''),
    Case('zstd', ['zstd'], r'''
zstd -q "$D/b.jsonl" -o b.zst; zstd -dqc b.zst | cmp - "$D/b.jsonl"; cp "$D/c.csv" .; zstd -q --rm c.csv; [ ! -e c.csv ]
zstd -dq --sparse c.csv.zst; cmp c.csv "$D/c.csv"
'''),
    Case('gzip, xz, bzip2', ['gzip', 'xz', 'bzip2'], r'''
for z in gzip xz bzip2; do cp "$D/b.jsonl" b; chmod u+w b; $z b; $z -t b.*; $z -dc b.* | cmp - "$D/b.jsonl"; rm b.*; done
gzip -c "$D/a.json" >a.gz; zcat a.gz | cmp - "$D/a.json"
'''),
]

LANGUAGES = [
    Case('python open, csv, json', ['python3'], r'''
python3 - <<'P'
import csv, json, os, shutil
D = os.environ['D']
rows = json.load(open(D + '/a.json'))
assert [r['i'] for r in rows] == list(range(4000))
assert [json.loads(l)['i'] for l in open(D + '/b.jsonl')] == list(range(4000))
assert sum(int(r['i']) for r in csv.DictReader(open(D + '/c.csv', newline=''))) == 7998000
with open('out.json', 'w') as f: json.dump(rows, f)
with open('out.csv', 'w', newline='') as f: csv.writer(f).writerows(r.values() for r in rows)
assert json.load(open('out.json')) == rows
shutil.copytree(D, 'tree'); shutil.copyfile(D + '/a.json', 'a')
assert open('a').read() == open(D + '/a.json').read()
os.rename('a', 'b'); os.replace('out.csv', 'b'); os.truncate('b', 7)
assert os.path.getsize('b') == 7 and sorted(os.listdir('.')) == ['b', 'out.json', 'tree']
try: open(D + '/x', 'w')
except OSError: pass
else: raise SystemExit('wrote into the view')
os.system('chmod -R u+w tree'); shutil.rmtree('tree')
P
'''),
    Case('python mmap', ['python3'], r'''
python3 - <<'P'
import mmap, os
D = os.environ['D']
with open(D + '/b.jsonl', 'rb') as f:
    m = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
    assert m.find(b'row 3999') > 0 and m[:] == open(D + '/b.jsonl', 'rb').read()
    c = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_COPY); c[0:1] = b'X'
with open('m', 'w+b') as f:
    f.truncate(1 << 20)
    m = mmap.mmap(f.fileno(), 0)
    for i in range(0, 1 << 20, 5000): m[i:i + 4] = b'%04d' % (i // 5000)
    m.flush(); m.resize(1 << 21); m[-4:] = b'last'; m.flush(); m.close()
b = open('m', 'rb').read()
assert len(b) == 1 << 21 and b[5000:5004] == b'0001' and b[-4:] == b'last'
P
'''),
    Case('numpy memmap', ['python3', '/usr/lib/python3/dist-packages/numpy'], r'''
python3 - <<'P'
import numpy as np, os
v = np.memmap(os.environ['D'] + '/b.jsonl', mode='r')
assert bytes(v) == open(os.environ['D'] + '/b.jsonl', 'rb').read()
w = np.memmap('w', dtype='f8', mode='w+', shape=(300, 500)); w[:] = np.arange(150000).reshape(300, 500)
w.flush(); del w
r = np.memmap('w', dtype='f8', mode='r+', shape=(300, 500)); r[7, 7] = -1; r.flush()
assert np.fromfile('w').sum() == np.arange(150000.).sum() - 3507 - 1
np.save('a.npy', r); assert (np.load('a.npy', mmap_mode='r') == r).all()
np.savez_compressed('z', r=r); assert (np.load('z.npz')['r'] == r).all()
P
'''),
    Case('save by mkstemp, fsync, rename', ['python3'], r'''
python3 - <<'P'
import os, tempfile
for i in range(40):
    fd, t = tempfile.mkstemp(dir='.')
    os.write(fd, b'version %d\n' % i * 3000); os.fsync(fd); os.close(fd)
    os.replace(t, 'saved')
    d = os.open('.', os.O_RDONLY); os.fsync(d); os.close(d)
    assert open('saved', 'rb').read() == b'version %d\n' % i * 3000
assert os.listdir('.') == ['saved']
with tempfile.TemporaryFile(dir='.') as f:
    f.write(b'x' * 100000); f.seek(0); assert len(f.read()) == 100000
P
'''),
    Case('flock and fcntl', ['flock', 'python3'], r'''
echo 0 >n; for i in 1 2 3 4; do (for k in $(seq 25); do
    flock lock sh -c 'echo $(($(cat n) + 1)) >n'; done) & done; wait; [ "$(cat n)" = 100 ]
python3 - <<'P'
import fcntl, os
f = open('l', 'w+'); f.write('0'); f.flush()
kids = []
for _ in range(4):
    p = os.fork()
    if p == 0:
        g = open('l', 'r+')
        for _ in range(50):
            fcntl.lockf(g, fcntl.LOCK_EX); g.seek(0); n = int(g.read()); g.seek(0); g.write(str(n + 1)); g.flush()
            fcntl.lockf(g, fcntl.LOCK_UN)
        os._exit(0)
    kids.append(p)
for p in kids: assert os.waitpid(p, 0)[1] == 0
assert open('l').read() == '200'
P
flock -n lock true; flock -x lock sh -c 'if flock -n lock true; then exit 1; fi'
'''),
    Case('node', ['node'], r'''
cat >/tmp/t.js <<'J'
const fs = require('fs'), a = require('assert'), D = process.env.D
const rows = JSON.parse(fs.readFileSync(D + '/a.json')); a.equal(rows.length, 4000)
fs.copyFileSync(D + '/b.jsonl', 'b'); a.deepEqual(fs.readFileSync('b'), fs.readFileSync(D + '/b.jsonl'))
fs.cpSync(D, 'tree', {recursive: true}); a.equal(fs.readdirSync('tree/many').length, 60)
for (let i = 0; i < 100; i++) fs.appendFileSync('log', i + '\n')
a.equal(fs.readFileSync('log', 'utf8').split('\n').length, 101)
fs.writeFileSync('x', 'x'.repeat(1e6), {flush: true}); fs.truncateSync('x', 10); fs.renameSync('x', 'y')
a.equal(fs.statSync('y').size, 10); fs.symlinkSync('y', 'l'); a.equal(fs.readlinkSync('l'), 'y')
a.throws(() => fs.writeFileSync(D + '/new', 'x'))
fs.createReadStream(D + '/b.jsonl').pipe(fs.createWriteStream('s')).on('finish', () => {
  a.deepEqual(fs.readFileSync('s'), fs.readFileSync(D + '/b.jsonl')); require('child_process').execSync('chmod -R u+w tree')
  fs.rmSync('tree', {recursive: true}) })
J
node /tmp/t.js; [ ! -e tree ]
'''),
    Case('java NIO', ['java', 'javac'], r'''
cat >/tmp/T.java <<'J'
import java.io.*; import java.nio.*; import java.nio.channels.*; import java.nio.file.*; import java.util.*;
public class T { public static void main(String[] x) throws Exception {
  Path b = Path.of(System.getenv("D"), "b.jsonl"); byte[] all = Files.readAllBytes(b);
  try (FileChannel c = FileChannel.open(b)) {
    MappedByteBuffer m = c.map(FileChannel.MapMode.READ_ONLY, 0, c.size());
    byte[] got = new byte[all.length]; m.get(got); ok(Arrays.equals(got, all));
    try (FileChannel o = FileChannel.open(Path.of("o"), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
        StandardOpenOption.WRITE)) {
      long n = 0; while (n < all.length) n += c.transferTo(n, all.length - n, o);
      ok(o.size() == all.length);
      try (FileLock l = o.lock()) { ok(l.isValid()); }
      MappedByteBuffer w = o.map(FileChannel.MapMode.READ_WRITE, 0, 1 << 20);
      w.put(0, (byte) 'X'); w.put((1 << 20) - 1, (byte) 'Y'); w.force(); o.force(true);
    } }
  byte[] o = Files.readAllBytes(Path.of("o")); ok(o.length == Math.max(all.length, 1 << 20) && o[0] == 'X');
  Files.writeString(Path.of("t"), "tmp"); Files.move(Path.of("t"), Path.of("o2"), StandardCopyOption.ATOMIC_MOVE);
  Files.copy(b, Path.of("c")); ok(Files.mismatch(b, Path.of("c")) == -1);
  Files.setPosixFilePermissions(Path.of("c"), java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
  try (RandomAccessFile r = new RandomAccessFile("c", "rwd")) { r.setLength(100); r.seek(50); r.writeInt(7); }
  ok(Files.size(Path.of("c")) == 100); Path l = Files.createSymbolicLink(Path.of("l"), Path.of("c"));
  ok(Files.isSameFile(l, Path.of("c")));
  try (var s = Files.walk(Path.of(System.getenv("D")))) { ok(s.filter(Files::isRegularFile).count() == 63); } }
  static void ok(boolean b) { if (!b) throw new AssertionError(); } }
J
java -XX:-UsePerfData -Xmx256m /tmp/T.java
''', seconds=120),
    Case('gcc and make', ['gcc', 'make'], r'''
printf 'int two(void);\nint main(void) { return two() - 2; }\n' >main.c; printf 'int two(void) { return 2; }\n' >two.c
printf 'prog: main.o two.o\n\tgcc -o /tmp/prog main.o two.o\n\tcp /tmp/prog prog\n' >Makefile
make -s; /tmp/prog; cmp prog /tmp/prog; make -s | grep -q . && exit 1; touch -d 2001-01-01 prog; make -s; ar rcs lib.a two.o
if ./prog 2>/dev/null; then [ "$W" != "/carrel/work/${W##*/}" ]; fi
'''),
]

DATABASES = [
    Case('sqlite rollback journal', ['sqlite3'], r'''
sqlite3 t.db <<'S'
create table t(i integer primary key, x); pragma cache_size=20;
begin; with recursive n(i) as (select 1 union all select i+1 from n where i<20000)
insert into t select i, hex(randomblob(20)) from n; commit;
begin; delete from t where i%2; rollback; delete from t where i%3=0; vacuum;
S
[ "$(sqlite3 t.db 'select count(*) from t; pragma integrity_check')" = "13334
ok" ]
for i in 1 2 3; do (for k in $(seq 20); do sqlite3 -cmd '.timeout 20000' t.db "insert into t(x) values('$i')"; done) & done; wait
[ "$(sqlite3 t.db 'select count(*) from t')" = 13394 ]; [ ! -e t.db-journal ]
sqlite3 t.db '.backup copy.db'; sqlite3 copy.db 'pragma integrity_check' | grep -qx ok
''', after='[ "$(sqlite3 t.db "pragma integrity_check; select count(*) from t")" = "ok\n13394" ] || '
           '[ "$(sqlite3 t.db "select count(*) from t")" = 13394 ]'),
    Case('sqlite WAL', ['sqlite3'], r'''
sqlite3 t.db 'pragma journal_mode=wal; create table t(i integer primary key, x)' | grep -qx wal
for i in 1 2 3; do (for k in $(seq 30); do sqlite3 -cmd '.timeout 20000' t.db "insert into t(x) values('$i $k')"; done) & done
for k in $(seq 30); do sqlite3 -cmd '.timeout 20000' t.db 'select count(*) from t' >/dev/null; done; wait
[ "$(sqlite3 t.db 'select count(*) from t; pragma integrity_check')" = "90
ok" ]
(echo 'insert into t(x) values(1);'; sleep 1) | sqlite3 t.db & sleep 0.3; ls t.db-wal t.db-shm >/dev/null; wait
sqlite3 t.db 'pragma wal_checkpoint(truncate)' | grep -q ^0
''', after='[ "$(sqlite3 t.db "select count(*) from t")" = 91 ]'),
    Case('git', ['git'], r'''
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
git init -q -b main r; cd r; cp -r "$D" d; chmod -R u+w d; git add .; git commit -qm one
for i in 1 2 3 4 5; do echo $i >>d/c.csv; git commit -qam "change $i"; done
git checkout -qb side HEAD~3; echo s >side; git add side; git commit -qm side; git checkout -q main
git merge -q -m merged side; git stash list >/dev/null; echo dirty >>d/b.jsonl; git stash -q; git stash pop -q; git checkout -q .
git gc -q --prune=now; git fsck --full --strict --no-progress 2>/dev/null; [ "$(git rev-list --count HEAD)" = 8 ]
git clone -q --no-hardlinks . ../clone; [ "$(git -C ../clone rev-parse HEAD)" = "$(git rev-parse HEAD)" ]
git worktree add -q ../tree side; [ -e ../tree/side ]; [ -z "$(git status --porcelain)" ]; git repack -adq; git tag v1
''', after='git -c safe.directory="*" -C r fsck --full --no-progress', seconds=120),
]

MEDIA = [
    Case('sox, soxi', ['sox', 'soxi'], r'''
sox -n -r 16000 -b 16 -c 1 t.wav synth 2 sine 300; [ "$(soxi -s t.wav)" = 32000 ]
sox t.wav -r 8000 u.wav trim 0.5 1 fade 0.1; [ "$(soxi -D u.wav)" = 1.000000 ]; sox t.wav u.wav both.flac 2>/dev/null || sox t.wav t2.wav
sox t.wav -n stat 2>/tmp/stat; grep -q 'Length (seconds): *2.0' /tmp/stat; sox -V0 --combine concatenate t.wav t.wav l.wav
'''),
    Case('espeak-ng', ['espeak-ng', 'soxi'], r'''
espeak-ng -w s.wav 'call back tomorrow'; [ "$(soxi -r s.wav)" = 22050 ]; [ "$(stat -c %s s.wav)" -gt 20000 ]
'''),
    Case('ffmpeg', ['ffmpeg', 'ffprobe'], TONE + r'''
ffmpeg -v error -nostdin -i tone.wav -ar 8000 -y o.wav; ffprobe -v error -show_entries stream=sample_rate o.wav | grep -q 8000
ffmpeg -v error -nostdin -i tone.wav -f flac -y o.flac; ffmpeg -v error -nostdin -i o.flac -f s16le -y o.raw; tail -c 32000 tone.wav | cmp - o.raw
ffmpeg -v error -nostdin -f lavfi -i testsrc=d=1:s=160x120:r=10 -i tone.wav -movflags +faststart -c:v mpeg4 -c:a aac -y v.mp4; ffprobe -v error v.mp4
'''),
    Case('praat', ['praat'], TONE + r'''
cat >/tmp/s.praat <<'P'
Read from file: "tone.wav"
p = To Pitch: 0, 75, 600
m = Get mean: 0, 0, "Hertz"
selectObject: "Sound tone"
To TextGrid: "words", ""
Insert boundary: 1, 0.5
Set interval text: 1, 1, "one"
Save as text file: "t.TextGrid"
writeFileLine: "mean", fixed$: m, 0
selectObject: "Sound tone"
Save as WAV file: "again.wav"
P
cp /tmp/s.praat .; praat --run s.praat; [ "$(cat mean)" = 440 ]; grep -q '"one"' t.TextGrid; [ -s again.wav ]
'''),
    Case('audacity', ['audacity', 'Xvfb'], X11 + TONE + r'''
mkdir -p "$HOME/.audacity-data"
printf '%s\n' NewPrefsInitialized=1 '[GUI]' ShowSplashScreen=0 '[AudioIO]' PlaybackDevice= '[Update]' UpdateNoticeShown=1 \
    DefaultUpdatesChecking=0 '[Directories]' "TempDir=$W/temp" >"$HOME/.audacity-data/audacity.cfg"
mkdir -p "$HOME/.config/audacity" temp; cp "$HOME/.audacity-data/audacity.cfg" "$HOME/.config/audacity/"
timeout -s KILL 50 audacity tone.wav >/tmp/log 2>&1 & a=$!
size() { find temp /var/tmp/audacity* "$HOME" -name '*.aup3unsaved*' -printf '%s\n' 2>/dev/null | sort -n | tail -n 1; }
# the imported sound is in the project's database: more than its samples
for i in $(seq 90); do [ "$(size || true)0" -ge 320000 ] && break; kill -0 $a; sleep 0.5; done
[ "$(size)0" -ge 320000 ]; kill -9 $a; rm -rf temp
''', seconds=90),
    Case('labelme', ['labelme', 'Xvfb'], X11 + r'''
cat >/tmp/l.py <<'P'
import struct, sys, zlib
def chunk(t, d): return struct.pack('>I', len(d)) + t + d + struct.pack('>I', zlib.crc32(t + d))
rows = b''.join(b'\0' + b''.join(bytes((x, y, 99)) for x in range(64)) for y in range(48))
open('i.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 64, 48, 8, 2, 0, 0, 0)) +
                          chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
from qtpy import QtCore, QtWidgets
import labelme.app, labelme.config
from labelme.shape import Shape
app = QtWidgets.QApplication(sys.argv)
config = labelme.config.get_config()
win = labelme.app.MainWindow(config=config, filename='i.png', output_file='out.json')
win.show()
def act():
    s = Shape(label='ship', shape_type='rectangle')
    s.addPoint(QtCore.QPointF(3, 4)); s.addPoint(QtCore.QPointF(30, 40)); s.close()
    s.flags = {}
    win.loadShapes([s], replace=False)
    ok = win.saveLabels('out.json')
    win.dirty = False
    app.exit(0 if ok else 1)
QtCore.QTimer.singleShot(1500, act)
sys.exit(app.exec_())
P
python3 /tmp/l.py; python3 -c "
import json; d = json.load(open('out.json'))
assert d['shapes'][0]['label'] == 'ship' and d['imageHeight'] == 48"
''', seconds=90),
]

OFFICE = [
    Case('libreoffice', ['libreoffice'], r'''
office() { libreoffice --headless --norestore --convert-to "$@" >>/tmp/l 2>&1; }
office odt --outdir out "$D/many/007.json"; [ "$(head -c 2 out/007.odt)" = PK ]
printf 'one\ntwo\n' >t.txt; office odt t.txt; office pdf --outdir out t.odt; [ "$(head -c 5 out/t.pdf)" = %PDF- ]
office txt:Text --outdir out t.odt; grep -q two out/t.txt; [ -z "$(find . -name '.~lock*')" ]
python3 -c "
import zipfile; assert 'row 7' in zipfile.ZipFile('out/007.odt').read('content.xml').decode()"
''', seconds=180),
    Case('nginx with sendfile', ['nginx', 'python3'], r'''
mkdir -p /tmp/n logs
cat >/tmp/n/c <<N
daemon off; master_process off; pid /tmp/n/pid; error_log /tmp/n/e; events {}
http { access_log $W/logs/access; sendfile on; client_body_temp_path /tmp/n/b; proxy_temp_path /tmp/n/p;
fastcgi_temp_path /tmp/n/f; uwsgi_temp_path /tmp/n/u; scgi_temp_path /tmp/n/s; server { listen 127.0.0.1:PORT; root $D; } }
N
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed -i "s/PORT/$port/" /tmp/n/c; nginx -c /tmp/n/c & p=$!
cat >/tmp/n/get.py <<'P'
import sys, time, urllib.request
url = 'http://127.0.0.1:%s/%s' % tuple(sys.argv[1:3])
for i in range(50):
    try: got = urllib.request.urlopen(url, timeout=20).read()
    except OSError: time.sleep(0.1)
    else: break
sys.stdout.buffer.write(got)
P
for f in a.json b.jsonl c.csv many/007.json b.jsonl; do python3 /tmp/n/get.py $port $f | cmp - "$D/$f"; done
kill $p; wait $p || true; [ "$(wc -l <logs/access)" = 5 ]
'''),
    Case('chromium', ['chromium'], r'''
cp "$D/c.csv" page.txt; printf '<title>t</title><p id=p>none</p><script>p.textContent = 6 * 7</script>' >p.html
c() { timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$1" --dump-dom "$2" 2>/tmp/c; }
c /tmp/prof "file://$W/p.html" | grep -q '<p id="p">42</p>'
c /tmp/prof "file://$D/many/007.json" | grep -q 'row 7'
c "$W/profile" "file://$W/page.txt" | grep -q 'row 3999'; [ -d profile ]
''', seconds=240),
]

CASES = (SHELLS + EDITORS + TEXT + ARCHIVES + LANGUAGES + DATABASES + MEDIA +
         OFFICE)
